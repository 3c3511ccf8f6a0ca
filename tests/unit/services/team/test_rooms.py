"""Both work at the same agency's server: the deputy goes on with the very room, and nobody needs a new link."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from app.domain.appointments import Access, Appointment, Stage
from app.domain.deputy import ActKind, Place, Shared, SharedRoom
from app.domain.mails import MailKind, MailState
from app.domain.secrets import hash_secret
from app.services.appointments.ports import BookError, Tell
from app.services.fakes import FakeLink
from app.services.fakes.team import MemoryShelf, SampleRooms
from app.services.team.pending import all_pending
from app.services.team.rooms import LinkRooms, Taken
from app.wire.codes import Code
from app.wire.messages import Revoke, TakeOver
from tests.support.book_table import draft_of
from tests.support.room_stores import make_card
from tests.support.teams import TeamTable, Workstation

HERE, OTHERS = "k" * 43, "o" * 43


@pytest_asyncio.fixture
async def table() -> AsyncIterator[TeamTable]:
    made = await TeamTable(server=HERE).open()
    yield made
    await made.close()


async def taken(table: TeamTable, tell: Tell = Tell.NOBODY) -> Appointment:
    return await table.bernd.act(ActKind.TAKE_OVER, table.anna, tell=tell)


async def refused(work) -> str:
    with pytest.raises(BookError) as raised:
        await work
    return raised.value.key


def answers(one: Workstation, taken: Taken | None) -> None:
    assert isinstance(one.rooms, SampleRooms)
    one.rooms.says = taken


async def ill(one: Workstation) -> None:
    await one.look()
    await one.close()


async def test_a_copy_has_the_room_only_where_it_can_be_taken_over(table: TeamTable) -> None:
    invited = await table.anna.invited()
    await table.anna.book.note(draft_of(table.clock))
    await table.anna.look()
    agreed, noted = sorted(await table.bernd.listed(table.anna), key=lambda one: one.seen.room is None)
    assert agreed.seen.room == SharedRoom(place=Place(server=HERE, owner="Anna"), access=invited.access)
    assert agreed.seen.appointment.access is noted.seen.room is None
    assert (table.bernd.team.takes_room(agreed.seen), table.bernd.team.takes_room(noted.seen)) == (True, False)


async def test_the_link_stays_and_nobody_is_mailed(table: TeamTable) -> None:
    invited = await table.anna.invited()
    await table.anna.look()
    ours = await taken(table)
    assert (ours.id, ours.stage, ours.access) == (invited.id, Stage.INVITED, invited.access)
    assert table.bernd.store.mails_of(ours.id) == []
    assert invited.access is not None
    assert table.owners == {invited.access.room: "Bernd"}
    theirs = table.anna.find(invited.id)
    assert (theirs.stage, theirs.access, theirs.deputy) == (Stage.CANCELLED, None, table.bernd.team.keys.id)
    assert table.anna.told == ["app.team.told.take-over"]
    await table.bernd.look()
    assert table.bernd.told == []


async def test_a_holder_who_runs_leaves_the_room_at_the_server(table: TeamTable) -> None:
    invited = await table.anna.invited()
    assert invited.access is not None
    await table.anna.look()
    table.anna.desk.offer(await table.anna.book.offers())
    seat = table.anna.desk.client_arrives(invited.access.room)
    assert [entry.waiting[0].seat for entry in table.anna.desk.rooms] == [seat]
    await taken(table)
    assert table.anna.desk.handed == {invited.access.room}
    assert table.anna.desk.rooms == []


async def test_a_holder_who_is_away_follows_later(table: TeamTable) -> None:
    invited = await table.anna.invited()
    await ill(table.anna)
    ours = await taken(table)
    assert ours.access == invited.access
    await table.anna.start()
    assert table.anna.find(invited.id).stage is Stage.CANCELLED
    await table.bernd.look()
    assert table.bernd.store.note("team.pending") is None


async def test_reminders_of_the_same_link_go_on_where_wished(table: TeamTable) -> None:
    await table.anna.invited()
    await table.anna.look()
    ours = await taken(table, Tell.MAIL)
    mails = table.bernd.store.mails_of(ours.id)
    assert [mail.kind for mail in mails] == [MailKind.REMINDER_DAY_BEFORE, MailKind.REMINDER_MORNING]
    waiting = [mail.kind for mail in table.anna.store.mails_of(ours.id) if mail.state is MailState.WAITING]
    assert waiting == []


async def test_who_has_no_link_yet_is_still_to_be_invited(table: TeamTable) -> None:
    (noted,) = await table.anna.book.note(draft_of(table.clock))
    agreed = await table.anna.book.agree(noted.id, "1")
    await table.anna.look()
    ours = await taken(table, Tell.MAIL)
    assert (ours.stage, ours.access) == (Stage.AGREED, agreed.access)
    assert table.bernd.store.mails_of(ours.id) == []


async def test_taken_back_with_the_same_room(table: TeamTable) -> None:
    invited = await table.anna.invited()
    await table.anna.look()
    await taken(table)
    await table.bernd.look()
    back = await table.anna.act(ActKind.TAKE_OVER, table.bernd, tell=Tell.NOBODY)
    assert (back.stage, back.access) == (Stage.INVITED, invited.access)
    assert set(table.owners.values()) == {"Anna"}


async def test_a_conversation_of_a_holder_who_seems_away_is_left_alone(table: TeamTable) -> None:
    """The team's folder is away from the holder, the server is not."""
    invited = await table.anna.invited()
    await ill(table.anna)
    answers(table.bernd, Taken.BUSY)
    assert await refused(taken(table)) == "app.team.room.busy"
    assert table.bernd.store.find(invited.id) is None
    assert table.bernd.store.note("team.pending") is None
    assert isinstance(table.shelf, MemoryShelf)
    assert not [name for name in table.shelf.files if name.startswith("acts/")]
    answers(table.bernd, None)
    assert (await taken(table)).access == invited.access


