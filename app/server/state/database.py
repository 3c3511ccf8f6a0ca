"""What every store over SQLAlchemy has in common: its own threads, and transactions that are tried again. Knows no table.

A transaction is a plain function that runs on a thread of the store: one hop for each, and SQLAlchemy's asyncio layer, which brings its
whole object mapper along, stays out of memory.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import structlog
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError, SQLAlchemyError

from app.server.meter import Answer, Meter
from app.server.ports import Refusal, StateAway, StateUnavailable
from app.server.state.engines import ALONE, BEGIN, BUSY_TIMEOUT_MS, OUTSIDE, threads_for
from app.wire.codes import Code

log = structlog.get_logger(__name__)

ATTEMPTS = 50
"""How often an operation starts again before it gives up as unavailable; each failure means that somebody else succeeded."""
ATTEMPTS_DOUBLED = 3
"""How often it does so over a doubled key: somebody else may have made the same row a moment before, and then it is there to be read."""
PATIENCE_S = 15.0
"""So long an operation waits for its turn and its answer; longer than the database's own limits."""
IN_THE_WAY_MS = 100
"""So long the cutting off of SQLite's log of writes waits for whoever reads."""
OUTRUN_STATES = frozenset({"40001", "40P01"})
"""PostgreSQL, appendix A: serialization failure and deadlock. The transaction is undone and may be tried again."""
READ_ONLY_STATE = "25006"
"""PostgreSQL, appendix A: this is no primary any more."""

_T = TypeVar("_T")


def unavailable(error: Exception) -> StateUnavailable:
    """What an error of the database means to those who wait for it. Its text may hold the URL; only its kind is told."""
    return (StateAway if isinstance(error, OperationalError | InterfaceError) else StateUnavailable)(type(error).__name__)


class Outrun(Exception):
    """Somebody else changed the row between reading and writing."""


class Doubled(Refusal):
    """A key that is there already."""

    def __init__(self) -> None:
        super().__init__(Code.CONFLICT)


class _GivenUp(Exception):
    """Nobody waits for the transaction any more; it is undone."""


class Database:
    """The transactions of a store."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._meter = Meter()
        self._threads = ThreadPoolExecutor(threads_for(engine), "database")
        self._beside = ThreadPoolExecutor(1, "write-back")

    def measured_by(self, meter: Meter) -> None:
        """Tell this meter how long transactions take."""
        self._meter = meter

    async def close(self) -> None:
        await self._on_thread(self._end)
        self._threads.shutdown()

    def _end(self) -> None:
        """What is being written back ends first: the last connection to be closed clears the log of writes away."""
        self._beside.shutdown()
        self._engine.dispose()

    async def _on_thread(self, work: Callable[[], _T]) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    async def _transaction(self, work: Callable[[Connection], _T], writes: bool = True, isolation: str | None = None) -> _T:
        """`work` in one transaction. Trouble with the database becomes StateUnavailable, a doubled key a Refusal.

        Who is cancelled while waiting for it has changed nothing, unless it was just being committed. `isolation` is PostgreSQL's;
        `ALONE` is every database's.
        """
        given_up = threading.Event()
        with self._measured():
            try:
                async with asyncio.timeout(PATIENCE_S):
                    return await self._on_thread(lambda: self._transact(work, self._options(writes, isolation), given_up))
            except asyncio.CancelledError:
                given_up.set()
                raise
            except TimeoutError:
                given_up.set()
                raise StateAway("no answer in time") from None

    @contextlib.contextmanager
    def _measured(self) -> Iterator[None]:
        """Tells the meter how long it took, and how it ended; a rule that refused is an answer like any other."""
        began, answer = time.perf_counter(), Answer.DONE
        try:
            yield
        except (Outrun, Doubled):
            answer = Answer.AGAIN
            raise
        except StateUnavailable:
            answer = Answer.AWAY
            raise
        finally:
            self._meter.transaction(time.perf_counter() - began, answer)

    async def _prepare(self, make_sqlite_tables: Callable[[Connection], None]) -> None:
        """The tables this program needs: SQLite's by this function, PostgreSQL's by the steps they all share. Raises StateUnavailable."""
        if self._engine.dialect.name == "sqlite":
            await self._transaction(make_sqlite_tables)
            return
        from app.server.state.upgrade import upgrade

        await self._on_thread(lambda: upgrade(self._engine))

    async def _question(self, work: Callable[[Connection], _T]) -> _T:
        """`work` is a single statement that reads: it sees one moment by itself, and is a single way to the database and back."""
        return await self._transaction(work, writes=False, isolation=ALONE)

    def _options(self, writes: bool, isolation: str | None) -> Mapping[str, Any]:
        if self._engine.dialect.name == "sqlite":
            if isolation == ALONE:
                return OUTSIDE
            return {BEGIN: "BEGIN IMMEDIATE" if writes else "BEGIN"}
        return {"isolation_level": isolation} if isolation else {}

    def _transact(self, work: Callable[[Connection], _T], options: Mapping[str, Any], given_up: threading.Event) -> _T:
        try:
            with self._engine.connect() as plain:
                connection = plain.execution_options(**options)
                with connection.begin():
                    result = work(connection)
                    if given_up.is_set():
                        raise _GivenUp
                    return result
        except IntegrityError:
            raise Doubled from None
        except (SQLAlchemyError, OSError) as error:
            state = getattr(error.orig, "sqlstate", None) if isinstance(error, DBAPIError) else None
            if state in OUTRUN_STATES:
                raise Outrun from None
            if state == READ_ONLY_STATE:
                self._engine.dispose()  # the next connection looks for the primary
            raise unavailable(error) from None

    async def _until_in_time(self, work: Callable[[Connection], _T], isolation: str | None = None) -> _T:
        """A writing transaction, again and again while others are faster."""
        doubled = 0
        for _ in range(ATTEMPTS):
            try:
                return await self._transaction(work, isolation=isolation)
            except Outrun:
                continue
            except Doubled:
                doubled += 1
                if doubled == ATTEMPTS_DOUBLED:
                    raise
        raise StateUnavailable("too many attempts")

    async def _write_back(self) -> None:
        """SQLite: bring what stands in the log of writes into the file, on another thread, so that no writer ever waits for the disk.
        Nothing depends on it: what fails is tried again with the next sweep."""
        if self._engine.dialect.name != "sqlite":
            return
        try:
            await asyncio.get_running_loop().run_in_executor(self._beside, self._checkpoint, "PASSIVE")
        except SQLAlchemyError as error:
            log.warning("log-not-written-back", error=type(error).__name__)

    async def _forget_on_disk(self) -> bool:
        """SQLite: `secure_delete` overwrites the database's pages, but the log of writes holds them too until it is cut off.

        False if a reader or the disk was in the way; what was deleted is deleted all the same, and whoever asked tries it again.
        """
        if self._engine.dialect.name != "sqlite":
            return True
        try:
            return not await self._on_thread(lambda: self._checkpoint("TRUNCATE"))
        except SQLAlchemyError as error:
            log.warning("log-not-cut-off", error=type(error).__name__)
            return False

    def _checkpoint(self, kind: str) -> bool:
        """True if somebody was in the way, for longer than nobody would notice: others wait for this thread."""
        with self._engine.connect() as plain:
            connection = plain.execution_options(**OUTSIDE)
            connection.execute(text(f"PRAGMA busy_timeout={IN_THE_WAY_MS}"))
            try:
                busy, _, _ = connection.execute(text(f"PRAGMA wal_checkpoint({kind})")).one()
            finally:
                connection.execute(text(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}"))
            return bool(busy)
