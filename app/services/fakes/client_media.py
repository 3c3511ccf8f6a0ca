"""The media of a simulated client without packets: it makes descriptions, and says what a test lets it say. Imports ports and wire only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.media.ports import FrameSlot, I420Frame
from app.media.roughness import SMOOTH, Roughness
from app.wire.safety_words import Fingerprints

PRINTS = Fingerprints(":".join(["AB"] * 32), ":".join(["CD"] * 32))


@dataclass(frozen=True, slots=True)
class FakeFigures:
    """A good line."""

    loss: float = 0.0
    round_trip_s: float | None = 0.02


class FakeClientMedia:
    """Keeps what it was told. See `app.services.training.ports.ClientMedia`."""

    def __init__(self) -> None:
        self.heard: Callable[[str], None] = lambda text: None
        self.opened: Callable[[], None] = lambda: None
        self.seen: FrameSlot[I420Frame] = FrameSlot()
        self.screen: FrameSlot[I420Frame] = FrameSlot()
        self.figures = FakeFigures()
        self.offers: list[bool] = []
        """One for each, with whether it carries a screen."""
        self.candidates: list[str] = []
        self.said: list[str] = []
        self.speaks = True
        self.way = SMOOTH
        self.connected = False
        self.vanished = False
        """The last end was without a word."""

    async def offer(self, screen: bool) -> str:
        self.offers.append(screen)
        self.vanished = False
        return f"v=0\r\ns={len(self.offers)}\r\n"

    async def answer(self, sdp: str) -> Fingerprints:
        self.connected = True
        return PRINTS

    def candidate(self, line: str, mid: str | None, index: int | None) -> None:
        self.candidates.append(line)

    def say(self, text: str) -> None:
        if self.connected:
            self.said.append(text)

    def speak(self, on: bool) -> None:
        self.speaks = on

    def roughen(self, how: Roughness) -> None:
        self.way = how

    async def hang_up(self, silently: bool = False) -> None:
        self.connected = False
        self.vanished = silently
