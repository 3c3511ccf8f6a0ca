"""What remains of answer sheets when they are counted: sums, and nothing that belongs to one person. No I/O, imports the survey only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from app.domain.survey import Sheet, Spoken, Variant


@dataclass(frozen=True, slots=True)
class Cell:
    """Sheets that have all of this in common. A cell waits until it holds enough of them, so that nobody stands alone in it."""

    version: str
    site: str
    quarter: str
    spoken: Spoken
    variant: Variant

    @classmethod
    def of(cls, sheet: Sheet) -> Cell:
        """Where a sheet belongs."""
        return cls(sheet.version, sheet.site, sheet.quarter, sheet.spoken, sheet.variant)


@dataclass(frozen=True, slots=True)
class CellCounts:
    """The sums over the sheets of one version, language and variant."""

    version: str
    spoken: Spoken
    variant: Variant
    sheets: int
    answers: Mapping[str, Mapping[str, int]]
    """Question id → answer (NO_ANSWER among them) → how often; those that nobody gave are left out. The sums of each question are
    `sheets`."""


@dataclass(frozen=True, slots=True)
class AboutCounts:
    """The sums over what people said about themselves, of one version. No statement can be held against another, nor against answers."""

    version: str
    statements: Mapping[str, Mapping[str, int]]
    """Statement id → answer (NO_ANSWER among them) → how often."""


@dataclass(frozen=True, slots=True)
class SurveyCounts:
    """All of one site and one closed quarter: unsuppressed, hence not to be shown (disclosure control is the matter of whoever shows
    it)."""

    site: str
    quarter: str
    cells: tuple[CellCounts, ...]
    """Ordered by version, language and variant; none is empty."""
    about: tuple[AboutCounts, ...]
    """Ordered by version."""
    take_up: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """Table of `app.domain.evaluation.TAKE_UP` → counter → how often; NO_ANSWER where it could not be told."""


Tally = tuple[str, str, str, str, str]
"""Site, quarter, version, statement, answer."""


def counts_of(site: str, quarter: str, sheets: Iterable[Sheet], tallies: Mapping[Tally, int]) -> SurveyCounts:
    """The sums over what belongs to this site and quarter; the rest is passed over."""
    cells: dict[Cell, list[Sheet]] = {}
    for sheet in sheets:
        if (sheet.site, sheet.quarter) == (site, quarter):
            cells.setdefault(Cell.of(sheet), []).append(sheet)
    ordered = sorted(cells.items(), key=lambda item: (item[0].version, item[0].spoken.value, item[0].variant.value))
    return SurveyCounts(site, quarter, tuple(_summed(cell, found) for cell, found in ordered), _about(site, quarter, tallies))


def _summed(cell: Cell, sheets: list[Sheet]) -> CellCounts:
    answers = {question: dict(sorted(Counter(sheet.answers[question] for sheet in sheets).items())) for question in sheets[0].answers}
    return CellCounts(cell.version, cell.spoken, cell.variant, len(sheets), answers)


def _about(site: str, quarter: str, tallies: Mapping[Tally, int]) -> tuple[AboutCounts, ...]:
    versions: dict[str, dict[str, dict[str, int]]] = {}
    for (of_site, of_quarter, version, statement, answer), count in sorted(tallies.items()):
        if (of_site, of_quarter) == (site, quarter) and count:
            versions.setdefault(version, {}).setdefault(statement, {})[answer] = count
    return tuple(AboutCounts(version, statements) for version, statements in versions.items())
