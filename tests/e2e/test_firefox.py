"""A second browser, Debian's firefox-esr, through a whole appointment with the real program: picture and sound arrive at both ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.desk_host import DeskProcess
from tests.support.firefox import Tab, firefox

MOVES = """() => {
  const video = document.querySelector('#remote-video');
  if (!video || video.readyState < 2 || video.muted || video.paused) return false;
  const canvas = Object.assign(document.createElement('canvas'), { width: 160, height: 90 });
  const context = canvas.getContext('2d');
  context.drawImage(video, 0, 0, 160, 90);
  globalThis.pictures ??= new Set();
  pictures.add(context.getImageData(0, 0, 160, 90).data.join());
  return pictures.size > 5;
}"""
"""Several different pictures were seen; without a window Firefox counts no frames that it painted."""


async def into_the_waiting_room(tab: Tab, link: str) -> None:
    """Three taps from the link on, the link counted."""
    await tab.goto(link)
    await tab.at("welcome")
    await tab.tap("#agree")
    await tab.at("preview")
    await tab.until("() => document.querySelector('#self-video').videoWidth > 0")
    await tab.tap("#enter-waiting")
    await tab.at("waiting")


@pytest.mark.timeout(180)
async def test_firefox_from_the_link_to_the_goodbye(tmp_path: Path) -> None:
    async with DeskProcess(tmp_path / "desk") as desk, firefox(tmp_path / "firefox") as tab:
        made = await desk.ask("create")
        room = made["room"]
        await into_the_waiting_room(tab, made["link"])
        await tab.until("() => document.querySelector('[data-situation=reached]') !== null")
        (seat,) = await desk.until("seats", lambda seats: seats and seats[0]["present"], room=room)
        await desk.ask("admit", room=room, seat=seat["seat"])
        await tab.until("() => document.querySelector('#page').dataset.connection === 'connected'")
        await tab.until(MOVES)
        standing = await desk.until("session", lambda s: s["state"] == "running" and s["words"]["words"], room=room)
        await desk.until("session", lambda s: s["picture"]["number"] > standing["picture"]["number"] + 5, room=room)
        await desk.until("session", lambda s: s["energy"] > standing["energy"], room=room)
        await desk.ask("say", room=room, text="Guten Tag")
        await tab.until("() => document.querySelector('#chat-lines .other .text')?.textContent === 'Guten Tag'")
        words = "() => [...document.querySelectorAll('#words-panel .words li')].map((word) => word.textContent).join(' ')"
        await tab.until(f"words => ({words})() === words", " ".join(standing["words"]["words"]))
        await desk.ask("end", room=room)
        await tab.at("ended")
