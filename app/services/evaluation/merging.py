"""Merges exports into rounded tables: the only form in which counts leave (docs/decisions/0030). Imports domain and schema; no disk.

A quarter that was published before keeps its rounded counts: what comes later is a batch of its own, rounded for itself, and large enough
that the difference of the two publications is a group that may be shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.domain.disclosure import Cell, Errors, Group, round_table
from app.domain.evaluation import Source, class_of
from app.domain.survey import NO_ANSWER, Questionnaire
from app.services.evaluation.schema import Counted, Export, Table

Batches = Mapping[str, Sequence[Sequence[str]]]
"""Quarter → ids of exports, in the order of the publications that brought them."""
Rounded = Mapping[str, Mapping[Cell, int]]
"""Quarter → rounded counts of one table."""


class PreviousMissing(Exception):
    """Exports of the previous publication are not among the files: what was published could not be said again."""


@dataclass(frozen=True, slots=True)
class Merged:
    """What may be shown, and more is not known here."""

    tables: Mapping[str, Rounded]
    """`survey.QUESTION`, `about.STATEMENT`, `take-up.TABLE` → rounded counts."""
    batches: Batches
    """For the next publication."""
    exports: Sequence[Export]
    """That are counted."""
    too_few: frozenset[str]
    """Ids of exports that wait."""

    @property
    def quarters(self) -> Sequence[str]:
        """Ordered by time."""
        return sorted(self.batches)

    def groups(self, table: str, by: Callable[[str, Cell], str], *, whole: bool = True) -> dict[str, Group]:
        """The sums of one table by what `by` says of quarter and cell; not `whole` if that tears atoms apart."""
        found: dict[str, list[tuple[object, Cell, int]]] = {}
        for quarter, cells in self.tables.get(table, {}).items():
            for cell, count in cells.items():
                found.setdefault(by(quarter, cell), []).append((quarter, cell, count))
        return {name: Group.of(rows, whole=whole) for name, rows in found.items()}

    def lonely(self, by: Callable[[str, str], str]) -> set[str]:
        """What `by` says of quarter and site, where all comes from one workstation: those would be the figures of one counsellor."""
        exports: dict[str, list[Export]] = {}
        for export in self.exports:
            for counted in export.quarters:
                exports.setdefault(by(counted.quarter, export.site), []).append(export)
        return {name for name, of in exports.items() if one_counsellor(of)}

    def whole(self, table: str) -> Group:
        """The sum of one table."""
        return self.groups(table, lambda *_: "").get("", Group({}))


def one_counsellor(exports: Iterable[Export]) -> bool:
    """Whether they come from one workstation and nothing else."""
    sources = {(export.source, export.source_id) for export in exports}
    return len(sources) == 1 and all(source is Source.WORKSTATION for source, _ in sources)


def site_of(cell: Cell) -> str:
    """Whose count it is; a site has a part for each publication that brought something new."""
    return cell.part.partition("#")[0]


class Merger:
    """Knows the classes of answers."""

    def __init__(self, questionnaire: Questionnaire, least: int) -> None:
        self._classes = {f"survey.{indicator.question}": indicator.counts for indicator in questionnaire.indicators}
        self._least = least

    def merge(self, exports: Sequence[Export], previous: Batches | None = None) -> Merged:
        """Everything that may be counted. Raises PreviousMissing."""
        known = {export.id for export in exports}
        if any(id_ not in known for batches in (previous or {}).values() for batch in batches for id_ in batch):
            raise PreviousMissing
        waiting: set[str] = set()
        while True:
            counted = [export for export in exports if export.id not in waiting]
            merged, more = self._merge(counted, previous)
            if not more:
                return Merged(merged.tables, merged.batches, counted, frozenset(waiting))
            waiting |= more

    def _merge(self, exports: Sequence[Export], previous: Batches | None) -> tuple[Merged, set[str]]:
        tables: dict[str, dict[str, dict[Cell, int]]] = {}
        batches: dict[str, Sequence[Sequence[str]]] = {}
        waiting: set[str] = set()
        for quarter in sorted({counted.quarter for export in exports for counted in export.quarters}):
            of_quarter = {
                export.id: (export.site, counted) for export in exports for counted in export.quarters if counted.quarter == quarter
            }
            batches[quarter] = _batches(of_quarter, (previous or {}).get(quarter, ()))
            late = previous is not None and len(batches[quarter]) > len(previous.get(quarter, ()))
            for table, cells in self._rounded(of_quarter, batches[quarter]).items():
                tables.setdefault(table, {})[quarter] = cells
            if late:
                rounded = {table: of[quarter] for table, of in tables.items() if quarter in of}
                waiting |= self._too_few(
                    [export for export in exports if export.id in batches[quarter][-1]], len(batches[quarter]), rounded
                )
        return Merged(tables, batches, exports, frozenset()), waiting

    def _rounded(self, exports: Mapping[str, tuple[str, Counted]], batches: Sequence[Sequence[str]]) -> dict[str, dict[Cell, int]]:
        """One quarter. Exports of one site are added up before anything is rounded."""
        rounded: dict[str, dict[Cell, int]] = {}
        carried: dict[str, Errors] = {}
        for number, batch in enumerate(batches):
            sums: dict[str, Counter[Cell]] = {}
            for site, counted in sorted((exports[id_] for id_ in batch), key=lambda of: of[0]):
                for table, cell, count in _cells(f"{site}#{number}", counted):
                    sums.setdefault(table, Counter())[cell] += count
            for table, cells in sorted(sums.items()):
                rounded.setdefault(table, {}).update(round_table(cells, self._kind(table), carried.setdefault(table, Errors())))
        return rounded

    def _kind(self, table: str) -> Callable[[str], str]:
        counts = self._classes.get(table)
        if counts is not None:
            return lambda answer: "yes" if answer in counts else "no"
        return class_of if table.startswith("take-up.") else lambda answer: answer

    def _too_few(self, new: Sequence[Export], batches: int, rounded: Mapping[str, Mapping[Cell, int]]) -> set[str]:
        """New exports of one quarter that would add less than a group: the whole quarter, or a site that comes later than its quarter."""
        groups = [[export for export in new if export.site == site] for site in {export.site for export in new}] if batches > 1 else [new]
        waiting: set[str] = set()
        for group in groups:
            parts = {f"{export.site}#{batches - 1}" for export in group}
            if one_counsellor(group) or _surely(parts, rounded) < self._least:
                waiting |= {export.id for export in group}
        return waiting


def _surely(parts: set[str], rounded: Mapping[str, Mapping[Cell, int]]) -> int:
    """Answers to the question that most answered."""
    tables = [cells for table, cells in rounded.items() if table.startswith("survey.")]
    groups = [Group.of(("", cell, count) for cell, count in cells.items() if cell.part in parts) for cells in tables]
    return max((group.surely for group in groups), default=0)


def _batches(exports: Iterable[str], before: Sequence[Sequence[str]]) -> Sequence[Sequence[str]]:
    known = {id_ for batch in before for id_ in batch}
    new = sorted(id_ for id_ in exports if id_ not in known)
    return [*before, new] if new else before


def _cells(part: str, counted: Counted) -> Iterator[tuple[str, Cell, int]]:
    """What of a quarter is counted at all: who gave no answer is not, so that no sum of two tables need be the same."""
    for cell in counted.cells:
        yield from _rows("survey", part, cell.spoken.value, cell.answers)
    for about in counted.about:
        yield from _rows("about", part, "", about.statements)
    yield from _rows("take-up", part, "", counted.take_up)


def _rows(kind: str, part: str, stratum: str, table: Table) -> Iterator[tuple[str, Cell, int]]:
    for id_, answers in table.items():
        for answer, count in answers.items():
            if answer != NO_ANSWER:
                yield f"{kind}.{id_}", Cell(part, stratum, answer), count
