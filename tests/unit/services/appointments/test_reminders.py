"""Reminders come the day before and in the morning, by the clock on the wall."""

from __future__ import annotations

from datetime import time

import pytest

from app.domain.mails import MailKind
from app.services.appointments.reminders import Reminders
from app.services.local_time import wall_of
from tests.support.book_table import at


def due(starts: str, now: str, reminders: Reminders = Reminders()) -> list[tuple[MailKind, str]]:  # noqa: B008 - a frozen record
    ahead = reminders.of(at(starts), at(now))
    return [(kind, wall_of(due_at).isoformat(" ", "minutes")) for kind, due_at in ahead]


BEFORE, MORNING = MailKind.REMINDER_DAY_BEFORE, MailKind.REMINDER_MORNING


@pytest.mark.parametrize(
    ("starts", "now", "expected"),
    [
        ("2026-09-24 14:00", "2026-09-20 09:00", [(BEFORE, "2026-09-23 10:00"), (MORNING, "2026-09-24 07:00")]),
        ("2026-09-24 14:00", "2026-09-23 10:00", [(MORNING, "2026-09-24 07:00")]),
        ("2026-09-24 14:00", "2026-09-24 08:00", []),
        ("2026-09-24 07:30", "2026-09-20 09:00", [(BEFORE, "2026-09-23 10:00")]),  # nobody is reminded on the way
        ("2027-03-28 09:00", "2027-03-20 09:00", [(BEFORE, "2027-03-27 10:00"), (MORNING, "2027-03-28 07:00")]),
        ("2027-03-29 09:00", "2027-03-20 09:00", [(BEFORE, "2027-03-28 10:00"), (MORNING, "2027-03-29 07:00")]),
        ("2026-10-25 09:00", "2026-10-20 09:00", [(BEFORE, "2026-10-24 10:00"), (MORNING, "2026-10-25 07:00")]),
        ("2026-09-25 00:30", "2026-09-20 09:00", [(BEFORE, "2026-09-24 10:00")]),
    ],
)
def test_by_the_wall(starts: str, now: str, expected: list[tuple[MailKind, str]]) -> None:
    assert due(starts, now) == expected


def test_as_the_agency_wants_them() -> None:
    only = Reminders(day_before=None, morning=time(6, 30))
    assert due("2026-09-24 14:00", "2026-09-20 09:00", only) == [(MORNING, "2026-09-24 06:30")]
    assert due("2026-09-24 14:00", "2026-09-20 09:00", Reminders(day_before=None, morning=None)) == []
