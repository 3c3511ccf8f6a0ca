"""Calendar files of others: what becomes an appointment, what is passed over and why, and that nothing breaks the reader."""

from __future__ import annotations

import contextlib
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.appointments import Stage
from app.services.exchange import ics_import
from app.services.exchange.found import Found, ImportRefused
from app.services.exchange.ics_event import Passed
from app.services.exchange.ics_import import read_calendar
from app.services.fakes.appointments import SampleBook
from app.services.fakes.clock import ManualClock
from app.services.local_time import wall_of

BERLIN = ZoneInfo("Europe/Berlin")
NOW = int(datetime(2026, 10, 1, 8, tzinfo=BERLIN).timestamp())

OUTLOOK_ZONE = """BEGIN:VTIMEZONE
TZID:Amtszeit
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
"""


def event(*lines: str, uid: str = "1@example.org", start: str = "20261005T100000", end: str = "20261005T103000") -> str:
    moments = [f"DTSTART{start if start[0] in ':;' else f':{start}'}", f"DTEND{end if end[0] in ':;' else f':{end}'}"]
    return "\n".join(["BEGIN:VEVENT", f"UID:{uid}", *moments, *lines, "END:VEVENT", ""])


def file(*parts: str) -> bytes:
    text = "\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//y//DE", *(part.strip("\n") for part in parts), "END:VCALENDAR", ""])
    return text.replace("\n", "\r\n").encode()


def walls(found: Found) -> list[str]:
    return [f"{wall_of(foreign.draft.starts_at):%m-%d %H:%M}" for foreign in found.appointments]


def read(*parts: str, now: int = NOW) -> Found:
    return read_calendar(file(*parts), now)


@pytest.mark.parametrize(
    ("start", "end", "wall"),
    [
        ("20261005T100000", "20261005T103000", "10-05 10:00"),
        ("20261005T080000Z", "20261005T083000Z", "10-05 10:00"),
        (";TZID=Europe/Berlin:20261005T100000", ";TZID=Europe/Berlin:20261005T103000", "10-05 10:00"),
        (";TZID=W. Europe Standard Time:20261005T100000", ";TZID=W. Europe Standard Time:20261005T103000", "10-05 10:00"),
        (";TZID=Amtszeit:20261005T100000", ";TZID=Amtszeit:20261005T103000", "10-05 10:00"),
        (";TZID=America/New_York:20261005T040000", ";TZID=America/New_York:20261005T043000", "10-05 10:00"),
        ("20261005T235000", "20261006T002000", "10-05 23:50"),
    ],
)
def test_every_way_of_writing_a_time(start: str, end: str, wall: str) -> None:
    found = read(OUTLOOK_ZONE, event("SUMMARY:Gespräch", start=start, end=end))
    assert walls(found) == [wall]
    (foreign,) = found.appointments
    assert (foreign.draft.minutes, foreign.draft.topic, foreign.series) == (30, "Gespräch", None)
    assert not found.passed


def test_a_series_stays_at_its_hour_over_both_clock_changes() -> None:
    zone = ";TZID=Amtszeit:"
    weekly = event("RRULE:FREQ=WEEKLY;UNTIL=20270406T235959Z", start=f"{zone}20261020T090000", end=f"{zone}20261020T094500")
    found = read(OUTLOOK_ZONE, weekly)
    meant = {int(datetime(*day, 9, tzinfo=BERLIN).timestamp()) for day in ((2026, 10, 27), (2027, 3, 30))}
    assert {each.draft.starts_at for each in found.appointments} >= meant
    assert all(wall.endswith("09:00") for wall in walls(found))
    assert len({each.series for each in found.appointments}) == 1
    assert len({each.id for each in found.appointments}) == len(found.appointments) == 25


@pytest.mark.parametrize(("utc", "wall"), [("20261025T003000Z", "10-25 02:30"), ("20261025T013000Z", "10-25 02:30")])
def test_the_hour_that_comes_twice_is_told_apart_in_utc(utc: str, wall: str) -> None:
    found = read(event(start=utc, end=utc.replace("3000Z", "5000Z")))
    assert walls(found) == [wall]
    assert found.appointments[0].draft.starts_at == int(datetime.strptime(utc, "%Y%m%dT%H%M%S%z").timestamp())


def test_the_hour_that_is_left_out_is_an_hour_later() -> None:
    assert walls(read(event(start="20270328T023000", end="20270328T043000"))) == ["03-28 03:30"]


