"""Figures as charts, each with the equal table: what the page of the figures shows, whatever draws it. No Qt, no disk.

Made from the lines of `figures.csv` (`sheets.lines`), so a site's own figures and those of a merged report take one way. Whatever stands
there has gone through disclosure control; what is hidden has no number here, only the word for it.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.domain.evaluation import AGENCY, TAKE_UP, Quarter
from app.domain.survey import Questionnaire
from app.services.evaluation.sheets import Line
from app.services.evaluation.wording import Wording


class Kind(enum.Enum):
    """How a chart is drawn."""

    PAIRS = "pairs"
    """Bars of each row's series one below the other, over a scale to 100 %."""
    STACKED = "stacked"
    """One bar for each row, its series end to end, to 100 %."""
    COLUMNS = "columns"
    """As pairs, over a scale to the greatest number."""


@dataclass(frozen=True, slots=True)
class Value:
    """One number of a chart."""

    number: float | None
    """Percent, or a count; None is not drawn."""
    said: str
    """The number in words, or why there is none."""


@dataclass(frozen=True, slots=True)
class ChartRow:
    """A value for each series."""

    label: str
    values: Sequence[Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """What is drawn, and the equal table."""

    id: str
    """Of its file."""
    title: str
    kind: Kind
    series: Sequence[str]
    rows: Sequence[ChartRow]
    headings: Sequence[str]
    table: Sequence[Sequence[str]]
    mark: str
    """Of invented data; otherwise empty."""
    note: str = ""
    """A sentence below: why something is missing, what may be compared."""

    @property
    def spoken(self) -> str:
        """For who does not see the drawing."""
        cells = ("; ".join(f"{head}: {cell}" for head, cell in zip(self.headings[1:], row[1:], strict=False)) for row in self.table)
        return " ".join(
            [*([self.mark + "."] if self.mark else []), *(f"{row[0]} – {said}." for row, said in zip(self.table, cells, strict=True))]
        )


class Charts:
    """Makes them, in one language."""

    def __init__(self, wording: Wording, questionnaire: Questionnaire, least: int) -> None:
        self._w = wording
        self._questionnaire = questionnaire
        self._least = least

    def of(self, lines: Iterable[Line], *, invented: bool) -> Sequence[Chart]:
        """All of them, the most asked for first. Lines that this program does not know are passed over."""
        found: dict[tuple[str, str], list[Line]] = {}
        for line in lines:
            found.setdefault((str(line[0]), str(line[1])), []).append(line)
        mark = self._w.text("app.evaluation.invented") if invented else ""
        questions = {id_: self._of_figure(found, "question", id_) for id_ in (q.id for q in self._questionnaire.questions)}
        return [
            *self._indicators(found.get(("indicator", ""), ()), mark),
            *self._over_time(found, mark),
            *(self._question(id_, rows, mark) for id_, rows in questions.items() if rows and id_ != "failed-at"),
            *self._failures(found, questions.get("failed-at", ()), mark),
            *(self._bars("take-up", id_, self._of_figure(found, "take-up", id_), mark) for id_ in TAKE_UP if id_ != "outcome"),
            *(self._bars("about", one.id, self._of_figure(found, "about", one.id), mark) for one in self._questionnaire.about),
        ]

    @staticmethod
    def _of_figure(found: Mapping[tuple[str, str], Sequence[Line]], kind: str, id_: str) -> Sequence[Line]:
        return [line for line in found.get((kind, ""), ()) if line[2] == id_]

    # ---- one chart

    def _indicators(self, lines: Sequence[Line], mark: str) -> Sequence[Chart]:
        w = self._w
        of = {str(line[2]): line for line in lines}
        known = [indicator.id for indicator in self._questionnaire.indicators if indicator.id in of]
        if not known:
            return []
        title, series = w.text("app.evaluation.indicators.heading"), (w.text("app.evaluation.ours"), w.text("app.evaluation.agency"))
        rows = [ChartRow(w.indicator(id_), (self._share(of[id_]), self._agency(id_))) for id_ in known]
        return [self._chart("indicators", title, Kind.PAIRS, series, rows, mark, w.text("app.evaluation.indicators.note"))]

    def _over_time(self, found: Mapping[tuple[str, str], Sequence[Line]], mark: str) -> Sequence[Chart]:
        w = self._w
        names = sorted(of for kind, of in found if kind == "quarter" and _is_quarter(of))
        if not names:
            return []
        rows = []
        for name in names:
            of = {str(line[2]): line for line in found["quarter", name]}
            values = [self._count(of[id_]) if id_ in of else Value(None, "–") for id_ in ("answers", "held")]
            rows.append(ChartRow(w.quarter(Quarter.parse(name)), values))
        series = (w.text("app.evaluation.column.answers"), w.text("app.evaluation.column.held"))
        title = w.text("app.evaluation.quarters.heading")
        return [self._chart("quarters", title, Kind.COLUMNS, series, rows, mark, w.text("app.takeup.note.quarters", least=self._least))]

    def _question(self, id_: str, lines: Sequence[Line], mark: str) -> Chart:
        """One stacked bar, and beside it what the agency published of it."""
        w = self._w
        title = w.title("question", id_)
        if any(line[3] == "" for line in lines):
            return self._hidden(f"question-{id_}", title, mark)
        answers = [w.answer("question", id_, str(line[3])) for line in lines]
        ours = ChartRow(w.text("app.evaluation.ours"), [self._share(line) for line in lines])
        table = [(answer, *self._counted(line)) for answer, line in zip(answers, lines, strict=True)]
        rows, note = [ours], ""
        for indicator in self._questionnaire.indicators:
            published = AGENCY.get(indicator.id) if indicator.question == id_ else None
            if published is not None:
                shown = self._agency(indicator.id)
                at = {str(line[3]): number for number, line in enumerate(lines)}
                first = min((at[answer] for answer in indicator.counts if answer in at), default=0)
                other = [Value(None, "")] * len(lines)
                other[first] = shown
                rows.append(ChartRow(w.text("app.evaluation.agency"), other))
                note = w.text("app.takeup.note.agency", what=w.indicator(indicator.id), share=shown.said)
                table.append((w.text("app.takeup.table.agency", what=w.indicator(indicator.id)), "–", shown.said))
        return Chart(
            id=f"question-{id_}", title=title, kind=Kind.STACKED, series=answers, rows=rows, headings=self._headings(), table=table,
            mark=mark, note=note,
        )  # fmt: skip

    def _failures(self, found: Mapping[tuple[str, str], Sequence[Line]], asked: Sequence[Line], mark: str) -> Sequence[Chart]:
        """Why sessions failed: what workstations counted, and what clients said."""
        outcome = self._of_figure(found, "take-up", "outcome")
        counted = [line for line in outcome if not str(line[3]).startswith("held.")]
        return [
            self._bars("take-up", "outcome", counted, mark, self._w.text("app.takeup.failed")),
            *([self._bars("question", "failed-at", asked, mark)] if asked else []),
            self._bars("take-up", "outcome", outcome, mark, id_of_chart="outcome"),
        ]

    def _bars(self, kind: str, id_: str, lines: Sequence[Line], mark: str, title: str = "", id_of_chart: str = "") -> Chart:
        """A bar for each answer."""
        w = self._w
        name = f"{kind}-{id_of_chart or id_}" if not title else f"{kind}-failed"
        said = title or w.title(kind, id_)
        if not lines or any(line[3] == "" for line in lines):
            return self._hidden(name, said, mark)
        known = [line for line in lines if self._knows(kind, id_, str(line[3]))]
        rows = [ChartRow(w.answer(kind, id_, str(line[3])), [self._share(line)]) for line in known]
        table = [(row.label, *self._counted(line)) for row, line in zip(rows, known, strict=True)]
        return Chart(
            id=name, title=said, kind=Kind.PAIRS, series=(w.text("app.evaluation.ours"),), rows=rows, headings=self._headings(),
            table=table, mark=mark, note=w.text("app.takeup.note.none"),
        )  # fmt: skip

    def _knows(self, kind: str, id_: str, answer: str) -> bool:
        sets = {
            "question": {question.id: question.answers for question in self._questionnaire.questions},
            "about": {statement.id: statement.answers for statement in self._questionnaire.about},
            "take-up": TAKE_UP,
        }[kind]
        return answer in sets.get(id_, ())

    # ---- small things

    def _chart(self, id_: str, title: str, kind: Kind, series: Sequence[str], rows: Sequence[ChartRow], mark: str, note: str) -> Chart:
        first = self._w.text("app.evaluation.column.quarter" if kind is Kind.COLUMNS else "app.evaluation.column.figure")
        table = [(row.label, *(value.said for value in row.values)) for row in rows]
        return Chart(id=id_, title=title, kind=kind, series=series, rows=rows, headings=(first, *series), table=table, mark=mark, note=note)

    def _hidden(self, id_: str, title: str, mark: str) -> Chart:
        """Nothing but why."""
        why = self._w.text("app.takeup.note.hidden", least=self._least)
        return Chart(id=id_, title=title, kind=Kind.PAIRS, series=(), rows=(), headings=self._headings(), table=(), mark=mark, note=why)

    def _headings(self) -> tuple[str, str, str]:
        w = self._w
        return w.text("app.evaluation.column.answer"), w.text("app.evaluation.column.count"), w.text("app.evaluation.column.share")

    def _counted(self, line: Line) -> tuple[str, str]:
        return self._count(line).said, self._share(line).said

    def _count(self, line: Line) -> Value:
        count = line[4]
        if not isinstance(count, int | float):
            return Value(None, self._w.text("app.evaluation.too-few"))
        return Value(count, self._w.number(round(count)))

    def _share(self, line: Line) -> Value:
        """The ends of the scale are never said: such a line says in its note what is."""
        share = line[5]
        if not isinstance(share, int | float):
            return Value(None, self._w.text("app.evaluation.too-few"))
        bound = str(line[6]).rpartition("; ")[2]
        return Value(share, bound if "%" in bound else self._w.text("app.evaluation.percent", percent=round(share)))

    def _agency(self, id_: str) -> Value:
        published = AGENCY.get(id_)
        return Value(None if published is None else (published.low + published.high) / 2, self._w.published(published))


def _is_quarter(name: str) -> bool:
    try:
        Quarter.parse(name)
    except ValueError:
        return False
    return True
