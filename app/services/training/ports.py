"""What the simulated client needs of picture and sound. Implemented by `app.media.client_peer.ClientPeer`, and in tests without media."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from app.media.ports import FrameSlot, I420Frame
from app.media.roughness import Roughness
from app.wire.safety_words import Fingerprints


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail as it came to the training's own post office."""

    recipient: str = field(repr=False)
    subject: str
    text: str = field(repr=False)


Letters = Callable[[], Sequence[Letter]]
"""All that came, the newest first."""


class Figures(Protocol):
    """Of the newest connection."""

    @property
    def loss(self) -> float: ...

    @property
    def round_trip_s(self) -> float | None: ...


class ClientMedia(Protocol):
    """The browser's half of a call. Events come on any thread."""

    heard: Callable[[str], None]
    opened: Callable[[], None]
    seen: FrameSlot[I420Frame]
    screen: FrameSlot[I420Frame]

    async def offer(self, screen: bool) -> str: ...

    async def answer(self, sdp: str) -> Fingerprints: ...

    def candidate(self, line: str, mid: str | None, index: int | None) -> None: ...

    def say(self, text: str) -> None: ...

    def speak(self, on: bool) -> None: ...

    def roughen(self, how: Roughness) -> None: ...

    @property
    def figures(self) -> Figures: ...

    async def hang_up(self, silently: bool = False) -> None: ...
