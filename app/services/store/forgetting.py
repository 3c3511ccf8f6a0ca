"""Deleting for good: rows, and whatever they left behind in pages, free space and the write-ahead log.

`secure_delete` overwrites what is freed (SQLite, pragma.html#pragma_secure_delete), but pages that are rebalanced keep shadows of what
moved. So whenever something went, the database is built anew (VACUUM), and the log is carried over and cut to nothing. Until that is
done a mark stands in the database; a program that is killed in between does it the next time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import structlog
from sqlalchemy import ColumnElement, Connection, delete, select, update
from sqlalchemy.dialects.sqlite import insert

from app.domain.readiness import Readiness
from app.services.appointments.ports import StoreError
from app.services.store.database import Database
from app.services.store.forms import unpack
from app.services.store.tables import APPOINTMENTS, EVIDENCE, MAILS, NOTES, WORDS, appointment_values

_log = structlog.get_logger(__name__)

_TRACES = "store.traces"
"""Note: something was deleted, and its traces may still be there."""


def empty_readiness(connection: Connection, before: int) -> None:
    """Of appointments that ended before."""
    past = select(APPOINTMENTS.c.body).where(APPOINTMENTS.c.ready, APPOINTMENTS.c.ends_at < before)
    for appointment in map(unpack, connection.execute(past).scalars().all()):
        emptied = replace(appointment, readiness=Readiness(), revision=appointment.revision + 1)
        connection.execute(update(APPOINTMENTS).where(APPOINTMENTS.c.id == emptied.id).values(appointment_values(emptied)))
        _mark(connection)


def remove(connection: Connection, which: ColumnElement[bool]) -> int:
    """These appointments with all that hangs on them, but not their evidence."""
    gone = select(APPOINTMENTS.c.id).where(which)
    for column in (MAILS.c.appointment, WORDS.c.appointment, NOTES.c.appointment):
        connection.execute(delete(column.table).where(column.in_(gone)))
    count = connection.execute(delete(APPOINTMENTS).where(which)).rowcount
    if count:
        _mark(connection)
    return count


def remove_evidence(connection: Connection, before: int) -> None:
    """Of agreements from before, unless their appointment stands."""
    stands = EVIDENCE.c.appointment.in_(select(APPOINTMENTS.c.id))
    if connection.execute(delete(EVIDENCE).where(EVIDENCE.c.agreed_at < before, ~stands)).rowcount:
        _mark(connection)


def remove_rest(connection: Connection, appointments: Sequence[str]) -> None:
    """Evidence of these appointments, and notes that outlived them."""
    for column in (EVIDENCE.c.appointment, NOTES.c.appointment):
        if connection.execute(delete(column.table).where(column.in_(appointments))).rowcount:
            _mark(connection)


def wipe_traces(database: Database) -> None:
    """After a deletion was committed; again after one that was not followed by this. Raises StoreError where the disk refuses: what was
    deleted is gone, its traces are still to be wiped."""
    with database.transaction() as connection:
        if connection.execute(select(NOTES.c.name).where(NOTES.c.name == _TRACES)).scalar() is None:
            return
    try:
        database.outside("VACUUM")
        [(busy, *_)] = database.outside("PRAGMA wal_checkpoint(TRUNCATE)")
    except StoreError as error:
        _log.warning("store.traces_left", reason=error.key)
        raise StoreError("app.store.traces-left") from None
    if busy:
        _log.warning("store.traces_left", reason="busy")
        raise StoreError("app.store.traces-left")
    with database.transaction() as connection:
        connection.execute(delete(NOTES).where(NOTES.c.name == _TRACES))


def _mark(connection: Connection) -> None:
    connection.execute(insert(NOTES).values(name=_TRACES, content=b"").on_conflict_do_nothing())
