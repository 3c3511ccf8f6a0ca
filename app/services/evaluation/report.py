"""What a report says, in order: sections of sentences, plots and tables in one language. Knows no paper and no page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from app.domain.disclosure import Share
from app.domain.evaluation import AGENCY, Published, Quarter
from app.services.evaluation import plots
from app.services.evaluation.accepting import Rejected
from app.services.evaluation.figures import Figures, Row, TableFigures
from app.services.evaluation.wording import Wording


@dataclass(frozen=True, slots=True)
class Plot:
    """A drawing; what it shows stands in a table as well."""

    name: str
    """Of its file, without suffix."""
    svg: str
    alt: str


@dataclass(frozen=True, slots=True)
class Table:
    """Cells are finished texts; the first column names its row, the others are figures."""

    caption: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Section:
    """In this order: sentences, plot, table, notes."""

    heading: str
    sentences: Sequence[str] = ()
    plot: Plot | None = None
    table: Table | None = None
    notes: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All of it."""

    language: str
    title: str
    subtitle: str
    mark: str
    """On each page and plot of invented data; otherwise empty."""
    key_figures: Sequence[tuple[str, str]]
    """Figure and what it is."""
    sections: Sequence[Section]
    made: str
    page: str
    """Of the foot of each page, with `{page}` and `{pages}`."""

    @property
    def plots(self) -> Sequence[Plot]:
        """In their order."""
        return [section.plot for section in self.sections if section.plot is not None]


_NAME_SHOWN = 100