@pytest.mark.parametrize("answer", [Taken.GONE, Taken.BUSY])
async def test_what_the_holder_gave_and_the_server_does_not_gets_a_new_link(table: TeamTable, answer: Taken) -> None:
    invited = await table.anna.invited()
    await table.anna.look()
    answers(table.bernd, answer)
    ours = await taken(table)
    assert ours.stage is Stage.AGREED
    assert ours.access is not None
    assert ours.access != invited.access
    assert table.bernd.told == ["app.team.told.new-link"]


async def test_what_is_called_off_for_somebody_away_leads_nowhere_at_the_server(table: TeamTable) -> None:
    invited = await table.anna.invited()
    assert invited.access is not None
    await ill(table.anna)
    ours = await table.bernd.act(ActKind.CANCEL_BY_US, table.anna, tell=Tell.NOBODY)
    assert (ours.stage, ours.access) == (Stage.CANCELLED, None)
    assert isinstance(table.bernd.rooms, SampleRooms)
    assert table.bernd.rooms.closed == [invited.access.room]


async def test_a_holder_who_runs_takes_the_link_back_without_us(table: TeamTable) -> None:
    await table.anna.invited()
    await table.anna.look()
    await table.bernd.act(ActKind.CANCEL_BY_CLIENT, table.anna, tell=Tell.NOBODY)
    assert (table.owners, table.anna.desk.handed) == ({}, set())


async def test_nobody_calls_off_a_conversation_that_runs(table: TeamTable) -> None:
    invited = await table.anna.invited()
    await ill(table.anna)
    answers(table.bernd, Taken.BUSY)
    assert await refused(table.bernd.act(ActKind.CANCEL_BY_US, table.anna)) == "app.team.room.busy"
    assert table.bernd.store.find(invited.id) is None


async def test_a_server_without_an_answer_is_asked_again_later(table: TeamTable) -> None:
    invited = await table.anna.invited()
    await ill(table.anna)
    answers(table.bernd, Taken.NO_ANSWER)
    assert await refused(taken(table)) == "app.team.room.no-answer"
    assert table.bernd.store.find(invited.id) is None
    answers(table.bernd, None)
    await table.bernd.kill()
    await table.bernd.start()
    assert table.bernd.find(invited.id).access == invited.access


async def test_what_is_done_leaves_neither_person_nor_link_in_the_note(table: TeamTable) -> None:
    await table.anna.invited()
    await ill(table.anna)
    await taken(table)
    (pending,) = all_pending(table.bernd.store)
    assert (pending.done, pending.act.seen.room, pending.act.seen.appointment.client.name) == (True, None, "")


