"""Rooms and seats, as the counsellor's program and the server both speak of them. No I/O, imports nothing of `app`.

A room belongs to one appointment. It is a list of seats; a seat is one place at the table, held by one browser tab or one
program. What a person is called stands nowhere here: the server must not know it.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass


class SeatKind(enum.Enum):
    """Who sits on a seat. Two kinds are used so far; the wire carries all four from its first version."""

    CLIENT = "client"
    COUNSELLOR = "counsellor"
    INTERPRETER = "interpreter"
    ASSISTANT = "assistant"


class SeatState(enum.Enum):
    """Where a seat stands. Whether its holder is connected at the moment is presence, not state."""

    WAITING = "waiting"
    """In the waiting room: no media, no candidates."""
    ADMITTED = "admitted"
    """In the conversation; only the holder of the seat's secret may resume it."""
    LEFT = "left"
    """The person left by their own wish and may come back to the same seat while the room lasts."""
    REMOVED = "removed"
    """The counsellor removed the seat; coming back means a new seat in the waiting room."""
    REPLACED = "replaced"
    """The counsellor said yes to another device of the same person."""
    ENDED = "ended"
    """The conversation is over."""

    @property
    def is_over(self) -> bool:
        """True where nothing leads back to this very seat."""
        return self in (SeatState.REMOVED, SeatState.REPLACED, SeatState.ENDED)


ALLOWED_SEAT_STEPS: dict[SeatState, frozenset[SeatState]] = {
    SeatState.WAITING: frozenset({SeatState.ADMITTED, SeatState.LEFT, SeatState.REMOVED, SeatState.REPLACED, SeatState.ENDED}),
    SeatState.ADMITTED: frozenset({SeatState.WAITING, SeatState.LEFT, SeatState.REMOVED, SeatState.REPLACED, SeatState.ENDED}),
    SeatState.LEFT: frozenset({SeatState.WAITING, SeatState.ADMITTED, SeatState.REMOVED, SeatState.REPLACED, SeatState.ENDED}),
    SeatState.REMOVED: frozenset(),
    SeatState.REPLACED: frozenset(),
    SeatState.ENDED: frozenset(),
}
"""Which step of a seat is allowed. `LEFT` remembers nothing: who left from the conversation returns to it, who left from the
waiting room returns there; the store keeps the state before leaving (see `RoomStore.resume_seat`)."""


@dataclass(frozen=True, slots=True)
class TimeWindow:
    """When a link opens the waiting room. All times are Unix seconds, UTC."""

    starts_at: int
    """Start of the appointment."""
    minutes: int
    """Planned length, minutes, 1 to 480."""
    opens_at: int
    """From then on the link leads to the waiting room."""
    closes_at: int
    """From then on the link is expired and the room's row may be deleted."""

    def __post_init__(self) -> None:
        if not self.opens_at <= self.starts_at < self.closes_at:
            raise ValueError("a room opens before it starts and closes after it")
        if not 1 <= self.minutes <= 480:
            raise ValueError("minutes must be 1 to 480")
