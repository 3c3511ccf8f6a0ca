"""Reads appointments out of a table (CSV, RFC 4180): our own, or anybody's with headings in its first row. Pure, no disk, no book.

Each row is taken as it stands or named by its line with the reason; nothing in it is guessed. A cell is text, also one that a
spreadsheet would take for a formula.
"""

from __future__ import annotations

import csv
import hashlib
import io
from base64 import urlsafe_b64encode
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.appointments import MAX_MINUTES, Client, Way
from app.services.appointments.drafts import checked
from app.services.appointments.ports import BookError, Draft, Foreign
from app.services.appointments.taking_over import recognised_by
from app.services.exchange.csv import harmless
from app.services.exchange.found import MAX_BYTES, MAX_FOUND, BadRow, Found, ImportRefused
from app.services.exchange.ics_event import Passed
from app.services.exchange.ics_people import one_line
from app.services.exchange.ics_repeats import AHEAD_S
from app.services.exchange.table_cells import day_in, minutes_in, says_cancelled, time_in, way_in
from app.services.exchange.table_headings import Column, columns_of
from app.services.local_time import unix_of

MAX_ROWS = 20_000
"""Of one file that are read."""
_DELIMITERS = (";", ",", "\t")
_WIDE = ("utf-16", (b"\xff\xfe", b"\xfe\xff"))
"""What a spreadsheet calls Unicode text."""
_ID_BYTES = 16


class RowRefused(Exception):
    """A row cannot be read; `key` is the sentence about it."""

    def __init__(self, key: str, **values: str) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    cells: Sequence[str]


@dataclass(frozen=True, slots=True)
class _Table:
    columns: Mapping[Column, int]
    width: int
    rows: Sequence[_Row]


