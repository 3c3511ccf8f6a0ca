"""How many questions an operation is to the database: each one is a round trip to another machine."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, delete, event
from sqlalchemy.exc import OperationalError

from app.domain.rooms import SeatState
from app.domain.secrets import hash_code, hash_secret, new_code, new_id
from app.server.lately import KEPT_S, Lately
from app.server.ports import NewSeat, Published, Refusal, RoomRow, StateUnavailable, Swept
from app.server.state.sql import SqlRoomStore
from app.server.state.tables import SEATS
from app.wire.messages import Notice, RoomCard
from tests.support.postgres import Postgres
from tests.support.room_steps import ANEW, Doing, plain, step, steps_of
from tests.support.room_stores import NOW, OTHER, OWNER, AlwaysReads, make_card

_Store = TypeVar("_Store", bound=SqlRoomStore)
Url = Callable[[], str]
"""Of a database with empty tables; the same one each time, if it is PostgreSQL."""


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Url:
    if request.param == "postgres":
        postgres: Postgres = request.getfixturevalue("postgres")
        return postgres.empty_tables
    numbers = count()
    return lambda: f"sqlite:///{tmp_path}/rooms{next(numbers)}.sqlite3"


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


class Knows(SqlRoomStore):
    """What it knows grows as old as a test wants."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self.clock = Clock()
        self._known = Lately(self.clock)


@dataclass
class Stores:
    """Of two processes over one database; the second one knows nothing by itself."""

    here: Knows
    there: SqlRoomStore


@contextlib.asynccontextmanager
async def opened(kind: type[_Store], url: str) -> AsyncIterator[_Store]:
    store = await kind.open(url)
    assert isinstance(store, kind)
    try:
        yield store
    finally:
        await store.close()


@pytest.fixture
async def stores(url: Url) -> AsyncIterator[Stores]:
    where = url()
    async with opened(Knows, where) as here, opened(AlwaysReads, where) as there:
        yield Stores(here, there)


@pytest.fixture
def store(stores: Stores) -> Knows:
    return stores.here


async def sit(store: SqlRoomStore, room: str) -> str:
    await store.take_seat(room, NewSeat(seat := new_id(), hash_secret("a"), "de"), NOW)
    return seat


@pytest.fixture
async def card(store: SqlRoomStore) -> RoomCard:
    card = make_card()
    await store.publish(OWNER, [card], NOW)
    return card


class Questions:
    """The statements of a store, by their first word, and whether a transaction was around them."""

    def __init__(self, store: SqlRoomStore) -> None:
        self._asked: list[tuple[str, bool]] = []
        event.listen(store._engine, "after_cursor_execute", self._note)

    def _note(self, connection: Connection, _: object, statement: str, *__: object) -> None:
        word = statement.split(maxsplit=1)[0]
        if word != "BEGIN":  # of SQLite only, where it is no way
            self._asked.append((word, _within(connection.connection.dbapi_connection)))

    def so_far(self) -> list[tuple[str, bool]]:
        """Those since the last time."""
        asked, self._asked = self._asked, []
        return asked

    def words(self) -> list[str]:
        """The same, wherever they were asked."""
        return [word for word, _ in self.so_far()]


def _within(driver: Any) -> bool:
    return driver.in_transaction if hasattr(driver, "in_transaction") else bool(driver.info.transaction_status)


async def test_reading_is_one_statement_without_a_transaction(store: SqlRoomStore) -> None:
    code = hash_code(new_code())
    card = make_card(code_hash=code)
    await store.publish(OWNER, [card, make_card()], NOW)
    row = await store.take_seat(card.room, NewSeat(new_id(), hash_secret("a"), "de"), NOW)
    asked = Questions(store)
    assert await store.find(card.room) == await store.find_by_token(card.token_hash) == await store.find_by_look(card.look_hash) == row
    assert await store.find_by_code(code, NOW) == row
    assert await store.find(new_id()) is None
    assert len(await store.rooms_of(OWNER)) == 2
    assert len(await store.client_seats()) == 1
    assert asked.so_far() == [("SELECT", False)] * 7


async def test_a_room_without_any_seat_is_found_nevertheless(stores: Stores, card: RoomCard) -> None:
    with stores.there._engine.begin() as connection:
        connection.execute(delete(SEATS))
    row = await stores.here.find(card.room)
    assert row
    assert (row.card, row.seats) == (card, ())


async def test_a_change_of_a_room_that_is_known_reads_nothing(store: SqlRoomStore, card: RoomCard) -> None:
    asked = Questions(store)
    seat = await sit(store, card.room)
    assert asked.so_far() == [("UPDATE", True), ("INSERT", True)], "it was published a moment ago"
    await store.mark_reached(OWNER, card.room, seat)
    await store.admit(OWNER, card.room, seat)
    assert asked.so_far() == [("UPDATE", True)] * 4
    await store.leave(card.room, seat)
    await store.revoke(OWNER, card.room)
    assert "SELECT" not in asked.words()


