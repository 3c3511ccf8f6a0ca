"""The rooms at the server follow the book, over restarts, lost connections and conversations."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from app.domain.appointments import Stage, Way
from app.domain.outcome import Outcome, OutcomeKind
from app.domain.secrets import hash_code, hash_secret
from app.services.appointments.ports import Tell
from app.services.ports import OPEN_AFTER_S
from app.wire.messages import End, Revoke
from tests.support.book_table import DAY, HOUR, BookTable, draft_of


@pytest.fixture
async def table() -> AsyncIterator[BookTable]:
    opened = await BookTable().open()
    yield opened
    await opened.close()


async def test_a_room_stands_there_from_the_agreement_on(table: BookTable) -> None:
    (noted,) = await table.book.note(draft_of(table.clock))
    await table.settle()
    assert table.live_rooms() == set()
    agreed = await table.book.agree(noted.id, "1")
    await table.settle()
    assert agreed.access is not None
    card = table.link.cards[agreed.access.room]
    assert (card.token_hash, card.code_hash) == (hash_secret(agreed.access.token), hash_code(agreed.access.code))
    assert (card.starts_at - card.opens_at, card.closes_at) == (30 * 60, agreed.ends_at + OPEN_AFTER_S)
    assert table.desk.rooms == []  # it is not today


async def test_every_way_out_kills_the_link(table: BookTable) -> None:
    async def cancel(id_: str) -> None:
        await table.book.cancel(id_, by_client=True, tell=Tell.NOBODY)

    async def decide(id_: str) -> None:
        await table.book.decide(id_, Outcome(kind=OutcomeKind.CANCELLED_BY_US, decided_at=0))

    async def by_phone(id_: str) -> None:
        await table.book.choose_way(id_, Way.ON_SITE, Tell.NOBODY)

    for way_out in (cancel, decide, by_phone, table.book.withdraw, table.book.forget_person):
        invited = await table.invited()
        assert table.live_rooms() == {invited.access.room}
        await way_out(invited.id)
        await table.settle()
        assert table.live_rooms() == set(), way_out


async def test_after_a_restart_links_live_on_and_dead_ones_stay_dead(table: BookTable) -> None:
    kept, gone = await table.invited(HOUR), await table.invited(HOUR)
    seat = table.link.client_joins(kept.access.room)
    table.link.lose()
    await table.book.cancel(gone.id, by_client=False, tell=Tell.NOBODY)  # the server does not hear of it any more
    await table.settle()
    assert gone.access.room in table.live_rooms()
    await table.restart()
    await table.settle()
    assert table.live_rooms() == {kept.access.room}
    assert [s.seat for room in table.desk.rooms for s in room.waiting] == [seat]
    assert (await table.now(kept)).stage is Stage.WAITING


async def test_a_conversation_that_ended_uses_the_link_up_for_good(table: BookTable) -> None:
    now = await table.book.note_now(draft_of(table.clock))
    await table.settle()
    session = table.desk.admit(now.access.room, table.link.client_joins(now.access.room))
    session.go_on_by_phone()
    table.clock.advance(10)
    await table.settle()
    assert [end.by_phone for end in table.link.sent_of(End)] == [True]
    assert table.link.sent_of(Revoke) == []
    assert (await table.now(now)).access is None
    assert [room.over for room in table.desk.rooms] == [True]  # it stays in the list of today
    table.link.forget_everything()
    await table.restart()
    await table.settle()
    assert table.live_rooms() == set()


async def test_who_comes_after_the_outcome_was_set_finds_the_door(table: BookTable) -> None:
    invited = await table.invited(HOUR)
    table.clock.advance(HOUR + 20 * 60)
    closed = await table.book.decide(invited.id, Outcome(kind=OutcomeKind.NOT_ARRIVED, decided_at=0))
    await table.settle()
    assert closed.stage is Stage.CLOSED
    assert table.live_rooms() == {invited.access.room}
    seat = table.link.client_joins(invited.access.room)
    assert (await table.now(invited)).stage is Stage.WAITING
    table.link.client_is(invited.access.room, seat, present=False)
    assert (await table.now(invited)).stage is Stage.CLOSED


async def test_two_rooms_with_one_code(table: BookTable) -> None:
    (noted,) = await table.book.note(draft_of(table.clock))
    await table.book.agree(noted.id, "1")
    invited = await table.book.invite(noted.id)
    before = [mail.id for mail in await table.book.mails(noted.id) if mail.state.may_send]
    table.link.take_code(invited.access.room)
    after = await table.now(invited)
    assert after.access is not None
    assert (after.access.code != invited.access.code, after.access.token) == (True, invited.access.token)
    assert table.link.cards[after.access.room].code_hash == hash_code(after.access.code)
    waiting = [mail for mail in await table.book.mails(noted.id) if mail.state.may_send]
    assert len(waiting) == len(before) == 3
    assert not {mail.id for mail in waiting} & set(before)


async def test_moving_to_another_day_takes_the_room_along(table: BookTable) -> None:
    invited = await table.invited(HOUR)
    assert [room.room for room in table.desk.rooms] == [invited.access.room]
    await table.book.change(invited.id, draft_of(table.clock, 3 * DAY), Tell.NOBODY)
    await table.settle()
    assert table.desk.rooms == []
    assert table.link.cards[invited.access.room].starts_at == table.clock.unix() + 3 * DAY
