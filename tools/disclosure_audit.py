"""Audits disclosure control by attacking it: `python -m tools.disclosure_audit [--worlds N] [--seed N]` prints what the attacks could do.

Three attacks over random counts, most of them small. **Linear programming:** the attacker is told every rounded count, more than any report
says, and the bounds of the rounding, and asks for the least and the greatest value of each count below three. **Knowing the program:** the
attacker changes one count and runs the program again; only originals with another report can be ruled out. **Differencing:** the attacker
holds two publications in a row against each other. `naive` attacks what a simpler rule would publish, so that an attack that finds nothing
is known to be able to find something.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date

import msgspec
import numpy as np
from scipy.optimize import linprog

from app.domain.disclosure import ATOM_ERROR, BASE, Cell, nearest
from app.domain.evaluation import LEAST, Source
from app.domain.secrets import new_id
from app.domain.survey import NO_ANSWER, Questionnaire
from app.evaluation import questionnaires
from app.services.evaluation.figures import Counting, Figures
from app.services.evaluation.inventing import Inventor
from app.services.evaluation.merging import Merged, Merger, site_of
from app.services.evaluation.schema import SCHEMA, Counted, Export, Table

SMALL = 3
QUARTERS = ("2026-Q1", "2026-Q2")
MADE_ON = date(2026, 7, 6)
_MOST_TARGETS = 4
"""Of one table, so that a world takes a second."""
_MOST_PLACES = 6
_ROOM = 1e-6
"""What a solver may be off."""


@dataclass
class Findings:
    """What the attacks did; every `…_found` must be 0."""

    worlds: int = 0
    small_cells: int = 0
    """Counts below three that were attacked by linear programming."""
    narrowed_found: int = 0
    """Of them, those with one possible value."""
    least_width: int = 99
    """The smallest number of possible values."""
    originals_tried: int = 0
    """Changed originals for which the program ran again."""
    ruled_out_found: int = 0
    """Small counts for which fewer than two values give the same report."""
    publications: int = 0
    """Pairs in a row."""
    changed_found: int = 0
    """Counts of the first publication that the second one says otherwise."""
    difference_found: int = 0
    """Differences that stand for fewer answers than a group."""

    @property
    def clean(self) -> bool:
        """Whether no attack found anything."""
        return not any(getattr(self, field.name) for field in fields(self) if field.name.endswith("_found"))


@dataclass(frozen=True)
class Known:
    """A sum that an attacker knows: of these variables, between these bounds."""

    variables: Sequence[int]
    low: float
    high: float


def possible(count: int, bounds: Sequence[tuple[int, int]], sums: Sequence[Known], targets: Sequence[int]) -> list[int]:
    """How many whole values each of the target variables may have, by linear programming over all that is known."""
    rows, limits = [], []
    for known in sums:
        row = np.zeros(count)
        row[list(known.variables)] = 1
        rows += [row, -row]
        limits += [known.high, -known.low]
    constraints = (np.array(rows), np.array(limits)) if rows else (None, None)
    widths = []
    for target in targets:
        aim = np.zeros(count)
        aim[target] = 1
        ends = [linprog(sign * aim, *constraints, bounds=list(bounds), method="highs").fun * sign for sign in (1, -1)]
        widths.append(int(np.floor(ends[1] + _ROOM) - np.ceil(ends[0] - _ROOM)) + 1)
    return widths


class Audit:
    """One after the other; the same for the same seed."""

    def __init__(self, seed: int, questionnaire: Questionnaire | None = None) -> None:
        self._questionnaire = questionnaire or list(questionnaires().values())[-1]
        self._random = random.Random(seed)  # noqa: S311 - nothing secret is drawn
        self._merger = Merger(self._questionnaire, LEAST)
        self.findings = Findings()

    def run(self, worlds: int) -> Findings:
        """So many random worlds."""
        for _ in range(worlds):
            self.findings.worlds += 1
            exports = self._world(QUARTERS[: self._random.randint(1, 2)])
            merged = self._merger.merge(exports)
            self._linear(exports, merged)
            self._again(exports, merged)
            self._twice(exports)
        return self.findings

    def _world(self, quarters: Sequence[str]) -> list[Export]:
        """Two to five sites with few sheets."""
        return [self._export(f"jc-{number}", quarters) for number in range(self._random.randint(2, 5))]

    def _export(self, site: str, quarters: Sequence[str]) -> Export:
        inventor = Inventor(self._questionnaire, self._random.randrange(1 << 30))
        counted = [inventor.quarter(quarter, self._random.choice((0, 3, 8, 12, 20, 45))) for quarter in quarters]
        return _export(site, counted)

    def _linear(self, exports: Sequence[Export], merged: Merged) -> None:
        """Every table by itself: nothing that leaves joins two of them."""
        true = _true(exports, merged)
        for table, quarters in merged.tables.items():
            for quarter, rounded in quarters.items():
                counts = [true[table, quarter, cell] for cell in rounded]
                small = [number for number, count in enumerate(counts) if count < SMALL]
                widths = _told(rounded, self._random.sample(small, min(_MOST_TARGETS, len(small))))
                self.findings.small_cells += len(widths)
                self.findings.narrowed_found += sum(width < 2 for width in widths)
                self.findings.least_width = min([self.findings.least_width, *widths])

    def _again(self, exports: Sequence[Export], merged: Merged) -> None:
        """The program knows no way back: other originals with the same report."""
        said = self._figures(merged)
        places = [(table, quarter, cell) for table, of in merged.tables.items() for quarter, cells in of.items() for cell in cells]
        for place in self._random.sample(places, min(_MOST_PLACES, len(places))):
            same = 0
            for more in (0, 1, 2):
                changed = [self._changed(export, merged, place, more) for export in exports]
                same += self._figures(self._merger.merge(changed)) == said
                self.findings.originals_tried += 1
            self.findings.ruled_out_found += same < 2

    def _changed(self, export: Export, merged: Merged, at: tuple[str, str, Cell], more: int) -> Export:
        """The export with rounded counts for true ones, and so many more in one cell."""
        quarters = []
        for counted in export.quarters:
            tables: dict[str, dict[tuple[str, str], int]] = {}
            for table, of_table in merged.tables.items():
                for cell, count in of_table.get(counted.quarter, {}).items():
                    if site_of(cell) == export.site:
                        here = more if (table, counted.quarter, cell) == at else 0
                        tables.setdefault(table, {})[cell.stratum, cell.answer] = count + here
            quarters.append(_with(counted, tables))
        return msgspec.structs.replace(export, quarters=quarters)

    def _figures(self, merged: Merged) -> Figures:
        names = {export.site: export.site for export in merged.exports}
        return Counting(self._questionnaire, LEAST, names).figures(merged, invented=True)

    def _twice(self, exports: Sequence[Export]) -> None:
        """A publication, and the next one with a late export, a late site or a new quarter."""
        first = self._merger.merge(exports)
        late = [self._export(self._random.choice([export.site for export in exports] + ["jc-late"]), QUARTERS[:1])]
        if len(first.quarters) == 1:
            late.append(self._export("jc-0", QUARTERS[1:]))
        second = self._merger.merge([*exports, *late], first.batches)
        self.findings.publications += 1
        self._linear([*exports, *late], second)
        for table, quarters in first.tables.items():
            for quarter, cells in quarters.items():
                self.findings.changed_found += sum(second.tables[table][quarter].get(cell) != count for cell, count in cells.items())
        for export in late:
            if export.id in second.too_few:
                continue
            given: Counter[str] = Counter()
            for counted in export.quarters:
                for table, _, of in _tables(counted):
                    given[table] += sum(of.values())
            answers = max(count for table, count in given.items() if table.startswith("survey."))
            self.findings.difference_found += answers < LEAST


def _told(rounded: Mapping[Cell, int], targets: Sequence[int]) -> list[int]:
    """Possible values of these counts, for who is told every rounded one and how far each and each sum of an atom may be off."""
    atoms: dict[str, list[int]] = {}
    for number, cell in enumerate(rounded):
        atoms.setdefault(cell.part, []).append(number)
    shown = list(rounded.values())
    bounds = [(max(0, count - BASE + 1), count + BASE - 1) for count in shown]
    totals = [(members, sum(shown[number] for number in members)) for members in atoms.values()]
    return possible(len(shown), bounds, [Known(of, total - ATOM_ERROR, total + ATOM_ERROR) for of, total in totals], targets)


def naive(counts: Sequence[int]) -> list[int]:
    """What linear programming makes of counts and their total if both are rounded, each for itself: possible values of each count."""
    bounds = [(max(0, nearest(count) - ATOM_ERROR), nearest(count) + ATOM_ERROR) for count in counts]
    total = nearest(sum(counts))
    return possible(len(counts), bounds, [Known(range(len(counts)), total - ATOM_ERROR, total + ATOM_ERROR)], range(len(counts)))


def _export(site: str, quarters: Sequence[Counted]) -> Export:
    ids = {"id": new_id(), "source_id": new_id()}
    return Export(schema=SCHEMA, site=site, source=Source.SERVER, made_on=MADE_ON, invented=True, quarters=list(quarters), **ids)


def _true(exports: Sequence[Export], merged: Merged) -> Counter[tuple[str, str, Cell]]:
    """Table, quarter, cell → how often."""
    batch = {(quarter, id_): number for quarter, batches in merged.batches.items() for number, ids in enumerate(batches) for id_ in ids}
    found: Counter[tuple[str, str, Cell]] = Counter()
    for export in exports:
        for counted in export.quarters:
            part = f"{export.site}#{batch.get((counted.quarter, export.id), -1)}"
            for table, stratum, answers in _tables(counted):
                for answer, count in answers.items():
                    found[table, counted.quarter, Cell(part, stratum, answer)] += count
    return found


def _tables(counted: Counted) -> Iterator[tuple[str, str, Mapping[str, int]]]:
    """Name, stratum and answers of every table of a quarter, without those who gave none."""
    parts = [("survey", cell.spoken.value, cell.answers) for cell in counted.cells]
    parts += [*(("about", "", about.statements) for about in counted.about), ("take-up", "", counted.take_up)]
    for kind, stratum, table in parts:
        for id_, answers in table.items():
            yield f"{kind}.{id_}", stratum, {answer: count for answer, count in answers.items() if answer != NO_ANSWER}


def _with(counted: Counted, tables: Mapping[str, Mapping[tuple[str, str], int]]) -> Counted:
    """A quarter with other counts. The variants of a language are added up in its first cell: no report tells them apart."""
    cells, seen = [], set()
    for cell in counted.cells:
        first = cell.spoken not in seen
        seen.add(cell.spoken)
        answers = _of(tables, "survey", cell.spoken.value) if first else {}
        cells.append(msgspec.structs.replace(cell, answers=answers))
    about = [msgspec.structs.replace(part, statements=_of(tables, "about", "")) for part in counted.about]
    return msgspec.structs.replace(counted, cells=cells, about=about, take_up=_of(tables, "take-up", ""))


def _of(tables: Mapping[str, Mapping[tuple[str, str], int]], kind: str, stratum: str) -> Table:
    made: Table = {}
    for table, cells in tables.items():
        if table.startswith(f"{kind}."):
            made[table.partition(".")[2]] = {answer: count for (of, answer), count in cells.items() if of == stratum}
    return made


def main(argv: Sequence[str]) -> int:
    """1 if an attack found something."""
    parser = argparse.ArgumentParser(prog="disclosure_audit", description="Attacks what a report says.")
    parser.add_argument("--worlds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args(argv)
    findings = Audit(chosen.seed).run(chosen.worlds)
    for field in fields(findings):
        print(f"{field.name}: {getattr(findings, field.name)}")
    print(f"a simpler rule (2, 2, 2, 2 and their total, each rounded): {naive([2, 2, 2, 2])} possible values")
    return 0 if findings.clean else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
