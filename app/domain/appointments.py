"""Appointments, as the phone call, the calendar and the invitation speak of them. No I/O, imports `app.domain` only.

An appointment moves through `Stage`s; what is known of the client's readiness is an attribute beside them (`app.domain.readiness`),
how it came out stands in `app.domain.outcome`. Nothing of this reaches the server: it knows rooms, hashes and times only.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field

from app.domain.outcome import Outcome
from app.domain.readiness import Readiness
from app.domain.visit import Visit

MAX_MINUTES = 480
"""Longest appointment (PROTOCOL.md, section 5)."""
ZONE = "Europe/Berlin"
"""In which appointments are shown and written. They are kept in UTC."""


class Stage(enum.Enum):
    """Where an appointment stands."""

    NOTED = "noted"
    """It stands in the calendar; nobody has agreed yet, so nobody can be invited."""
    AGREED = "agreed"
    """Phoned and agreed, or a Sofort-Termin."""
    INVITED = "invited"
    """A link was given out: by mail, on paper or dictated."""
    WAITING = "waiting"
    """The client sits in the waiting room."""
    IN_SESSION = "in-session"
    CLOSED = "closed"
    """It has an outcome."""
    CANCELLED = "cancelled"
    """Called off before it began; its link is dead and no reminder goes out."""

    @property
    def is_over(self) -> bool:
        """Nothing is sent and nobody is let in any more."""
        return self in (Stage.CLOSED, Stage.CANCELLED)


ALLOWED_STAGE_STEPS: dict[Stage, frozenset[Stage]] = {
    Stage.NOTED: frozenset({Stage.AGREED, Stage.CANCELLED, Stage.CLOSED}),
    Stage.AGREED: frozenset({Stage.NOTED, Stage.INVITED, Stage.WAITING, Stage.IN_SESSION, Stage.CANCELLED, Stage.CLOSED}),
    Stage.INVITED: frozenset({Stage.NOTED, Stage.WAITING, Stage.IN_SESSION, Stage.CANCELLED, Stage.CLOSED}),
    Stage.WAITING: frozenset({Stage.INVITED, Stage.AGREED, Stage.NOTED, Stage.IN_SESSION, Stage.CANCELLED, Stage.CLOSED}),
    Stage.IN_SESSION: frozenset({Stage.WAITING, Stage.INVITED, Stage.AGREED, Stage.CLOSED}),
    Stage.CLOSED: frozenset({Stage.WAITING, Stage.IN_SESSION}),
    Stage.CANCELLED: frozenset(),
}
"""Which step is allowed. Back to NOTED leads only the taking back of an agreement; CLOSED opens again when the client comes back
while the room lasts. A phone or on-site appointment is closed from NOTED: it needs no agreement to video."""


class Way(enum.Enum):
    """How the two meet. All three are equal at every point; choosing one is never a disadvantage."""

    VIDEO = "video"
    PHONE = "phone"
    ON_SITE = "on-site"


class ClientDevice(enum.Enum):
    """What the client means to use, as noted on the phone."""

    UNKNOWN = "unknown"
    SMARTPHONE = "smartphone"
    TABLET = "tablet"
    COMPUTER = "computer"


class Company(enum.Enum):
    """Who is beside the client."""

    NOBODY = "nobody"
    HELPER = "helper"
    INTERPRETER = "interpreter"


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """Whom the appointment is with. Everything is personal data: it stands in the encrypted store only."""

    name: str = field(default="", repr=False)
    """As the counsellor typed it; 0 to 200 characters, no control characters, one line."""
    email: str = field(default="", repr=False)
    """One address (RFC 5321, section 4.1.2), or empty."""
    phone: str = field(default="", repr=False)
    """Digits, spaces and `+()/-`; or empty."""
    language: str = "de"
    """Of mails and page, BCP 47."""
    device: ClientDevice = ClientDevice.UNKNOWN
    company: Company = Company.NOBODY
    needs: str = field(default="", repr=False)
    """Special needs, in the counsellor's words; 0 to 1000 characters, several lines."""
    save_data: bool = False
    """Has little data volume: the page proposes to save data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """The client agreed on the phone to talk by video, for this one appointment. Kept as evidence without a name."""

    text_version: str
    """Which text was explained (`app.sheet.agreement.VERSION` of the catalogue)."""
    agreed_at: int
    """Unix seconds."""
    withdrawn_at: int | None = None
    """Unix seconds; taking it back ends the invitation at once."""

    @property
    def holds(self) -> bool:
        return self.withdrawn_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What leads to the appointment's room. Made with the agreement, new for a deputy, never reused."""

    room: str
    """Id of the room at the server."""
    token: str = field(repr=False)
    """The secret of the personal link; leaves the workstation only in the invitation."""
    code: str = field(repr=False)
    """Nine digits that can be dictated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """One appointment; one of a series stands for itself."""

    id: str
    """Opaque, 22 characters; also the left part of the calendar entry's UID."""
    starts_at: int
    """Unix seconds."""
    minutes: int
    """1 to `MAX_MINUTES`."""
    topic: str = field(default="", repr=False)
    """For the counsellor; never in a mail. 0 to 200 characters, one line."""
    client: Client = Client()
    way: Way = Way.VIDEO
    stage: Stage = Stage.NOTED
    agreement: Agreement | None = None
    access: Access | None = None
    readiness: Readiness = field(default_factory=Readiness)
    visit: Visit = field(default_factory=Visit)
    outcome: Outcome | None = None
    series: str | None = None
    """Common id of a series; each of its appointments has a link and an agreement of its own."""
    sequence: int = 0
    """SEQUENCE of the calendar entry (RFC 5545, section 3.8.7.4); rises with each change that the client is told of."""
    owner: str = ""
    """Opaque id of the counsellor."""
    deputy: str | None = None
    """Opaque id of who took it over."""
    made_at: int = 0
    """Unix seconds."""
    revision: int = 0
    """Of the stored row: a write with an older one is refused."""

    @property
    def ends_at(self) -> int:
        """Unix seconds."""
        return self.starts_at + self.minutes * 60

    @property
    def agreed(self) -> bool:
        """A valid agreement stands; without one no invitation is sent."""
        return self.agreement is not None and self.agreement.holds

    def overlaps(self, other: Appointment) -> bool:
        """Both want the counsellor at the same time."""
        return not (self.stage is Stage.CANCELLED or other.stage is Stage.CANCELLED) and (
            self.starts_at < other.ends_at and other.starts_at < self.ends_at
        )