def test_exceptions_moved_and_cancelled_times_of_a_series() -> None:
    whole = event("RRULE:FREQ=DAILY;COUNT=6", "EXDATE:20261006T100000", "EXDATE;VALUE=DATE:20261007", "RDATE:20261020T100000")
    moved = event("RECURRENCE-ID:20261008T100000", start="20261008T150000", end="20261008T153000")
    dropped = event("RECURRENCE-ID:20261009T100000", "STATUS:CANCELLED", start="20261009T100000", end="20261009T103000")
    found = read(whole, moved, dropped)
    assert walls(found) == ["10-05 10:00", "10-08 15:00", "10-10 10:00", "10-20 10:00"]
    assert found.passed == {Passed.CANCELLED: 1}


def test_a_cancelled_series_takes_its_changed_times_along() -> None:
    found = read(event("RRULE:FREQ=DAILY;COUNT=3", "STATUS:CANCELLED"), event("RECURRENCE-ID:20261006T100000", start="20261006T100000"))
    assert not found.appointments


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (event(start=";VALUE=DATE:20261005", end=";VALUE=DATE:20261006"), Passed.ALL_DAY),
        (event("STATUS:CANCELLED"), Passed.CANCELLED),
        (event(start="20250105T100000", end="20250105T103000"), Passed.OVER),
        (event(start="20280105T100000", end="20280105T103000"), Passed.TOO_FAR),
        (event(start="20261005T080000", end="20261005T170000"), Passed.TOO_LONG),
        (event(end="20261005T100000"), Passed.NO_LENGTH),
        (event(end="20261005T090000"), Passed.NO_LENGTH),
        (event("RRULE:FREQ=SECONDLY"), Passed.REPEATS_OTHERWISE),
        (event("RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"), Passed.REPEATS_OTHERWISE),
        (event("RRULE:FREQ=YEARLY;INTERVAL=0"), Passed.REPEATS_OTHERWISE),
        (event("RRULE:FREQ=DAILY;COUNT=2", start="20250105T100000", end="20250105T103000"), Passed.OVER),
        (event(start="31261005T100000", end="31261005T103000"), Passed.UNREADABLE),
        (event(start="gestern"), Passed.UNREADABLE),
        ("BEGIN:VEVENT\nUID:1\nEND:VEVENT", Passed.UNREADABLE),
    ],
)
def test_what_is_passed_over_says_why(lines: str, why: Passed) -> None:
    found = read(lines)
    assert not found.appointments
    assert dict(found.passed) == {why: 1}


def test_a_rule_of_leap_days_and_last_weekdays_comes_true_on_the_right_day() -> None:
    leap = event("RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", start="20240229T100000", end="20240229T103000")
    now = int(datetime(2027, 10, 1, tzinfo=BERLIN).timestamp())
    assert walls(read(leap, now=now)) == ["02-29 10:00"]
    last_friday = event("RRULE:FREQ=MONTHLY;BYDAY=-1FR;COUNT=3", start="20261030T100000", end="20261030T103000")
    assert walls(read(last_friday)) == ["10-30 10:00", "11-27 10:00", "12-25 10:00"]


def test_what_runs_now_is_taken_over() -> None:
    assert len(read(event(start="20261001T074500", end="20261001T081500")).appointments) == 1


def test_the_newer_of_two_with_the_same_uid() -> None:
    found = read(event("SEQUENCE:1", "SUMMARY:neu"), event("SUMMARY:alt"))
    assert [each.draft.topic for each in found.appointments] == ["neu"]
    assert found.passed == {Passed.TWICE: 1}


WEBER = "ATTENDEE;CN=Jonas Weber:mailto:weber@example.org"
YILMAZ = "ATTENDEE;CN=Aylin Yılmaz:MAILTO:a.yilmaz@example.org"
US = "ORGANIZER;CN=Wir:mailto:wir@agency.example"


@pytest.mark.parametrize(
    ("lines", "name", "email"),
    [
        ([WEBER], "Jonas Weber", "weber@example.org"),
        ([US, "ATTENDEE;CN=Wir:mailto:WIR@agency.example", YILMAZ], "Aylin Yılmaz", "a.yilmaz@example.org"),
        ([WEBER, YILMAZ], "", ""),
        ([WEBER, "ATTENDEE;CUTYPE=ROOM;CN=Zimmer 3:mailto:zimmer@agency.example"], "Jonas Weber", "weber@example.org"),
        (["ATTENDEE;CN=weber@example.org:mailto:weber@example.org"], "", "weber@example.org"),
        (["ATTENDEE;CN=Jonas Weber:mailto:kein@@gültig"], "Jonas Weber", ""),
        (["ATTENDEE;CN=Jonas Weber:tel:+49911"], "Jonas Weber", ""),
    ],
)
def test_one_person_becomes_the_client(lines: list[str], name: str, email: str) -> None:
    (foreign,) = read(event(*lines)).appointments
    assert (foreign.draft.client.name, foreign.draft.client.email) == (name, email)


