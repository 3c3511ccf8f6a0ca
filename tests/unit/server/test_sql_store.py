"""What only the SQL store has: traces on disk, compare-and-set against another process, a database that is gone."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import threading
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import OperationalError

from app.domain.readiness import Step
from app.domain.rooms import SeatKind, SeatState
from app.domain.secrets import hash_secret, new_id
from app.server.ports import NewSeat, RoomRow, RoomStore, StateUnavailable, Swept
from app.server.state.database import ATTEMPTS
from app.server.state.engines import BUSY_TIMEOUT_MS
from app.server.state.memory import MemoryRoomStore
from app.server.state.sql import SqlRoomStore
from app.wire.messages import RoomCard
from app.wire.readiness import Report
from tests.support.page_client import Appointment
from tests.support.room_steps import STEPS, Doing, plain, step, steps_of
from tests.support.room_stores import AlwaysReads
from tests.support.server import running_server

NOW = 1_800_000_000
OWNER = "owner00000000000000000"


def make_card(**values: object) -> RoomCard:
    return msgspec.convert({**Appointment(NOW).card(), **values}, RoomCard)


def url(folder: Path) -> str:
    return f"sqlite:///{folder}/rooms.sqlite3"


async def test_a_deleted_room_is_gone_from_disk(tmp_path: Path) -> None:
    store = await SqlRoomStore.open(url(tmp_path))
    card, seat, secret = make_card(), new_id(), hash_secret("secret")
    await store.publish(OWNER, [card], NOW)
    await store.take_seat(card.room, NewSeat(seat, secret, "de"), NOW)
    await store.note_report(card.room, Report(step=Step.PERMISSION, reason="interrupted"), NOW)
    traces = [text.encode() for text in (card.room, card.token_hash, card.look_hash, card.code_hash or "", seat, secret, "interrupted")]
    assert all(trace in on_disk(tmp_path) for trace in traces)
    await store.delete_expired(card.closes_at, 600)
    left = on_disk(tmp_path)  # the store is still open: its log of writes is there
    assert not [trace for trace in traces if trace in left]
    await store.close()


async def test_forgotten_readiness_is_gone_from_disk(tmp_path: Path) -> None:
    store = await SqlRoomStore.open(url(tmp_path))
    card = make_card()
    await store.publish(OWNER, [card], NOW)
    await store.note_report(card.room, Report(step=Step.PERMISSION, reason="interrupted"), NOW)
    assert b"interrupted" in on_disk(tmp_path)
    await store.forget_readiness(OWNER, card.room)
    await store.delete_expired(NOW, 600)  # the next sweep
    assert b"interrupted" not in on_disk(tmp_path)
    assert await store.find(card.room)
    await store.close()


def on_disk(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()))


async def test_what_was_swept_is_told_though_the_disk_forbids_to_wipe_its_traces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = await SqlRoomStore.open(url(tmp_path))
    card = make_card()
    await store.publish(OWNER, [card], NOW)

    def full(_: str) -> bool:
        raise OperationalError("PRAGMA", None, Exception("disk I/O error"))

    with monkeypatch.context() as broken:
        broken.setattr(store, "_checkpoint", full)
        swept = await store.delete_expired(card.closes_at, 600)
    assert [row.room for row in swept.closed] == [card.room]
    assert card.room.encode() in on_disk(tmp_path)
    await store.delete_expired(card.closes_at + 1, 600)
    assert card.room.encode() not in on_disk(tmp_path)
    await store.close()


async def test_traces_are_wiped_later_when_a_reader_was_in_the_way(tmp_path: Path) -> None:
    store = await SqlRoomStore.open(url(tmp_path))
    card = make_card()
    await store.publish(OWNER, [card], NOW)
    with contextlib.closing(sqlite3.connect(tmp_path / "rooms.sqlite3")) as reading:
        reading.execute("BEGIN")
        reading.execute("SELECT * FROM rooms").fetchall()
        async with asyncio.timeout(BUSY_TIMEOUT_MS / 2000):  # nobody waits for who reads as for who writes
            assert (await store.delete_expired(card.closes_at, 600)).closed
        assert card.token_hash.encode() in on_disk(tmp_path)
    await store.delete_expired(card.closes_at, 600)
    assert card.token_hash.encode() not in on_disk(tmp_path)
    await store.close()


async def test_a_store_that_is_closed_while_its_log_is_written_back_leaves_no_log(tmp_path: Path) -> None:
    store = await SqlRoomStore.open(url(tmp_path))
    await store.publish(OWNER, [make_card()], NOW)
    begun, go = threading.Event(), threading.Event()

    @event.listens_for(store._engine, "before_cursor_execute")
    def on_a_slow_disk(_: Connection, cursor: object, statement: str, *__: object) -> None:
        if "PASSIVE" in statement:
            begun.set()
            assert go.wait(10)

    sweep = asyncio.create_task(store.delete_expired(NOW, 600))
    assert await asyncio.to_thread(begun.wait, 10)
    sweep.cancel()
    await asyncio.gather(sweep, return_exceptions=True)
    closing = asyncio.create_task(store.close())
    await asyncio.sleep(0.05)
    go.set()
    await closing
    assert names(tmp_path) == ["rooms.sqlite3"]


async def test_a_log_that_cannot_be_written_back_now_stops_no_sweep(tmp_path: Path) -> None:
    store = await SqlRoomStore.open(url(tmp_path))

    @event.listens_for(store._engine, "before_cursor_execute")
    def on_a_full_disk(_: Connection, cursor: object, statement: str, *__: object) -> None:
        if "PASSIVE" in statement:
            raise OperationalError(statement, {}, sqlite3.OperationalError("disk I/O error"))

    assert await store.delete_expired(NOW, 600) == Swept((), ())
    await store.close()


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def modes(folder: Path) -> set[int]:
    return {path.stat().st_mode & 0o777 for path in folder.iterdir()}


async def test_nobody_else_may_read_the_file(tmp_path: Path) -> None:
    store = await SqlRoomStore.open(url(tmp_path))
    await store.publish(OWNER, [make_card()], NOW)
    assert modes(tmp_path) == {0o600}
    await store.close()


class OutrunStore(AlwaysReads):
    """Reads an older row than the one that is stored, as often as it is told: what another process's write looks like to this one."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self.stale: list[RoomRow] = []

    def _read_one(self, connection: Connection, room: str) -> RoomRow | None:
        return self.stale.pop() if self.stale else super()._read_one(connection, room)