class Writer:
    """Writes reports in one language."""

    def __init__(self, wording: Wording) -> None:
        self._w = wording

    def write(self, figures: Figures, rejected: Sequence[Rejected], made_on: date) -> Report:
        """The whole report."""
        w = self._w
        mark = w.text("app.evaluation.invented") if figures.invented else ""
        return Report(
            language=w.language,
            title=w.text("app.evaluation.title"),
            subtitle=w.text("app.evaluation.subtitle", period=self._period(figures), sites=w.number(figures.sites)),
            mark=mark,
            key_figures=self._key_figures(figures),
            sections=[
                self._indicators(figures, mark),
                *self._over_time(figures, mark),
                self._sites(figures, mark),
                self._languages(figures),
                *(self._counted("question", table, figures.least, mark) for table in figures.questions),
                *(self._counted("about", table, figures.least, mark) for table in figures.about),
                *(self._counted("take-up", table, figures.least, mark) for table in figures.take_up),
                self._rules(figures),
                self._files(rejected),
            ],
            made=w.text("app.evaluation.made", day=w.day(made_on)),
            page=w.text("app.evaluation.page"),
        )

    def _period(self, figures: Figures) -> str:
        names = [self._w.quarter(Quarter.parse(quarter)) for quarter in figures.quarters]
        if not names:
            return self._w.text("app.evaluation.no-period")
        return names[0] if len(names) == 1 else self._w.text("app.evaluation.period", first=names[0], last=names[-1])

    def _key_figures(self, figures: Figures) -> Sequence[tuple[str, str]]:
        w = self._w
        return [
            (w.number(figures.sites), w.text("app.evaluation.key.sites")),
            (w.count(figures.answers), w.text("app.evaluation.key.answers")),
            *((w.share(figures.indicators[id_]), w.indicator(id_)) for id_ in figures.indicators),
        ]

    def _indicators(self, figures: Figures, mark: str) -> Section:
        w = self._w
        rows = [(w.indicator(id_), w.share(share), w.published(AGENCY.get(id_))) for id_, share in figures.indicators.items()]
        bars = [
            plots.Pair(w.indicator(id_), *_bar(share, w), *_agency_bar(AGENCY.get(id_), w)) for id_, share in figures.indicators.items()
        ]
        legend = (w.text("app.evaluation.ours"), w.text("app.evaluation.agency"))
        title = w.text("app.evaluation.indicators.heading")
        return Section(
            title,
            [w.text("app.evaluation.indicators.text")],
            Plot("indicators", plots.pairs(title, bars, legend, mark), w.text("app.evaluation.indicators.alt", what=_spoken(rows))),
            Table(title, [w.text("app.evaluation.column.figure"), *legend], rows),
            [w.text("app.evaluation.indicators.note")],
        )

    def _over_time(self, figures: Figures, mark: str) -> Sequence[Section]:
        """Nothing for one quarter."""
        if len(figures.by_quarter) < 2:
            return []
        w = self._w
        named = [(w.quarter(Quarter.parse(row.name)), row) for row in figures.by_quarter]
        title = w.text("app.evaluation.quarters.heading")
        legend = (w.text("app.evaluation.column.answers"), w.text("app.evaluation.column.held"))
        columns = [plots.Columns(name, row.answers, row.held, w.count(row.answers), w.count(row.held)) for name, row in named]
        table = self._row_table(title, w.text("app.evaluation.column.quarter"), named)
        alt = w.text("app.evaluation.quarters.alt", what=_spoken([cells[:3] for cells in table.rows]))
        return [
            Section(
                title, [w.text("app.evaluation.quarters.text")], Plot("quarters", plots.columns(title, columns, legend, mark), alt), table
            )
        ]

    def _sites(self, figures: Figures, mark: str) -> Section:
        w = self._w
        title = w.text("app.evaluation.sites.heading")
        headings = [w.short(id_) for id_ in figures.indicators]
        dots = [
            plots.Dots(row.name, [None if share is None else (share.value, w.share(share)) for share in row.indicators.values()])
            for row in figures.by_site
        ]
        return Section(
            title,
            [w.text("app.evaluation.sites.text")],
            Plot("sites", plots.dots(title, headings, dots, w.text("app.evaluation.too-few"), mark), w.text("app.evaluation.sites.alt")),
            self._row_table(title, w.text("app.evaluation.column.site"), [(row.name, row) for row in figures.by_site]),
            [w.text("app.evaluation.sites.note", least=figures.least)],
        )

    def _languages(self, figures: Figures) -> Section:
        w = self._w
        title = w.text("app.evaluation.languages.heading")
        rows = [(w.text(f"app.evaluation.language.{row.name}"), row) for row in figures.by_language]
        return Section(title, table=self._row_table(title, w.text("app.evaluation.column.language"), rows, held=False))

    def _row_table(self, caption: str, first: str, rows: Sequence[tuple[str, Row]], *, held: bool = True) -> Table:
        w = self._w
        ids = list(rows[0][1].indicators) if rows else []
        headings = [
            first,
            w.text("app.evaluation.column.answers"),
            *([w.text("app.evaluation.column.held")] if held else []),
            *map(w.short, ids),
        ]
        cells = [
            [name, w.count(row.answers), *([w.count(row.held)] if held else []), *(w.share(share) for share in row.indicators.values())]
            for name, row in rows
        ]
        return Table(caption, headings, cells)

    def _counted(self, kind: str, table: TableFigures, least: int, mark: str) -> Section:
        """One question with its answers."""
        w = self._w
        title = w.title(kind, table.id)
        if table.counts is None:
            return Section(title, [w.text("app.evaluation.nothing", least=least)])
        shares = [(w.answer(kind, table.id, answer), count, Share(count, table.size)) for answer, count in table.counts.items()]
        bars = [plots.Bar(label, share.count / share.size, w.share(share)) for label, _, share in shares]
        rows = [(label, w.number(count), w.share(share)) for label, count, share in shares]
        return Section(
            title,
            plot=Plot(
                f"{kind}-{table.id}",
                plots.bars(title, bars, mark),
                w.text("app.evaluation.alt", title=title, what=_spoken([(r[0], r[2]) for r in rows])),
            ),
            table=Table(
                title,
                [w.text("app.evaluation.column.answer"), w.text("app.evaluation.column.count"), w.text("app.evaluation.column.share")],
                rows,
            ),
        )

    def _rules(self, figures: Figures) -> Section:
        w = self._w
        return Section(
            w.text("app.evaluation.rules.heading"),
            [
                w.text("app.evaluation.rules.anonymous"),
                w.text("app.evaluation.rules.rounded"),
                w.text("app.evaluation.rules.least", least=figures.least),
                w.text("app.evaluation.rules.order"),
            ],
        )

    def _files(self, rejected: Sequence[Rejected]) -> Section:
        w = self._w
        title = w.text("app.evaluation.files.heading")
        if not rejected:
            return Section(title, [w.text("app.evaluation.files.all")])
        headings = [w.text("app.evaluation.column.file"), w.text("app.evaluation.column.reason")]
        rows = [(file.file[:_NAME_SHOWN], w.reason(file.reason)) for file in rejected]
        return Section(title, [w.text("app.evaluation.files.text", count=w.number(len(rejected)))], table=Table(title, headings, rows))


def _bar(share: Share | None, wording: Wording) -> tuple[float | None, str]:
    return None if share is None else share.value, wording.share(share)


def _agency_bar(published: Published | None, wording: Wording) -> tuple[float | None, str]:
    return None if published is None else (published.low + published.high) / 200, wording.published(published)


def _spoken(rows: Sequence[Sequence[str]]) -> str:
    """For who does not see the drawing: `A: 1, 2; B: 3, 4`."""
    return "; ".join(f"{row[0]}: {', '.join(row[1:])}" for row in rows)


def plot_files(report: Report) -> Mapping[str, bytes]:
    """File name → content."""
    return {f"{plot.name}.svg": plot.svg.encode() for plot in report.plots}
