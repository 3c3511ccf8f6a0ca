"""What only PostgreSQL has: many writers at once, several hosts, a primary that is lost."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest
from sqlalchemy.engine import make_url

from app.domain.secrets import hash_code, hash_secret, new_code, new_id
from app.server.ports import NewSeat, RoomRow, StateUnavailable
from app.server.state import engines
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


class Pings:
    """Counts how often a store asks whether its database is still there."""

    def __init__(self, store: SqlRoomStore, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        self._ping = store._engine.dialect.do_ping
        monkeypatch.setattr(store._engine.dialect, "do_ping", self)

    def __call__(self, connection: Any) -> bool:
        self.count += 1
        return self._ping(connection)


async def test_only_a_connection_that_rested_is_asked_whether_it_is_still_there(
    postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = await SqlRoomStore.open(postgres.empty_tables())
    pings = Pings(store, monkeypatch)
    monkeypatch.setattr(engines, "UNASKED_S", 3600.0)
    for _ in range(5):
        await store.find(new_id())
    assert pings.count == 0
    monkeypatch.setattr(engines, "UNASKED_S", 0.0)
    for _ in range(2):
        await store.find(new_id())
    assert pings.count == 2
    await store.close()


END_OF = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s AND application_name = %s"


def end_connections(postgres: Postgres, url: str) -> None:
    """What a restart of the database is to those who were connected."""
    with postgres.connect() as connection:
        of_store = [make_url(url).database, "videoberatung-server"]
        ended = connection.execute(END_OF, of_store)
        assert (True,) in ended.fetchall()


async def test_who_rested_while_the_database_restarted_notices_nothing(postgres: Postgres, monkeypatch: pytest.MonkeyPatch) -> None:
    url = postgres.empty_tables()
    store = await SqlRoomStore.open(url)
    card = make_card()
    [row] = (await store.publish(OWNER, [card], NOW)).rooms
    await asyncio.gather(*(store.find(card.room) for _ in range(8)))
    pings = Pings(store, monkeypatch)
    end_connections(postgres, url)
    monkeypatch.setattr(engines, "UNASKED_S", 0.0)
    assert await store.find(card.room) == row
    assert pings.count == 1, "a new connection is not asked"
    monkeypatch.undo()
    found = await asyncio.gather(*(store.find(card.room) for _ in range(8)))
    assert found == [row] * 8, "the others went with the one that was asked"
    await store.close()


async def test_who_was_at_it_while_the_database_restarted_is_told_once(postgres: Postgres, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "UNASKED_S", 3600.0)
    url = postgres.empty_tables()
    store = await SqlRoomStore.open(url)
    await asyncio.gather(*(store.find(new_id()) for _ in range(8)))
    end_connections(postgres, url)
    with pytest.raises(StateUnavailable):
        await store.find(new_id())
    assert await asyncio.gather(*(store.find(new_id()) for _ in range(8))) == [None] * 8
    await store.close()
