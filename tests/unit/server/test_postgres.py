"""What only PostgreSQL has: many writers at once, several hosts, a primary that is lost."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from app.domain.secrets import hash_code, hash_secret, new_code, new_id
from app.server.ports import NewSeat, RoomRow, StateUnavailable
from app.server.state.sql import SqlRoomStore
from app.wire.codes import Code
from tests.support.postgres import Postgres, standby_of
from tests.support.room_stores import NOW, OTHER, OWNER, make_card, outcomes


async def test_of_two_owners_who_publish_one_code_at_once_one_has_it(postgres: Postgres) -> None:
    url = postgres.empty_tables()
    one, two = await SqlRoomStore.open(url), await SqlRoomStore.open(url)
    for _ in range(5):
        code = hash_code(new_code())
        mine, theirs = make_card(code_hash=code), make_card(code_hash=code)
        await asyncio.gather(one.publish(OWNER, [mine], NOW), two.publish(OTHER, [theirs], NOW))
        rows = [row for row in (await one.find(mine.room), await one.find(theirs.room)) if row is not None]
        assert sorted(row.code_taken for row in rows) == [False, True]
        found = await two.find_by_code(code, NOW)
        assert isinstance(found, RoomRow)
        assert not found.code_taken
    await one.close()
    await two.close()


async def test_of_fifty_admissions_at_once_through_two_servers_one_succeeds(postgres: Postgres) -> None:
    url = postgres.empty_tables()
    stores = [await SqlRoomStore.open(url) for _ in range(2)]
    card, seats = make_card(), [new_id() for _ in range(5)]
    await stores[0].publish(OWNER, [card], NOW)
    for seat in seats:
        await stores[0].take_seat(card.room, NewSeat(seat, hash_secret(seat), "de"), NOW)
    done, codes = await outcomes([stores[n % 2].admit(OWNER, card.room, seats[n % 5]) for n in range(50)])
    assert (done, set(codes)) == (1, {Code.CONFLICT})
    for store in stores:
        await store.close()


async def test_what_was_published_at_once_by_the_same_program_is_no_conflict(postgres: Postgres) -> None:
    """A workstation that moved to another server may still be at the first one."""
    url = postgres.empty_tables()
    stores = [await SqlRoomStore.open(url) for _ in range(2)]
    cards = [make_card() for _ in range(5)]
    done, codes = await outcomes([stores[n % 2].publish(OWNER, cards, NOW) for n in range(8)])
    assert (done, codes) == (8, [])
    assert [r.revision for r in await stores[0].rooms_of(OWNER)] == [1] * 5
    for store in stores:
        await store.close()


async def test_a_database_that_is_not_there_is_unavailable_and_not_a_crash() -> None:
    with pytest.raises(StateUnavailable, match="OperationalError"):
        await SqlRoomStore.open("postgresql://vb:geheim@/vb?host=/proc/nowhere")
    with pytest.raises(StateUnavailable, match="neither"):
        await SqlRoomStore.open("mysql://vb:geheim@/vb")


async def test_after_the_promotion_of_a_standby_everything_stands_there(postgres: Postgres) -> None:
    with postgres.database() as url, standby_of(postgres) as standby:
        store = await SqlRoomStore.open(standby.both(url))
        card, seat = make_card(), new_id()
        await store.publish(OWNER, [card], NOW)
        await store.take_seat(card.room, NewSeat(seat, hash_secret("a"), "de"), NOW)
        row = await store.admit(OWNER, card.room, seat)
        await asyncio.to_thread(standby.caught_up)
        postgres.daemon.kill()
        try:
            with pytest.raises(StateUnavailable):
                await store.leave(card.room, seat)
            await asyncio.to_thread(standby.promote)
            assert await store.find(card.room) == row
            assert (await store.leave(card.room, seat)).revision == row.revision + 1
            changed = msgspec.structs.replace(card, minutes=45)
            assert (await store.publish(OWNER, [changed], NOW)).rooms[0].card == changed
            await store.close()
        finally:
            await asyncio.to_thread(postgres.daemon.start)
