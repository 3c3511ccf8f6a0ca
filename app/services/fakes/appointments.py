"""The book of appointments without disk, mail server or real time: the real rules over honest fakes. For windows, demonstrations, tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from app.domain.appointments import Appointment
from app.domain.deputy import Place
from app.domain.mails import Mail, MailKind
from app.domain.secrets import new_id
from app.paths import RESOURCES
from app.services.appointments.book import LiveAppointmentBook
from app.services.appointments.ground import Rules
from app.services.appointments.lock import Lock
from app.services.appointments.ports import AppointmentStore, Preview
from app.services.appointments.post import MailWriter, Post, link_of
from app.services.appointments.reminders import Reminders
from app.services.clock import Clock
from app.services.fakes.clock import ManualClock
from app.services.fakes.store import MemoryStore
from app.texts import FIRST_LANGUAGE, Texts

T = TypeVar("T")


class DirectStore:
    """A `StoreLine` without a thread: for stores that wait for no disk."""

    def __init__(self, store: AppointmentStore) -> None:
        self.store = store

    async def run(self, work: Callable[[AppointmentStore], T]) -> T:
        return work(self.store)


class PlainWriter:
    """Writes bare mails that say their kind and the link."""

    def write(self, kind: MailKind, appointment: Appointment, link: str, *, due_at: int, useless_at: int | None, now: int) -> Mail:
        id_ = new_id()
        return Mail(
            id=id_,
            appointment=appointment.id,
            kind=kind,
            message_id=f"<{id_}@beratung.example>",
            recipient=appointment.client.email,
            message=f"Subject: {kind.value}\r\n\r\n{link}\r\n".encode(),
            due_at=due_at,
            useless_at=useless_at,
            next_try_at=due_at,
            changed_at=now,
        )

    def preview(self, kind: MailKind, appointment: Appointment, link: str) -> Preview:
        return Preview(subject=kind.value, plain=link, html=f"<p>{link}</p>", recipient=appointment.client.email)

    def copy_text(self, appointment: Appointment, link: str) -> str:
        return link

    def letter(self, appointment: Appointment, link: str) -> bytes:
        return b"%PDF-1.7\n%%EOF\n"


class SampleBook(LiveAppointmentBook):
    """The real book over a `MemoryStore` and a `ManualClock`. What lies below is there to be played with: `store`, `clock`, `lock_now`."""

    def __init__(
        self,
        clock: Clock | None = None,
        public_url: str = "https://beratung.example",
        language: str = FIRST_LANGUAGE,
        store: MemoryStore | None = None,
        writer: MailWriter | None = None,
        place: Place | None = None,
    ) -> None:
        self.store = store or MemoryStore()
        self.line = DirectStore(self.store)
        """The way to it."""
        self.clock: Clock = clock or ManualClock()
        self.lock_now: Lock | None = None
        """Why nobody can be invited by mail."""
        rules = Rules(
            owner="sample",
            agreement_version="1",
            lock=lambda: self.lock_now,
            texts=Texts.load(RESOURCES / "i18n", language, "app"),
            place=place,
        )
        post = Post(writer or PlainWriter(), lambda appointment: link_of(appointment, public_url), Reminders())
        super().__init__(self.line, post, self.clock, rules)