def test_long_and_strange_subjects_become_one_line() -> None:
    (foreign,) = read(event(f"SUMMARY:Erste\\nZeile\t\u2028{'x' * 10_000}")).appointments
    assert foreign.draft.topic.startswith("Erste Zeile x")
    assert len(foreign.draft.topic) == 200


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (b"", "app.exchange.import.no-calendar"),
        (b"%PDF-1.7 \xff\xfe\x00", "app.exchange.import.no-calendar"),
        (b"x" * (ics_import.MAX_BYTES + 1), "app.exchange.import.too-big"),
        (file("BEGIN:VEVENT\nEND:VEVENT\n" * (ics_import.MAX_EVENTS + 1)), "app.exchange.import.too-many"),
        (file("BEGIN:VEVENT\nRRULE:FREQ=DAILY\nEND:VEVENT\n" * (ics_import.MAX_SERIES + 1)), "app.exchange.import.too-many-series"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_whole(data: bytes, key: str) -> None:
    with pytest.raises(ImportRefused) as caught:
        read_calendar(data, NOW)
    assert caught.value.key == key


def test_no_more_than_a_year_of_work_at_once() -> None:
    found = read(*(event("RRULE:FREQ=DAILY", uid=str(number)) for number in range(6)))
    assert len(found.appointments) == ics_import.MAX_FOUND
    assert found.passed[Passed.TOO_MANY] == 6 * 362 - ics_import.MAX_FOUND


def test_an_older_program_wrote_latin_letters() -> None:
    (foreign,) = read_calendar(file(event("SUMMARY:Gespräch")).decode().encode("cp1252"), NOW).appointments
    assert foreign.draft.topic == "Gespräch"


LINE = st.sampled_from(
    [
        *("BEGIN:VCALENDAR", "END:VCALENDAR", "BEGIN:VEVENT", "END:VEVENT", "BEGIN:VTIMEZONE", "END:VTIMEZONE", "BEGIN:STANDARD"),
        *("END:STANDARD", "TZID:Amtszeit", "TZOFFSETFROM:+0200", "TZOFFSETTO:x", "UID:1", "UID", "DTSTART:20261005T100000"),
        *(
            "DTSTART;TZID=Nirgends:20261005T100000",
            "DTSTART:19000101",
            "DTEND:20261005T103000Z",
            "DURATION:PT30M",
            "DURATION:-P9999999999D",
        ),
        *("RRULE:FREQ=WEEKLY;COUNT=3", "RRULE:FREQ=MONTHLY;BYDAY=9MO", "RRULE:", "RRULE:FREQ=DAILY;UNTIL=20261101", "EXDATE:x"),
        *("EXDATE:20261012T100000,20261013", "RDATE;VALUE=PERIOD:20261005T100000Z/PT1H", "RECURRENCE-ID:20261012T100000"),
        *(
            "RECURRENCE-ID;VALUE=DATE:20261012",
            "ATTENDEE:mailto:a@b.example",
            "ATTENDEE;CN=:x",
            "SEQUENCE:99",
            "SEQUENCE:viele",
            "STATUS:x",
        ),
    ]
)


@given(st.lists(LINE | st.text(max_size=30), max_size=30))
def test_lines_in_any_order_are_read_or_refused(lines: list[str]) -> None:
    try:
        found = read_calendar("\r\n".join(["BEGIN:VCALENDAR", *lines, "END:VCALENDAR"]).encode("utf-8", "surrogatepass"), NOW)
    except ImportRefused:
        return
    for foreign in found.appointments:
        assert len(foreign.id) == 22
        assert foreign.draft.starts_at + foreign.draft.minutes * 60 > NOW


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with contextlib.suppress(ImportRefused):
        assert not read_calendar(b"BEGIN:VCALENDAR\r\n" + data, NOW).appointments


async def test_taken_over_once_as_noted_and_nobody_is_told() -> None:
    book = SampleBook(ManualClock(NOW))
    found = read(event(WEBER, "SUMMARY:Gespräch"), event("RRULE:FREQ=WEEKLY;COUNT=3", uid="2")).appointments
    assert list(await book.unknown(found)) == list(found)
    taken = await book.take_over(found)
    assert len(taken) == 4
    assert {(each.stage, each.agreement, each.access) for each in taken} == {(Stage.NOTED, None, None)}
    assert not any(book.store.mails_of(each.id) for each in taken)
    assert not await book.unknown(found)
    assert not await book.take_over(found)
