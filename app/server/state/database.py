"""What every store over SQLAlchemy has in common: its own thread, transactions, and SQLite's manners. Knows no table.

A transaction is a plain function that runs on the store's own thread: one hop for each, and SQLAlchemy's asyncio layer, which brings its
whole object mapper along, stays out of memory.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError

from app.server.ports import Refusal, StateUnavailable
from app.wire.codes import Code

BUSY_TIMEOUT_MS = 10_000
"""How long a writer of SQLite waits for another one."""
ATTEMPTS = 50
"""How often an operation starts again before it gives up as unavailable; each failure means that somebody else succeeded."""
_BEGIN = "sqlite_begin"
"""Execution option: how a transaction of SQLite begins, or None for no transaction."""
OUTSIDE = {_BEGIN: None}
"""Execution options of what runs outside of any transaction."""


_T = TypeVar("_T")


class Outrun(Exception):
    """Somebody else changed the row between reading and writing."""


class _GivenUp(Exception):
    """Nobody waits for the transaction any more; it is undone."""


def engine_for(url: str) -> Engine:
    """An engine over this database. The file of an SQLite database is made readable by its owner only. Raises StateUnavailable."""
    where = make_url(url)
    if where.get_backend_name() == "sqlite" and where.database:
        _make_private(where.database)
    engine = create_engine(url, hide_parameters=True)
    if where.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


class Database:
    """The transactions of a store."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._thread = ThreadPoolExecutor(1, "database")

    async def close(self) -> None:
        await self._on_thread(self._engine.dispose)
        self._thread.shutdown()

    async def _on_thread(self, work: Callable[[], _T]) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def _transaction(self, work: Callable[[Connection], _T], writes: bool = True) -> _T:
        """`work` in one transaction. Trouble with the database becomes StateUnavailable, a doubled key a Refusal.

        Who is cancelled while waiting for it has changed nothing, unless it was just being committed.
        """
        given_up = threading.Event()
        try:
            return await self._on_thread(lambda: self._transact(work, writes, given_up))
        except asyncio.CancelledError:
            given_up.set()
            raise

    def _transact(self, work: Callable[[Connection], _T], writes: bool, given_up: threading.Event) -> _T:
        try:
            with self._engine.connect() as plain:
                connection = plain.execution_options(**{_BEGIN: "BEGIN IMMEDIATE" if writes else "BEGIN"})
                with connection.begin():
                    result = work(connection)
                    if given_up.is_set():
                        raise _GivenUp
                    return result
        except IntegrityError:
            raise Refusal(Code.CONFLICT) from None
        except (SQLAlchemyError, OSError) as error:
            if isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) == "40001":
                raise Outrun from None  # PostgreSQL: serialization failure
            raise StateUnavailable(type(error).__name__) from None

    async def _until_in_time(self, work: Callable[[Connection], _T]) -> _T:
        """A writing transaction, again and again while others are faster."""
        for _ in range(ATTEMPTS):
            with contextlib.suppress(Outrun):
                return await self._transaction(work)
        raise StateUnavailable("too many attempts")

    async def _forget_on_disk(self) -> bool:
        """SQLite: `secure_delete` overwrites the database's pages, but the log of writes holds them too until it is cut off.

        False if a reader was in the way.
        """
        if self._engine.dialect.name != "sqlite":
            return True
        try:
            return not await self._on_thread(self._cut_off_log)
        except SQLAlchemyError as error:
            raise StateUnavailable(type(error).__name__) from None

    def _cut_off_log(self) -> bool:
        """True if a reader was in the way."""
        with self._engine.connect() as plain:
            connection = plain.execution_options(**OUTSIDE)
            busy, _, _ = connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)")).one()
            return bool(busy)


def _make_private(path: str) -> None:
    """The file must be there before SQLite makes it with the process's own mode; its log of writes inherits the mode."""
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise StateUnavailable(type(error).__name__) from None


def _prepare_sqlite(connection: Any, _: object) -> None:
    """A new connection. The driver's own transactions are switched off; `_begin_sqlite` begins them."""
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "secure_delete=ON", f"busy_timeout={BUSY_TIMEOUT_MS}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    """Writers take the lock at the beginning, so that two of them cannot wait for each other."""
    statement = connection.get_execution_options().get(_BEGIN)
    if statement is not None:
        connection.exec_driver_sql(statement)
