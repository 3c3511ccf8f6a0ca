"""The calendar entry that travels with an invitation (RFC 5545, RFC 5546, RFC 7986). Pure, no I/O; imports the domain only.

Times are in UTC: an hour that comes twice in autumn is then never taken for the other one, and no calendar needs to know our time zone.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from datetime import UTC, datetime

from icalendar import CLASS, PARTSTAT, ROLE, STATUS, TRANSP, Calendar, Conference, Event, vCalAddress

from app.domain.appointments import Appointment
from app.services.mail.addresses import domain_of

PRODUCT = "-//Videoberatung//Videoberatung//DE"


class Method(enum.Enum):
    """What the recipient's calendar is asked to do (RFC 5546, section 3.2)."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What stands in it: as little as possible, because calendars are shared."""

    method: Method
    summary: str
    """Neutral."""
    description: str = field(default="", repr=False)
    link: str = field(default="", repr=False)
    organizer: str
    """Address."""
    organizer_name: str = ""
    attendee: str = field(repr=False)
    """Address, as the invitation is sent to: calendars compare them."""


def uid_of(appointment: Appointment, organizer: str) -> str:
    """The same for the whole life of an appointment (RFC 7986, section 5.3)."""
    return f"{appointment.id}@{domain_of(organizer)}"


def calendar_of(appointment: Appointment, entry: Entry, now: int) -> bytes:
    """The iCalendar object, CRLF lines. `appointment.sequence` must be higher than at the last one."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", entry.method.value)
    calendar.add_component(_event(appointment, entry, now))
    return bytes(calendar.to_ical())


def _event(appointment: Appointment, entry: Entry, now: int) -> Event:
    cancelled = entry.method is Method.CANCEL
    event = Event.new(
        uid=uid_of(appointment, entry.organizer),
        sequence=appointment.sequence,
        stamp=_utc(now),
        start=_utc(appointment.starts_at),
        end=_utc(appointment.ends_at),
        summary=entry.summary,
        description=entry.description or None,
        organizer=vCalAddress.new(entry.organizer, cn=entry.organizer_name or None),
        attendees=[
            vCalAddress.new(entry.attendee, partstat=PARTSTAT.NEEDS_ACTION, role=ROLE.REQ_PARTICIPANT, rsvp=False),
        ],
        classification=CLASS.PRIVATE,
        status=STATUS.CANCELLED if cancelled else STATUS.CONFIRMED,
        transparency=TRANSP.OPAQUE,
    )
    if entry.link and not cancelled:
        event.conferences = [Conference(entry.link, feature="VIDEO")]
    return event


def _utc(unix: int) -> datetime:
    return datetime.fromtimestamp(unix, UTC)
