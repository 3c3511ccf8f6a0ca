"""What stands around the appointments: the store below them, the book that the window sees. Records, enums and protocols; no Qt, no SQL.

The store's operations wait for the disk: they are called on one thread of their own (`app.services.store.thread`). The book's
coroutines run on the desktop's one asyncio loop and raise `BookError` where a person has to hear of something.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from app.domain.appointments import Appointment, Client, Way
from app.domain.evaluation import Declined
from app.domain.mails import Mail, MailKind, MailState
from app.domain.outcome import Outcome
from app.services.events import Event
from app.services.tasks import Refusal

# ---- the store


class StoreError(Refusal):
    """The store cannot do it. `key` is the sentence for the person (catalogue `app`), `values` fill its places."""

    def __init__(self, key: str, **values: str) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


class Stale(StoreError):
    """The row was changed meanwhile; nothing of the write was done. For us: read again, try again."""

    def __init__(self) -> None:
        super().__init__("app.store.stale")


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """One transaction: all of it or nothing."""

    appointments: Sequence[Appointment] = ()
    """Each with the revision it was read with (0 for a new one). Stored with the next one."""
    mails: Sequence[Mail] = ()
    """New ones for the outbox."""
    withdraw_mails_of: Sequence[str] = ()
    """Appointments whose mails that wait are not to be sent any more (done before `mails` are put in): WITHDRAWN, `message` emptied."""
    notes: Sequence[tuple[str, bytes | None]] = ()
    """Small things under a name (settings of the agency, sealed copies); None removes. One whose name ends in `/` and an
    appointment's id goes with that appointment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """That somebody agreed, without saying who. Outlives the appointment's personal data."""

    appointment: str
    text_version: str
    agreed_at: int
    withdrawn_at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """What may go. All in Unix seconds."""

    appointments_before: int
    """Appointments that ended before are deleted, with their mails."""
    evidence_before: int
    """Evidence of agreements from before is deleted; never while its appointment stands."""
    readiness_before: int
    """Readiness of appointments that ended before is emptied; their revision rises."""


class AppointmentStore(Protocol):
    """Port: appointments, outbox and evidence on disk. One contract suite for SQLCipher and the fake.

    Each method is one transaction; what it returned is confirmed and survives a kill. Raises StoreError.
    """

    def write(self, write: Write) -> Sequence[Appointment]:
        """Do it; gives the appointments as stored, with their new revisions. Evidence follows from the appointments' agreements and
        keeps earlier ones. Raises Stale, also for a mail that is there already or whose appointment is gone."""
        ...

    def find(self, appointment: str) -> Appointment | None: ...

    def by_room(self, room: str) -> Appointment | None: ...

    def between(self, start: int, end: int) -> Sequence[Appointment]:
        """Those that overlap [start, end), by start. Cancelled ones too."""
        ...

    def in_series(self, series: str) -> Sequence[Appointment]:
        """By start."""
        ...

    def search(self, text: str, limit: int = 50) -> Sequence[Appointment]:
        """Name, topic, address or phone number contain the text, whatever its case; the newest first."""
        ...

    def open_rooms(self, now: int) -> Sequence[Appointment]:
        """Those that are not over, have an access, and end after `now` minus a day."""
        ...

    def mails_of(self, appointment: str) -> Sequence[Mail]:
        """By `due_at`."""
        ...

    def find_mail(self, mail: str) -> Mail | None: ...

    def waiting_mails(self, now: int) -> Sequence[Mail]:
        """WAITING, due and not to be tried later than `now`; by `due_at`, at most 50."""
        ...

    def next_mail_at(self) -> int | None:
        """When the next WAITING mail is to be looked at."""
        ...

    def move_mail(self, mail: Mail, expected: MailState) -> bool:
        """Store the mail as it is now if it still stands in `expected`; False (and nothing is done) otherwise. The one way in which
        a mail is claimed for sending."""
        ...

    def stuck_mails(self) -> Sequence[Mail]:
        """SENDING: after a crash nobody knows whether they went out."""
        ...

    def note(self, name: str) -> bytes | None:
        """What `Write.notes` kept."""
        ...

    def evidence(self) -> Sequence[Evidence]: ...

    def forget(self, retention: Retention) -> int:
        """Delete for good; gives how many appointments went. Raises StoreError `app.store.traces-left` where they went but the disk is
        too full to wipe their traces: that is done at the next call or start."""
        ...

    def forget_person(self, appointments: Sequence[str]) -> int:
        """Delete these with their mails and evidence, at once (Art. 17 GDPR); gives how many went."""
        ...

    def close(self) -> None: ...


# ---- the book


class BookError(Refusal):
    """It was not done, and nothing of it. `key` is the sentence for the person (catalogue `app`), `values` fill its places; `part`
    names the field of the draft that is to be mended, if it is one."""

    def __init__(self, key: str, part: str = "", **values: str) -> None:
        super().__init__(key)
        self.key = key
        self.part = part
        self.values = values


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a person typed about an appointment, before it is checked (`app.services.appointments.drafts.checked`)."""

    starts_at: int
    minutes: int
    topic: str = field(default="", repr=False)
    client: Client = field(default_factory=Client)
    way: Way = Way.VIDEO


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreign:
    """An appointment that another calendar holds."""

    id: str
    """The same whenever it is read again; 22 characters."""
    draft: Draft
    series: str | None = None


