"""The times of an entry that repeats (RFC 5545, section 3.8.5), within a year and a number. Pure; imports dateutil.

A rule is worked out on the wall of its own zone, so an appointment at nine stays at nine when the clocks change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from dateutil.rrule import rrulestr

from app.services.exchange.ics_event import BROKEN, FileEvent, Passed, moment_of, unix_in

AHEAD_S = 366 * 86_400
"""So far ahead appointments are taken over."""
MAX_TIMES = 400
"""Times of one series within that year: one a day, and a few."""
_RULE_PARTS = {
    "DAILY": {"BYDAY"},
    "WEEKLY": {"BYDAY", "BYMONTH"},
    "MONTHLY": {"BYDAY", "BYMONTH", "BYMONTHDAY", "BYSETPOS"},
    "YEARLY": {"BYDAY", "BYMONTH", "BYMONTHDAY", "BYSETPOS"},
}
"""What is understood. Repetitions within a day are no appointments, and rare parts can make a rule that never comes to an end."""
_ALWAYS = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST"}
_SIGNS_IN_RULE = 500
_LATER_YEARS = 19 * 400
"""Days, weekdays and leap years come again after 400 years. dateutil looks for the next time until the year 9999: near to it a rule that
never comes true is given up twenty times sooner."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time of an entry."""

    key: str
    """Which of its times, whatever it was moved to; empty for an entry that does not repeat."""
    starts_at: int
    """Unix seconds."""
    event: FileEvent


def occurrences(event: FileEvent, changed: frozenset[str], now: int) -> Sequence[Occurrence] | Passed:
    """The times of an entry that are not over, without those that an entry of their own changes (`changed`: their keys)."""
    if event.cancelled:
        return Passed.CANCELLED
    if "RRULE" not in event.entry and "RDATE" not in event.entry:
        return [Occurrence("", event.starts_at, event)]
    try:
        moments = _moments(event, now)
        left_out, days = _exceptions(event)
    except BROKEN:
        return Passed.REPEATS_OTHERWISE
    if moments is None:
        return Passed.REPEATS_OTHERWISE
    if not moments:
        return Passed.OVER
    kept = (at for at in sorted(moments) if at not in left_out and str(at) not in changed and _day(event.zone, at) not in days)
    return [Occurrence(str(at), at, event) for at in kept]


def _moments(event: FileEvent, now: int) -> set[int] | None:
    """Unix seconds of what rule and further dates give from `now` on; None for a rule that is not understood or gives too much."""
    first, last = now - event.minutes * 60, now + AHEAD_S
    moments = {event.starts_at} if "RRULE" not in event.entry else set()
    moments |= {moment_of(each, event.zone) for each in _listed(event.entry, "RDATE")}
    moments = {at for at in moments if first < at <= last}
    rule = event.entry.get("RRULE")
    if rule is not None:
        if isinstance(rule, list) or not _understood(rule):
            return None
        for wall in _walls(event, rule, last):
            at = unix_in(event.zone, wall, event.fold if wall == event.starts else 0)
            if at > last:
                break
            if at > first:
                moments.add(at)
            if len(moments) > MAX_TIMES:
                return None
    return moments


def _understood(rule: Mapping[str, Sequence[Any]]) -> bool:
    frequency = str(next(iter(rule.get("FREQ", [])), "")).upper()
    parts = {str(part).upper() for part in rule}
    interval = int(next(iter(rule.get("INTERVAL", [1])), 1))
    simple = frequency != "DAILY" or "BYDAY" not in parts or interval == 1
    return interval > 0 and simple and parts <= _ALWAYS | _RULE_PARTS.get(frequency, set()) and frequency in _RULE_PARTS


def _walls(event: FileEvent, rule: Any, last: int) -> Iterator[datetime]:
    """Times on the wall of the entry's zone, without a zone. UNTIL, which is in UTC there, is held against them."""
    text = rule.to_ical().decode("ascii")
    if len(text) > _SIGNS_IN_RULE:
        raise ValueError("a rule as long as that")
    parts = [part for part in text.split(";") if not part.startswith("UNTIL=")]
    end = datetime.fromtimestamp(last, UTC).replace(tzinfo=None) + timedelta(days=2)
    for until in rule.get("UNTIL", []):
        end = min(end, _on_the_wall(until, event.zone))
    for later in rrulestr(";".join(parts), dtstart=event.starts.replace(year=event.starts.year + _LATER_YEARS)):
        wall = later.replace(year=later.year - _LATER_YEARS)
        if wall > end:
            return
        yield wall


def _on_the_wall(until: Any, zone: tzinfo) -> datetime:
    if not isinstance(until, datetime):
        return datetime.combine(until, time.max)
    return until if until.tzinfo is None else until.astimezone(zone).replace(tzinfo=None)


def _exceptions(event: FileEvent) -> tuple[set[int], set[date]]:
    """EXDATE: moments, and whole days where a calendar writes those."""
    listed = list(_listed(event.entry, "EXDATE"))
    moments = {moment_of(each, event.zone) for each in listed if isinstance(each, datetime)}
    return moments, {each for each in listed if not isinstance(each, datetime)}


def _listed(entry: Mapping[str, Any], name: str) -> Iterator[Any]:
    """Dates of a property that may stand there several times, each with several dates (or periods, whose start counts)."""
    found = entry.get(name, [])
    for line in found if isinstance(found, list) else [found]:
        for each in line.dts:
            yield each.dt[0] if isinstance(each.dt, tuple) else each.dt


def _day(zone: tzinfo, at: int) -> date:
    return datetime.fromtimestamp(at, zone).date()
