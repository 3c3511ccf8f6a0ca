"""The appointments as one calendar file that Outlook subscribes to (RFC 5545). Pure, no disk.

Neutral unless names are wanted: calendars are shared. No link, no code, no address, no state of the client's technology.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import CLASS, TRANSP, Calendar, Event, Timezone, vDuration, vText

from app.domain.appointments import ZONE, Appointment, Stage
from app.services.exchange.ics_import import OWN_UID
from app.texts import Texts

BEHIND_S, AHEAD_S = 30 * 86_400, 366 * 86_400
"""What is in the file: a month back, a year ahead."""

_REFRESH = timedelta(minutes=15)
_ZONE = ZoneInfo(ZONE)
_VTIMEZONE = f"""BEGIN:VTIMEZONE
TZID:{ZONE}
BEGIN:DAYLIGHT
DTSTART:19960331T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZNAME:CEST
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZNAME:CET
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE
"""
"""Summer time as the Union has it since 1996 (Directive 2000/84/EC)."""


def feed_of(appointments: Iterable[Appointment], texts: Texts, names: bool) -> bytes:
    """The file, CRLF lines. The same appointments give the same bytes."""
    calendar = Calendar()
    calendar.add("prodid", "-//Videoberatung//Feed//DE")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", vText(texts("app.exchange.feed.name")))
    calendar.add("refresh-interval", vDuration(_REFRESH), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(_REFRESH))
    calendar.add_component(Timezone.from_ical(_VTIMEZONE.replace("\n", "\r\n")))
    for appointment in sorted(appointments, key=lambda each: (each.starts_at, each.id)):
        if appointment.stage is not Stage.CANCELLED:
            calendar.add_component(_event(appointment, texts, names))
    return bytes(calendar.to_ical())


def _event(appointment: Appointment, texts: Texts, names: bool) -> Event:
    """Its UID is not that of the invitation: who has both calendars would see one take the other's place."""
    return Event.new(
        uid=f"{appointment.id}{OWN_UID}",
        sequence=appointment.sequence,
        stamp=datetime.fromtimestamp(appointment.made_at, UTC),
        start=_moment(appointment.starts_at),
        end=_moment(appointment.ends_at),
        summary=_title(appointment, texts, names),
        classification=CLASS.PRIVATE,
        transparency=TRANSP.OPAQUE,
    )


def _title(appointment: Appointment, texts: Texts, names: bool) -> str:
    way = texts(f"app.sheet.way.is.{appointment.way.value}")
    if not names or not appointment.client.name:
        return way
    return texts("app.exchange.feed.with", way=way, name=appointment.client.name)


def _moment(unix: int) -> datetime:
    """On the wall of the agency; the second of an hour that comes twice can only be said in UTC (RFC 5545, section 3.3.5)."""
    local = datetime.fromtimestamp(unix, _ZONE)
    return local if not local.fold else local.astimezone(UTC)
