"""SurveyStore over SQLAlchemy: SQLite and PostgreSQL with the same statements.

Nothing here keeps an order of arrival: sheets have keys by chance and are written anew as a whole with each addition (so that neither
places in a page nor, on PostgreSQL, `xmin` and `ctid` tell the newer from the older), no table has row numbers of its own, and SQLite's
file is built anew and its log of writes cut off after each answer.
"""

from __future__ import annotations

import random
import secrets
from collections.abc import Mapping, Sequence

import msgspec
import structlog
from sqlalchemy import BigInteger, Column, Connection, Integer, LargeBinary, MetaData, String, Table, delete, insert, select, text, update
from sqlalchemy.exc import SQLAlchemyError

from app.domain.survey import Sheet, Spoken, Variant
from app.domain.survey_counts import Tally
from app.server.meter import Meter
from app.server.ports import Refusal, StateUnavailable
from app.server.state.database import Database, Outrun
from app.server.state.engines import OUTSIDE, engine_for
from app.server.survey.ports import Step

log = structlog.get_logger(__name__)

SHAPE = 1
"""Of the tables, in `user_version`; another one needs a step of its own, because answers are published by nobody again."""

metadata = MetaData()
"""In SQLite WITHOUT ROWID throughout: rows lie by their key, not by when they came."""
SPENT = Table(
    "survey_spent",
    metadata,
    Column("site", String(32), primary_key=True),
    Column("quarter", String(7), primary_key=True),
    Column("nonce_hash", String(43), primary_key=True),
    sqlite_with_rowid=False,
)
"""Rights that were used."""
WAITING = Table(
    "survey_waiting",
    metadata,
    Column("site", String(32), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
SHEETS = Table(
    "survey_sheets",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("version", String(8), nullable=False),
    Column("site", String(32), nullable=False),
    Column("quarter", String(7), nullable=False),
    Column("spoken", String(8), nullable=False),
    Column("variant", String(8), nullable=False),
    Column("answers", String(512), nullable=False),
    sqlite_with_rowid=False,
)
"""Counted sheets; `answers` is JSON."""
ABOUT = Table(
    "survey_about",
    metadata,
    *(Column(name, String(32), primary_key=True) for name in ("site", "quarter", "version", "statement", "answer")),
    Column("count", Integer, nullable=False),
    sqlite_with_rowid=False,
)

KEYS = Table(
    "survey_keys",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("quarter", String(7), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
"""Keys of quarters, sealed; in use where several servers share the database."""


class SqlSurveyStore(Database):
    """The methods are documented at the port."""

    @classmethod
    async def open(cls, url: str, meter: Meter | None = None) -> SqlSurveyStore:
        """Connect and make missing tables. Raises StateUnavailable."""
        store = cls(engine_for(url))
        store.measured_by(meter or Meter())
        try:
            await store._prepare(_make_tables)
            await store._tidy()
        except StateUnavailable:
            await store.close()
            raise
        return store

    async def count(self, site: str, quarter: str, nonce_hash: str, step: Step) -> bool:
        def count(connection: Connection) -> bool:
            right = {"site": site, "quarter": quarter, "nonce_hash": nonce_hash}
            if connection.execute(select(SPENT).filter_by(**right)).first() is not None:
                return False
            before = _sealed(connection, site)
            kept = step(before)
            connection.execute(insert(SPENT).values(right))
            _keep(connection, site, before, kept.sealed)
            for of_quarter in {sheet.quarter for sheet in kept.sheets}:
                _add(connection, site, of_quarter, [sheet for sheet in kept.sheets if sheet.quarter == of_quarter])
            _raise(connection, kept.tallies)
            return True

        try:
            counted = await self._until_in_time(count)
        except Refusal:
            return False  # another process was burning the same right
        await self._tidy()
        return counted

    async def waiting(self, site: str) -> bytes | None:
        return await self._transaction(lambda connection: _sealed(connection, site), writes=False)

    async def sheets(self, site: str, quarter: str) -> Sequence[Sheet]:
        return await self._transaction(lambda connection: _sheets(connection, site, quarter), writes=False)

    async def tallies(self, site: str, quarter: str) -> Mapping[Tally, int]:
        rows = select(ABOUT).filter_by(site=site, quarter=quarter)
        found = await self._transaction(lambda connection: connection.execute(rows).all(), writes=False)
        return {(row.site, row.quarter, row.version, row.statement, row.answer): row._mapping["count"] for row in found}

    async def forget_before(self, quarter: str) -> None:
        await self._until_in_time(lambda connection: connection.execute(delete(SPENT).where(SPENT.c.quarter < quarter)))
        await self._tidy()

    async def key(self, name: str, quarter: str) -> bytes | None:
        return await self._transaction(lambda connection: _key(connection, name, quarter), writes=False)

    async def add_key(self, name: str, quarter: str, sealed: bytes) -> bytes:
        def add(connection: Connection) -> bytes:
            if (found := _key(connection, name, quarter)) is not None:
                return found
            connection.execute(insert(KEYS).values(name=name, quarter=quarter, sealed=sealed))
            return sealed

        return await self._until_in_time(add)

    async def forget_keys(self, name: str, quarter: str) -> None:
        past = (KEYS.c.name == name) & (KEYS.c.quarter < quarter)
        await self._until_in_time(lambda connection: connection.execute(delete(KEYS).where(past)))

    async def _tidy(self) -> None:
        """SQLite: the file as if it had been written at once, nothing in the log. What a reader kept from it is done with the next
        answer."""
        if self._engine.dialect.name != "sqlite":
            return
        try:
            await self._on_thread(self._vacuum)
            await self._forget_on_disk()
        except SQLAlchemyError as error:
            log.warning("survey-not-tidied", error=type(error).__name__)

    def _vacuum(self) -> None:
        with self._engine.connect() as plain:
            plain.execution_options(**OUTSIDE).execute(text("VACUUM"))


def _key(connection: Connection, name: str, quarter: str) -> bytes | None:
    return connection.execute(select(KEYS.c.sealed).filter_by(name=name, quarter=quarter)).scalar()


def _sealed(connection: Connection, site: str) -> bytes | None:
    return connection.execute(select(WAITING.c.sealed).filter_by(site=site)).scalar()


def _keep(connection: Connection, site: str, before: bytes | None, sealed: bytes) -> None:
    """The blob, if it is still the one that was read. Raises Outrun."""
    if before is None:
        connection.execute(insert(WAITING).values(site=site, sealed=sealed))
    elif connection.execute(update(WAITING).where(WAITING.c.site == site, WAITING.c.sealed == before).values(sealed=sealed)).rowcount != 1:
        raise Outrun


def _add(connection: Connection, site: str, quarter: str, sheets: Sequence[Sheet]) -> None:
    """All sheets of the site and quarter anew, in an order and with keys of chance."""
    together = [*_sheets(connection, site, quarter), *sheets]
    random.SystemRandom().shuffle(together)
    connection.execute(delete(SHEETS).filter_by(site=site, quarter=quarter))
    connection.execute(insert(SHEETS), [_values(sheet) for sheet in together])


def _raise(connection: Connection, tallies: Mapping[Tally, int]) -> None:
    for tally, more in sorted(tallies.items()):
        key = dict(zip(("site", "quarter", "version", "statement", "answer"), tally, strict=True))
        if connection.execute(update(ABOUT).filter_by(**key).values(count=ABOUT.c.count + more)).rowcount == 0:
            connection.execute(insert(ABOUT).values(**key, count=more))


def _sheets(connection: Connection, site: str, quarter: str) -> list[Sheet]:
    rows = connection.execute(select(SHEETS).filter_by(site=site, quarter=quarter)).all()
    return [
        Sheet(
            row.version,
            row.site,
            row.quarter,
            Spoken(row.spoken),
            Variant(row.variant),
            msgspec.json.decode(row.answers, type=dict[str, str]),
        )
        for row in rows
    ]


def _values(sheet: Sheet) -> dict[str, object]:
    return {
        "id": secrets.randbits(63),
        "version": sheet.version,
        "site": sheet.site,
        "quarter": sheet.quarter,
        "spoken": sheet.spoken.value,
        "variant": sheet.variant.value,
        "answers": msgspec.json.encode(dict(sorted(sheet.answers.items()))).decode("ascii"),
    }


def _make_tables(connection: Connection) -> None:
    """SQLite only."""
    if connection.exec_driver_sql("PRAGMA user_version").scalar() not in (0, SHAPE):
        raise StateUnavailable("the survey's tables are those of another version")
    connection.exec_driver_sql(f"PRAGMA user_version = {SHAPE}")
    metadata.create_all(connection)
