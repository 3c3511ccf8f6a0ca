"""What the desk sees becomes stage, visit and proposal."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from structlog.testing import capture_logs

from app.domain.appointments import Appointment, Stage
from app.domain.mails import MailState
from app.domain.outcome import Outcome, OutcomeKind
from app.domain.readiness import Check, Readiness, Step, Wish
from app.services.appointments.housekeeping import RetentionRules, clean_up
from app.services.appointments.ports import StoreError, Tell, Write
from app.services.fakes import MemoryStore
from app.wire.readiness import Report, Wished
from tests.support.book_table import DAY, HOUR, BookTable, draft_of
from tests.support.services import Browser, prints, until


@pytest.fixture
async def table() -> AsyncIterator[BookTable]:
    opened = await BookTable().open()
    yield opened
    await opened.close()


async def minutes(table: BookTable, count: int) -> None:
    """Minutes pass one by one, as they do."""
    for _ in range(count):
        table.clock.advance(60)
        await table.settle()


async def proposal(table: BookTable, appointment: Appointment) -> Outcome | None:
    await table.settle()
    return await table.book.proposal(appointment.id)


async def test_from_the_waiting_room_to_a_conversation_that_was_held(table: BookTable) -> None:
    invited = await table.invited(HOUR)
    room = invited.access.room
    await minutes(table, 58)
    seat = table.link.client_joins(room)
    waiting = await table.now(invited)
    assert (waiting.stage, waiting.visit.waited_from) == (Stage.WAITING, table.clock.unix())
    assert await proposal(table, invited) is None
    session = table.desk.admit(room, seat)
    inside = await table.now(invited)
    assert (inside.stage, inside.visit.admitted_at) == (Stage.IN_SESSION, table.clock.unix())
    table.link.client_offers(room, seat, 1)
    Browser(table.desk._engine.calls[-1]).connect(1, prints(1, 2))
    await minutes(table, 12)
    session.end_now()
    ended = await table.now(invited)
    assert (ended.stage, ended.access, ended.visit.talked_s) == (Stage.INVITED, None, 12 * 60)
    held = await proposal(table, invited)
    assert held is not None
    assert (held.kind, held.talked_minutes) == (OutcomeKind.HELD, 12)
    closed = await table.book.decide(invited.id, held)
    assert closed.stage is Stage.CLOSED
    assert "12 Minuten" in await table.book.case_note(invited.id)


async def test_on_the_phone_instead(table: BookTable) -> None:
    now = await table.book.note_now(draft_of(table.clock))
    await table.settle()
    session = table.desk.admit(now.access.room, table.link.client_joins(now.access.room))
    session.go_on_by_phone()
    table.clock.advance(10)
    found = await proposal(table, now)
    assert found is not None
    assert found.kind is OutcomeKind.BY_PHONE


async def test_deciding_early_cuts_nobody_off(table: BookTable) -> None:
    now = await table.book.note_now(draft_of(table.clock))
    await table.settle()
    session = table.desk.admit(now.access.room, table.link.client_joins(now.access.room))
    await table.settle()
    await table.book.decide(now.id, Outcome(kind=OutcomeKind.HELD, decided_at=0, talked_minutes=5))
    await table.settle()
    assert table.desk.session(now.access.room) is session
    session.end_now()
    closed = await table.now(now)
    assert (closed.stage, closed.access) == (Stage.CLOSED, None)
    assert closed.outcome is not None
    assert closed.outcome.talked_minutes == 5


async def test_sent_back_waits_again(table: BookTable) -> None:
    now = await table.book.note_now(draft_of(table.clock))
    await table.settle()
    session = table.desk.admit(now.access.room, table.link.client_joins(now.access.room))
    await table.settle()
    session.send_back()
    found = await table.now(now)
    assert (found.stage, found.access) == (Stage.WAITING, now.access)


async def test_who_waited_and_was_not_let_in_was_not_attended_to(table: BookTable) -> None:
    invited = await table.invited(HOUR)
    await minutes(table, 55)
    seat = table.link.client_joins(invited.access.room)
    await minutes(table, 12)  # five before, seven after the start
    table.link.client_is(invited.access.room, seat, present=False)
    found = await proposal(table, invited)
    assert found is not None
    assert found.kind is OutcomeKind.NOT_ATTENDED
    assert (await table.now(invited)).stage is Stage.INVITED


async def test_who_waited_for_a_moment_is_a_matter_for_a_person(table: BookTable) -> None:
    invited = await table.invited(HOUR)
    await minutes(table, 58)
    seat = table.link.client_joins(invited.access.room)
    await minutes(table, 4)
    table.link.client_is(invited.access.room, seat, present=False)
    await minutes(table, 60)
    assert await proposal(table, invited) is None


async def test_nobody_came_and_we_stood_at_the_door(table: BookTable) -> None:
    invited = await table.invited(HOUR)
    await minutes(table, 70)
    assert await proposal(table, invited) is None
    await minutes(table, 6)
    found = await proposal(table, invited)
    assert found is not None
    assert found.kind is OutcomeKind.NOT_ARRIVED


async def test_nobody_came_but_we_were_away(table: BookTable) -> None:
    invited = await table.invited(HOUR)
    await minutes(table, 62)
    table.link.lose()
    await minutes(table, 2)
    table.link.connect()
    await minutes(table, 30)
    assert await proposal(table, invited) is None


async def test_a_machine_that_slept_saw_nobody(table: BookTable) -> None:
    invited = await table.invited(HOUR)
    await minutes(table, 30)
    table.reception._looked_at = table.clock.unix() - HOUR  # as after an hour of sleep: one look, an hour late
    table.clock._now += HOUR
    await minutes(table, 30)
    assert await proposal(table, invited) is None


async def test_an_invitation_that_may_not_have_come_is_no_absence(table: BookTable) -> None:
    (noted,) = await table.book.note(draft_of(table.clock, HOUR))
    await table.book.agree(noted.id, "1")
    await table.book.invite(noted.id)
    table.outbox.send_all(MailState.UNCLEAR)
    await minutes(table, 80)
    found = await proposal(table, noted)
    assert found is not None
    assert found.kind is OutcomeKind.COULD_NOT_GET_IN


@pytest.mark.parametrize("days_later", [0, 1])
async def test_a_technical_failure_is_no_absence_even_after_its_traces_are_gone(table: BookTable, days_later: int) -> None:
    invited = await table.invited(HOUR)
    await minutes(table, 58)
    report = Report(room=invited.access.room, step=Step.PERMISSION, reason="camera-busy", camera=Check.FAILED)
    table.link.client_reports(invited.access.room, report, table.clock.unix())
    assert (await table.now(invited)).readiness.camera is Check.FAILED
    await minutes(table, 30)
    if days_later:
        clean_up(table.book.store, RetentionRules(), table.clock.unix() + DAY)
        assert (await table.now(invited)).readiness.camera is Check.UNKNOWN
    found = await proposal(table, invited)
    assert found is not None
    assert (found.kind, found.step, found.reason) == (OutcomeKind.COULD_NOT_GET_IN, "permission", "camera-busy")


async def test_a_server_that_forgot_takes_no_relief_away(table: BookTable) -> None:
    invited = await table.invited(HOUR)
    report = Report(room=invited.access.room, step=Step.PERMISSION, reason="camera-busy", camera=Check.FAILED)
    table.link.client_reports(invited.access.room, report, table.clock.unix())
    assert (await table.now(invited)).readiness.camera is Check.FAILED
    table.desk.revoke(invited.access.room)
    forgotten = await table.now(invited)
    assert (forgotten.readiness, forgotten.visit.trouble, forgotten.visit.reason) == (Readiness(), True, "camera-busy")


async def test_a_tap_on_i_cannot_come_is_no_absence(table: BookTable) -> None:
    invited = await table.invited(HOUR)
    table.link.client_reports(invited.access.room, Report(room=invited.access.room, wish=Wished.CANNOT_COME), table.clock.unix())
    assert (await table.now(invited)).readiness.wish is Wish.CANNOT_COME
    found = await proposal(table, invited)
    assert found is not None
    assert found.kind is OutcomeKind.CANCELLED_BY_CLIENT


async def test_readiness_is_live_and_green_where_all_is_well(table: BookTable) -> None:
    invited = await table.invited()
    told: list[object] = []
    table.book.changed.subscribe(told.append)
    room = invited.access.room
    good = Report(room=room, camera=Check.OK, microphone=Check.OK, loudspeaker=Check.OK, network=Check.OK)
    table.link.client_reports(room, good, table.clock.unix())
    assert (await table.now(invited)).readiness.light.value == "green"
    assert told == [[invited.id]]
    table.link.lose()
    table.link.connect()  # told anew, and nothing is new
    await table.settle()
    assert told == [[invited.id]]


async def test_reports_that_come_too_late_are_not_kept(table: BookTable) -> None:
    invited = await table.invited(HOUR)
    room = invited.access.room
    table.clock.advance(2 * DAY)
    table.link.client_reports(room, Report(room=room, camera=Check.FAILED), table.clock.unix())
    assert (await table.now(invited)).readiness.camera is Check.UNKNOWN
    other = await table.invited(HOUR)
    await table.book.cancel(other.id, by_client=True, tell=Tell.NOBODY)
    await table.book.reported(other.access.room, (await table.now(other)).readiness)


async def test_rooms_of_nobody_are_passed_over(table: BookTable) -> None:
    room = table.desk.create_now("Ohne Termin", "de", 30).room
    session = table.desk.admit(room, table.link.client_joins(room))
    await table.settle()
    session.end_now()
    await table.settle()
    await until(lambda: table.desk.rooms[0].over)


async def test_a_disk_that_is_full_stops_nobody(table: BookTable) -> None:
    invited = await table.invited(HOUR)
    write, full = MemoryStore.write, True

    class Full(MemoryStore):
        def write(self, write_: Write) -> object:
            if full:
                raise StoreError("app.store.full")
            return write(self, write_)

    table.book.store.__class__ = Full
    with capture_logs() as logs:
        seat = table.link.client_joins(invited.access.room)
        await table.settle()
    assert [(line["event"], line["reason"]) for line in logs] == [("reception.not_kept", "app.store.full")]
    assert table.desk.rooms[0].waiting[0].seat == seat
    full = False
    table.link.client_is(invited.access.room, seat, present=False)
    table.link.client_is(invited.access.room, seat, present=True)
    assert (await table.now(invited)).stage is Stage.WAITING
