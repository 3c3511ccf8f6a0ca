"""The client's part: what a person does on the page, by mouse and keys, and what the page shows them. Uses `app.demo.page` only."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.demo.page import ENTER, Page, PageError

PROBE = Path(__file__).parent / "page_probe.js"
"""To be installed in the page before it is opened."""
PHONE = (412, 860)
"""CSS pixels of a common smartphone."""
ANSWERS = (("camera", ("#yes",)), ("microphone", ("#yes",)), ("loudspeaker", ("#play", "#yes")), ("network", ("#next",)))
"""What is tapped at each question of the check."""
LINE_S = 15.0
"""How long setting up a line, or chat over it, may take on a busy machine."""


@dataclass(frozen=True, slots=True)
class Look:
    """What the page's connection has done so far; two of them give rates."""

    at: float
    """Unix ms."""
    frames: int
    """Pictures decoded."""
    width: int
    """Of the newest decoded picture."""
    energy: float
    """`totalAudioEnergy` of received sound (W3C webrtc-stats)."""


class Client:
    """Knows the page by the ids of its elements."""

    def __init__(self, page: Page) -> None:
        self._page = page

    async def open(self, link: str) -> None:
        """Follow the link."""
        await self._page.open(link)

    async def see_look(self) -> None:
        """The first screen shows the appointment and the one big button."""
        await self._see_state("welcome")
        await self._page.wait_shown("#agree")

    async def rehearse(self) -> None:
        """ "Technik ausprobieren": four questions, each answered with yes, and back to the appointment."""
        await self._page.click("#rehearse")
        await self._page.click("#rehearsal-start")
        for part, buttons in ANSWERS:
            for button in buttons:
                await self._page.wait_shown(f"#page[data-part={part}] {button}", LINE_S)
                await self._page.click(button)
        await self._page.wait_shown("#done", LINE_S)

    async def end_rehearsal(self) -> None:
        """Back to the first screen."""
        await self._page.click("#done")

    async def agree(self) -> None:
        """One tap is notice and agreement; the page goes on to the devices."""
        await self._page.click("#agree")
        await self._page.wait_for("!document.querySelector('#agree')", LINE_S)

    async def see_preview(self) -> None:
        """The own picture moves in the preview."""
        await self._see_state("preview")
        await self._page.wait_shown("#self-video", LINE_S)
        await self._page.wait_for("document.querySelector('#self-video').videoWidth > 0", LINE_S)
        first = await self._page.evaluate("document.querySelector('#self-video').currentTime")
        await self._page.wait_for(f"document.querySelector('#self-video').currentTime > {first}")

    async def enter(self) -> None:
        """Into the waiting room, by the second tap."""
        await self._page.click("#enter-waiting")
        await self.see_waiting()

    async def see_waiting(self) -> None:
        """The waiting room."""
        await self._see_state("waiting")

    async def see_reached(self) -> None:
        """The page says that the counsellor knows."""
        await self._page.wait_for("document.querySelector('.status')?.dataset.situation === 'reached'", LINE_S)

    async def see_room(self) -> None:
        """The room with the place for the counsellor's picture."""
        await self._see_state("room")
        await self._page.wait_for("!!document.querySelector('#remote-video')", LINE_S)

    async def see_picture(self) -> None:
        """The clock in the counsellor's picture goes on: three readings, each newer than the one before and at most 2 s old."""
        await self._see_clock("clock")

    async def see_screen(self) -> None:
        """The counsellor's screen is shown, and the clock in it goes on."""
        await self._page.wait_shown("#remote-screen", LINE_S)
        await self._see_clock("screen")

    async def see_no_screen(self) -> None:
        """It is gone."""
        await self._page.wait_for("!document.querySelector('#remote-screen')?.checkVisibility()", LINE_S)

    async def see_pause(self) -> None:
        """The page says that the counsellor pauses, instead of a picture."""
        await self._page.wait_for("document.querySelector('.stage').dataset.hold === 'peer'", LINE_S)
        await self._page.wait_shown("#hold", LINE_S)

    async def see_no_pause(self) -> None:
        """The page shows the picture again."""
        await self._page.wait_for("document.querySelector('.stage').dataset.hold === ''", LINE_S)

    async def see_interruption(self) -> None:
        """The page says that the connection is interrupted."""
        await self._page.wait_for("['interrupted', 'offline'].includes(document.querySelector('#room-news').dataset.situation)", LINE_S)

    async def see_connection(self) -> None:
        """It stands again."""
        await self._page.wait_for("document.querySelector('#page').dataset.connection === 'connected'", LINE_S)

    async def _see_clock(self, which: str) -> None:
        end = time.monotonic() + LINE_S
        newest: dict[str, Any] = {}
        count = 0
        while count < 3:
            reading = await self._page.wait_for(f"__probe.{which}.newest", LINE_S)
            if reading != newest and (reading["at"] - reading["value"]) % 65536 < 2000:
                count += 1
            newest = reading
            if time.monotonic() > end:
                raise PageError(f"the {which} in the counsellor's picture stands still, or is late")

    async def hear(self) -> None:
        """The received sound has energy, and the page plays it."""
        before = (await self.look()).energy
        await self._page.wait_for(f"__probe.figures().then((f) => (f?.sound_in.totalAudioEnergy ?? 0) > {before})", LINE_S)
        await self._page.wait_for(
            "(({ muted, paused, volume }) => !muted && !paused && volume > 0)(document.querySelector('#remote-video'))"
        )

    async def look(self) -> Look:
        """The figures now. Raises PageError without a connection."""
        figures = await self._page.evaluate("__probe.figures()")
        if figures is None:
            raise PageError("the page has no connection")
        picture, sound = figures["picture_in"], figures["sound_in"]
        return Look(
            at=figures["at"],
            frames=picture.get("framesDecoded", 0),
            width=picture.get("frameWidth", 0),
            energy=sound.get("totalAudioEnergy", 0.0),
        )

    async def screenshot(self) -> bytes:
        """What the page shows, as PNG."""
        return await self._page.screenshot()

    async def say(self, text: str) -> None:
        """Open the chat if it is closed, type, Enter."""
        await self._open("#chat-toggle", "#chat")
        await self._page.click("#chat-text")
        await self._page.type(text)
        await self._page.press(ENTER)

    async def see_line(self, text: str) -> None:
        """A chat line of the other side with that text stands on the page."""
        lines = "[...document.querySelectorAll('#chat-lines .other .text')].map((line) => line.innerText)"
        await self._page.wait_for(f"{lines}.includes({json.dumps(text)})", LINE_S)

    async def read_words(self) -> list[str]:
        """Open the panel with the safety words (on a narrow screen its button stands under "more"), read the four, close it."""
        await self._open("#more", "#more-panel")
        await self._open("#words", "#words-panel")
        words = "[...document.querySelectorAll('#words-panel .words li')].map((word) => word.innerText)"
        await self._page.wait_for(f"{words}.length === 4", LINE_S)
        read = await self._page.evaluate(words)
        await self._page.click("#words-close")
        return [str(word) for word in read]

    async def see_goodbye(self) -> None:
        """The page says that the conversation is over."""
        await self._see_state("ended")
        await self._page.wait_for("!document.querySelector('#remote-video')", LINE_S)

    async def _see_state(self, state: str) -> None:
        await self._page.wait_for(f"document.querySelector('#page')?.dataset.state === {json.dumps(state)}", LINE_S)

    async def _open(self, opener: str, panel: str) -> None:
        if await self._page.evaluate(f"document.querySelector({json.dumps(panel)}).hidden"):
            await self._page.click(opener)
        await self._page.wait_shown(panel)
