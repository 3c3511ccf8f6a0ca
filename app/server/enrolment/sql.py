"""WorkstationStore over SQLAlchemy: SQLite and PostgreSQL with the same statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import BigInteger, Column, Connection, MetaData, RowMapping, String, Table, and_, delete, insert, or_, select, update

from app.server.enrolment import rules
from app.server.enrolment.ports import Offer, Way, Workstation
from app.server.meter import Meter
from app.server.ports import StateUnavailable
from app.server.state.database import Database, Outrun
from app.server.state.engines import engine_for

SHAPE = 1
"""Of SQLite's tables, in `user_version`; another one needs a step of its own, because nobody enrols again by themselves."""

metadata = MetaData()
OFFERS = Table(
    "enrolment_offers",
    metadata,
    Column("id", String(22), primary_key=True),
    Column("verifier", String(43), nullable=False),
    Column("site", String(32), nullable=False),
    Column("label", String(80), nullable=False),
    Column("until", BigInteger, nullable=False, index=True),
    Column("replaces", String(43)),
    Column("used_by", String(43)),
)
WORKSTATIONS = Table(
    "workstations",
    metadata,
    Column("key", String(43), primary_key=True),
    Column("site", String(32), nullable=False),
    Column("label", String(80), nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("way", String(16), nullable=False),
    Column("until", BigInteger, index=True),
    Column("person", String(43)),
    Column("revoked_at", BigInteger, index=True),
    Column("replaces", String(43)),
)


class SqlWorkstationStore(Database):
    """The methods are documented at the port."""

    @classmethod
    async def open(cls, url: str, meter: Meter | None = None) -> SqlWorkstationStore:
        """Connect and make missing tables. Raises StateUnavailable."""
        store = cls(engine_for(url))
        store.measured_by(meter or Meter())
        try:
            await store._prepare(_make_tables)
        except StateUnavailable:
            await store.close()
            raise
        return store

    async def add_offer(self, offer: Offer) -> None:
        await self._until_in_time(lambda connection: connection.execute(insert(OFFERS).values(asdict(offer))))

    async def find_offer(self, offer: str) -> Offer | None:
        return await self._transaction(lambda connection: _offer(connection, offer), writes=False)

    async def redeem(self, offer: str, workstation: Workstation) -> Workstation:
        def redeem(connection: Connection) -> Workstation:
            before, known = _offer(connection, offer), _workstation(connection, workstation.key)
            after = rules.used(before, workstation)
            registered = rules.registered(known, rules.of_offer(after, workstation))
            if after == before and known is not None:
                return known
            _use(connection, after)
            _keep(connection, known, registered)
            if registered.replaces is not None:
                _revoke(connection, registered.replaces, workstation.since)
            return registered

        return await self._until_in_time(redeem)

    async def register(self, workstation: Workstation) -> Workstation:
        def register(connection: Connection) -> Workstation:
            known = _workstation(connection, workstation.key)
            registered = rules.registered(known, workstation)
            _keep(connection, known, registered)
            return registered

        return await self._until_in_time(register)

    async def find(self, key: str) -> Workstation | None:
        return await self._transaction(lambda connection: _workstation(connection, key), writes=False)

    async def workstations(self) -> Sequence[Workstation]:
        rows = select(WORKSTATIONS)
        found = await self._transaction(lambda connection: connection.execute(rows).mappings().all(), writes=False)
        return sorted(map(_to_workstation, found), key=rules.order)

    async def has_site(self, site: str) -> bool:
        rows = select(WORKSTATIONS.c.key).where(WORKSTATIONS.c.site == site).limit(1)
        return await self._transaction(lambda connection: connection.execute(rows).first() is not None, writes=False)

    async def revoke(self, key: str, now: int) -> Workstation | None:
        def revoke(connection: Connection) -> Workstation | None:
            _revoke(connection, key, now)
            return _workstation(connection, key)

        return await self._until_in_time(revoke)

    async def ended_since(self, then: int, now: int) -> Sequence[str]:
        ended = or_(*(column.between(then, now) for column in (WORKSTATIONS.c.revoked_at, WORKSTATIONS.c.until)))
        rows = select(WORKSTATIONS.c.key).where(ended)
        return await self._transaction(lambda connection: connection.execute(rows).scalars().all(), writes=False)

    async def forget(self, before: int) -> None:
        past = and_(WORKSTATIONS.c.way == Way.SIGN_IN.value, WORKSTATIONS.c.revoked_at.is_(None), WORKSTATIONS.c.until < before)

        def forget(connection: Connection) -> None:
            connection.execute(delete(OFFERS).where(OFFERS.c.until < before))
            connection.execute(delete(WORKSTATIONS).where(past))

        await self._until_in_time(forget)


def _offer(connection: Connection, offer: str) -> Offer | None:
    row = connection.execute(select(OFFERS).where(OFFERS.c.id == offer)).mappings().first()
    return None if row is None else Offer(**row)


def _workstation(connection: Connection, key: str) -> Workstation | None:
    row = connection.execute(select(WORKSTATIONS).where(WORKSTATIONS.c.key == key)).mappings().first()
    return None if row is None else _to_workstation(row)


def _to_workstation(row: RowMapping) -> Workstation:
    return Workstation(**{**row, "way": Way(row["way"])})


def _use(connection: Connection, offer: Offer) -> None:
    """Raises Outrun if somebody else used it since it was read."""
    free = (OFFERS.c.id == offer.id) & (OFFERS.c.used_by.is_(None) | (OFFERS.c.used_by == offer.used_by))
    if connection.execute(update(OFFERS).where(free).values(used_by=offer.used_by)).rowcount != 1:
        raise Outrun


def _keep(connection: Connection, known: Workstation | None, registered: Workstation) -> None:
    """Raises Outrun if it was revoked or renewed since it was read."""
    values = asdict(registered) | {"way": registered.way.value}
    if known is None:
        connection.execute(insert(WORKSTATIONS).values(values))
        return
    still = and_(WORKSTATIONS.c.key == registered.key, WORKSTATIONS.c.revoked_at.is_(None), WORKSTATIONS.c.since == known.since)
    if connection.execute(update(WORKSTATIONS).where(still).values(values)).rowcount != 1:
        raise Outrun


def _revoke(connection: Connection, key: str, now: int) -> None:
    still = (WORKSTATIONS.c.key == key) & WORKSTATIONS.c.revoked_at.is_(None)
    connection.execute(update(WORKSTATIONS).where(still).values(revoked_at=now))


def _make_tables(connection: Connection) -> None:
    """SQLite only."""
    if connection.exec_driver_sql("PRAGMA user_version").scalar() not in (0, SHAPE):
        raise StateUnavailable("the workstations' tables are those of another version")
    connection.exec_driver_sql(f"PRAGMA user_version = {SHAPE}")
    metadata.create_all(connection)
