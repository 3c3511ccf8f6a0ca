"""What a desk shows of its rooms, and what it is offered. Belongs to `app.services.ports`; imports domain and wire only."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.domain.rooms import SeatState
from app.wire.messages import Notice

OPEN_AFTER_S = 2 * 3600
"""So long after its planned end a room stays, for talks that take longer; and for as long as a session runs in it."""


@dataclass(frozen=True, slots=True)
class SeatEntry:
    """A client's browser tab."""

    seat: str
    state: SeatState
    present: bool
    since: int
    """Unix seconds."""
    language: str
    knocked_at: int = field(default=0, kw_only=True)
    """The last knock, Unix seconds; 0 for none."""
    notice: Notice | None = field(default=None, kw_only=True)
    """What was told to the waiting person last."""
    by_code: bool = field(default=False, kw_only=True)
    """Came in with the dictated code, not with the link: a reason to ask who it is."""
    other_device: bool
    """True where another client seat of the room waits or is admitted: ask before admitting."""


@dataclass(frozen=True, slots=True)
class RoomEntry:
    """One appointment of today."""

    room: str
    title: str = field(repr=False)
    """What the counsellor typed; stays on this machine. May be empty."""
    starts_at: int
    minutes: int
    language: str
    link: str = field(repr=False)
    """The personal link; to be shown, copied or drawn as a QR code, never logged."""
    seats: tuple[SeatEntry, ...]
    over: bool
    """Ended or revoked."""
    save_data: bool = False
    """Noted on the phone: the client has little data volume, so the page proposes to save data."""

    @property
    def waiting(self) -> tuple[SeatEntry, ...]:
        """Present seats in the waiting room, the longest waiting first."""
        return tuple(s for s in self.seats if s.state is SeatState.WAITING and s.present)

    @property
    def admitted(self) -> SeatEntry | None:
        """The seat in the conversation, present or not."""
        return next((s for s in self.seats if s.state in (SeatState.ADMITTED, SeatState.LEFT)), None)


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody new waits (told once for each seat), or knocked again."""

    room: str
    seat: str
    again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomOffer:
    """A room that the appointment book wants to stand at the server."""

    room: str
    title: str = field(repr=False)
    """For the counsellor; stays on this machine."""
    token: str = field(repr=False)
    code: str = field(default="", repr=False)
    """Nine digits that can be dictated; empty for none."""
    starts_at: int
    minutes: int
    opens_at: int
    """From then on the waiting room is open, Unix seconds; before that the link leads to a rehearsal."""
    language: str
    save_data: bool = False

    @property
    def closes_at(self) -> int:
        """Unix seconds."""
        return self.starts_at + self.minutes * 60 + OPEN_AFTER_S


@dataclass(frozen=True, slots=True)
class Parted:
    """A conversation was ended for good; the room's link is used up."""

    room: str
    by_phone: bool
    """It goes on by phone."""
