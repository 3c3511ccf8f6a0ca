"""One connection to the database file, its pragmas and its troubles. All of it on one thread."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from app.services.appointments.ports import StoreError
from app.services.store.drivers import Driver

BUSY_TIMEOUT_MS = 10_000
"""How long a scanner that looks at the file may hold it."""
_FULL, _CORRUPT, _NOT_A_DATABASE = 13, 11, 26
_DISK = (3, 5, 6, 8, 10, 14)
"""PERM, BUSY, LOCKED, READONLY, IOERR, CANTOPEN (SQLite, rescode.html)."""


class Database:
    """Open from its making to `close`."""

    def __init__(self, file: Path, driver: Driver, shared: bool = False) -> None:
        """`shared`: on a network drive, so without a write-ahead log. Raises StoreError."""
        self._folder = str(file.parent)
        self._engine = None
        with self._sentences():
            os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
            self._raw = driver.module.connect(str(file), isolation_level=None)
        try:
            with self._sentences():
                driver.unlock(self._raw)
                self._prepare(shared)
                self._engine = create_engine(
                    "sqlite://", module=driver.module, creator=lambda: self._raw, poolclass=StaticPool, hide_parameters=True
                )
                event.listen(self._engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
                self._connection = self._engine.connect()
        except BaseException:
            self.close()
            raise

    def _prepare(self, shared: bool) -> None:
        """Raises the driver's errors."""
        run = self._raw.execute
        run(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        run("PRAGMA temp_store = MEMORY")
        run("PRAGMA secure_delete = ON")
        run("PRAGMA foreign_keys = ON")
        if shared:
            run("PRAGMA locking_mode = EXCLUSIVE")
        run(f"PRAGMA journal_mode = {'TRUNCATE' if shared else 'WAL'}").fetchall()  # TRUNCATE: an exclusive DELETE would keep the pages
        run("PRAGMA synchronous = FULL")  # what was confirmed stands on the disk (SQLite, pragma.html#pragma_synchronous)
        run("SELECT count(*) FROM sqlite_schema").fetchall()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Connection]:
        """All or nothing. Raises StoreError for trouble with the disk."""
        with self._sentences(), self._connection.begin():
            yield self._connection

    def outside(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """What cannot run in a transaction (VACUUM, checkpoints). Raises StoreError."""
        with self._sentences():
            return list(self._raw.execute(statement, values).fetchall())

    def close(self) -> None:
        """The write-ahead log is carried over and goes."""
        if self._engine is not None:
            self._connection.close()
            self._engine.dispose()
        self._raw.close()

    @contextlib.contextmanager
    def _sentences(self) -> Iterator[None]:
        """Trouble that a person can do something about becomes a StoreError; the rest is ours and stays what it is."""
        try:
            yield
        except Exception as error:
            sentence = _sentence(error.orig if isinstance(error, DBAPIError) else error, self._folder)
            if sentence is None:
                raise
            raise sentence from None


def _sentence(trouble: BaseException | None, folder: str) -> StoreError | None:
    code = getattr(trouble, "sqlite_errorcode", None)
    primary = None if code is None else code & 0xFF
    if primary == _FULL or (isinstance(trouble, OSError) and trouble.errno == errno.ENOSPC):
        return StoreError("app.store.disk-full")
    if primary in (_CORRUPT, _NOT_A_DATABASE):
        return StoreError("app.store.broken")
    if primary in _DISK or isinstance(trouble, OSError):
        return StoreError("app.store.disk", folder=folder)
    return None