class Repeat(enum.Enum):
    """How a series goes on."""

    WEEKLY = "weekly"
    FORTNIGHTLY = "fortnightly"
    MONTHLY = "monthly"
    """On the same weekday of the month (first, second, … last)."""


@dataclass(frozen=True, slots=True)
class Series:
    """A series counts its appointments, the first included: 2 to 52."""

    repeat: Repeat
    count: int


class Tell(enum.Enum):
    """Whether the client is mailed of a change; the person was asked."""

    MAIL = "mail"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A mail as it would go out."""

    subject: str
    plain: str = field(repr=False)
    html: str = field(repr=False)
    recipient: str = field(repr=False)


class AppointmentBook(Protocol):
    """Port: what the window sees. Implementations: `app.services.appointments.book.LiveAppointmentBook`, and the honest fake
    `app.services.fakes.appointments.SampleBook` for windows, demonstrations and tests.

    Coroutines raise BookError (or StoreError) and have then done nothing. Each gives the appointment as it stands now.
    """

    changed: Event[Sequence[str]]
    """Ids of appointments that are new, different or gone."""

    @property
    def invite_locked(self) -> str:
        """Key of the sentence that says why nobody can be invited by mail (`public_url` is loopback or private, no mail server);
        empty if one can."""
        ...

    @property
    def invite_lock_values(self) -> dict[str, str]:
        """For the places of that sentence."""
        ...

    # ---- looking

    async def find(self, appointment: str) -> Appointment | None: ...

    async def in_room(self, room: str) -> Appointment | None:
        """Whose link leads into that room of the desk; nobody's once the link is used up or withdrawn."""
        ...

    async def between(self, start: int, end: int) -> Sequence[Appointment]: ...

    async def search(self, text: str) -> Sequence[Appointment]: ...

    async def mails(self, appointment: str) -> Sequence[Mail]: ...

    async def to_call_again(self) -> Sequence[Appointment]:
        """The list "noch einmal anrufen": not over, by video, ahead, and the light is red, or a mail needs a person."""
        ...

    def link(self, appointment: Appointment) -> str:
        """The personal link; empty without an access. To be shown, copied or drawn, never logged."""
        ...

    # ---- the phone call

    async def note(self, draft: Draft, series: Series | None = None) -> Sequence[Appointment]:
        """New in the calendar; a series gives all of it."""
        ...

    async def note_now(self, draft: Draft) -> Appointment:
        """A Sofort-Termin: the person is on the phone and agreed; starts at "phoned and agreed", its waiting room is open at once."""
        ...

    async def unknown(self, foreign: Sequence[Foreign]) -> Sequence[Foreign]:
        """Those that do not stand in this book."""
        ...

    async def take_over(self, foreign: Sequence[Foreign]) -> Sequence[Appointment]:
        """Note the unknown ones of these, all or none: without agreement, and nobody is told."""
        ...

    async def change(self, appointment: str, draft: Draft, tell: Tell) -> Appointment:
        """Other details, or another time: then the calendar entry's SEQUENCE rises, reminders move, and a client who was invited is
        mailed if `tell` says so."""
        ...

    async def agree(self, appointment: str, text_version: str) -> Appointment:
        """The client agreed on the phone."""
        ...

    async def withdraw(self, appointment: str) -> Appointment:
        """The agreement is taken back: the invitation ends at once, the link is dead, nothing more is sent."""
        ...

    async def choose_way(self, appointment: str, way: Way, tell: Tell) -> Appointment:
        """By phone or on site instead (or by video again, which needs an agreement anew)."""
        ...

    async def declined(self, appointment: str, why: Declined) -> Appointment:
        """Why the client does not want to talk by video: for the take-up figures only, kept nowhere else. Does nothing where video was
        not declined, or once it was handed in."""
        ...

    # ---- the invitation

    async def preview(self, appointment: str, kind: MailKind) -> Preview: ...

    async def invite(self, appointment: str) -> Appointment:
        """By mail. Refused without an agreement, an address, or while `invite_locked`."""
        ...

    async def handed_over(self, appointment: str) -> Appointment:
        """The link was given another way: copied, on paper, dictated."""
        ...

    async def send_again(self, mail: str) -> None:
        """A person decided that an unclear or refused mail is to go out (again), with the same Message-ID."""
        ...

    async def leave_unclear(self, mail: str) -> None:
        """A person decided that an unclear mail is not sent again."""
        ...

    async def letter(self, appointment: str) -> bytes:
        """The invitation on paper, PDF/UA."""
        ...

    async def copy_text(self, appointment: str) -> str:
        """The invitation's plain text, for another way of sending it."""
        ...

    async def cancel(self, appointment: str, by_client: bool, tell: Tell) -> Appointment:
        """Ends reminders, kills the link, sets the outcome."""
        ...

    # ---- the outcome

    async def proposal(self, appointment: str) -> Outcome | None:
        """What the program proposes; None while nothing can be said yet."""
        ...

    async def decide(self, appointment: str, outcome: Outcome) -> Appointment: ...

    async def case_note(self, appointment: str) -> str:
        """A finished neutral note for the agency's case system. Nothing of readiness stands in it."""
        ...

    # ---- a person's rights (Art. 15 and 17 GDPR)

    async def export_person(self, appointment: str) -> bytes:
        """All that is kept of the person of this appointment (same address, or same name and number), as JSON; without readiness."""
        ...

    async def forget_person(self, appointment: str) -> int:
        """Delete all of it; gives how many appointments went."""
        ...


OpenStore = Callable[[], AppointmentStore]
"""Opens it on the store's thread. Raises StoreError."""
