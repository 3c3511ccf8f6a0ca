"""A book of appointments with a desk, a server and an outbox around it, and mails that go out when a test says so."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import datetime

from app.domain.appointments import Appointment, Client, Way
from app.domain.mails import Mail, MailState
from app.services.appointments.door import Door
from app.services.appointments.ports import Draft
from app.services.appointments.post import is_wanted
from app.services.appointments.reception import Reception
from app.services.desk import LiveDesk
from app.services.fakes import FakeEngine, FakeLink, KeptInMemory, ManualClock, SampleBook
from app.services.local_time import unix_of
from app.services.profile import Settings
from app.services.room_book import RoomBook
from app.services.tasks import Tasks
from tests.support.services import WORDS

HOUR, DAY = 3600, 86_400


def at(wall: str) -> int:
    """Unix seconds of what the clock on the wall shows, `2027-03-28 10:00`."""
    return unix_of(datetime.fromisoformat(wall))


def draft_of(
    clock: ManualClock, starts_in: int = 3 * DAY, email: str = "kundin@post.example", way: Way = Way.VIDEO, **values: object
) -> Draft:
    """Half an hour with somebody who can be mailed and phoned."""
    client = Client(name="Änne Öztürk", email=email, phone="+49 30 123")
    return replace(Draft(starts_at=clock.unix() + starts_in, minutes=30, topic="Weiterbildung", client=client, way=way), **values)


@dataclass
class SmallOutbox:
    """Sends what waits, as the real one does: claim, ask whether it is still wanted, send."""

    book: SampleBook
    sent: list[tuple[Mail, Appointment]] = field(default_factory=list)
    """Each mail that reached the server, with its appointment at that moment."""

    def send_all(self, becomes: MailState = MailState.ACCEPTED) -> None:
        now = self.book.clock.unix()
        for mail in self.book.store.waiting_mails(now):
            self._send(mail, becomes, now)

    def tries_again(self) -> None:
        """What was held up in the middle waits again."""
        for mail in self.book.store.stuck_mails():
            self.book.store.move_mail(replace(mail, state=MailState.WAITING), MailState.SENDING)

    def _send(self, mail: Mail, becomes: MailState, now: int) -> None:
        appointment = self.book.store.find(mail.appointment)
        if not is_wanted(mail, appointment):
            self.book.store.move_mail(replace(mail, state=MailState.WITHDRAWN), MailState.WAITING)
        elif mail.useless_at is not None and mail.useless_at <= now:
            self.book.store.move_mail(replace(mail, state=MailState.LATE), MailState.WAITING)
        elif self.book.store.move_mail(replace(mail, state=becomes, tries=mail.tries + 1), MailState.WAITING):
            assert appointment is not None
            if becomes in (MailState.ACCEPTED, MailState.UNCLEAR):
                self.sent.append((mail, appointment))


class BookTable:
    """Everything that is wired in the program, over fakes. To be used on a running loop."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.crashes: list[tuple[str, BaseException]] = []
        self.tasks = Tasks(lambda name, error: self.crashes.append((name, error)))
        self.link = FakeLink()
        self.book = SampleBook(self.clock)
        self.outbox = SmallOutbox(self.book)
        self.desk = self._new_desk()
        self.door = Door(self.book, self.desk, self.tasks)
        self.reception = Reception(self.book, self.desk, self.link, self.clock, self.tasks)

    async def open(self) -> BookTable:
        await self.door.open()
        self.reception.start()
        return self

    async def settle(self) -> None:
        """Until everybody knows what the others know."""
        for _ in range(3):
            await self.reception.settle()
            await self.door.settle()
            await asyncio.sleep(0)  # commands under way reach the server

    async def restart(self) -> None:
        """The program was killed, and begins anew over the same store and server."""
        await self.tasks.close()
        self.tasks = Tasks(lambda name, error: self.crashes.append((name, error)))
        store, self.link = self.book.store, self.link.of_the_next_run()
        self.book = SampleBook(self.clock, store=store)
        self.outbox.book = self.book
        self.desk = self._new_desk()
        self.door = Door(self.book, self.desk, self.tasks)
        self.reception = Reception(self.book, self.desk, self.link, self.clock, self.tasks)
        await self.open()
        self.link.connect()

    async def close(self) -> None:
        await self.settle()
        self.reception.close()
        await self.desk.close()
        await self.tasks.close()
        assert self.crashes == []

    def live_rooms(self) -> set[str]:
        """Whose links are alive at the server."""
        cards = self.link.cards.values()
        return {card.room for card in cards if card.closes_at > self.clock.unix() and not self.link.is_over(card.room)}

    def open_rooms(self) -> list[str]:
        """Whose waiting rooms are open now."""
        return sorted(room for room in self.live_rooms() if self.link.cards[room].opens_at <= self.clock.unix())

    async def invited(self, starts_in: int = 3 * DAY) -> Appointment:
        """One whose invitation was sent."""
        (noted,) = await self.book.note(draft_of(self.clock, starts_in))
        await self.book.agree(noted.id, "1")
        invited = await self.book.invite(noted.id)
        self.outbox.send_all()
        await self.settle()
        return invited

    async def now(self, appointment: Appointment) -> Appointment:
        """As it stands."""
        await self.settle()
        found = await self.book.find(appointment.id)
        assert found is not None
        return found

    def _new_desk(self) -> LiveDesk:
        book = RoomBook(Settings(public_port=4711), KeptInMemory())
        return LiveDesk(book, self.link, FakeEngine(), lambda _: WORDS, self.tasks, self.clock)
