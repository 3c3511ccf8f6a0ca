"""What picture and sound offer to a device check. No Qt, no aiortc, no device in this file.

Every method that touches a device is a coroutine of the caller's loop and leaves it free; what is measured is asked for, not told. Nothing
is written to a disk, own speech lives in memory until the probe is closed. A device that cannot be used raises nothing: its fault stands in
the figures.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from app.domain.check_rules import CameraFigures, LoudspeakerFigures, MicrophoneFigures
from app.domain.checks import Fault
from app.media.ports import FrameSlot, I420Frame
from app.wire.messages import IceServer


class Ear(enum.Enum):
    """Which side a test tone is played on."""

    LEFT = "left"
    RIGHT = "right"
    BOTH = "both"


class CameraProbe(Protocol):
    """A camera that is looked through."""

    @property
    def slot(self) -> FrameSlot[I420Frame]:
        """Its newest picture."""
        ...

    def figures(self) -> CameraFigures:
        """What was measured over the last seconds, 3 at most."""
        ...

    async def close(self) -> None:
        """Free it. May be called twice."""
        ...


class MicrophoneProbe(Protocol):
    """A microphone that is listened to."""

    def level_dbfs(self) -> float:
        """RMS of the last tenth of a second, -100 to 0; for a meter."""
        ...

    def figures(self) -> MicrophoneFigures:
        """What was measured since it was opened, 30 seconds at most."""
        ...

    async def close(self) -> None:
        """Free it, and forget what was heard. May be called twice."""
        ...


class DeviceProbes(Protocol):
    """Opens devices for a check. One at a time of each kind; device ids as in `DeviceChoice`, empty is the system's default."""

    async def camera(self, device: str) -> CameraProbe:
        """Open it, or know why not."""
        ...

    async def microphone(self, device: str) -> MicrophoneProbe:
        """Open it, or know why not."""
        ...

    async def others_louder(self, device: str, seconds: float) -> bool:
        """Listen to all other microphones for so long, while the person speaks: whether one of them is clearly louder than `device`."""
        ...

    async def tone(self, loudspeaker: str, ear: Ear) -> Fault | None:
        """Play a test tone of a second; why it could not be played."""
        ...

    async def own_voice(self, microphone: str, loudspeaker: str, seconds: float = 3.0) -> Fault | None:
        """Record so long, then play it; ends when it was played."""
        ...

    async def echo(self, microphone: str, loudspeaker: str) -> LoudspeakerFigures:
        """Play a measuring sound and listen: level and delay of what comes back. `heard` stays None."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayFigures:
    """What passes beside TCP."""

    udp: bool | None = None
    """Whether anything came back over UDP; None where no server was to be asked so."""
    relay: bool | None = None
    """Whether a packet came back through the relay; None where the agency has none."""
    round_trip_ms: float | None = None
    jitter_ms: float | None = None
    loss: float | None = None
    """Share, one way; of packets over UDP that nobody sends again. None where none came back."""


class RelayProbe(Protocol):
    """The agency's STUN and TURN servers (RFC 8489, RFC 8656), as picture and sound would use them."""

    async def measure(self, servers: Sequence[IceServer], *, brief: bool = False) -> RelayFigures:
        """Everything. Raises nothing."""
        ...