async def test_who_found_a_room_changes_it_without_reading_it_again(stores: Stores, card: RoomCard) -> None:
    for find in (stores.here.find(card.room), stores.here.find_by_token(card.token_hash), stores.here.find_by_look(card.look_hash)):
        seat = await sit(stores.there, card.room)
        await find
        asked = Questions(stores.here)
        await stores.here.mark_reached(OWNER, card.room, seat)
        assert asked.words() == ["UPDATE", "UPDATE"]


async def test_what_was_known_a_moment_ago_is_read(store: Knows, card: RoomCard) -> None:
    seat = await sit(store, card.room)
    store.clock.now += KEPT_S
    asked = Questions(store)
    await store.mark_reached(OWNER, card.room, seat)
    assert asked.words() == ["SELECT", "UPDATE", "UPDATE"]


async def test_a_refusal_by_a_row_that_is_known_is_not_believed(stores: Stores, card: RoomCard) -> None:
    seat = await sit(stores.here, card.room)
    await stores.there.admit(OWNER, card.room, seat)
    asked = Questions(stores.here)
    row = await stores.here.send_back(OWNER, card.room, seat, NOW)
    assert (row.revision, asked.words()) == (4, ["SELECT", "UPDATE", "UPDATE"])


async def test_nor_is_it_that_there_is_nothing_to_do(stores: Stores, card: RoomCard) -> None:
    seat = await sit(stores.here, card.room)
    gone = await stores.here.leave(card.room, seat)
    await stores.there.resume_seat(card.room, seat, hash_secret("a"), hash_secret("b"), NOW)
    again = await stores.here.leave(card.room, seat)
    assert again.revision == gone.revision + 2
    assert await stores.there.find(card.room) == again


async def test_a_room_that_somebody_else_changed_is_read_and_known_from_then_on(stores: Stores, card: RoomCard) -> None:
    here = await sit(stores.here, card.room)
    there = await sit(stores.there, card.room)
    asked = Questions(stores.here)
    row = await stores.here.mark_reached(OWNER, card.room, here)
    assert (row.revision, [seat.seat for seat in row.seats[1:]]) == (4, [here, there])
    assert asked.so_far() == [(word, True) for word in ("UPDATE", "SELECT", "UPDATE", "UPDATE")], "all in one transaction"
    await stores.here.mark_reached(OWNER, card.room, there)
    assert asked.words() == ["UPDATE", "UPDATE"]
    assert (await stores.there.find(card.room)) == await stores.here.find(card.room)


async def test_a_room_that_was_deleted_and_published_anew_is_another_one_with_the_same_revision(stores: Stores, card: RoomCard) -> None:
    await sit(stores.here, card.room)
    await stores.there.delete_expired(card.closes_at, 600)
    await stores.there.publish(OWNER, [card], NOW)
    there = await sit(stores.there, card.room)
    row = await stores.here.take_seat(card.room, NewSeat(here := new_id(), hash_secret("a"), "de"), NOW)
    assert (row.revision, [seat.seat for seat in row.seats[1:]]) == (3, [there, here])
    assert await stores.there.find(card.room) == row


async def test_who_deleted_a_room_knows_it_no_more(stores: Stores, card: RoomCard) -> None:
    await sit(stores.here, card.room)
    await stores.here.delete_expired(card.closes_at, 600)
    asked = Questions(stores.here)
    with pytest.raises(Refusal):
        await sit(stores.here, card.room)
    assert asked.words() == ["SELECT"]


@pytest.mark.parametrize("written", [False, True])
async def test_after_a_commit_that_failed_or_may_have_failed_everything_is_read(store: SqlRoomStore, card: RoomCard, written: bool) -> None:
    """A connection that is lost during COMMIT does not tell which."""
    other = make_card()
    await store.publish(OWNER, [card, other], NOW)
    seat = await sit(store, card.room)
    before = await store.take_seat(other.room, NewSeat(new_id(), hash_secret("a"), "de"), NOW)

    def lose(connection: Connection) -> None:
        if written:
            connection.connection.dbapi_connection.commit()  # type: ignore[union-attr]
        raise OperationalError("COMMIT", {}, ConnectionError())

    event.listen(store._engine, "commit", lose)
    with pytest.raises(StateUnavailable):
        await store.mark_reached(OWNER, card.room, seat)
    event.remove(store._engine, "commit", lose)
    asked = Questions(store)
    row = await store.leave(card.room, seat)
    assert (row.revision, row.seats[1].reached) == (4 if written else 3, written)
    assert (await store.end(OWNER, other.room)).revision == before.revision + 1
    assert asked.words() == ["SELECT", *["UPDATE"] * 2, "SELECT", *["UPDATE"] * 3]


