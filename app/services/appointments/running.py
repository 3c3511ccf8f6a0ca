"""Opens store and book, puts door, reception, outbox and housekeeping around them, closes all in reverse order. No Qt, no SQL."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from app.services.appointments.book import LiveAppointmentBook
from app.services.appointments.door import Door
from app.services.appointments.ground import Rules, StoreLine
from app.services.appointments.housekeeping import Housekeeping, RetentionRules
from app.services.appointments.lock import lock_of
from app.services.appointments.ports import OpenStore
from app.services.appointments.post import MailWriter, Post, link_of
from app.services.appointments.reception import Reception
from app.services.appointments.reminders import Reminders
from app.services.clock import Clock
from app.services.link_port import Link
from app.services.ports import Desk
from app.services.store.thread import StoreThread
from app.services.tasks import Tasks
from app.texts import Texts

OpenOutbox = Callable[[StoreLine, LiveAppointmentBook], AbstractAsyncContextManager[None]]
"""Sends what waits in the store until the block ends. It looks anew when `book.changed` tells, and tells there itself when a mail's state
is another one. Before it sends, it asks `app.services.appointments.post.is_wanted`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentsPlan:
    """What the composition root decides about appointments."""

    open_store: OpenStore
    writer: MailWriter
    texts: Texts
    """Of the counsellor's language, part `app`."""
    agreement_version: str
    """Of the text that is explained on the phone."""
    has_mail_server: Callable[[], bool]
    team: OpenTeam | None = None
    """Entered before the outbox: nothing is sent about what a deputy has taken over."""
    outbox: OpenOutbox | None = None
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


OpenTeam = Callable[[StoreLine, LiveAppointmentBook, Around], AbstractAsyncContextManager[object]]
"""What deputies did while we were away stands in the book when it has been entered (`app.services.team.running.team_running`)."""


@asynccontextmanager
async def appointments_running(plan: AppointmentsPlan, around: Around) -> AsyncIterator[LiveAppointmentBook]:
    """The book, until the end of the block. To be entered before the link starts, and left after the desk was closed.

    Raises StoreError.
    """
    clock, tasks = around.clock, around.tasks
    store = StoreThread(plan.open_store)
    async with AsyncExitStack() as closing:
        closing.push_async_callback(store.close)
        await store.open()
        book = _book(plan, around, store)
        door = Door(book, around.desk, tasks)
        await door.open()
        closing.callback(door.close)
        closing.push_async_callback(door.settle)
        housekeeping = Housekeeping(store, book, plan.retention, clock, tasks)
        housekeeping.start()
        closing.push_async_callback(housekeeping.settle)
        closing.callback(housekeeping.close)
        if plan.team is not None:
            await closing.enter_async_context(plan.team(store, book, around))
        if plan.outbox is not None:
            await closing.enter_async_context(plan.outbox(store, book))
        reception = Reception(book, around.desk, around.link, clock, tasks)
        reception.start()
        closing.callback(reception.close)
        closing.push_async_callback(reception.settle)
        yield book


def _book(plan: AppointmentsPlan, around: Around, store: StoreLine) -> LiveAppointmentBook:
    rules = Rules(
        owner=around.owner,
        agreement_version=plan.agreement_version,
        lock=lambda: lock_of(around.link_base, plan.has_mail_server(), plan.demonstration),
        texts=plan.texts,
    )
    post = Post(plan.writer, lambda appointment: link_of(appointment, around.link_base), plan.reminders)
    return LiveAppointmentBook(store, post, around.clock, rules)
