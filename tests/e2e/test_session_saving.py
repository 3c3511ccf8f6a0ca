"""Little data volume, noted on the phone: the page proposes to save, and neither side sends more than that.

The same conversation is one of an agency that leaves the chat out: the page shows no switch for it.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from tests.support.chromium import at
from tests.support.session import Guest, Session, session_on

HEIGHT, KBPS = 360, 400
"""Most lines and kbit/s that each side sends, sound included."""
MARGIN = 1.15
"""Of a rate controller over ten seconds."""
MEASURED_S = 10.0


async def test_little_data_volume_noted_on_the_phone_keeps_both_sides_small(tmp_path: Path) -> None:
    async with session_on(tmp_path, settings={"features": ["screen"]}) as session:
        made = await session.desk.ask("create", save_data=True)
        saving = Session(session.desk, session.browser, made["room"], made["link"])
        guest = await Guest.arrive(saving.browser)
        await guest.page.goto(made["link"])
        await guest.page.locator("#agree").click()
        await at(guest.page, "preview")
        assert await guest.page.locator("#saving").is_checked()
        await guest.page.locator("#enter-waiting").click()
        (seat,) = await saving.desk.until("seats", lambda seats: seats and seats[0]["present"], room=saving.room)
        await saving.desk.ask("admit", room=saving.room, seat=seat["seat"])
        await saving.flowing(guest)
        await guest.page.locator("#chat-toggle").wait_for(state="hidden")
        await guest.page.locator("#leave").wait_for()

        before = await _figures(guest)
        await asyncio.sleep(MEASURED_S)  # the length of what is measured
        after = await _figures(guest)
        for way, sent in (("in", "bytesReceived"), ("out", "bytesSent")):
            bits = sum(after[f"{kind}_{way}"][sent] - before[f"{kind}_{way}"][sent] for kind in ("picture", "sound")) * 8
            kbps = bits / (after["at"] - before["at"])
            print(f"{way}: {kbps:.0f} kbit/s, {after[f'picture_{way}']['frameHeight']} lines")
            assert 20 < kbps <= KBPS * MARGIN, f"{way}: {kbps:.0f} kbit/s"
            assert after[f"picture_{way}"]["frameHeight"] <= HEIGHT


async def _figures(guest: Guest) -> dict[str, Any]:
    figures: dict[str, Any] = await guest.page.evaluate("() => __probe.figures()")
    return figures
