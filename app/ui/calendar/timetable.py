"""The rows of a day's or week's grid: half hours of the wall clock, changes of the clock included. Pure; imports `spans` only.

On the day with 25 hours the doubled hour stands there twice; on the day with 23 the missing one is a gap in that day's column.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from app.ui.calendar.spans import day_end, day_start

SLOT_S = 30 * 60
SNAP_S = 15 * 60
"""Moving and stretching go by quarters of an hour."""


@dataclass(frozen=True, slots=True, order=True)
class Row:
    """One half hour as the clock on the wall shows it; sorted as a day goes by."""

    hour: int
    fold: int
    """1 for the second time that the same hour is shown."""
    minute: int


@dataclass(frozen=True, slots=True)
class Column:
    """One day."""

    day: date
    start: int
    end: int
    """Unix seconds; the midnights around it."""
    slots: tuple[int | None, ...]
    """For each row when it begins, Unix seconds; None where this day does not have that time."""
    rows: tuple[int, ...]
    """The rows that the day has, in their order."""

    def place(self, unix: int) -> float:
        """How far down a time lies, in rows; times outside of the day lie at its edges."""
        into = min(max(unix, self.start), self.end) - self.start
        number = min(into // SLOT_S, len(self.rows) - 1)
        return self.rows[number] + (into - number * SLOT_S) / SLOT_S

    def time(self, rows: float) -> int:
        """The time that lies so far down, in Unix seconds, down to a quarter of an hour; in a gap, the first after it."""
        row = max(0, int(rows))
        number = max(0, bisect_right(self.rows, row) - 1)
        if self.rows[number] != row:
            return min(self.start + (number + 1) * SLOT_S, self.end)
        return self.start + number * SLOT_S + int((rows - row) * SLOT_S) // SNAP_S * SNAP_S

    def row_of(self, unix: int) -> int:
        """The row in which a time lies."""
        return int(self.place(min(unix, self.end - 1)))


@dataclass(frozen=True, slots=True)
class Timetable:
    """Some days side by side."""

    rows: tuple[Row, ...]
    columns: tuple[Column, ...]


def timetable(days: Sequence[date], zone: ZoneInfo) -> Timetable:
    """The rows that at least one of the days has, and each day's own times."""
    found = [{_row(unix, zone): unix for unix in range(day_start(day, zone), day_end(day, zone), SLOT_S)} for day in days]
    rows = tuple(sorted(set().union(*found)))
    columns = []
    for day, times in zip(days, found, strict=True):
        slots = tuple(times.get(row) for row in rows)
        own = tuple(number for number, slot in enumerate(slots) if slot is not None)
        columns.append(Column(day, day_start(day, zone), day_end(day, zone), slots, own))
    return Timetable(rows, tuple(columns))


def _row(unix: int, zone: ZoneInfo) -> Row:
    local = datetime.fromtimestamp(unix, zone)
    return Row(local.hour, local.fold, local.minute)
