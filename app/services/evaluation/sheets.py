"""The figures as a table for a spreadsheet: `figures.csv`, `figures.xlsx` with a sheet that explains its columns, `dictionary.csv`.

One row for each figure. What is hidden has an empty count and says so in its last column. No disk.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from app.domain.disclosure import Share
from app.services.evaluation.figures import Figures, Row
from app.services.evaluation.wording import Wording
from app.services.exchange.csv import harmless

COLUMNS = ("table", "of", "figure", "answer", "count", "share", "note")
Line = Sequence[str | int | float | None]


def lines(figures: Figures, wording: Wording) -> Iterator[Line]:
    """The rows below the headings."""
    note = wording.text("app.evaluation.invented") if figures.invented else ""
    for kind, tables in (("question", figures.questions), ("about", figures.about), ("take-up", figures.take_up)):
        for table in tables:
            for answer, count in (table.counts or {}).items():
                yield _line(kind, "", table.id, answer, count, Share(count, table.size), note, wording)
            if table.counts is None:
                yield _line(kind, "", table.id, "", None, None, note, wording)
    for id_, share in figures.indicators.items():
        yield _line("indicator", "", id_, "", None, share, note, wording)
    for kind, rows in (("site", figures.by_site), ("quarter", figures.by_quarter), ("language", figures.by_language)):
        for row in rows:
            yield from _of_row(kind, row, note, wording)


def _of_row(kind: str, row: Row, note: str, wording: Wording) -> Iterator[Line]:
    yield _line(kind, row.name, "answers", "", row.answers, None, note, wording)
    if kind != "language":
        yield _line(kind, row.name, "held", "", row.held, None, note, wording)
    for id_, share in row.indicators.items():
        yield _line(kind, row.name, id_, "", None, share, note, wording)


def _line(kind: str, of: str, figure: str, answer: str, count: int | None, share: Share | None, note: str, wording: Wording) -> Line:
    said = [note]
    if count is None and share is None:
        said.append(wording.text("app.evaluation.too-few"))
    elif share is not None and (share.below or share.above):
        said.append(wording.share(share))
    percent = None if share is None else round(share.value * 100, 1)
    return kind, harmless(of), figure, answer, count, percent, "; ".join(word for word in said if word)


def dictionary(wording: Wording) -> Sequence[tuple[str, str]]:
    """Column → what stands in it."""
    return [(column, wording.text(f"app.evaluation.dictionary.{column}")) for column in COLUMNS]


def csv_of(rows: Iterable[Line], headings: Sequence[str]) -> bytes:
    """As a German Excel opens it by a double click."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    writer.writerow(headings)
    writer.writerows(["" if cell is None else cell for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def xlsx_of(figures: Figures, wording: Wording) -> bytes:
    """Both sheets, with headings that stay in sight."""
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        bold = book.add_format({"bold": True, "bottom": 1})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        book.set_properties(
            {"title": wording.text("app.evaluation.title"), "comments": wording.text("app.evaluation.invented") if figures.invented else ""}
        )
        sheet = book.add_worksheet(wording.text("app.evaluation.sheet.figures"))
        rows = list(lines(figures, wording))
        for number, row in enumerate([COLUMNS, *rows]):
            sheet.write_row(number, 0, row, bold if number == 0 else None)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, len(rows), len(COLUMNS) - 1)
        sheet.autofit()
        meaning = book.add_worksheet(wording.text("app.evaluation.sheet.dictionary"))
        meaning.set_column(0, 0, 14)
        meaning.set_column(1, 1, 90, wrapped)
        for number, pair in enumerate(dictionary(wording)):
            meaning.write_row(number, 0, pair)
    return out.getvalue()
