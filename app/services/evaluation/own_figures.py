"""What the page of the figures can show: a site's own, a merged report, an example. Everything goes through disclosure control first.

Reads files of a report; writes nothing. No Qt.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from app.domain.evaluation import LEAST, Quarter, Source
from app.domain.secrets import new_id
from app.domain.survey import Questionnaire, closed_quarters
from app.services.appointments.ports import BookError
from app.services.evaluation.charts import Chart, Charts
from app.services.evaluation.figures import Counting, Figures
from app.services.evaluation.inventing import Inventor
from app.services.evaluation.merging import Merger
from app.services.evaluation.schema import SCHEMA, Export
from app.services.evaluation.sheets import COLUMNS, Line, csv_of, lines
from app.services.evaluation.wording import Wording

MOST_BYTES = 4 * 1024 * 1024
_SHEETS, _MORE = 70, 18
"""Of the example: in its first quarter, and more in each that follows."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows."""

    title: str
    charts: Sequence[Chart]
    mark: str


class _Summary(msgspec.Struct, frozen=True):
    """Of `summary.json`."""

    invented: bool
    sites: int
    quarters: list[str]
    least: int = LEAST


class OwnFigures:
    """In one language. Takes a moment: call it on a thread."""

    def __init__(self, wording: Wording, questionnaire: Questionnaire) -> None:
        self._w = wording
        self._questionnaire = questionnaire

    def of_export(self, export: Export, least: int) -> Shown:
        """A site's own. Quarters that are too small wait: the next page would give them away. Raises BookError."""
        quarters = [counted for counted in export.quarters if self._is_shown(msgspec.structs.replace(export, quarters=[counted]), least)]
        if not quarters:
            raise BookError("app.takeup.too-few", least=str(least))
        figures = self._figures(msgspec.structs.replace(export, quarters=quarters), least)
        charts = Charts(self._w, self._questionnaire, least).of(lines(figures, self._w), invented=export.invented)
        key = "app.takeup.title.example" if export.invented else "app.takeup.title.own"
        return Shown(self._w.text(key, period=self._period([counted.quarter for counted in quarters])), charts, self._mark(export.invented))

    def example(self, now: int) -> Shown:
        """Invented, of the last year before `now` (Unix seconds)."""
        inventor = Inventor(self._questionnaire, 7)
        quarters = [inventor.quarter(name, _SHEETS + _MORE * number) for number, name in enumerate(reversed(closed_quarters(now, 4)))]
        export = Export(
            schema=SCHEMA, id=new_id(), site="beispiel", source=Source.SERVER, source_id=new_id(),
            made_on=Quarter.parse(quarters[-1].quarter).over, invented=True, quarters=quarters,
        )  # fmt: skip
        return self.of_export(export, LEAST)

    def of_report(self, file: Path) -> Shown:
        """`figures.csv` or `summary.json` of a merged report; the other one lies beside it. Raises BookError."""
        folder = file.parent
        try:
            summary = msgspec.json.decode(_read(folder / "summary.json"), type=_Summary)
            period = self._period([name for name in summary.quarters if Quarter.parse(name)])
            found = read_lines(_read(folder / "figures.csv"))
        except (msgspec.DecodeError, UnicodeError, ValueError, csv.Error):
            raise BookError("app.takeup.open.broken") from None
        charts = Charts(self._w, self._questionnaire, summary.least).of(found, invented=summary.invented)
        return Shown(self._w.text("app.takeup.title.report", period=period, sites=summary.sites), charts, self._mark(summary.invented))

    def _is_shown(self, export: Export, least: int) -> bool:
        return self._figures(export, least).answers is not None

    def _figures(self, export: Export, least: int) -> Figures:
        merged = Merger(self._questionnaire, least).merge([export])
        return Counting(self._questionnaire, least, {export.site: export.site}).figures(merged, invented=export.invented)

    def _period(self, names: Sequence[str]) -> str:
        said = [self._w.quarter(Quarter.parse(name)) for name in names]
        if not said:
            return self._w.text("app.evaluation.no-period")
        return said[0] if len(said) == 1 else self._w.text("app.evaluation.period", first=said[0], last=said[-1])

    def _mark(self, invented: bool) -> str:
        return self._w.text("app.evaluation.invented") if invented else ""


def read_lines(data: bytes) -> Sequence[Line]:
    """The rows of `figures.csv`. Raises ValueError or csv.Error for another table."""
    rows = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";")
    if tuple(next(rows, ())) != COLUMNS:
        raise ValueError("columns")
    return [(*row[:4], _number(row[4]), _number(row[5]), row[6]) for row in rows if len(row) == len(COLUMNS)]


def chart_csv(chart: Chart) -> bytes:
    """The chart's table, as a German Excel opens it by a double click."""
    below = [[said] for said in (chart.mark, chart.note) if said]
    return csv_of([*chart.table, *below], chart.headings)


def _number(text: str) -> float | None:
    return float(text) if text else None


def _read(file: Path) -> bytes:
    """Raises BookError."""
    try:
        with file.open("rb") as opened:
            data = opened.read(MOST_BYTES + 1)
    except OSError:
        raise BookError("app.takeup.open.unreadable", file=file.name) from None
    if len(data) > MOST_BYTES:
        raise BookError("app.takeup.open.broken")
    return data
