"""Reads appointments out of a calendar file (RFC 5545): pure, no disk, no book. What is passed over is counted, each with its reason.

Nothing in such a file is trusted: its size, its repetitions and its texts have bounds.
"""

from __future__ import annotations

import hashlib
import re
from base64 import urlsafe_b64encode
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from icalendar import Calendar, Component

from app.services.appointments.ports import Foreign
from app.services.exchange.found import MAX_BYTES, MAX_FOUND, Found, ImportRefused
from app.services.exchange.ics_event import BROKEN, FileEvent, Passed, read_event
from app.services.exchange.ics_people import draft_of
from app.services.exchange.ics_repeats import AHEAD_S, Occurrence, occurrences

MAX_EVENTS = 20_000
"""Entries of one file that are read."""
MAX_SERIES = 2_000
OWN_UID = "@termine.videoberatung"
"""How the UIDs of our own feed end (`app.services.exchange.ics_feed`)."""

_ID_BYTES = 16
_OWN = re.compile(rf"([A-Za-z0-9_-]{{22}}){re.escape(OWN_UID)}")


def read_calendar(data: bytes, now: int) -> Found:
    """The appointments of a file between `now` (Unix seconds) and a year later. May take seconds: call it on a thread.

    Raises ImportRefused.
    """
    if len(data) > MAX_BYTES:
        raise ImportRefused("app.exchange.import.too-big", most=str(MAX_BYTES // 1_000_000))
    passed: Counter[Passed] = Counter()
    series = _by_uid(_entries(_calendars(data)), passed)
    found: dict[str, tuple[int, Foreign]] = {}
    for uid, events in series.items():
        for occurrence in _of_one(events, now, passed):
            ident = _id(uid, occurrence.key)
            common = _id(uid, "series") if occurrence.key else None
            found[ident] = occurrence.starts_at, Foreign(id=ident, draft=draft_of(occurrence), series=common)
    in_order = [foreign for _, foreign in sorted(found.values(), key=lambda each: (each[0], each[1].id))]
    if len(in_order) > MAX_FOUND:
        passed[Passed.TOO_MANY] += len(in_order) - MAX_FOUND
    return Found(in_order[:MAX_FOUND], dict(passed))


def _calendars(data: bytes) -> Sequence[Component]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    if "BEGIN:VCALENDAR" not in text.upper():
        raise ImportRefused("app.exchange.import.no-calendar")
    try:
        return Calendar.from_ical(text, multiple=True)
    except BROKEN:
        raise ImportRefused("app.exchange.import.broken") from None


def _entries(calendars: Sequence[Component]) -> Sequence[Component]:
    entries = [event for calendar in calendars for event in _walk(calendar)]
    if len(entries) > MAX_EVENTS:
        raise ImportRefused("app.exchange.import.too-many", most=str(MAX_EVENTS))
    if sum("RRULE" in entry for entry in entries) > MAX_SERIES:
        raise ImportRefused("app.exchange.import.too-many-series", most=str(MAX_SERIES))
    return entries


def _walk(component: Component) -> Iterator[Component]:
    """Without recursion: a file may nest as deep as it likes."""
    waiting = [component]
    while waiting:
        each = waiting.pop()
        if each.name == "VEVENT":
            yield each
        else:
            waiting.extend(reversed(each.subcomponents))


def _by_uid(entries: Sequence[Component], passed: Counter[Passed]) -> dict[str, dict[str, FileEvent]]:
    """UID -> which time of it ("" is the whole) -> the entry; of two for the same the one with the higher SEQUENCE."""
    series: dict[str, dict[str, FileEvent]] = {}
    for entry in entries:
        event = read_event(entry)
        if isinstance(event, Passed):
            passed[event] += 1
            continue
        times = series.setdefault(event.uid, {})
        before = times.get(event.instead_of)
        if before is not None:
            passed[Passed.TWICE] += 1
        if before is None or event.sequence > before.sequence:
            times[event.instead_of] = event
    return series


def _of_one(times: Mapping[str, FileEvent], now: int, passed: Counter[Passed]) -> Iterator[Occurrence]:
    """All times of one UID that can be taken over."""
    whole = times.get("")
    changed = {key: event for key, event in times.items() if key}
    if whole is not None:
        yield from _usable(occurrences(whole, frozenset(changed), now), now, passed)
    for key, event in changed.items():
        if whole is None or not whole.cancelled:
            yield from _usable([Occurrence(key, event.starts_at, event)], now, passed)


def _usable(found: Passed | Sequence[Occurrence], now: int, passed: Counter[Passed]) -> Iterator[Occurrence]:
    if isinstance(found, Passed):
        passed[found] += 1
        return
    for occurrence in found:
        why_not = _why_not(occurrence, now)
        if why_not is None:
            yield occurrence
        else:
            passed[why_not] += 1


def _why_not(occurrence: Occurrence, now: int) -> Passed | None:
    event = occurrence.event
    if event.cancelled:
        return Passed.CANCELLED
    if occurrence.starts_at + event.minutes * 60 <= now:
        return Passed.OVER
    return Passed.TOO_FAR if occurrence.starts_at > now + AHEAD_S else None


def _id(uid: str, key: str) -> str:
    """The same for the same time of the same entry, so that it is not taken over twice; 22 characters, and nobody reads the UID in it.
    An entry of our own feed leads to its own appointment."""
    if not key and (own := _OWN.fullmatch(uid)) is not None:
        return own[1]
    digest = hashlib.sha256(b"videoberatung/calendar/1\0" + uid.encode("utf-8", "replace") + b"\0" + key.encode()).digest()
    return urlsafe_b64encode(digest[:_ID_BYTES]).decode("ascii").rstrip("=")
