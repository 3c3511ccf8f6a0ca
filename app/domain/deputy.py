"""What the workstations of a team tell each other about an appointment. No I/O, imports `app.domain` only."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field, replace

from app.domain.appointments import Access, Appointment, Stage, Way
from app.domain.readiness import Readiness
from app.domain.visit import Visit

DAY_S = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where somebody's rooms stand, when that is an agency's server."""

    server: str
    """Public key of the server."""
    owner: str
    """Whose the rooms are there, an opaque id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedRoom:
    """An appointment's room at an agency's server, with what a deputy there needs to go on with it."""

    place: Place
    access: Access = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """An appointment as colleagues may see it: what is needed to phone, to call off, to take over, and no more."""

    appointment: Appointment = field(repr=False)
    """Without access, readiness, visit and outcome."""
    client_knows: bool = False
    """The client may have the link, so a change has to be told."""
    room: SharedRoom | None = None
    """None where the holder's program has a server of its own: the room is away when the program is."""

    @property
    def what_counts(self) -> tuple[object, ...]:
        """Two that agree in this ask the same of a deputy."""
        it = self.appointment
        return it.id, it.starts_at, it.minutes, it.way, it.client, it.agreed, it.sequence, self.client_knows


class ActKind(enum.Enum):
    """What a deputy does."""

    TAKE_OVER = "take-over"
    CANCEL_BY_CLIENT = "cancel-by-client"
    CANCEL_BY_US = "cancel-by-us"


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What a deputy wants, or did, with a colleague's appointment."""

    id: str
    """Opaque; each is carried out once."""
    kind: ActKind
    holder: str
    """Member in whose book the appointment stands."""
    deputy: str
    """Member who acts."""
    at: int
    """Unix seconds, by the deputy's clock."""
    seen: Shared = field(repr=False)
    """What the deputy saw when deciding."""
    takes_room: bool = False
    """The deputy means to take the room over at the server, so the holder's program leaves it there."""


class Verdict(enum.Enum):
    """Whether an act holds. Said once, by whoever is first."""

    GRANTED = "granted"
    """By the holder's program: it stands in its book."""
    ALONE = "alone"
    """By the deputy's program, because the holder's did not answer: it holds, and the holder's book follows."""
    CHANGED = "changed"
    """By the holder's program: the appointment is not what the deputy saw."""
    OVER = "over"
    """By the holder's program: it is being held, is over, or is gone."""

    @property
    def holds(self) -> bool:
        return self in (Verdict.GRANTED, Verdict.ALONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The verdict on one act."""

    act: str
    verdict: Verdict


def shared(appointment: Appointment, client_knows: bool, place: Place | None = None) -> Shared:
    """The copy for the team. `place`: where the holder's rooms stand."""
    bare = replace(appointment, access=None, readiness=Readiness(), visit=Visit(), outcome=None)
    access = appointment.access if appointment.agreed and appointment.way is Way.VIDEO else None
    room = None if access is None or place is None else SharedRoom(place=place, access=access)
    return Shared(appointment=bare, client_knows=client_knows, room=room)


def is_shared(appointment: Appointment, now: int) -> bool:
    """Whether colleagues need it: it is not over, and not past since more than a day."""
    return not appointment.stage.is_over and appointment.ends_at > now - DAY_S


def may_be_acted_on(appointment: Appointment) -> bool:
    """Nobody talks with the client at the moment, and it is not over."""
    return not appointment.stage.is_over and appointment.stage is not Stage.IN_SESSION


def is_handed_over(appointment: Appointment) -> bool:
    """It stands in the deputy's book now; here it is over and has no outcome."""
    return appointment.stage is Stage.CANCELLED and appointment.deputy is not None and appointment.outcome is None