async def test_who_works_elsewhere_gets_a_new_link(table: TeamTable) -> None:
    invited = await table.anna.invited()
    await table.anna.look()
    assert isinstance(table.bernd.rooms, SampleRooms)
    table.bernd.rooms.place = Place(server=OTHERS, owner="Bernd")
    ours = await taken(table, Tell.MAIL)
    assert ours.access != invited.access
    assert table.bernd.store.mails_of(ours.id)[0].kind is MailKind.NEW_LINK
    assert table.anna.desk.handed == set()


async def test_what_the_server_says_first_is_told_and_looked_up_on_the_shelf(table: TeamTable) -> None:
    invited = await table.anna.invited()
    assert invited.access is not None
    table.anna.desk.offer(await table.anna.book.offers())
    assert isinstance(table.shelf, MemoryShelf)
    table.shelf.away = True
    table.anna.desk.deputy_takes(invited.access.room)
    await table.anna.rest()
    assert table.anna.told == ["app.team.folder.away", "app.team.told.room"]
    table.shelf.away = False
    await table.anna.look()


# ---- over the control link


def seen_at(server: str) -> Shared:
    access = Access(room="r" * 22, token="t" * 43, code="123456789")
    appointment = Appointment(id="a" * 22, starts_at=0, minutes=30)
    return Shared(appointment=appointment, room=SharedRoom(place=Place(server=server, owner="h" * 22), access=access))


@pytest.fixture
def link() -> FakeLink:
    made = FakeLink()
    made.takes_over = True
    return made


async def test_the_server_is_asked_with_what_the_copy_says(link: FakeLink) -> None:
    rooms = LinkRooms(link, Place(server=HERE, owner="b" * 22))
    assert rooms.can_take(seen_at(HERE))
    assert await rooms.take(seen_at(HERE)) is Taken.OURS
    assert link.sent == [TakeOver(seq=1, room="r" * 22, holder="h" * 22, token_hash=hash_secret("t" * 43))]


async def test_nobody_is_asked_who_has_not_the_room_or_does_not_know_how(link: FakeLink) -> None:
    rooms = LinkRooms(link, Place(server=HERE, owner="b" * 22))
    assert not rooms.can_take(seen_at(OTHERS))
    assert await rooms.take(seen_at(OTHERS)) is Taken.GONE
    link.takes_over = False
    assert not rooms.can_take(seen_at(HERE))
    assert await rooms.take(seen_at(HERE)) is Taken.GONE
    assert link.sent == []


@pytest.mark.parametrize(
    ("code", "taken"),
    [
        (Code.CONFLICT, Taken.BUSY),
        (Code.NOT_YOURS, Taken.GONE),
        (Code.REVOKED_LINK, Taken.GONE),
        (Code.EXPIRED_LINK, Taken.GONE),
        (Code.NOT_READY, Taken.OURS),
    ],
)
async def test_what_its_refusals_mean(link: FakeLink, code: Code, taken: Taken) -> None:
    link.refuse_next(code)
    assert await LinkRooms(link, Place(server=HERE, owner="b" * 22)).take(seen_at(HERE)) is taken


async def test_a_room_is_taken_before_its_link_is_taken_back(link: FakeLink) -> None:
    rooms = LinkRooms(link, Place(server=HERE, owner="b" * 22))
    link.publish([make_card(room="r" * 22)])
    assert await rooms.close(seen_at(HERE)) is Taken.OURS
    assert [type(message) for message in link.sent] == [TakeOver, Revoke]
    link.refuse_next(Code.REVOKED_LINK)
    assert await rooms.close(seen_at(HERE)) is Taken.GONE
    assert len(link.sent) == 3


async def test_an_answer_that_was_lost_is_asked_for_again(link: FakeLink) -> None:
    link.lose_answer()
    assert await LinkRooms(link, Place(server=HERE, owner="b" * 22)).take(seen_at(HERE)) is Taken.OURS
    assert len(link.sent) == 2


async def test_nobody_waits_for_ever_for_a_server_that_is_away(link: FakeLink, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.services.team.rooms.PATIENCE_S", 0)
    link.lose()
    assert await asyncio.wait_for(LinkRooms(link, Place(server=HERE, owner="b" * 22)).take(seen_at(HERE)), 10) is Taken.NO_ANSWER
