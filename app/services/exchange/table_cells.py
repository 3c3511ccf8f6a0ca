"""Reads days, times and lengths as people write them into tables. Pure; imports the domain."""

from __future__ import annotations

import re
from datetime import date, time

from app.domain.appointments import Way
from app.services.exchange.ics_event import EARLIEST_YEAR, LATEST_YEAR

_DAY = re.compile(r"(?:[^\W\d_]{2,10}\.?,?\s+)?(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4}|\d{2})")
"""13.05.2026, also after a weekday."""
_ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_TIME = re.compile(r"(\d{1,2})(?:[:.](\d{2})(?::\d{2})?)?\s*(?:uhr|h)?", re.IGNORECASE)
_MINUTES = re.compile(r"(\d{1,4})\s*(?:min(?:\.|uten|utes)?)?", re.IGNORECASE)
_LENGTH = re.compile(r"(\d{1,2}):(\d{2})(?::00)?\s*(?:h|std\.?)?", re.IGNORECASE)
_CENTURY = 2000
_CANCELLED = ("abgesagt", "storniert", "cancelled", "canceled")
_WAYS = {
    Way.VIDEO: ("video",),
    Way.PHONE: ("telefon", "phone"),
    Way.ON_SITE: ("vor ort", "persönlich", "präsenz", "besuch", "on site", "on-site", "in person"),
}


def day_in(cell: str) -> date | None:
    """13.05.2026, 13.5.26, Mi., 13.05.2026 or 2026-05-13; None for anything else, 05/13/2026 too: nobody knows which is the month."""
    if (german := _DAY.fullmatch(cell)) is not None:
        day, month, year = (int(part) for part in german.groups())
        year += _CENTURY if year < 100 else 0
    elif (iso := _ISO_DAY.fullmatch(cell)) is not None:
        year, month, day = (int(part) for part in iso.groups())
    else:
        return None
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def time_in(cell: str) -> time | None:
    """9:00, 09:00:00, 9.30 or 9 Uhr; None for anything else."""
    found = _TIME.fullmatch(cell)
    if found is None:
        return None
    hours, minutes = int(found[1]), int(found[2] or 0)
    return time(hours, minutes) if hours < 24 and minutes < 60 else None


def minutes_in(cell: str) -> int | None:
    """45, 45 min or 0:45; None for anything else."""
    if (plain := _MINUTES.fullmatch(cell)) is not None:
        return int(plain[1])
    if (clock := _LENGTH.fullmatch(cell)) is not None and int(clock[2]) < 60:
        return int(clock[1]) * 60 + int(clock[2])
    return None


def way_in(cell: str) -> Way | None:
    """None where the cell does not say."""
    said = cell.casefold()
    return next((way for way, words in _WAYS.items() if any(word in said for word in words)), None)


def says_cancelled(cell: str) -> bool:
    """The appointment was called off."""
    return any(word in cell.casefold() for word in _CANCELLED)
