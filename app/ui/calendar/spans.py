"""Which days a way of looking shows, and what a step forward or back means. Pure; imports nothing of `app`."""

from __future__ import annotations

import enum
from calendar import monthrange
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo


class Mode(enum.Enum):
    """How the calendar is looked at. The list is equal to the others: everything that can be done there can be done here."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    LIST = "list"


def day_start(day: date, zone: ZoneInfo) -> int:
    """Unix seconds of a day's midnight. A day is 23 or 25 hours long where the clocks change."""
    return int(datetime.combine(day, time(), zone).timestamp())


def day_end(day: date, zone: ZoneInfo) -> int:
    """Unix seconds of the midnight that ends the day."""
    return day_start(day + timedelta(1), zone)


def day_of(unix: int, zone: ZoneInfo) -> date:
    """The day on that zone's clock."""
    return datetime.fromtimestamp(unix, zone).date()


def at(day: date, hours: int, minutes: int, zone: ZoneInfo) -> int:
    """Unix seconds of that time of day; of one that the clocks leave out, an hour later."""
    return int(datetime.combine(day, time(hours, minutes), zone).timestamp())


def first_and_last(mode: Mode, day: date) -> tuple[date, date]:
    """The days that are asked of the book, both included. A work week asks for its weekend too: what lies there is not hidden."""
    monday = day - timedelta(day.weekday())
    if mode is Mode.DAY:
        return day, day
    if mode is Mode.WEEK:
        return monday, monday + timedelta(6)
    if mode is Mode.MONTH:
        first = day.replace(day=1)
        last = day.replace(day=monthrange(day.year, day.month)[1])
        return first - timedelta(first.weekday()), last + timedelta(6 - last.weekday())
    return date(day.year, 1, 1), date(day.year, 12, 31)


def step(mode: Mode, day: date, count: int) -> date:
    """The day that stands for the span `count` spans further on (back, if negative)."""
    if mode is Mode.DAY:
        return day + timedelta(count)
    if mode is Mode.WEEK:
        return day + timedelta(7 * count)
    return by_months(day, count if mode is Mode.MONTH else 12 * count)


def by_months(day: date, count: int) -> date:
    """The same day of another month, or that month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def days_between(first: date, last: date) -> list[date]:
    """Both included."""
    return [first + timedelta(number) for number in range((last - first).days + 1)]
