"""RoomStore over SQLAlchemy: SQLite and PostgreSQL with the same statements. Correct with any number of processes and no lock of ours.

Each operation reads a room, applies its rule and writes `... WHERE revision = the one that was read`. If somebody else was faster,
nothing was written and the operation starts again. SQLite additionally serialises writers (BEGIN IMMEDIATE), so that there it never does.
What was read or written here a moment ago is tried first without reading; it is only believed where the write says that it was right.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar

import structlog
from sqlalchemy import Connection, Engine, MetaData, Select, delete, select

from app.domain.rooms import SeatKind, SeatState
from app.server import codes, rules
from app.server.lately import Lately
from app.server.meter import Meter
from app.server.ports import ClientSeat, Published, Refusal, RoomRow, StateUnavailable, Swept
from app.server.state.database import Database
from app.server.state.engines import engine_for
from app.server.state.rows import BY_CODE, BY_LOOK, BY_OWNER, BY_ROOM, BY_TOKEN, read, read_one, rooms_where
from app.server.state.rule_store import MaybeRule, RuleStore
from app.server.state.saving import save, save_known
from app.server.state.tables import ROOMS, SEATS, SHAPE, metadata
from app.wire.codes import Code
from app.wire.messages import EndReason, RoomCard

log = structlog.get_logger(__name__)

SEATS_AT_ONCE = 200
"""That a sweep reads in one transaction; with SQLite everybody else waits for the one thread, two thousandths of a second for so many."""

_T = TypeVar("_T")


class SqlRoomStore(Database, RuleStore):
    """Rooms in a database; the methods are documented at the port."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self._known = Lately()
        """What an operation may start from without reading. Belongs to the event loop; the threads get single rows out of it."""
        self._traces_left = False
        """Deleted rows may still stand in the log of writes."""

    @classmethod
    async def open(cls, url: str, renew: bool = False, meter: Meter | None = None) -> SqlRoomStore:
        """Connect and make missing tables. The file of an SQLite database is made readable by its owner only.

        SQLite's tables of another version are thrown away if `renew`: workstations publish everything again. Raises StateUnavailable.
        """
        store = cls(engine_for(url))
        store.measured_by(meter or Meter())
        try:
            await store._prepare(lambda connection: _make_tables(connection, renew))
        except StateUnavailable:
            await store.close()
            raise
        return store

    async def _change(self, room: str, rule: MaybeRule) -> RoomRow:
        known = self._known.take(room)
        untried = [known] if known else []

        def change(connection: Connection) -> RoomRow:
            return (untried and save_known(connection, untried.pop(), rule)) or self._read_and_save(connection, room, rule)

        row = await self._until_in_time(change)
        self._wrote(row)
        return row

    def _read_and_save(self, connection: Connection, room: str, rule: MaybeRule) -> RoomRow:
        before = self._read_one(connection, room)
        after = rule(before)
        if before is not None:
            after = rules.next_revision(before, after)
        save(connection, before, after)
        return after

    def _read_one(self, connection: Connection, room: str) -> RoomRow | None:
        """The row that an operation starts from."""
        return read_one(connection, BY_ROOM, value=room)

    def _wrote(self, row: RoomRow) -> None:
        """Whatever was known before."""
        self._known.take(row.room)
        self._known.note(row)

    async def _transaction(self, work: Callable[[Connection], _T], writes: bool = True, isolation: str | None = None) -> _T:
        """As in every store; whoever does not know how one ended knows nothing: it may be another database that answers next."""
        try:
            return await super()._transaction(work, writes, isolation)
        except (StateUnavailable, asyncio.CancelledError):
            self._known.clear()
            raise

    # ---- reading

    async def find(self, room: str) -> RoomRow | None:
        return await self._find(BY_ROOM, room)

    async def find_by_token(self, token_hash: str) -> RoomRow | None:
        return await self._find(BY_TOKEN, token_hash)

    async def find_by_look(self, look_hash: str) -> RoomRow | None:
        return await self._find(BY_LOOK, look_hash)

    async def find_by_code(self, code_hash: str, now: int) -> RoomRow | None:
        rows = await self._question(lambda connection: read(connection, BY_CODE, value=code_hash))
        found = [row for row in rows if codes.is_valid(row, now)]
        return found[0] if len(found) == 1 else None

    async def _find(self, statement: Select[Any], value: str) -> RoomRow | None:
        row = await self._question(lambda connection: read_one(connection, statement, value=value))
        if row is not None:
            self._known.note(row)
        return row

    async def rooms_of(self, owner: str) -> Sequence[RoomRow]:
        return await self._question(lambda connection: read(connection, BY_OWNER, value=owner))

    async def client_seats(self, after: str = "") -> Sequence[ClientSeat]:
        return await self._question(partial(_client_seats, after=after))

    # ---- many rooms at once

    async def publish(self, owner: str, cards: Sequence[RoomCard], now: int) -> Published:
        named = [card.room for card in cards]
        if len(set(named)) < len(named):
            raise Refusal(Code.CONFLICT)

        wanted = [card.code_hash for card in cards if card.code_hash]

        def publish(connection: Connection) -> Published:
            existing = {row.room: row for row in read(connection, rooms_where((ROOMS.c.owner == owner) | ROOMS.c.room.in_(named)))}
            rivals = read(connection, rooms_where(ROOMS.c.code_hash.in_(wanted))) if wanted else []
            rows = rules.publish(existing, owner, cards, now, rivals)
            changed = tuple(row for row in rows if existing.get(row.room) != row)
            for row in changed:
                save(connection, existing.get(row.room), row)
            return Published(tuple(rows[: len(cards)]), changed)

        published = await self._until_in_time(publish, isolation="SERIALIZABLE")  # two with one code: one of them sees the other
        for row in published.changed:
            self._wrote(row)
        self._traces_left |= any(row.over is EndReason.REVOKED for row in published.changed)
        return published

    async def forget_reached(self, owner: str) -> None:
        for row in await self.rooms_of(owner):
            if any(seat.reached for seat in row.seats if seat.kind is SeatKind.CLIENT):
                await self._change(row.room, lambda current: rules.forget_reached(rules.owned_by(owner, current)))

    async def revoke(self, owner: str, room: str) -> RoomRow:
        row = await super().revoke(owner, room)
        self._traces_left = True
        return row

    async def forget_readiness(self, owner: str, room: str) -> RoomRow:
        row = await super().forget_readiness(owner, room)
        self._traces_left = True
        return row

    async def delete_expired(self, now: int, away_limit: int) -> Swept:
        lost = select(SEATS.c.room).where(SEATS.c.kind == SeatKind.CLIENT.value, SEATS.c.away_since <= now - away_limit)
        past, thin = rooms_where(ROOMS.c.closes_at <= now), rooms_where((ROOMS.c.closes_at > now) & ROOMS.c.room.in_(lost))
        expired, candidates = await self._transaction(lambda c: (read(c, past), read(c, thin)), writes=False)
        closed = [row for row in expired if await self._delete(row.room, now)]
        thinned = []
        for before in candidates:
            after = await self._change(before.room, lambda row: rules.without_lost_seats(rules.known(row), now, away_limit))
            if after != before:
                thinned.append(after)
        self._traces_left |= bool(closed or thinned)
        if self._traces_left:
            self._traces_left = not await self._forget_on_disk()
        else:
            await self._write_back()
        return Swept(tuple(rules.next_revision(r, rules.close(r, EndReason.EXPIRED)) for r in closed), tuple(thinned))

    async def _delete(self, room: str, now: int) -> bool:
        """True if it was us who deleted it; not if it was published anew with a later time, or is gone."""

        def delete_it(connection: Connection) -> bool:
            doomed = select(ROOMS.c.room).where(ROOMS.c.room == room, ROOMS.c.closes_at <= now)
            connection.execute(delete(SEATS).where(SEATS.c.room.in_(doomed)))
            return bool(connection.execute(delete(ROOMS).where(ROOMS.c.room == room, ROOMS.c.closes_at <= now)).rowcount)

        gone = await self._until_in_time(delete_it)
        self._known.take(room)
        return gone


