"""What all parts of the book stand on: the store's thread, the post, the clock, and the one way of changing an appointment. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from app.domain.appointments import Appointment
from app.domain.deputy import Place
from app.domain.mails import Mail
from app.services.appointments.lock import Lock
from app.services.appointments.ports import AppointmentStore, BookError, Stale, Write
from app.services.appointments.post import Post
from app.services.appointments.take_up import notes_of
from app.services.clock import Clock
from app.services.events import Event
from app.texts import Texts

T = TypeVar("T")

TRIES = 5
"""So often a change is read and applied again when somebody else was quicker."""


class StoreLine(Protocol):
    """The way to the store. Implementations: the store's own thread (`app.services.store.thread`), and `app.services.fakes.DirectStore`."""

    async def run(self, work: Callable[[AppointmentStore], T]) -> T:
        """Carry `work` out where the store lives, one after the other, and give what it gave or raise what it raised."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Whose book it is and what holds in it."""

    owner: str
    """Opaque id of the counsellor."""
    agreement_version: str
    """Of the text by which a Sofort-Termin is agreed on."""
    lock: Callable[[], Lock | None]
    """Why nobody can be invited by mail at the moment."""
    texts: Texts
    """Of the counsellor's language, for the note to the case system."""
    place: Place | None = None
    """Where the rooms stand, when that is an agency's server."""
    counts: bool = True
    """Take-up figures are counted; practice is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a step makes of an appointment, in one transaction."""

    appointment: Appointment
    drops_mails: bool = False
    """Mails that wait are not to be sent any more."""
    mails: tuple[Mail, ...] = ()
    """New ones, put in after that."""


Step = Callable[[Appointment, Sequence[Mail]], Change]
"""Makes a change of an appointment and its mails. Pure, because it is made anew when somebody else was quicker. Raises BookError."""


class Ground:
    """Held together by `LiveAppointmentBook`."""

    def __init__(self, store: StoreLine, post: Post, clock: Clock, rules: Rules) -> None:
        self.changed: Event[Sequence[str]] = Event()
        self._store = store
        self._post = post
        self._clock = clock
        self._rules = rules

    async def _change(self, appointment: str, step: Step) -> Appointment:
        """Carry a step out and tell of it. Raises BookError or StoreError, and nothing was done."""
        counted_at = self._clock.unix() if self._rules.counts else None
        stored, changed = await self._store.run(lambda store: carried_out(store, appointment, step, counted_at))
        if changed:
            self.changed.announce([appointment])
        return stored

    async def _there(self, appointment: str) -> Appointment:
        """Raises BookError."""
        return await self._store.run(lambda store: there(store, appointment))

    def _refuse_while_locked(self) -> None:
        lock = self._rules.lock()
        if lock is not None:
            raise BookError(lock.key, **dict(lock.values))


def carried_out(store: AppointmentStore, appointment: str, step: Step, counted_at: int | None = None) -> tuple[Appointment, bool]:
    """On the store's thread: read, apply, write; once more from the start when the row was changed meanwhile. A step that changes
    nothing is not written; True says that something was. `counted_at`: what it adds to the take-up figures at that time is noted."""
    for tries_left in reversed(range(TRIES)):
        found = there(store, appointment)
        change = step(found, store.mails_of(appointment))
        if change == Change(appointment=found):
            return found, False
        notes = [] if counted_at is None else notes_of(store, [(found, change.appointment)], counted_at)
        dropped = [appointment] if change.drops_mails else []
        try:
            write = Write(appointments=[change.appointment], mails=change.mails, withdraw_mails_of=dropped, notes=notes)
            return store.write(write)[0], True
        except Stale:
            if not tries_left:
                raise
    raise AssertionError("unreachable")


def there(store: AppointmentStore, appointment: str) -> Appointment:
    """Raises BookError where it was deleted meanwhile."""
    found = store.find(appointment)
    if found is None:
        raise BookError("app.appointment.gone")
    return found
