"""Tables of others, and our own: what becomes an appointment, which rows are named and why, and that nothing breaks the reader."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.appointments import Appointment, Client, Stage, Way
from app.domain.outcome import Outcome, OutcomeKind
from app.paths import RESOURCES
from app.services.appointments.ports import BookError
from app.services.exchange import csv_import
from app.services.exchange.csv import COLUMNS, table_of
from app.services.exchange.csv_import import read_table
from app.services.exchange.found import Found, ImportRefused
from app.services.exchange.ics_event import Passed
from app.services.exchange.reading import read_file
from app.services.exchange.table_headings import columns_of
from app.services.fakes.appointments import SampleBook
from app.services.fakes.clock import ManualClock
from app.services.local_time import wall_of
from app.texts import Texts

BERLIN = ZoneInfo("Europe/Berlin")
NOW = int(datetime(2026, 10, 1, 8, tzinfo=BERLIN).timestamp())
TEXTS = {language: Texts.load(RESOURCES / "i18n", language, "app") for language in ("de", "en")}
HEAD = "Datum;Beginn;Ende;Name;Telefon;E-Mail;Notiz"


def table(*rows: str, head: str = HEAD, encoding: str = "utf-8") -> bytes:
    return "\r\n".join([head, *rows, ""]).encode(encoding)


def read(*rows: str, head: str = HEAD) -> Found:
    return read_table(table(*rows, head=head), NOW)


def reasons(found: Found) -> list[tuple[int, str]]:
    return [(row.line, row.key) for row in found.bad_rows]


def at(day: int, hour: int, minute: int = 0, month: int = 10) -> int:
    return int(datetime(2026, month, day, hour, minute, tzinfo=BERLIN).timestamp())


# ---- our own


@pytest.mark.parametrize("language", ["de", "en"])
def test_what_we_write_is_read_again(language: str) -> None:
    written = [
        Appointment(
            id="1",
            starts_at=at(5, 9, 15),
            minutes=45,
            topic="=Umzug; mit „Zitat“, Komma",
            client=Client(name="+Jonas Weber", email="weber@example.org", phone="+49 911 555", language="tr"),
            way=Way.PHONE,
        ),
        Appointment(id="2", starts_at=at(25, 2, 30), minutes=90, client=Client(name="Frau Sárközy"), way=Way.ON_SITE),
        Appointment(id="3", starts_at=at(31, 23, 30), minutes=60, client=Client(name="Nacht"), stage=Stage.INVITED),
        Appointment(id="4", starts_at=at(6, 9), minutes=30, client=Client(name="Weg"), stage=Stage.CANCELLED),
        Appointment(
            id="5",
            starts_at=at(6, 10),
            minutes=30,
            client=Client(name="Weg"),
            stage=Stage.CLOSED,
            outcome=Outcome(kind=OutcomeKind.CANCELLED_BY_US, decided_at=1),
        ),
    ]
    found = read_table(table_of(written, TEXTS[language]), NOW)
    assert [(f.draft.starts_at, f.draft.minutes, f.draft.topic, f.draft.client, f.draft.way) for f in found.appointments] == [
        (a.starts_at, a.minutes, a.topic, a.client, a.way) for a in written[:3]
    ]
    assert found.with_way == {f.id for f in found.appointments}
    assert found.passed == {Passed.CANCELLED: 2}
    assert found.bad_rows == []


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_heading_and_word_of_ours_is_known(language: str) -> None:
    texts = TEXTS[language]
    columns = columns_of([texts(f"app.exchange.column.{column}") for column in COLUMNS])
    assert [column.value for column in columns] == list(COLUMNS)
    assert [csv_import.way_in(texts(f"app.sheet.way.is.{way.value}")) for way in Way] == list(Way)
    said = [
        texts(f"app.outcome.kind.{kind.value}")
        for kind in OutcomeKind
        if csv_import.says_cancelled(texts(f"app.outcome.kind.{kind.value}"))
    ]
    assert said == [texts("app.outcome.kind.cancelled-by-client"), texts("app.outcome.kind.cancelled-by-us")]
    stages = [stage for stage in Stage if csv_import.says_cancelled(texts(f"app.sheet.stage.{stage.value}"))]
    assert stages == [Stage.CANCELLED]


# ---- an agency's


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_delimiter_and_letters_are_detected(encoding: str, delimiter: str) -> None:
    rows = [HEAD, "05.10.2026;10:00;10:30;Jörg Müller;0911 1;m@example.org;Umzug"]
    found = read_table("\n".join(rows).replace(";", delimiter).encode(encoding), NOW)
    draft = found.appointments[0].draft
    assert (draft.starts_at, draft.minutes, draft.topic, draft.way) == (at(5, 10), 30, "Umzug", Way.VIDEO)
    assert draft.client == Client(name="Jörg Müller", phone="0911 1", email="m@example.org")
    assert found.with_way == frozenset()


@pytest.mark.parametrize(
    ("head", "row"),
    [
        ("Date,Start,Minutes,Name", "2026-10-05,10:00,30,A"),
        ("Tag;Uhrzeit;Dauer;Vorname;Nachname", "Mo., 5.10.26;10.00 Uhr;30 min;;A"),
        ("Betreff,Beginnt am,Beginnt um,Endet am,Endet um", ",5.10.2026,10:00:00,5.10.2026,10:30:00"),
        ("sep=;\r\n\r\nDatum;Von;Bis;Name;Zimmer", "05.10.2026;10;10:30 Uhr;A;12"),
        ("DATUM; beginn ;Dauer (Minuten);Name;;", "05. 10. 2026 ; 10:00 ;0:30;A;;"),
    ],
)
def test_every_way_of_writing_a_table(head: str, row: str) -> None:
    found = read(row, head=head)
    assert [(f.draft.starts_at, f.draft.minutes, f.draft.client.name) for f in found.appointments] in (
        [(at(5, 10), 30, "A")],
        [(at(5, 10), 30, "")],
    )
    assert found.bad_rows == []


def test_rows_that_cannot_be_read_are_named_and_the_others_stay() -> None:
    found = read(
        "31.09.2026;10:00;10:30;A;;;",
        "10/05/2026;10:00;10:30;A;;;",
        '05.10.2026;10:00;10:30;"Zwei\r\nZeilen";;;gut',
        "05.10.2026;25:00;10:30;A;;;",
        "05.10.2026;10:00;;A;;;",
        "05.10.2026;10:00;09:00;A;;;",
        ";;;;;;",
        "05.10.2026;08:00;18:00;A;;;",
        "05.10.2026;10:00;10:30;A;;keine Adresse;",
        "05.10.2026;10:00;10:30;A;anrufen!;;",
        "05.10.2026;10:00;10:30;A;;;Umzug;nach Fürth",
    )
    assert reasons(found) == [
        (2, "app.table.row.date"),
        (3, "app.table.row.date"),
        (6, "app.table.row.start"),
        (7, "app.table.row.length"),
        (8, "app.table.row.ends-before"),
        (10, "app.table.row.too-long"),
        (11, "app.appointment.draft.email"),
        (12, "app.appointment.draft.phone"),
        (13, "app.table.row.too-wide"),
    ]
    assert [f.draft.client.name for f in found.appointments] == ["Zwei Zeilen"]
    for language in TEXTS.values():
        assert all(language(row.key, **row.values) for row in found.bad_rows)


def test_what_is_over_far_away_or_twice_is_counted() -> None:
    found = read(
        "30.09.2026;10:00;10:30;A;;;",
        "05.10.2028;10:00;10:30;A;;;",
        "05.10.2026;10:00;10:30;A;;;",
        "05.10.2026;10:00;10:45;a;;;noch einmal",
        "05.10.2026;10:00;10:30;B;;;",
    )
    assert found.passed == {Passed.OVER: 1, Passed.TOO_FAR: 1, Passed.TWICE: 1}
    assert [f.draft.client.name for f in found.appointments] in (["A", "B"], ["B", "A"])


def test_an_end_on_another_day_is_no_guess() -> None:
    head = "Beginnt am;Beginnt um;Endet am;Endet um"
    assert reasons(read("05.10.2026;23:00;06.10.2026;00:30", head=head)) == [(2, "app.table.row.other-day")]


@pytest.mark.parametrize(("hour", "wall"), [("02:30", "10-25 02:30"), ("03:30", "10-25 03:30")])
def test_the_wall_of_the_agency_counts(hour: str, wall: str) -> None:
    found = read(f"25.10.2026;{hour};30;A", head="Datum;Beginn;Minuten;Name")
    assert [f"{wall_of(f.draft.starts_at):%m-%d %H:%M}" for f in found.appointments] == [wall]


@pytest.mark.parametrize("cell", ["=HYPERLINK(1)", "@SUM(A1)", "-1", "+49", "'=1", "'Öl"])
def test_formulas_are_text(cell: str) -> None:
    data = table(f"05.10.2026;10:00;10:30;{cell};;;")
    name = read_table(data, NOW).appointments[0].draft.client.name
    assert name == ("=1" if cell == "'=1" else cell)
    again = Appointment(id="1", starts_at=at(5, 10), minutes=30, client=Client(name=name))
    assert read_table(table_of([again], TEXTS["de"]), NOW).appointments[0].draft.client.name == name


# ---- files that are of no use


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (b"", "app.table.no-headings"),
        (b"PK\x03\x04\x00\x00", "app.table.no-headings"),
        (b"Name;Telefon\nA;1", "app.table.no-headings"),
        (b"Datum;Beginn\n05.10.2026;10:00", "app.table.no-headings"),
        (table('05.10.2026;10:00;10:30;"A;;;', "06.10.2026;10:00;10:30;B;;;"), "app.table.quotes"),
        (b"x" * 10_000_001, "app.exchange.import.too-big"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_whole(data: bytes, key: str) -> None:
    with pytest.raises(ImportRefused) as refused:
        read_table(data, NOW)
    assert refused.value.key == key
    assert TEXTS["de"](refused.value.key, **refused.value.values)


def test_the_line_of_a_lost_quotation_mark_is_named() -> None:
    with pytest.raises(ImportRefused) as refused:
        read('05.10.2026;10:00;10:30;"A";;;', '05.10.2026;11:00;11:30;"B;;;', "06.10.2026;10:00;10:30;C;;;")
    assert refused.value.values == {"line": "3"}


def test_no_more_than_has_room_at_once(monkeypatch) -> None:
    monkeypatch.setattr(csv_import, "MAX_FOUND", 2)
    monkeypatch.setattr(csv_import, "MAX_ROWS", 4)
    rows = [f"0{day}.10.2026;10:00;10:30;A;;;" for day in range(3, 7)]
    found = read(*rows[:3])
    assert len(found.appointments) == 2
    assert found.passed == {Passed.TOO_MANY: 1}
    with pytest.raises(ImportRefused):
        read(*rows)


def test_the_name_of_the_file_says_which_reader_it_is_for() -> None:
    data = table("05.10.2026;10:00;10:30;BEGIN:VCALENDAR;;;")
    assert len(read_file(data, "termine.CSV", NOW).appointments) == 1
    assert len(read_file(table("05.10.2026;10:00;10:30;A;;;"), "termine.txt", NOW).appointments) == 1
    for name in ("termine.ics", "termine.txt"):
        with pytest.raises(ImportRefused):
            read_file(data, name, NOW)


def rows_or_a_sentence(data: bytes) -> None:
    found, said = Found([], {}), []
    try:
        found = read_table(data, NOW)
    except ImportRefused as refused:
        said = [TEXTS["de"](refused.key, **refused.values)]
    said += [TEXTS["de"](row.key, **row.values) for row in found.bad_rows]
    assert all(said)
    assert all(foreign.draft.starts_at + foreign.draft.minutes * 60 > NOW and len(foreign.id) == 22 for foreign in found.appointments)
    assert len({foreign.id for foreign in found.appointments}) == len(found.appointments)


@given(st.binary(max_size=300))
def test_any_bytes_are_rows_or_a_sentence(data: bytes) -> None:
    rows_or_a_sentence(data)


CELL = st.sampled_from(["05.10.2026", "2026-10-05", "10:00", "10.30", "30", "9999", "0001-01-01", '"', '""', "'=1", "\x00", "\u2028", "ß"])


@given(
    st.sampled_from([HEAD, HEAD + ";Minuten;Endet am;Art;Stand;Sprache"]),
    st.lists(st.lists(CELL | st.text(max_size=8), max_size=12), max_size=5),
    st.sampled_from(["utf-8", "utf-16"]),
)
def test_any_cells_are_rows_or_a_sentence(head: str, rows: list[list[str]], encoding: str) -> None:
    rows_or_a_sentence("\n".join([head, *(";".join(row) for row in rows)]).encode(encoding, "replace"))


@given(st.lists(st.tuples(st.integers(3, 28), st.integers(0, 23), st.sampled_from([15, 30, 90]), st.text(max_size=20)), max_size=6))
def test_whatever_is_quoted_as_it_should_be_is_read_whole(entries: list[tuple[int, int, int, str]]) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";")
    writer.writerow(["Datum", "Beginn", "Minuten", "Name"])
    writer.writerows([f"{day:02}.10.2026", f"{hour}:00", minutes, name] for day, hour, minutes, name in entries)
    found = read_table(text.getvalue().encode("utf-8", "replace"), NOW)
    assert len(found.appointments) + sum(found.passed.values()) + len(found.bad_rows) == len(entries)
    assert found.bad_rows == []


# ---- into the book


async def test_the_same_table_twice_and_what_stands_there_already() -> None:
    book = SampleBook(ManualClock(NOW))
    found = read("05.10.2026;10:00;10:30;A;;;", "05.10.2026;10:00;10:30;B;;;", "05.10.2026;11:00;11:30;;;;")
    taken = await book.take_over(found.appointments)
    assert [(each.stage, each.agreement) for each in taken] == [(Stage.NOTED, None)] * 3
    assert await book.unknown(found.appointments) == []
    ours = read_table(table_of(await book.between(0, 2**40), TEXTS["de"]), NOW)
    assert await book.unknown(ours.appointments) == []
    by_hand = read("05.10.2026;10:00;10:45;a;0911 2;;anderer Betreff", "05.10.2026;10:00;10:30;C;;;").appointments
    assert [each.draft.client.name for each in await book.unknown(by_hand)] == ["C"]


async def test_all_or_nothing() -> None:
    clock = ManualClock(NOW)
    book = SampleBook(clock)
    found = read("05.10.2026;10:00;10:30;A;;;", "05.10.2026;11:00;11:30;B;;;")
    clock.advance(at(5, 10, 31) - NOW)
    with pytest.raises(BookError):
        await book.take_over(found.appointments)
    assert await book.between(0, 2**40) == []