@pytest.mark.parametrize("publishes", [False, True])
async def test_after_what_nobody_waited_for_everything_is_read(store: SqlRoomStore, card: RoomCard, publishes: bool) -> None:
    seat = await sit(store, card.room)
    begun, go_on = threading.Event(), threading.Event()

    def wait(_: Connection) -> None:
        begun.set()
        assert go_on.wait(10)

    event.listen(store._engine, "commit", wait)
    change = asyncio.create_task(store.publish(OTHER, [make_card()], NOW) if publishes else store.mark_reached(OWNER, card.room, seat))
    assert await asyncio.to_thread(begun.wait, 10)
    change.cancel()
    await asyncio.gather(change, return_exceptions=True)
    go_on.set()
    asked = Questions(store)
    assert (await store.leave(card.room, seat)).revision == (3 if publishes else 4)
    assert asked.words()[-3:] == ["SELECT", "UPDATE", "UPDATE"]


class Outran(Exception):
    sqlstate = "40001"


async def test_what_was_undone_because_somebody_was_faster_is_not_known(stores: Stores, card: RoomCard) -> None:
    here, there = await sit(stores.here, card.room), await sit(stores.here, card.room)
    loop = asyncio.get_running_loop()
    undone: list[bool] = []

    def outrun(connection: Connection) -> None:
        if not undone:
            undone.append(True)
            connection.connection.dbapi_connection.rollback()  # type: ignore[union-attr]
            asyncio.run_coroutine_threadsafe(stores.there.admit(OWNER, card.room, there), loop).result(10)
            raise OperationalError("COMMIT", {}, Outran())

    event.listen(stores.here._engine, "commit", outrun)
    asked = Questions(stores.here)
    with pytest.raises(Refusal):
        await stores.here.admit(OWNER, card.room, here)
    assert asked.words() == ["UPDATE", "UPDATE", "SELECT"], "what was known before is not tried again"
    row = await stores.here.leave(card.room, there)
    assert [(seat.state, seat.left_from) for seat in row.seats[1:]] == [(SeatState.WAITING, None), (SeatState.LEFT, SeatState.ADMITTED)]
    assert await stores.there.find(card.room) == row


async def test_of_many_changes_at_once_by_two_who_know_the_room_each_one_counts(url: Url) -> None:
    where = url()
    async with opened(Knows, where) as one, opened(Knows, where) as two:
        card = make_card()
        await one.publish(OWNER, [card], NOW)
        seats = [await sit(one, card.room) for _ in range(5)]
        for now in (NOW, NOW + 100, NOW + 200):
            before = await two.find(card.room)
            assert before
            told = [(one, two)[n % 2].notify(OWNER, card.room, seats[n % 5], Notice.FIVE_MINUTES, now + n) for n in range(20)]
            rows = sorted(await asyncio.gather(*told), key=lambda row: row.revision)
            assert [row.revision for row in rows] == [before.revision + 1 + n for n in range(20)]
            assert await one.find(card.room) == rows[-1]


Doings = list[tuple[Doing, bool]]
"""Each by the one process or by the other."""


@settings(max_examples=25, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(doings=st.lists(st.tuples(steps_of(ANEW), st.booleans()), max_size=40))
def test_two_who_know_rooms_come_to_the_same_as_one_who_always_reads(url: Url, tmp_path: Path, doings: Doings) -> None:
    asyncio.run(_compare(url(), f"sqlite:///{tmp_path}/{new_id()}.sqlite3", doings))


def _rows(done: object) -> Sequence[object]:
    """Of a step that gave rows or a refusal; of a sweep those that it deleted are no more."""
    if isinstance(done, Swept):
        return done.thinned
    return done.changed if isinstance(done, Published) else [done] if done else []


async def _compare(url: str, url_of_model: str, doings: Doings) -> None:
    async with (
        opened(Knows, url) as one,
        opened(Knows, url) as two,
        opened(AlwaysReads, url) as looking,  # whoever looks knows, and those two are to know what is not so any more
        opened(AlwaysReads, url_of_model) as model,
    ):
        card, seats = make_card(), [new_id() for _ in range(4)]
        for store in (one, model):
            await store.publish(OWNER, [card], NOW)
        for number, ((what, seat, other), by_two) in enumerate(doings):
            acting = (two if by_two else one, model)
            done, wanted = [await step(store, card, what, seats[seat], seats[other], number) for store in acting]
            stands = await looking.find(card.room)
            assert plain(stands) == plain(await model.find(card.room)), what
            assert [plain(row) for row in _rows(done)] == [plain(row) for row in _rows(wanted)], what
            assert all(row == stands for row in _rows(done) if isinstance(row, RoomRow)), what