def _client_seats(connection: Connection, after: str) -> list[ClientSeat]:
    """The next ones, in the order of their ids."""
    columns = (ROOMS.c.room, ROOMS.c.owner, ROOMS.c.revision, SEATS.c.seat, SEATS.c.state, SEATS.c.away_since.is_not(None))
    of_clients = (SEATS.c.kind == SeatKind.CLIENT.value) & ROOMS.c.over.is_(None) & (SEATS.c.seat > after)
    wanted = select(*columns).join_from(ROOMS, SEATS, ROOMS.c.room == SEATS.c.room).where(of_clients)
    rows = connection.execute(wanted.order_by(SEATS.c.seat).limit(SEATS_AT_ONCE))
    return [ClientSeat(room, owner, revision, seat, SeatState(state), away) for room, owner, revision, seat, state, away in rows]


def _make_tables(connection: Connection, renew: bool) -> None:
    """SQLite: missing tables. Those of a file must have this program's shape or give way."""
    if connection.exec_driver_sql("PRAGMA user_version").scalar() != SHAPE:
        older = MetaData()
        older.reflect(connection)
        if older.tables and not renew:
            raise StateUnavailable("its tables are those of another version")
        if older.tables:
            log.info("older-tables-replaced")
        older.drop_all(connection)
        connection.exec_driver_sql(f"PRAGMA user_version = {SHAPE}")
    metadata.create_all(connection)