def read_table(data: bytes, now: int) -> Found:
    """The appointments of a table between `now` (Unix seconds) and a year later. Raises ImportRefused."""
    if len(data) > MAX_BYTES:
        raise ImportRefused("app.exchange.import.too-big", most=str(MAX_BYTES // 1_000_000))
    table = _headed(_text(data))
    found: dict[str, Foreign] = {}
    passed: Counter[Passed] = Counter()
    bad: list[BadRow] = []
    with_way: set[str] = set()
    for row in table.rows:
        try:
            foreign, way = _read(row, table, now)
        except RowRefused as refused:
            bad.append(BadRow(row.line, refused.key, refused.values))
            continue
        if isinstance(foreign, Passed):
            passed[foreign] += 1
        elif foreign.id in found:
            passed[Passed.TWICE] += 1
        else:
            found[foreign.id] = foreign
            with_way |= {foreign.id} if way else set()
    in_order = sorted(found.values(), key=lambda each: (each.draft.starts_at, each.id))
    if len(in_order) > MAX_FOUND:
        passed[Passed.TOO_MANY] += len(in_order) - MAX_FOUND
    return Found(in_order[:MAX_FOUND], dict(passed), bad, frozenset(with_way))


# ---- from bytes to rows


def _text(data: bytes) -> str:
    encoding, marks = _WIDE
    if data.startswith(marks):
        return data.decode(encoding, "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _headed(text: str) -> _Table:
    """What the columns mean, and the rows below the headings. Of the delimiters the one that makes the most headings counts."""
    filled = ((number, line) for number, line in enumerate(io.StringIO(text, newline=""), 1) if line.strip())
    number, head = next((each for each in filled if not each[1].casefold().startswith("sep=")), (0, ""))
    choices = {delimiter: _cells(head, delimiter) for delimiter in _DELIMITERS}
    delimiter = max(_DELIMITERS, key=lambda each: len(columns_of(choices[each])))
    columns = columns_of(choices[delimiter])
    if not {Column.DATE, Column.START} <= columns.keys() or not {Column.END, Column.MINUTES} & columns.keys():
        raise ImportRefused("app.table.no-headings")
    return _Table(columns, len(choices[delimiter]), [row for row in _rows(text, delimiter) if row.line > number])


def _cells(head: str, delimiter: str) -> Sequence[str]:
    try:
        return next(csv.reader([head.rstrip("\r\n")], delimiter=delimiter), [])
    except csv.Error:
        return []


def _rows(text: str, delimiter: str) -> Iterator[_Row]:
    """Those that are not empty. Strict: a quotation mark that is never closed would swallow what follows."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    read = 0
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error:
            raise ImportRefused("app.table.quotes", line=str(line)) from None
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            read += 1
            yield _Row(line, cells)
        if read > MAX_ROWS:
            raise ImportRefused("app.exchange.import.too-many", most=str(MAX_ROWS))


# ---- from a row to an appointment


def _read(row: _Row, table: _Table, now: int) -> tuple[Foreign | Passed, Way | None]:
    """The appointment or why it is passed over; how it takes place, if the row says so. Raises RowRefused."""
    if any(cell.strip() for cell in row.cells[table.width :]):
        raise RowRefused("app.table.row.too-wide")
    cells = {column: _plain(row.cells[place]) if place < len(row.cells) else "" for column, place in table.columns.items()}
    way = way_in(cells.get(Column.WAY, ""))
    starts_at, minutes = _when(cells)
    why_not = _why_not(cells, starts_at, starts_at + minutes * 60, now)
    if why_not is not None:
        return why_not, way
    draft = Draft(starts_at=starts_at, minutes=minutes, topic=cells.get(Column.TOPIC, ""), client=_client(cells), way=way or Way.VIDEO)
    try:
        sound = checked(draft)
    except BookError as error:
        raise RowRefused(error.key, **error.values) from None
    return Foreign(id=_id(sound), draft=sound), way


def _plain(cell: str) -> str:
    """The cell as one line, without the apostrophe by which we made it harmless."""
    text = cell[1:] if cell.startswith("'") and harmless(cell[1:]) == cell else cell
    return one_line(text, len(text))


def _client(cells: Mapping[Column, str]) -> Client:
    return Client(
        name=" ".join(part for part in (cells.get(Column.FIRST_NAME, ""), cells.get(Column.NAME, "")) if part),
        email=cells.get(Column.EMAIL, ""),
        phone=cells.get(Column.PHONE, ""),
        language=cells.get(Column.LANGUAGE, "") or Client().language,
    )


def _when(cells: Mapping[Column, str]) -> tuple[int, int]:
    """Unix seconds and minutes. Raises RowRefused."""
    day, begins = day_in(cells[Column.DATE]), time_in(cells[Column.START])
    if day is None:
        raise RowRefused("app.table.row.date")
    if begins is None:
        raise RowRefused("app.table.row.start")
    if cells.get(Column.END_DATE) and day_in(cells[Column.END_DATE]) != day:
        raise RowRefused("app.table.row.other-day")
    starts_at = unix_of(datetime.combine(day, begins))
    if cells.get(Column.MINUTES):
        minutes = minutes_in(cells[Column.MINUTES])
    else:
        ends = time_in(cells.get(Column.END, ""))
        minutes = None if ends is None else (unix_of(datetime.combine(day, ends)) - starts_at) // 60
    if minutes is None:
        raise RowRefused("app.table.row.length")
    if minutes <= 0:
        raise RowRefused("app.table.row.ends-before")
    if minutes > MAX_MINUTES:
        raise RowRefused("app.table.row.too-long", hours=str(MAX_MINUTES // 60))
    return starts_at, minutes


def _why_not(cells: Mapping[Column, str], starts_at: int, ends_at: int, now: int) -> Passed | None:
    if says_cancelled(cells.get(Column.STATE, "")):
        return Passed.CANCELLED
    if ends_at <= now:
        return Passed.OVER
    return Passed.TOO_FAR if starts_at > now + AHEAD_S else None


def _id(draft: Draft) -> str:
    """The same for the same person at the same time, so that it is not taken over twice; 22 characters, and nobody reads a name in it."""
    who = recognised_by(draft.client, draft.topic)
    digest = hashlib.sha256(b"videoberatung/table/1\0" + f"{draft.starts_at}\0{who}".encode("utf-8", "replace")).digest()
    return urlsafe_b64encode(digest[:_ID_BYTES]).decode("ascii").rstrip("=")
