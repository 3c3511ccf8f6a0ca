"""When a client is reminded. Pure, no I/O; imports the domain only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from app.domain.mails import MailKind
from app.services.local_time import unix_of, wall_of

NOTICE_S = 3600
"""A reminder comes at least so long before the start: after that nobody is reminded who is on the way already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminders:
    """As the agency wants them; hours on the wall."""

    day_before: time | None = time(10)
    morning: time | None = time(7)

    def of(self, starts_at: int, now: int) -> Sequence[tuple[MailKind, int]]:
        """Kind and time (Unix seconds) of those that lie ahead, by time. One whose hour has passed is left out: the invitation reminds."""
        day = wall_of(starts_at).date()
        wanted = [
            (MailKind.REMINDER_DAY_BEFORE, day - timedelta(days=1), self.day_before),
            (MailKind.REMINDER_MORNING, day, self.morning),
        ]
        due = [(kind, unix_of(datetime.combine(on, at))) for kind, on, at in wanted if at is not None]
        return [(kind, at) for kind, at in due if now < at <= starts_at - NOTICE_S]
