"""Photographs every screen of the page at 320 px: `python -m tests.support.page_shots DIR [dark] [en]`."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from app.server.hub import Rhythm
from tests.support.chromium import FAKE_DEVICES, PHONE, chromium, person
from tests.support.counsellor import counsellor
from tests.support.page_walk import Walk
from tests.support.server import running_server


async def main(folder: Path, scheme: str, language: str) -> None:
    """One file for each screen, NUMBER-NAME.png."""
    look = {"language": language, "color_scheme": scheme, "device_scale_factor": 2}
    with tempfile.TemporaryDirectory() as data:
        async with running_server(Path(data), rhythm=Rhythm(), phone="0123 456-0") as server, chromium(FAKE_DEVICES) as browser:
            room, early, over = server.appointment(), server.appointment(opens_in=3600), server.appointment()
            async with counsellor(server, await person(browser, server.url), room, early, over) as other:
                await other.work.line.send("revoke", room=over.room)
                number = 0
                async for name, page in Walk(server, browser, other, room).screens(early, over, **look):
                    number += 1
                    await page.set_viewport_size(PHONE)  # type: ignore[arg-type]
                    await page.screenshot(path=folder / f"{number:02}-{name.replace(' ', '-')}.png")


if __name__ == "__main__":
    Path(sys.argv[1]).mkdir(parents=True, exist_ok=True)
    asyncio.run(main(Path(sys.argv[1]), "dark" if "dark" in sys.argv else "light", "en-GB" if "en" in sys.argv else "de-DE"))