async def test_a_write_over_an_older_row_is_undone_and_begins_again(tmp_path: Path) -> None:
    """The compare of compare-and-set, which BEGIN IMMEDIATE otherwise hides on SQLite."""
    store = await OutrunStore.open(url(tmp_path))
    assert isinstance(store, OutrunStore)
    card, seat = make_card(), new_id()
    before = (await store.publish(OWNER, [card], NOW)).rooms[0]
    stale = await store.take_seat(card.room, NewSeat(seat, hash_secret("a"), "de"), NOW)
    await store.leave(card.room, seat)
    store.stale = [stale, before, stale]
    row = await store.take_seat(card.room, NewSeat(new_id(), hash_secret("b"), "de"), NOW)
    assert (store.stale, row.revision) == ([], 4)
    assert [s.state for s in row.seats[1:]] == [SeatState.LEFT, SeatState.WAITING]
    assert await store.find(card.room) == row
    store.stale = [stale] * ATTEMPTS
    with pytest.raises(StateUnavailable):
        await store.end(OWNER, card.room)
    assert await store.find(card.room) == row
    await store.close()


class SlowStore(AlwaysReads):
    """Has read the room and does not go on until it is told."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self.has_read, self.may_go_on = threading.Event(), threading.Event()

    def _read_one(self, connection: Connection, room: str) -> RoomRow | None:
        row = super()._read_one(connection, room)
        self.has_read.set()
        self.may_go_on.wait(10)
        return row


async def test_an_operation_that_nobody_waits_for_any_more_changes_nothing(tmp_path: Path) -> None:
    store = await SlowStore.open(url(tmp_path))
    assert isinstance(store, SlowStore)
    card = make_card()
    [before] = (await store.publish(OWNER, [card], NOW)).rooms
    sitting = asyncio.create_task(store.take_seat(card.room, NewSeat(new_id(), hash_secret("a"), "de"), NOW))
    assert await asyncio.to_thread(store.has_read.wait, 10)
    sitting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sitting
    store.may_go_on.set()
    assert await store.find(card.room) == before
    await store.close()


async def test_a_database_that_is_gone_is_unavailable_and_not_a_crash(tmp_path: Path) -> None:
    with pytest.raises(StateUnavailable):
        await SqlRoomStore.open("sqlite:////proc/nowhere/rooms.sqlite3")
    store = await SqlRoomStore.open(url(tmp_path))
    with contextlib.closing(sqlite3.connect(tmp_path / "rooms.sqlite3")) as database:
        database.execute("DROP TABLE seats")
    with pytest.raises(StateUnavailable):
        await store.find(new_id())
    await store.close()


def older_file(folder: Path) -> None:
    """What a version before wrote: other columns, the same names of tables, no number of a shape."""
    with contextlib.closing(sqlite3.connect(folder / "rooms.sqlite3")) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE rooms (room VARCHAR(22) PRIMARY KEY, owner VARCHAR(22) NOT NULL, token_hash VARCHAR(43) NOT NULL)")
        database.execute("CREATE TABLE seats (seat VARCHAR(22) PRIMARY KEY, room VARCHAR(22) NOT NULL REFERENCES rooms (room))")
        database.execute("CREATE TABLE forgotten (seat VARCHAR(22) PRIMARY KEY REFERENCES seats (seat))")
        database.execute("INSERT INTO rooms VALUES ('old', 'o', ?)", [hash_secret("old")])
        database.execute("INSERT INTO seats VALUES ('s', 'old')")
        database.execute("INSERT INTO forgotten VALUES ('s')")
        database.commit()


async def test_a_file_of_an_older_shape_is_made_anew(tmp_path: Path) -> None:
    older_file(tmp_path)
    store = await SqlRoomStore.open(url(tmp_path), renew=True)
    card = make_card()
    [row] = (await store.publish(OWNER, [card], NOW)).rooms
    await store.close()
    assert hash_secret("old").encode() not in on_disk(tmp_path)
    again = await SqlRoomStore.open(url(tmp_path), renew=True)
    assert await again.find(card.room) == row
    await again.close()


async def test_the_server_starts_over_the_file_of_an_older_version(tmp_path: Path) -> None:
    older_file(tmp_path)
    async with running_server(tmp_path, database=None) as server:
        room = server.appointment()
        async with server.workstation(room), server.page(room).connected() as page:
            assert (await page.join())["type"] == "waiting"


async def test_two_processes_that_open_an_older_file_make_it_anew_once(tmp_path: Path) -> None:
    older_file(tmp_path)
    one, two = await asyncio.gather(*(SqlRoomStore.open(url(tmp_path), renew=True) for _ in range(2)))
    card = make_card()
    await one.publish(OWNER, [card], NOW)
    assert await two.find(card.room) == await one.find(card.room)
    await one.close()
    await two.close()


async def test_a_database_that_somebody_named_is_never_thrown_away(tmp_path: Path) -> None:
    older_file(tmp_path)
    with pytest.raises(StateUnavailable, match="another version"):
        await SqlRoomStore.open(url(tmp_path))
    with contextlib.closing(sqlite3.connect(tmp_path / "rooms.sqlite3")) as database:
        assert database.execute("SELECT room FROM rooms").fetchall() == [("old",)]


@settings(max_examples=25, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(steps_of(STEPS), max_size=25))
def test_whatever_happens_memory_and_sql_agree_and_never_two_clients_are_in(
    tmp_path_factory: pytest.TempPathFactory, steps: list[Doing]
) -> None:
    asyncio.run(compare(tmp_path_factory.mktemp("store"), steps))


async def compare(folder: Path, steps: list[Doing]) -> None:
    stores: list[RoomStore] = [MemoryRoomStore(), await SqlRoomStore.open(url(folder))]
    card, seats = make_card(), [new_id() for _ in range(4)]
    for store in stores:
        await store.publish(OWNER, [card], NOW)
    for number, (what, one, two) in enumerate(steps):
        results = [await step(store, card, what, seats[one], seats[two], number) for store in stores]
        assert plain(results[0]) == plain(results[1]), what
        rows = [await store.find(card.room) for store in stores]
        assert plain(rows[0]) == plain(rows[1]), what
        inside = [s for s in rows[0].seats if s.kind is SeatKind.CLIENT and s.state is SeatState.ADMITTED]  # type: ignore[union-attr]
        assert len(inside) <= 1
    for store in stores:
        await store.close()
