"""The outbox: out once, or not at all, or in the hands of a person."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import structlog

from app.domain.appointments import Stage
from app.domain.mails import MailKind, MailState
from app.services.appointments.ports import StoreError, Write
from app.services.mail.claims import PAUSES_S, pause_s
from app.services.mail.server import Trouble
from tests.support.outboxes import HOUR, NOW, OutboxTable
from tests.support.services import until


@pytest.fixture
async def table() -> AsyncIterator[OutboxTable]:
    table = await OutboxTable().open()
    yield table
    await table.close()
    assert table.crashes == []


async def test_a_mail_goes_out_with_its_message_id_and_the_date_of_the_try_and_is_emptied(table: OutboxTable) -> None:
    heard: list[str] = []
    table.outbox.changed.subscribe(heard.extend)
    mail = await table.posts(table.appointment())
    [message] = table.server.messages()
    assert (message["Message-ID"], message["Date"].datetime.timestamp()) == (mail.message_id, NOW)
    sent = table.mail(mail)
    assert (sent.state, sent.tries, sent.message, sent.reply) == (MailState.ACCEPTED, 1, b"", "250 2.0.0 ok")
    assert set(heard) == {mail.appointment}


async def test_not_before_it_is_due(table: OutboxTable) -> None:
    mail = await table.posts(table.appointment(), due_at=NOW + HOUR)
    await table.passes(HOUR - 1)
    assert table.state(mail) is MailState.WAITING
    await table.passes(1)
    assert table.state(mail) is MailState.ACCEPTED


async def test_refused_for_good_keeps_the_reason_and_is_left_alone(table: OutboxTable) -> None:
    table.server.refuses("550 5.1.1 no such mailbox: client@example.org")
    mail = await table.posts(table.appointment())
    await table.passes(5 * HOUR)
    assert (table.state(mail), table.mail(mail).reply) == (MailState.REFUSED, "550 5.1.1 no such mailbox: client@example.org")
    assert table.server.tries == 1


async def test_tried_again_with_growing_pauses(table: OutboxTable) -> None:
    for _ in range(3):
        table.server.defers()
    mail = await table.posts(table.appointment())
    for tries, pause in enumerate(PAUSES_S[:3], 1):
        assert (table.mail(mail).tries, table.mail(mail).next_try_at) == (tries, table.clock.unix() + pause)
        await table.passes(pause)
    assert (table.state(mail), table.server.tries) == (MailState.ACCEPTED, 4)


def test_pauses_grow_up_to_an_hour() -> None:
    assert [pause_s(tries) for tries in (1, 2, 7, 8, 1000)] == [60, 120, 3600, 3600, 3600]


async def test_a_server_dead_for_days_loses_nothing_and_is_not_asked_for_each_mail(table: OutboxTable) -> None:
    table.server.trouble = Trouble.UNREACHABLE
    troubles: list[Trouble | None] = []
    table.outbox.troubled.subscribe(troubles.append)
    appointment = table.appointment(starts_at=NOW + 5 * 24 * HOUR)
    mails = [table.puts(appointment) for _ in range(20)]
    await table.passes(2 * 24 * HOUR)
    assert {table.state(mail) for mail in mails} == {MailState.WAITING}
    assert table.server.tries < 2 * 24 * 6 + 30
    assert table.outbox.trouble is Trouble.UNREACHABLE
    table.server.trouble = None
    await table.passes(2 * HOUR)
    assert [table.accepted(mail) for mail in mails] == [1] * 20
    assert troubles == [Trouble.UNREACHABLE, None]


async def test_a_new_mail_is_tried_at_once_even_while_the_server_rests(table: OutboxTable) -> None:
    table.server.trouble = Trouble.UNREACHABLE
    old = await table.posts(table.appointment())
    await table.passes(HOUR)
    table.server.trouble = None
    new = await table.posts(table.appointment())
    assert table.state(new) is MailState.ACCEPTED
    await table.passes(table.mail(old).next_try_at - table.clock.unix())
    assert table.state(old) is MailState.ACCEPTED


@pytest.mark.parametrize("keeps", [True, False])
async def test_unclear_waits_for_a_person_and_goes_again_under_the_same_message_id(table: OutboxTable, keeps: bool) -> None:
    table.server.drops_after_data(keeps)
    mail = await table.posts(table.appointment())
    await table.passes(5 * HOUR)
    assert (table.state(mail), table.server.tries) == (MailState.UNCLEAR, 1)
    await table.person_asks_again(mail)
    assert (table.state(mail), table.accepted(mail)) == (MailState.ACCEPTED, 1 + keeps)


async def test_killed_while_the_server_had_it_is_unclear_at_the_next_start(table: OutboxTable) -> None:
    table.server.holds = asyncio.Event()
    mail = table.puts(table.appointment())
    table.outbox.look()
    await until(lambda: table.state(mail) is MailState.SENDING)
    await table.crashes_now()
    table.server.holds = None
    await table.open()
    assert (table.state(mail), table.accepted(mail)) == (MailState.UNCLEAR, 0)


async def test_closing_lets_the_mail_on_its_way_arrive(table: OutboxTable) -> None:
    table.server.holds = asyncio.Event()
    mail = table.puts(table.appointment())
    table.outbox.look()
    await until(lambda: table.state(mail) is MailState.SENDING)
    closing = asyncio.create_task(table.outbox.close())
    await asyncio.sleep(0)
    table.server.holds.set()
    await closing
    assert table.state(mail) is MailState.ACCEPTED


async def test_a_reminder_after_the_start_is_late_and_not_sent(table: OutboxTable) -> None:
    table.server.trouble = Trouble.UNREACHABLE
    mail = await table.posts(table.appointment(starts_at=NOW + HOUR), MailKind.REMINDER_MORNING)
    await table.passes(HOUR)
    table.server.trouble = None
    await table.passes(HOUR)
    assert (table.state(mail), table.mail(mail).message, table.server.accepted) == (MailState.LATE, b"", [])


async def test_withdrawn_is_never_sent(table: OutboxTable) -> None:
    mail = await table.posts(table.appointment(), due_at=NOW + 60)
    table.store.write(Write(withdraw_mails_of=[mail.appointment]))
    await table.passes(HOUR)
    assert (table.state(mail), table.server.tries) == (MailState.WITHDRAWN, 0)


async def test_cancelled_between_connection_and_data_is_not_handed_over(table: OutboxTable) -> None:
    appointment = table.appointment()
    mail = table.puts(appointment)
    table.outbox.look()
    await until(lambda: table.server.tries > 0)
    table.store.write(Write(appointments=[replace(appointment, stage=Stage.CANCELLED)], withdraw_mails_of=[appointment.id]))
    await table.looks()
    assert (table.state(mail), table.server.accepted) == (MailState.WITHDRAWN, [])


async def test_deferred_and_cancelled_meanwhile_is_withdrawn(table: OutboxTable) -> None:
    appointment = table.appointment()
    table.server.defers()
    table.server.before_reply = lambda: table.store.write(
        Write(appointments=[replace(appointment, stage=Stage.CANCELLED)], withdraw_mails_of=[appointment.id])
    )
    mail = await table.posts(appointment)
    await table.passes(HOUR)
    assert (table.state(mail), table.server.tries) == (MailState.WITHDRAWN, 1)


async def test_deferred_and_moved_meanwhile_asks_a_person_because_it_would_tell_the_wrong_hour(table: OutboxTable) -> None:
    appointment = table.appointment()
    table.server.defers()
    later = replace(appointment, starts_at=appointment.starts_at + HOUR)
    table.server.before_reply = lambda: table.store.write(Write(appointments=[later], withdraw_mails_of=[appointment.id]))
    mail = await table.posts(appointment)
    await table.passes(HOUR)
    assert (table.state(mail), table.server.tries) == (MailState.REFUSED, 1)


async def test_a_clock_that_was_years_ahead_holds_nothing_back(table: OutboxTable) -> None:
    table.server.defers()
    appointment = table.appointment(starts_at=NOW + 4 * 365 * 24 * HOUR)
    table.clock.advance(3 * 365 * 24 * HOUR)
    mail = await table.posts(appointment)
    table.clock.advance(-3 * 365 * 24 * HOUR)
    table.store.move_mail(replace(table.mail(mail), due_at=NOW), MailState.WAITING)
    await table.passes(60)
    assert table.state(mail) is MailState.ACCEPTED


async def test_a_full_disk_after_the_handing_over_sends_nothing_twice(table: OutboxTable) -> None:
    full = FullDisk(table)
    table.server.before_reply = full.fills
    first, second = table.puts(table.appointment()), table.puts(table.appointment())
    await table.passes(10)
    assert len(table.server.accepted) == 1
    full.is_freed()
    await table.passes(120)
    assert [table.state(mail) for mail in (first, second)] == [MailState.ACCEPTED] * 2
    assert [table.accepted(mail) for mail in (first, second)] == [1, 1]


class FullDisk:
    def __init__(self, table: OutboxTable) -> None:
        self._store, self._move = table.store, table.store.move_mail

    def fills(self) -> None:
        def refuse(*_: object) -> bool:
            raise StoreError("app.store.full")

        self._store.move_mail = refuse  # type: ignore[method-assign]

    def is_freed(self) -> None:
        self._store.move_mail = self._move  # type: ignore[method-assign]


@pytest.mark.logs_errors
async def test_a_mail_that_makes_us_crash_holds_up_no_other() -> None:
    table = await OutboxTable().open()

    def breaks() -> None:
        raise ZeroDivisionError

    table.server.before_reply = breaks
    first, second = table.puts(table.appointment()), table.puts(table.appointment())
    await table.passes(1)
    assert sorted(table.state(mail).value for mail in (first, second)) == ["accepted", "unclear"]
    assert table.crashes == ["outbox"]
    await table.close()


async def test_what_a_server_says_is_never_logged(table: OutboxTable) -> None:
    table.server.refuses("550 5.1.1 canary-reply client@example.org")
    with structlog.testing.capture_logs() as logs:
        await table.posts(table.appointment())
    assert logs
    assert "canary-reply" not in str(logs)
    assert "example.org" not in str(logs)
