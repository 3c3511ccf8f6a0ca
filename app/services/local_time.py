"""The clock on the wall of the agency, whatever its changes do. No I/O; imports the domain only."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.domain.appointments import ZONE

_ZONE = ZoneInfo(ZONE)


def wall_of(unix: int) -> datetime:
    """What a clock on a wall in `ZONE` shows; naive."""
    return datetime.fromtimestamp(unix, _ZONE).replace(tzinfo=None)


def unix_of(wall: datetime) -> int:
    """Unix seconds of what such a clock shows (a naive time). An hour that a clock change leaves out is taken an hour later, one that
    comes twice the first time (PEP 495, `fold=0`)."""
    return int(wall.replace(tzinfo=_ZONE, fold=0).astimezone(UTC).timestamp())


def midnight_before(unix: int) -> int:
    """When that day began, Unix seconds."""
    return unix_of(datetime.combine(wall_of(unix).date(), time()))


def midnight_after(unix: int) -> int:
    """When that day ends, Unix seconds; a day may have 23 or 25 hours."""
    return unix_of(datetime.combine(wall_of(unix).date() + timedelta(days=1), time()))
