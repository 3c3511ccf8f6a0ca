"""Book, writer, outbox and server together: what a counsellor does, and what then lies in the client's mailbox."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import cast

import icalendar
import pytest

from app.domain.mails import MailKind, MailState
from app.paths import RESOURCES
from app.services.appointments.book import LiveAppointmentBook
from app.services.appointments.ground import Rules
from app.services.appointments.ports import Tell
from app.services.appointments.post import Post, link_of
from app.services.fakes import DirectStore, FakeMailServer, ManualClock, MemoryStore
from app.services.mail.outbox import LOOK_EVERY_S, Outbox
from app.services.mail.writer import AgencyMailWriter, reminders_of
from app.services.tasks import Tasks
from app.texts import Texts
from tests.support.book_table import DAY, HOUR, draft_of
from tests.support.letters import PHONE, SETTINGS, part


class Program:
    """As `application` wires it."""

    def __init__(self) -> None:
        self.clock, self.store, self.server = ManualClock(), MemoryStore(), FakeMailServer()
        self.crashes: list[str] = []
        self._tasks = Tasks(lambda name, _: self.crashes.append(name))
        line = DirectStore(self.store)
        by = AgencyMailWriter.of("Beratung", PHONE, SETTINGS, RESOURCES)
        post = Post(by, lambda appointment: link_of(appointment, "https://beratung.example"), reminders_of(SETTINGS))
        rules = Rules(owner="o", agreement_version="1", lock=lambda: None, texts=Texts.load(RESOURCES / "i18n", "de", "app"))
        self.book = LiveAppointmentBook(line, post, self.clock, rules)
        self.outbox = Outbox(line, self.server, self.clock, self._tasks)
        self.book.changed.subscribe(lambda _: self.outbox.look())
        self.outbox.changed.subscribe(self.book.changed.announce)

    async def invited(self, starts_in: int = 3 * DAY) -> str:
        [noted] = await self.book.note(draft_of(self.clock, starts_in))
        await self.book.agree(noted.id, "1")
        return (await self.book.invite(noted.id)).id

    async def passes(self, seconds: int) -> None:
        while seconds > 0:
            self.clock.advance(step := min(seconds, LOOK_EVERY_S))
            seconds -= step
            await self.outbox.looked()

    def states(self, appointment: str) -> dict[MailKind, MailState]:
        return {mail.kind: mail.state for mail in self.store.mails_of(appointment)}

    def entries(self) -> list[tuple[str, str, int]]:
        """METHOD, UID, SEQUENCE of the calendar entries that arrived."""
        found = []
        for message in self.server.messages():
            if message.get_content_type() == "multipart/mixed":
                calendar = cast(icalendar.Calendar, icalendar.Calendar.from_ical(part(message, "text/calendar").get_content()))
                event = calendar.events[0]
                found.append((str(calendar["METHOD"]), str(event["UID"]), int(event["SEQUENCE"])))
        return found


@pytest.fixture
async def program() -> AsyncIterator[Program]:
    program = Program()
    await program.outbox.open()
    yield program
    await program.outbox.close()
    assert program.crashes == []


async def test_the_invitation_arrives_with_the_link_and_the_reminders_follow(program: Program) -> None:
    appointment = await program.invited()
    await program.passes(1)
    [invitation] = program.server.messages()
    stored = await program.book.find(appointment)
    assert stored is not None
    assert program.book.link(stored) in part(invitation, "text/plain").get_content()
    assert program.states(appointment) == {
        MailKind.INVITATION: MailState.ACCEPTED,
        MailKind.REMINDER_DAY_BEFORE: MailState.WAITING,
        MailKind.REMINDER_MORNING: MailState.WAITING,
    }
    await program.passes(3 * DAY)
    assert set(program.states(appointment).values()) == {MailState.ACCEPTED}
    assert len(program.server.accepted) == 3


async def test_moving_and_cancelling_keep_one_entry_with_rising_sequence_and_end_the_reminders(program: Program) -> None:
    appointment = await program.invited()
    await program.passes(1)
    await program.book.change(appointment, draft_of(program.clock, 4 * DAY), Tell.MAIL)
    await program.passes(HOUR)
    await program.book.cancel(appointment, by_client=False, tell=Tell.MAIL)
    await program.passes(5 * DAY)
    methods, uids, sequences = zip(*program.entries(), strict=True)
    assert methods == ("REQUEST", "REQUEST", "CANCEL")
    assert len(set(uids)) == 1
    assert list(sequences) == sorted(set(sequences))
    assert not any("Erinnerung" in str(message["Subject"]) for message in program.server.messages())


async def test_unclear_goes_again_under_the_same_message_id_with_what_is_true_now(program: Program) -> None:
    program.server.drops_after_data(keeps=True)
    appointment = await program.invited()
    await program.passes(1)
    [unclear] = [mail for mail in await program.book.mails(appointment) if mail.state is MailState.UNCLEAR]
    await program.book.send_again(unclear.id)
    await program.passes(1)
    first, second = program.server.messages()
    assert first["Message-ID"] == second["Message-ID"] == unclear.message_id
    assert program.states(appointment)[MailKind.INVITATION] is MailState.ACCEPTED


async def test_taking_the_agreement_back_sends_nothing_more(program: Program) -> None:
    appointment = await program.invited()
    await program.passes(1)
    await program.book.withdraw(appointment)
    await program.passes(4 * DAY)
    assert len(program.server.accepted) == 1
