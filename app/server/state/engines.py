"""An engine for each kind of database: SQLite with its manners, PostgreSQL by psycopg. Knows no table.

SQLite has one writer and gets one thread; PostgreSQL gets a few, and as many connections.
"""

from __future__ import annotations

import math
import os
import time
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry

from app.server.ports import StateUnavailable

BUSY_TIMEOUT_MS = 10_000
"""How long a writer of SQLite waits for another one."""
LOG_PAGES = 10_000
"""Of 4 KB that SQLite's log of writes may hold before the next writer has to empty it and waits for the disk; SQLite's own number is a
tenth of it. A store that is swept empties it beside its work (`Database._write_back`)."""
THREADS = 4
"""Of one store over PostgreSQL. More of them gain nothing beside one interpreter lock (docs/decisions/0037)."""
BEGIN = "sqlite_begin"
"""Execution option: how a transaction of SQLite begins, or None for no transaction."""
OUTSIDE = {BEGIN: None}
"""Execution options of what runs outside of any transaction."""
ALONE = "AUTOCOMMIT"
"""Isolation of a single statement that needs no transaction around it."""
UNASKED_S = 1.0
"""A connection that was used within this time is taken without asking whether the database is still there."""
POSTGRES_LIMITS = "-c statement_timeout=10s -c lock_timeout=5s -c idle_in_transaction_session_timeout=15s"
"""What a session of ours asks the database to give up by itself."""
CONNECT_WITHIN_S = 3


def engine_for(url: str) -> Engine:
    """An engine over this database. The file of an SQLite database is made readable by its owner only. Raises StateUnavailable."""
    where = make_url(url)
    if where.get_backend_name() == "sqlite":
        return _sqlite(where)
    if where.get_backend_name() in ("postgresql", "postgres"):
        return _postgres(where)
    raise StateUnavailable("neither SQLite nor PostgreSQL")


def threads_for(engine: Engine) -> int:
    """How many transactions run at once."""
    return 1 if engine.dialect.name == "sqlite" else THREADS


def _postgres(where: URL) -> Engine:
    """Every transaction sees one moment (REPEATABLE READ) and fails with 40001 when a row it changes was changed since."""
    try:
        engine = create_engine(
            where.set(drivername="postgresql+psycopg"),
            hide_parameters=True,
            isolation_level="REPEATABLE READ",
            pool_size=THREADS,
            max_overflow=0,
            connect_args={"connect_timeout": CONNECT_WITHIN_S, "options": POSTGRES_LIMITS, "application_name": "videoberatung-server"},
        )
    except ModuleNotFoundError:
        raise StateUnavailable("PostgreSQL needs the packages of videoberatung[server-agency]") from None
    _ask_who_rested(engine)
    return engine


def _ask_who_rested(engine: Engine) -> None:
    """As `pool_pre_ping`, which asks each time: a round trip for each operation. A new connection has no `used` yet."""

    def given_back(_: object, record: ConnectionPoolEntry) -> None:
        record.info["used"] = time.monotonic()

    def taken(connection: Any, record: ConnectionPoolEntry, _: object) -> None:
        if time.monotonic() - record.info.get("used", math.inf) < UNASKED_S:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error  # all of them were connected to what is gone

    event.listen(engine, "checkin", given_back)
    event.listen(engine, "checkout", taken)


def _sqlite(where: URL) -> Engine:
    if where.database:
        _make_private(where.database)
    engine = create_engine(where, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


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
    for pragma in (
        *("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "secure_delete=ON"),
        *(f"busy_timeout={BUSY_TIMEOUT_MS}", f"wal_autocheckpoint={LOG_PAGES}"),
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    """Writers take the lock at the beginning, so that two of them cannot wait for each other."""
    statement = connection.get_execution_options().get(BEGIN)
    if statement is not None:
        connection.exec_driver_sql(statement)
