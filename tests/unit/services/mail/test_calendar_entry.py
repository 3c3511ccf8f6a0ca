"""The calendar entry, read back: one UID, rising SEQUENCE, right at both clock changes and across midnight, and next to nothing in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import msgspec
import pytest
import time_machine

from app.domain.appointments import ZONE
from app.domain.mails import MailKind
from app.services.mail.calendar_entry import Entry, Method, calendar_of
from tests.support.letters import NOW, PHONE, SETTINGS, entry_in, invited, link_of, parsed, part, unix, writer, written

BERLIN = ZoneInfo(ZONE)


@pytest.mark.parametrize("kind", [MailKind.INVITATION, MailKind.MOVED, MailKind.NEW_LINK])
def test_a_request(kind: MailKind) -> None:
    appointment = invited(sequence=4)
    mail = written(kind, appointment)
    calendar, event = entry_in(mail)
    assert (calendar["METHOD"], event["STATUS"], event["CLASS"], event["SEQUENCE"]) == ("REQUEST", "CONFIRMED", "PRIVATE", 4)
    assert event["UID"] == f"{appointment.id}@agency.example"
    assert event["DTSTAMP"].dt == datetime.fromtimestamp(NOW, UTC)
    assert (event["ORGANIZER"], event["ORGANIZER"].params["CN"]) == ("mailto:termine@agency.example", "Beratung Köln")
    assert (event["ATTENDEE"], event["ATTENDEE"].params["RSVP"]) == ("mailto:kunde@client.example", "FALSE")
    assert (event["CONFERENCE"], event["CONFERENCE"].params["FEATURE"]) == (link_of(appointment), "VIDEO")
    assert event["SUMMARY"] == "Termin"
    assert event["DESCRIPTION"].split("\n") == [link_of(appointment), f"Telefon: {PHONE}"]
    assert set(event) == {
        *("SUMMARY", "DTSTART", "DTEND", "DTSTAMP", "UID", "SEQUENCE", "ATTENDEE", "CLASS", "CONFERENCE", "DESCRIPTION"),
        *("ORGANIZER", "STATUS", "TRANSP"),
    }


def test_a_cancellation_takes_the_same_entry_away_and_leads_nowhere() -> None:
    appointment = invited()
    _, asked = entry_in(written(MailKind.INVITATION, appointment))
    calendar, event = entry_in(written(MailKind.CANCELLED, replace(appointment, sequence=2)))
    assert (calendar["METHOD"], event["STATUS"], event["UID"]) == ("CANCEL", "CANCELLED", asked["UID"])
    assert event["SEQUENCE"] > asked["SEQUENCE"]
    assert "CONFERENCE" not in event
    assert "DESCRIPTION" not in event


def test_as_mail_programs_want_it() -> None:
    mail = written(MailKind.CANCELLED, invited())
    message = parsed(mail)
    inside, file = part(message, "text/calendar"), part(message, "application/ics")
    assert (inside["Content-Type"].params["method"], inside["Content-Type"].params["charset"].lower()) == ("CANCEL", "utf-8")
    assert file.get_filename() == "termin.ics"
    assert file.get_content().decode().split() == inside.get_content().split()


@pytest.mark.parametrize("kind", [MailKind.REMINDER_DAY_BEFORE, MailKind.REMINDER_MORNING])
def test_a_reminder_brings_none(kind: MailKind) -> None:
    assert parsed(written(kind, invited())).get_content_type() == "multipart/alternative"


@pytest.mark.parametrize(
    ("starts", "minutes", "wall", "offsets"),
    [
        (unix(2027, 3, 28, 1, 30), 60, "28.03. 01:30 28.03. 03:30", (1, 2)),
        (unix(2027, 3, 28, 3, 0), 30, "28.03. 03:00 28.03. 03:30", (2, 2)),
        (unix(2026, 10, 25, 1, 30), 120, "25.10. 01:30 25.10. 02:30", (2, 1)),
        (unix(2026, 10, 25, 2, 30, fold=0), 30, "25.10. 02:30 25.10. 02:00", (2, 1)),
        (unix(2026, 10, 25, 2, 30, fold=1), 30, "25.10. 02:30 25.10. 03:00", (1, 1)),
        (unix(2026, 12, 31, 23, 45), 30, "31.12. 23:45 01.01. 00:15", (1, 1)),
    ],
)
def test_clock_changes_and_midnight(starts: int, minutes: int, wall: str, offsets: tuple[int, int]) -> None:
    appointment = invited(starts_at=starts, minutes=minutes)
    with time_machine.travel(starts - 86_400, tick=False):
        _, event = entry_in(written(MailKind.INVITATION, appointment))
    begin, end = event["DTSTART"].dt, event["DTEND"].dt
    assert (begin.timestamp(), end - begin) == (starts, timedelta(minutes=minutes))
    local = [at.astimezone(BERLIN) for at in (begin, end)]
    assert " ".join(f"{at:%d.%m. %H:%M}" for at in local) == wall
    assert tuple(at.utcoffset() for at in local) == tuple(timedelta(hours=hours) for hours in offsets)


def test_the_mail_says_the_wall_clock_of_a_clock_change() -> None:
    plain = part(parsed(written(MailKind.INVITATION, invited(starts_at=unix(2027, 3, 28, 1, 30), minutes=60))), "text/plain").get_content()
    assert "Sonntag, 28. März 2027" in plain
    assert "01:30 Uhr bis 03:30 Uhr" in plain


def test_letters_of_every_script_and_long_lines_survive() -> None:
    entry = Entry(
        method=Method.REQUEST,
        summary="Termin; mit, allem \\ und 🦊" * 5,
        description="Zeile\nZwei",
        link=link_of(invited()),
        organizer="termine@agency.example",
        organizer_name='Beratung "Köln"; Mitte, מרים',
        attendee="kunde@client.example",
    )
    raw = calendar_of(invited(), entry, NOW)
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    assert b"\n" not in raw.replace(b"\r\n", b"")
    [event] = icalendar.Calendar.from_ical(raw).events
    assert event["SUMMARY"] == entry.summary
    assert event["DESCRIPTION"] == entry.description


def test_an_organizer_of_its_own() -> None:
    by = writer(msgspec.structs.replace(SETTINGS, organizer="kalender@agency.example"))
    _, event = entry_in(written(MailKind.INVITATION, invited(), by))
    assert event["ORGANIZER"] == "mailto:kalender@agency.example"
