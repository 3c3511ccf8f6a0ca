"""When the appointments of a series are: the same hour on the wall, whatever the clocks do. No I/O; imports domain and ports only."""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from app.services.appointments.ports import BookError, Repeat, Series
from app.services.local_time import unix_of, wall_of

FEWEST, MOST = 2, 52
_WEEKS = {Repeat.WEEKLY: 1, Repeat.FORTNIGHTLY: 2}


def starts_of(first: int, series: Series) -> Sequence[int]:
    """The starts of all its appointments, Unix seconds, `first` included. Raises BookError."""
    if not FEWEST <= series.count <= MOST:
        raise BookError("app.appointment.draft.series-count", "series", fewest=str(FEWEST), most=str(MOST))
    local = wall_of(first)
    later = _monthly(local) if series.repeat is Repeat.MONTHLY else _weekly(local, _WEEKS[series.repeat])
    return [first, *(unix_of(next(later)) for _ in range(series.count - 1))]


def _weekly(first: datetime, weeks: int) -> Iterator[datetime]:
    wall = first
    while True:
        wall += timedelta(weeks=weeks)
        yield wall


def _monthly(first: datetime) -> Iterator[datetime]:
    """On the first, second, third, fourth or, for a fifth, the last such weekday of each month."""
    number, (year, month) = (first.day - 1) // 7, (first.year, first.month)
    while True:
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
        weeks = calendar.monthcalendar(year, month)
        days = [week[first.weekday()] for week in weeks if week[first.weekday()]]
        day = days[number] if number < 4 else days[-1]
        yield first.replace(year=year, month=month, day=day)
