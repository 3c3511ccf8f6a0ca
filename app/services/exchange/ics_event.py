"""One VEVENT of somebody else's calendar file, held against what an appointment can be. Pure; imports icalendar and the domain."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Component

from app.domain.appointments import MAX_MINUTES, ZONE

EARLIEST_YEAR, LATEST_YEAR = 1970, 2100
MAX_UID_LETTERS = 1_000
BROKEN = (ValueError, TypeError, LookupError, ArithmeticError, AttributeError, RecursionError)
"""What reading a file that nobody checked may raise inside of icalendar."""

_ZONE = ZoneInfo(ZONE)


class Passed(enum.Enum):
    """Why an entry is not taken over."""

    ALL_DAY = "all-day"
    """Holidays, birthdays, absences: no conversation lasts all day."""
    CANCELLED = "cancelled"
    OVER = "over"
    TOO_FAR = "too-far"
    """More than a year ahead."""
    TOO_LONG = "too-long"
    NO_LENGTH = "no-length"
    """It ends when it begins, or before."""
    REPEATS_OTHERWISE = "repeats-otherwise"
    """A rule of repetition that is not understood, or makes more times than a person has."""
    TWICE = "twice"
    """It stands in the file once more."""
    TOO_MANY = "too-many"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileEvent:
    """What is used of an entry."""

    uid: str = field(repr=False)
    sequence: int
    instead_of: str
    """Which time of a series it stands for (RECURRENCE-ID as Unix seconds); empty is the whole."""
    starts: datetime
    """As on the wall of `zone`; naive."""
    zone: tzinfo
    fold: int
    """Of `starts` (PEP 495)."""
    minutes: int
    """1 to `MAX_MINUTES`."""
    cancelled: bool
    entry: Component = field(repr=False)

    @property
    def starts_at(self) -> int:
        """Unix seconds."""
        return unix_in(self.zone, self.starts, self.fold)


def read_event(entry: Component) -> FileEvent | Passed:
    """The entry, or why it is of no use."""
    try:
        return _read(entry)
    except BROKEN:
        return Passed.UNREADABLE


def _read(entry: Component) -> FileEvent | Passed:
    begins = entry.decoded("DTSTART")
    if not isinstance(begins, datetime):
        return Passed.ALL_DAY if isinstance(begins, date) else Passed.UNREADABLE
    if not EARLIEST_YEAR <= begins.year < LATEST_YEAR:
        return Passed.UNREADABLE
    start = zoned(begins)
    minutes = _minutes(entry, start)
    cancelled = str(entry.get("STATUS", "")).upper() == "CANCELLED"
    if minutes <= 0:
        return Passed.NO_LENGTH
    if minutes > MAX_MINUTES:
        return Passed.TOO_LONG
    zone = start.tzinfo
    if zone is None:
        return Passed.UNREADABLE
    return FileEvent(
        uid=_uid(entry, start),
        sequence=int(entry.get("SEQUENCE", 0)),
        instead_of=_instead_of(entry, zone),
        starts=start.replace(tzinfo=None, fold=0),
        zone=zone,
        fold=start.fold,
        minutes=minutes,
        cancelled=cancelled,
        entry=entry,
    )


def _minutes(entry: Component, start: datetime) -> int:
    if "DTEND" in entry:
        end = entry.decoded("DTEND")
        length = zoned(end).astimezone(UTC) - start.astimezone(UTC) if isinstance(end, datetime) else timedelta()
    else:
        length = entry.decoded("DURATION") if "DURATION" in entry else timedelta()
    return -(int(-length.total_seconds()) // 60)  # a begun minute counts


def _uid(entry: Component, start: datetime) -> str:
    """Without one (RFC 5545, section 3.8.4.7, demands it) time and subject tell entries apart."""
    uid = str(entry.get("UID", "")).strip()[:MAX_UID_LETTERS]
    return uid or f"{int(start.timestamp())} {entry.get('SUMMARY', '')}"


def _instead_of(entry: Component, zone: tzinfo) -> str:
    if "RECURRENCE-ID" not in entry:
        return ""
    return str(moment_of(entry.decoded("RECURRENCE-ID"), zone))


def zoned(moment: datetime) -> datetime:
    """A floating time (RFC 5545, section 3.3.5, form 1) is one of the agency's clocks."""
    return moment.replace(tzinfo=_ZONE) if moment.tzinfo is None else moment


def moment_of(moment: Any, zone: tzinfo) -> int:
    """Unix seconds of a time in a list of exceptions. Raises ValueError for what is none."""
    if not isinstance(moment, datetime):
        raise ValueError("no time")
    aware = moment.replace(tzinfo=zone) if moment.tzinfo is None else moment
    return int(aware.timestamp())


def unix_in(zone: tzinfo, wall: datetime, fold: int = 0) -> int:
    """Unix seconds of a time on the wall of that zone. An hour that a clock change leaves out is taken an hour later, one that comes twice
    the first time (RFC 5545, section 3.3.5) unless `fold` says otherwise."""
    return int(wall.replace(tzinfo=zone, fold=fold).astimezone(UTC).timestamp())
