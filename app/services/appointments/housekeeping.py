"""What may go goes: personal data some weeks after the appointment, readiness the day after, evidence after some months. No Qt, no SQL.

Runs at the start and with each new day. A clock that jumps far ahead is not believed for a day, so it deletes nothing in the meantime.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import structlog

from app.domain.appointments import Appointment
from app.domain.readiness import Readiness
from app.services.appointments.ground import Ground, StoreLine
from app.services.appointments.ports import AppointmentStore, Retention, StoreError, Write
from app.services.clock import Cancellable, Clock
from app.services.local_time import midnight_after, midnight_before
from app.services.tasks import Tasks

_log = structlog.get_logger(__name__)

DAY_S = 86_400
MOST_DAYS = 90
"""Ceiling for appointments with a name (STANDARDS, B7)."""
LOOK_EVERY_S = 600.0
BELIEVED_AHEAD_S = 4 * DAY_S
"""Since the last run; more may be a holiday, or a wrong clock."""
BELIEVED_AFTER_S = 20 * 3600
"""If the clock still says so after that it is right."""
_NOTE = "housekeeping"


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionRules:
    """How long things stay."""

    days: int = 30
    """After the appointment; at least 1, at most `MOST_DAYS`."""
    evidence_days: int = 92
    """Of the agreement, after it was given."""

    def at(self, now: int) -> Retention:
        """What may go at that time, Unix seconds."""
        days = min(max(self.days, 1), MOST_DAYS)
        evidence_days = max(self.evidence_days, 1)
        return Retention(
            appointments_before=now - days * DAY_S,
            evidence_before=now - evidence_days * DAY_S,
            readiness_before=midnight_before(now),
        )


class _Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What the last run knew of the time."""

    ran_at: int
    doubted_since: int | None = None


class Housekeeping:
    """From `start` to `close`."""

    def __init__(self, store: StoreLine, book: Ground, rules: RetentionRules, clock: Clock, tasks: Tasks) -> None:
        self._store = store
        self._book = book
        self._rules = rules
        self._clock = clock
        self._tasks = tasks
        self._next: Cancellable | None = None
        self._until = 0
        self._work: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Clean up now, and again and again."""
        self._next = self._clock.call_later(LOOK_EVERY_S, self.start)
        now = self._clock.unix()
        if not self._until - DAY_S * 2 <= now < self._until:  # a new day, or a clock that was set back
            self._until = midnight_after(now)
            self._work = self._tasks.start("housekeeping", self._clean_up(now))

    async def settle(self) -> None:
        """Wait until what is under way is done."""
        if self._work is not None:
            await asyncio.wait([self._work])

    def close(self) -> None:
        """No more looks."""
        if self._next is not None:
            self._next.cancel()

    async def _clean_up(self, now: int) -> None:
        try:
            gone = await self._store.run(lambda store: clean_up(store, self._rules, now))
        except StoreError as trouble:
            _log.warning("housekeeping.not_done", reason=trouble.key)
            return
        if gone:
            self._book.changed.announce(gone)


def clean_up(store: AppointmentStore, rules: RetentionRules, now: int) -> Sequence[str]:
    """On the store's thread: delete what may go; gives the ids of appointments that went or changed. Nothing goes while the clock is
    in doubt."""
    seen = _believed(store.note(_NOTE), now)
    store.write(Write(notes=[(_NOTE, msgspec.json.encode(seen))]))
    if seen.doubted_since is not None:
        _log.warning("housekeeping.clock_in_doubt")
        return ()
    retention = rules.at(now)
    touched = [found.id for found in store.between(0, now) if _is_touched(found, retention)]
    store.forget(retention)
    return touched


def _is_touched(appointment: Appointment, retention: Retention) -> bool:
    loses_readiness = appointment.readiness != Readiness() and appointment.ends_at < retention.readiness_before
    return loses_readiness or appointment.ends_at < retention.appointments_before


def _believed(note: bytes | None, now: int) -> _Seen:
    """A leap ahead counts once it has lasted for most of a day."""
    before = None if note is None else msgspec.json.decode(note, type=_Seen)
    if before is None or now - before.ran_at <= BELIEVED_AHEAD_S:
        return _Seen(ran_at=now)
    doubted_since = now if before.doubted_since is None or before.doubted_since > now else before.doubted_since
    if now - doubted_since >= BELIEVED_AFTER_S:
        return _Seen(ran_at=now)
    return _Seen(ran_at=before.ran_at, doubted_since=doubted_since)
