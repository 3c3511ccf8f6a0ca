"""The book: what each step does to stage, link, agreement and mails, and what is refused."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import time_machine

from app.domain.appointments import Stage, Way
from app.domain.mails import MailKind, MailState
from app.domain.outcome import Outcome, OutcomeKind
from app.domain.readiness import Check, Readiness, Wish
from app.services.appointments.drafts import LATEST
from app.services.appointments.lock import lock_of
from app.services.appointments.ports import AppointmentStore, BookError, Repeat, Series, Stale, Tell, Write
from app.services.clock import LoopClock
from app.services.fakes import MemoryStore, SampleBook
from app.services.local_time import wall_of
from tests.support.book_table import DAY, HOUR, BookTable, at, draft_of


@pytest.fixture
async def table() -> AsyncIterator[BookTable]:
    opened = await BookTable().open()
    yield opened
    await opened.close()


async def mails(table: BookTable, appointment: str) -> dict[MailKind, MailState]:
    return {mail.kind: mail.state for mail in await table.book.mails(appointment)}


async def refused(work: object) -> BookError:
    with pytest.raises(BookError) as caught:
        await work
    return caught.value


INVITATION, BEFORE, MORNING = MailKind.INVITATION, MailKind.REMINDER_DAY_BEFORE, MailKind.REMINDER_MORNING


async def test_who_is_in_a_room_is_found_until_the_link_is_dead(table: BookTable) -> None:
    (noted,) = await table.book.note(draft_of(table.clock))
    access = (await table.book.agree(noted.id, "2")).access
    assert access is not None
    found = await table.book.in_room(access.room)
    assert found is not None
    assert found.id == noted.id
    assert await table.book.in_room("somewhere else") is None
    await table.book.withdraw(noted.id)
    assert await table.book.in_room(access.room) is None


async def test_from_the_phone_call_to_the_invitation(table: BookTable) -> None:
    told: list[object] = []
    table.book.changed.subscribe(told.append)
    (noted,) = await table.book.note(draft_of(table.clock))
    assert (noted.stage, noted.access, noted.agreed) == (Stage.NOTED, None, False)
    assert table.book.link(noted) == ""
    agreed = await table.book.agree(noted.id, "2")
    assert agreed.stage is Stage.AGREED
    assert agreed.access is not None
    assert len(agreed.access.code) == 9
    assert table.book.link(agreed).endswith(f"/r#{agreed.access.token}")
    invited = await table.book.invite(noted.id)
    assert (invited.stage, invited.sequence, invited.access) == (Stage.INVITED, 1, agreed.access)
    assert await mails(table, noted.id) == dict.fromkeys((INVITATION, BEFORE, MORNING), MailState.WAITING)
    assert told == [[noted.id]] * 3


async def test_nobody_is_invited_without_an_agreement_an_address_or_a_way(table: BookTable) -> None:
    (noted,) = await table.book.note(draft_of(table.clock))
    assert (await refused(table.book.invite(noted.id))).key == "app.appointment.no-agreement"
    assert (await refused(table.book.handed_over(noted.id))).key == "app.appointment.no-agreement"
    assert (await refused(table.book.letter(noted.id))).key == "app.appointment.no-agreement"
    assert (await refused(table.book.copy_text(noted.id))).key == "app.appointment.no-agreement"
    (silent,) = await table.book.note(draft_of(table.clock, email=""))
    await table.book.agree(silent.id, "1")
    assert (await refused(table.book.invite(silent.id))).part == "email"
    (phone,) = await table.book.note(draft_of(table.clock, way=Way.PHONE))
    assert (await refused(table.book.agree(phone.id, "1"))).key == "app.appointment.not-by-video"
    assert (await refused(table.book.invite("nobody"))).key == "app.appointment.gone"
    assert await table.book.mails(noted.id) == []


async def test_an_invitation_goes_once(table: BookTable) -> None:
    invited = await table.invited()
    assert (await refused(table.book.invite(invited.id))).key == "app.appointment.invited-already"
    assert len(table.outbox.sent) == 1


async def test_while_locked_only_other_ways_are_open(table: BookTable) -> None:
    (noted,) = await table.book.note(draft_of(table.clock))
    await table.book.agree(noted.id, "1")
    table.book.lock_now = lock_of("http://localhost:4711", has_mail_server=True, demonstration=False)
    assert table.book.invite_locked == "app.appointment.locked.public-url"
    assert table.book.invite_lock_values == {"address": "http://localhost:4711"}
    assert (await refused(table.book.invite(noted.id))).key == table.book.invite_locked
    assert (await refused(table.book.letter(noted.id))).key == table.book.invite_locked, "it would lead nowhere"
    assert (await table.book.handed_over(noted.id)).stage is Stage.INVITED
    assert await table.book.mails(noted.id) == []


async def test_while_locked_no_change_brings_a_mail_with_the_link(table: BookTable) -> None:
    invited = await table.invited()
    sent = len(table.outbox.sent)
    table.book.lock_now = lock_of("http://localhost:4711", has_mail_server=True, demonstration=False)
    for draft in (
        draft_of(table.clock, email="neu@post.example", starts_at=invited.starts_at),
        draft_of(table.clock, starts_at=invited.starts_at + DAY),
    ):
        assert (await refused(table.book.change(invited.id, draft, Tell.MAIL))).key == table.book.invite_locked
    table.outbox.send_all()
    assert len(table.outbox.sent) == sent


@pytest.mark.parametrize(
    ("base", "mail_server", "demonstration", "key"),
    [
        ("https://video.jobcenter.example", True, False, None),
        ("https://video.jobcenter.example", False, False, "no-mail-server"),
        ("https://192.168.1.5", True, False, "public-url"),
        ("http://localhost:80", True, True, None),
        ("http://localhost:80", False, True, "no-mail-server"),
    ],
)
def test_why_it_is_locked(base: str, mail_server: bool, demonstration: bool, key: str | None) -> None:
    lock = lock_of(base, mail_server, demonstration)
    assert (lock and lock.key) == (key and f"app.appointment.locked.{key}")


async def test_taking_the_agreement_back_ends_everything_at_once(table: BookTable) -> None:
    invited = await table.invited()
    assert table.live_rooms() == {invited.access.room}
    withdrawn = await table.book.withdraw(invited.id)
    await table.settle()
    assert (withdrawn.stage, withdrawn.access, withdrawn.agreed) == (Stage.NOTED, None, False)
    assert withdrawn.agreement is not None
    assert withdrawn.agreement.withdrawn_at == table.clock.unix()
    assert table.live_rooms() == set()
    assert await mails(table, invited.id) == {INVITATION: MailState.ACCEPTED, BEFORE: MailState.WITHDRAWN, MORNING: MailState.WITHDRAWN}
    again = await table.book.agree(invited.id, "1")
    assert again.access is not None
    assert again.access.room != invited.access.room


async def test_cancelling_kills_link_and_reminders_and_tells_who_knew(table: BookTable) -> None:
    invited = await table.invited()
    gone = await table.book.cancel(invited.id, by_client=False, tell=Tell.MAIL)
    await table.settle()
    assert (gone.stage, gone.access, gone.sequence) == (Stage.CANCELLED, None, invited.sequence + 1)
    assert gone.outcome is not None
    assert gone.outcome.kind is OutcomeKind.CANCELLED_BY_US
    assert table.live_rooms() == set()
    assert (await mails(table, invited.id))[MailKind.CANCELLED] is MailState.WAITING
    table.clock.advance(4 * DAY)
    table.outbox.send_all()
    assert [mail.kind for mail, _ in table.outbox.sent] == [INVITATION, MailKind.CANCELLED]


async def test_who_never_heard_of_it_is_not_told_that_it_is_off(table: BookTable) -> None:
    (noted,) = await table.book.note(draft_of(table.clock))
    await table.book.agree(noted.id, "1")
    await table.book.invite(noted.id)  # still waits in the outbox
    await table.book.cancel(noted.id, by_client=True, tell=Tell.MAIL)
    assert set((await mails(table, noted.id)).values()) == {MailState.WITHDRAWN}


async def test_moving_asks_before_it_mails_and_moves_the_reminders(table: BookTable) -> None:
    for tell, expected in ((Tell.NOBODY, []), (Tell.MAIL, [MailKind.MOVED])):
        invited = await table.invited()
        draft = draft_of(table.clock, starts_at=invited.starts_at + 2 * DAY)
        moved = await table.book.change(invited.id, draft, tell)
        assert (moved.sequence, moved.stage, moved.access) == (invited.sequence + 1, Stage.INVITED, invited.access)
        waiting = {mail.kind: mail.due_at for mail in await table.book.mails(invited.id) if mail.state is MailState.WAITING}
        assert set(waiting) == {BEFORE, MORNING, *expected}
        assert wall_of(waiting[BEFORE]).date() < wall_of(waiting[MORNING]).date() == wall_of(moved.starts_at).date()
        await table.settle()
        assert table.link.cards[invited.access.room].starts_at == moved.starts_at


async def test_an_invitation_that_was_not_sent_yet_is_written_anew(table: BookTable) -> None:
    (noted,) = await table.book.note(draft_of(table.clock))
    await table.book.agree(noted.id, "1")
    await table.book.invite(noted.id)
    await table.book.change(noted.id, draft_of(table.clock, 5 * DAY, "neu@post.example"), Tell.NOBODY)
    waiting = [mail for mail in await table.book.mails(noted.id) if mail.state is MailState.WAITING]
    assert {(mail.kind, mail.recipient) for mail in waiting} == {(kind, "neu@post.example") for kind in (INVITATION, BEFORE, MORNING)}


async def test_details_that_no_mail_says_disturb_no_mail(table: BookTable) -> None:
    invited = await table.invited()
    before = await table.book.mails(invited.id)
    draft = draft_of(table.clock, starts_at=invited.starts_at, topic="Anderes")
    changed = await table.book.change(invited.id, draft, Tell.MAIL)
    assert (changed.topic, changed.sequence) == ("Anderes", invited.sequence)
    assert await table.book.mails(invited.id) == before


async def test_another_way_is_as_good_and_kills_the_link(table: BookTable) -> None:
    invited = await table.invited()
    phone = await table.book.choose_way(invited.id, Way.PHONE, Tell.MAIL)
    await table.settle()
    assert (phone.way, phone.stage, phone.access, phone.agreed) == (Way.PHONE, Stage.NOTED, None, False)
    assert table.live_rooms() == set()
    assert (await mails(table, invited.id))[MailKind.CANCELLED] is MailState.WAITING
    video = await table.book.choose_way(invited.id, Way.VIDEO, Tell.NOBODY)
    assert (video.stage, video.agreed) == (Stage.NOTED, False)
    assert (await table.book.decide(phone.id, Outcome(kind=OutcomeKind.BY_PHONE, decided_at=0, talked_minutes=12))).stage is Stage.CLOSED


async def test_an_unclear_mail_waits_for_a_person(table: BookTable) -> None:
    (noted,) = await table.book.note(draft_of(table.clock))
    await table.book.agree(noted.id, "1")
    await table.book.invite(noted.id)
    table.outbox.send_all(MailState.UNCLEAR)
    unclear = next(mail for mail in await table.book.mails(noted.id) if mail.state is MailState.UNCLEAR)
    assert [each.id for each in await table.book.to_call_again()] == [noted.id]
    assert (await refused(table.book.invite(noted.id))).key == "app.appointment.invited-already"
    await table.book.send_again(unclear.id)
    again = next(mail for mail in await table.book.mails(noted.id) if mail.id == unclear.id)
    assert (again.state, again.message_id) == (MailState.WAITING, unclear.message_id)
    assert (await refused(table.book.send_again(unclear.id))).key == "app.appointment.mail-not-open"
    table.outbox.send_all(MailState.UNCLEAR)
    await table.book.leave_unclear(unclear.id)
    assert await table.book.to_call_again() == []
    assert (await refused(table.book.leave_unclear(unclear.id))).key == "app.appointment.mail-not-open"


async def test_a_refused_mail_does_not_go_again_beside_a_newer_one_that_says_the_same(table: BookTable) -> None:
    (noted,) = await table.book.note(draft_of(table.clock, 3 * DAY))
    await table.book.agree(noted.id, "1")
    await table.book.invite(noted.id)
    table.outbox.send_all(MailState.REFUSED)
    refused_mail = next(mail for mail in await table.book.mails(noted.id) if mail.state is MailState.REFUSED)
    await table.book.change(noted.id, draft_of(table.clock, 0, starts_at=noted.starts_at + HOUR), Tell.MAIL)
    assert (await mails(table, noted.id))[MailKind.MOVED] is MailState.WAITING
    assert (await refused(table.book.send_again(refused_mail.id))).key == "app.appointment.mail-follows"
    table.outbox.send_all()
    await table.book.send_again(refused_mail.id)


async def test_an_unclear_invitation_is_not_sent_again_after_the_cancellation(table: BookTable) -> None:
    (noted,) = await table.book.note(draft_of(table.clock))
    await table.book.agree(noted.id, "1")
    await table.book.invite(noted.id)
    table.outbox.send_all(MailState.UNCLEAR)
    unclear = next(mail for mail in await table.book.mails(noted.id) if mail.state is MailState.UNCLEAR)
    await table.book.cancel(noted.id, by_client=False, tell=Tell.NOBODY)
    assert (await refused(table.book.send_again(unclear.id))).key == "app.appointment.cancelled"


async def test_what_was_held_up_in_the_middle_does_not_go_out_after_the_cancellation(table: BookTable) -> None:
    for end in (table.book.withdraw, lambda id_: table.book.cancel(id_, by_client=False, tell=Tell.NOBODY)):
        (noted,) = await table.book.note(draft_of(table.clock))
        await table.book.agree(noted.id, "1")
        await table.book.invite(noted.id)
        table.outbox.send_all(MailState.SENDING)
        await end(noted.id)
        table.outbox.tries_again()
        table.outbox.send_all()
        assert (await mails(table, noted.id))[INVITATION] is MailState.WITHDRAWN
    assert table.outbox.sent == []


async def test_each_of_a_series_stands_for_itself(table: BookTable) -> None:
    first, second = await table.book.note(draft_of(table.clock), Series(Repeat.WEEKLY, 2))
    assert first.series == second.series is not None
    one = await table.book.agree(first.id, "1")
    two = await table.book.agree(second.id, "1")
    assert one.access is not None
    assert two.access is not None
    assert one.access.token != two.access.token
    await table.book.withdraw(first.id)
    assert (await table.now(second)).agreed


async def test_no_part_of_a_series_lies_where_none_can(table: BookTable) -> None:
    late = draft_of(table.clock, starts_at=LATEST - 40 * DAY)
    assert (await refused(table.book.note(late, Series(Repeat.MONTHLY, 3)))).key == "app.appointment.draft.impossible-time"
    assert await table.book.between(0, 2 * LATEST) == []


async def test_a_sofort_termin_is_open_at_once(table: BookTable) -> None:
    now = await table.book.note_now(draft_of(table.clock, 5 * DAY))
    await table.settle()
    assert (now.stage, now.starts_at, now.agreed) == (Stage.AGREED, table.clock.unix(), True)
    assert table.open_rooms() == [now.access.room]
    assert [room.title for room in table.desk.rooms] == ["Änne Öztürk, Weiterbildung"]


async def test_who_is_to_be_called_again(table: BookTable) -> None:
    ready, failed, wishes, past = [await table.invited(starts_in) for starts_in in (3 * DAY, 3 * DAY, 3 * DAY, 2 * HOUR)]
    good = Readiness(opened_at=1, camera=Check.OK, microphone=Check.OK, loudspeaker=Check.OK, network=Check.OK)
    for appointment, readiness in ((ready, good), (failed, replace(good, camera=Check.FAILED)), (wishes, Readiness(wish=Wish.CALL_ME))):
        await table.book.reported(appointment.access.room, readiness)
    await table.book.reported(past.access.room, Readiness(wish=Wish.CALL_ME))
    table.clock.advance(3 * HOUR)
    assert {each.id for each in await table.book.to_call_again()} == {failed.id, wishes.id}


async def test_the_note_is_finished_and_says_nothing_of_the_technology(table: BookTable) -> None:
    invited = await table.invited(HOUR)
    await table.book.reported(invited.access.room, Readiness(opened_at=1, camera=Check.FAILED, reason="camera-denied", step="permission"))
    assert (await refused(table.book.case_note(invited.id))).key == "app.appointment.no-outcome"
    table.clock.advance(2 * HOUR)
    proposal = await table.book.proposal(invited.id)
    assert proposal is not None
    assert (proposal.kind, proposal.reason) == (OutcomeKind.COULD_NOT_GET_IN, "camera-denied")
    await table.book.decide(invited.id, replace(proposal, remark="Rückruf vereinbart."))
    note = await table.book.case_note(invited.id)
    assert note.endswith("Das ist kein Nichterscheinen.\nRückruf vereinbart.")
    for word in ("camera", "kamera", "permission", "Öztürk", "@"):
        assert word not in note.lower()


async def test_another_writer_was_quicker() -> None:
    class Hasty(MemoryStore):
        """Somebody else changes the topic between reading and writing."""

        def __init__(self) -> None:
            super().__init__()
            self.hurries = 0

        def mails_of(self, appointment: str) -> object:
            if self.hurries:
                self.hurries -= 1
                found = self.find(appointment)
                assert found is not None
                self.write(Write(appointments=[replace(found, topic=f"{found.topic}!")]))
            return super().mails_of(appointment)

    store = Hasty()
    book = SampleBook(store=store)
    (noted,) = await book.note(draft_of(book.clock, topic="Neu"))
    store.hurries = 3
    assert (await book.agree(noted.id, "1")).topic == "Neu!!!"
    store.hurries = 99
    with pytest.raises(Stale):
        await book.withdraw(noted.id)
    kept: AppointmentStore = store
    found = kept.find(noted.id)
    assert found is not None
    assert found.agreed


async def test_reminders_over_the_change_in_autumn_by_the_real_clock() -> None:

    with time_machine.travel(at("2026-10-24 09:00"), tick=False):
        book = SampleBook(LoopClock(asyncio.get_running_loop()))
        draft = draft_of(book.clock, starts_at=at("2026-10-26 00:30"), minutes=60)
        (noted,) = await book.note(draft)
        await book.agree(noted.id, "1")
        await book.invite(noted.id)
        due = {mail.kind: wall_of(mail.due_at).isoformat(" ", "minutes") for mail in await book.mails(noted.id)}
        assert due == {INVITATION: "2026-10-24 09:00", BEFORE: "2026-10-25 10:00"}
