"""Which reader a file is for: a calendar file or a table. Pure, no disk."""

from __future__ import annotations

from pathlib import PurePath

from app.services.exchange.csv_import import read_table
from app.services.exchange.found import Found
from app.services.exchange.ics_import import read_calendar

CALENDARS, TABLES = (".ics", ".ical"), (".csv", ".tsv")
_MARK = b"BEGIN:VCALENDAR"


def read_file(data: bytes, name: str, now: int) -> Found:
    """The appointments between `now` (Unix seconds) and a year later. The ending of the name counts; without a known one, what is in
    the file. May take seconds: call it on a thread. Raises ImportRefused."""
    ending = PurePath(name).suffix.casefold()
    is_calendar = ending in CALENDARS or (ending not in TABLES and _MARK in data.upper())
    return read_calendar(data, now) if is_calendar else read_table(data, now)
