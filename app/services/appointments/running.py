"""Opens store and book, puts door, reception, outbox and housekeeping around them, closes all in reverse order. No Qt, no SQL."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Protocol

from app.domain.deputy import Place
from app.services.appointments.book import LiveAppointmentBook
from app.services.appointments.door import Door
from app.services.appointments.ground import Rules, StoreLine
from app.services.appointments.housekeeping import Housekeeping, RetentionRules
from app.services.appointments.lock import lock_of
from app.services.appointments.post import MailWriter, Post, link_of
from app.services.appointments.reception import Reception
from app.services.appointments.reminders import Reminders
from app.services.clock import Clock
from app.services.events import Event
from app.services.link_port import Link
from app.services.ports import Desk
from app.services.store.late import LateStore, Mend, Prepare
from app.services.take_up.handing_in import HandingIn
from app.services.take_up.line import ServerLine
from app.services.tasks import Tasks
from app.services.team.rooms import LinkRooms
from app.services.team.running import TeamPlan, team_running
from app.services.team.team import Team
from app.texts import Texts


class Outgoing(Protocol):
    """What sends the mails that wait in the store: `app.services.mail.outbox.Outbox`."""

    changed: Event[Sequence[str]]

    async def open(self) -> None: ...

    def look(self) -> None: ...

    async def close(self) -> None: ...


MakeOutbox = Callable[[StoreLine, Clock, Tasks], Outgoing]


FindTeam = Callable[[], Awaitable[TeamPlan | None]]
"""None where no key store keeps the member's key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentsPlan:
    """What the composition root decides about appointments."""

    prepare: Prepare
    mend: Mend
    writer: MailWriter
    texts: Texts
    """Of the counsellor's language, part `app`."""
    agreement_version: str
    """Of the text that is explained on the phone."""
    outbox: MakeOutbox | None = None
    """None where there is no mail server."""
    team: FindTeam | None = None
    """None where there is no team."""
    demonstration: bool = False
    """In the demonstration and in training links need not lead outside."""
    reminders: Reminders = field(default_factory=Reminders)
    retention: RetentionRules = field(default_factory=RetentionRules)


@dataclass(frozen=True, slots=True)
class Around:
    """What the appointments work with."""

    desk: Desk
    link: Link
    clock: Clock
    tasks: Tasks
    link_base: str
    """What a personal link starts with."""
    owner: str
    """Opaque id of the counsellor."""
    place: Place | None = None
    """Where the rooms stand, when that is an agency's server."""
    enrolled: bool = True
    """False while the server that is to be worked with does not know this workstation."""


class AppointmentsRunning:
    """`book` is there at once and waits for the store; `open` before the link starts, `close` after the desk was closed."""

    def __init__(self, plan: AppointmentsPlan, around: Around) -> None:
        """To be made on the running loop."""
        self._plan = plan
        self._around = around
        self.store: StoreLine = (store := LateStore(plan.prepare, plan.mend))
        self._store = store
        self._closing = AsyncExitStack()
        self.team: Team | None = None
        """Once it is open, where there is one."""
        self.book = _book(plan, around, store)

    async def open(self) -> None:
        """The store, and all that lives on it. Raises StoreError."""
        plan, book, closing = self._plan, self.book, self._closing
        desk, link, clock, tasks = self._around.desk, self._around.link, self._around.clock, self._around.tasks
        closing.push_async_callback(self._store.close)
        await self._store.open()
        door = Door(book, desk, tasks)
        await door.open()
        closing.callback(door.close)
        closing.push_async_callback(door.settle)
        team_plan = None if plan.team is None else await plan.team()
        if team_plan is not None:
            rooms = None if self._around.place is None else LinkRooms(link, self._around.place)
            self.team = await closing.enter_async_context(team_running(team_plan, self._store, book, desk, clock, tasks, rooms))
        housekeeping = Housekeeping(self._store, book, plan.retention, clock, tasks)
        housekeeping.start()
        closing.push_async_callback(housekeeping.settle)
        closing.callback(housekeeping.close)
        if plan.outbox is not None:
            await closing.enter_async_context(_sending(plan.outbox(self._store, clock, tasks), book))
        if not plan.demonstration:
            handing_in = HandingIn(self._store, ServerLine(link, self._around.link_base), clock, tasks)
            handing_in.start()
            closing.callback(handing_in.close)
        reception = Reception(book, desk, link, clock, tasks)
        reception.start()
        closing.callback(reception.close)
        closing.push_async_callback(reception.settle)

    async def close(self) -> None:
        """In reverse order, as far as it came."""
        await self._closing.aclose()


@asynccontextmanager
async def _sending(outbox: Outgoing, book: LiveAppointmentBook) -> AsyncIterator[None]:
    """The book tells the outbox of new mails, the outbox tells the window what became of them."""
    unsubscribe = outbox.changed.subscribe(book.changed.announce)
    book.changed.subscribe(lambda _: outbox.look())
    try:
        await outbox.open()
        yield
    finally:
        await outbox.close()
        unsubscribe()


def _book(plan: AppointmentsPlan, around: Around, store: StoreLine) -> LiveAppointmentBook:
    rules = Rules(
        owner=around.owner,
        agreement_version=plan.agreement_version,
        lock=lambda: lock_of(around.link_base, plan.outbox is not None, plan.demonstration, around.enrolled),
        texts=plan.texts,
        place=around.place,
        counts=not plan.demonstration,
    )
    post = Post(plan.writer, lambda appointment: link_of(appointment, around.link_base), plan.reminders)
    return LiveAppointmentBook(store, post, around.clock, rules)
