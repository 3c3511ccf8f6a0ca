"""A book of appointments with a desk, a server and an outbox around it, and mails that go out when a test says so."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import datetime

from app.domain.appointments import Appointment, Client, Way
from app.domain.mails import Mail, MailState
from app.services.appointments.door import Door
from app.services.appointments.ports import Draft
from app.services.appointments.reception import Reception
from app.services.desk import LiveDesk
from app.services.fakes import FakeEngine, FakeLink, KeptInMemory, ManualClock, SampleBook
from app.services.local_time import unix_of
from app.services.mail.claims import claimed, found_stuck, settled, weeded_out
from app.services.mail.server import Answer, Answered
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


ANSWERS = {MailState.ACCEPTED: Answered.ACCEPTED, MailState.REFUSED: Answered.REFUSED, MailState.UNCLEAR: Answered.UNCLEAR}


@dataclass
class SmallOutbox:
    """Sends what waits by the rules of the real one (`app.services.mail.claims`), without a server."""

    book: SampleBook
    sent: list[tuple[Mail, Appointment]] = field(default_factory=list)
    """Each mail that reached the server, with its appointment at that moment."""
    _held: list[tuple[Mail, tuple[object, ...]]] = field(default_factory=list)

    def send_all(self, becomes: MailState = MailState.ACCEPTED) -> None:
        """`SENDING` holds them up in the middle."""
        now, store = self.book.clock.unix(), self.book.store
        for mail in store.waiting_mails(now):
            appointment = store.find(mail.appointment)
            said = None if weeded_out(store, mail, now) else claimed(store, mail, now)
            if said is None or appointment is None:
                continue
            if becomes in (MailState.ACCEPTED, MailState.UNCLEAR):
                self.sent.append((mail, appointment))
            if becomes is MailState.SENDING:
                self._held.append((mail, said))
            else:
                settled(store, mail, said, Answer(ANSWERS[becomes]), 0, now)

    def tries_again(self) -> None:
        """What was held up in the middle is to be tried later, said the server."""
        for mail, said in self._held:
            settled(self.book.store, mail, said, Answer(Answered.LATER), 0, self.book.clock.unix())
        self._held.clear()

    def restarted(self, book: SampleBook) -> None:
        """The program was killed: nobody knows what became of these."""
        self.book = book
        self._held.clear()
        found_stuck(book.store, book.clock.unix())


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
        self.outbox.restarted(self.book)
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
