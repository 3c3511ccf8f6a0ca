"""Disclosure control: counts of answers are rounded so that no small one can be worked out, before anything else is made of them.
No I/O, imports nothing of `app`; docs/decisions/0030 has the proof.

The rule. Every count is rounded to a multiple of five. A multiple of five stays as it is; any other count goes to one of its two
neighbours, so that the sum of each atom (one site's answers to one question in one quarter) is its nearest multiple of five and the sums
over classes, answers and languages come out as near as can be. Whatever leaves is computed from the rounded counts alone:
shares, totals, what is hidden. Rounding what is rounded changes nothing, and neither does one or two more in any one cell; so whoever
knows all of it, and this file, cannot tell 0 from 1 from 2.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

BASE = 5
"""Shown counts are its multiples."""
ATOM_ERROR = BASE // 2
"""By so much the sum of an atom may be off."""
_MOST_PASSES = 50
_WEIGHTS = {"class": 1, "part": 4, "stratum": 1, "answer": 1}
"""What a small site says of itself suffers most from rounding, so it weighs most."""


class Cell(NamedTuple):
    """One count of a table."""

    part: str
    """Whose: one site."""
    stratum: str
    """In which language; empty where a table has none."""
    answer: str


Margin = tuple[str, ...]
Errors = Counter[Margin]
"""Rounded minus true, by sum."""


def nearest(count: int) -> int:
    """The nearest multiple of `BASE`."""
    return (count + ATOM_ERROR) // BASE * BASE


def round_table(counts: Mapping[Cell, int], kind: Callable[[str], str], carried: Errors | None = None) -> dict[Cell, int]:
    """All counts of one table and one quarter, rounded. `kind` gives the class of an answer. `carried` are the errors of parts that were
    published before; those of these parts are added to it."""
    errors = Errors() if carried is None else carried
    rounded = {cell: nearest(count) for cell, count in counts.items()}
    atoms = _atoms(counts)
    for cells in atoms:
        _settle(cells, counts, rounded)
    for cell, count in counts.items():
        _add(errors, _margins(cell, kind), rounded[cell] - count)
    for _ in range(_MOST_PASSES):
        if not sum(_moved(cells, counts, rounded, errors, kind) for cells in atoms):
            break
    return rounded


def _atoms(counts: Iterable[Cell]) -> list[list[Cell]]:
    found: dict[str, list[Cell]] = {}
    for cell in counts:
        found.setdefault(cell.part, []).append(cell)
    return list(found.values())


def _settle(cells: list[Cell], counts: Mapping[Cell, int], rounded: dict[Cell, int]) -> None:
    """Until the sum of an atom is its nearest multiple: those give way that are farthest off."""
    missing = nearest(sum(counts[cell] for cell in cells)) - sum(rounded[cell] for cell in cells)
    step = BASE if missing > 0 else -BASE
    for _ in range(abs(missing) // BASE):
        off = max(cells, key=lambda cell: (counts[cell] - rounded[cell]) * step)
        rounded[off] += step


def _moved(cells: list[Cell], counts: Mapping[Cell, int], rounded: dict[Cell, int], errors: Errors, kind: Callable[[str], str]) -> bool:
    """Whether five went from a cell that was rounded up to one that was rounded down, because the sums are nearer then."""
    gain, best = 0, None
    for giver in (cell for cell in cells if rounded[cell] > counts[cell]):
        for taker in (cell for cell in cells if rounded[cell] < counts[cell]):
            cost = _cost(_margins(giver, kind), _margins(taker, kind), errors)
            if cost < gain:
                gain, best = cost, (giver, taker)
    if best is None:
        return False
    for cell, change in zip(best, (-BASE, BASE), strict=True):
        rounded[cell] += change
        _add(errors, _margins(cell, kind), change)
    return True


def _cost(giver: tuple[Margin, ...], taker: tuple[Margin, ...], errors: Errors) -> int:
    """By so much the weighted sum of all squared errors would grow."""
    return sum(
        ((errors[less] - BASE) ** 2 - errors[less] ** 2 + (errors[more] + BASE) ** 2 - errors[more] ** 2) * _WEIGHTS[less[0]]
        for less, more in zip(giver, taker, strict=True)
        if less != more
    )


def _margins(cell: Cell, kind: Callable[[str], str]) -> tuple[Margin, ...]:
    """The sums that matter to a reader: a class, a class of one site or language, an answer."""
    of = kind(cell.answer)
    return ("class", of), ("part", cell.part, of), ("stratum", cell.stratum, of), ("answer", cell.answer)


def _add(errors: Errors, margins: Iterable[Margin], change: int) -> None:
    for margin in margins:
        errors[margin] += change


@dataclass(frozen=True, slots=True)
class Group:
    """Rounded counts that were added up."""

    counts: Mapping[str, int]
    """By answer."""
    off: int = 0
    """By so many answers the group may be smaller than it is shown."""

    @classmethod
    def of(cls, rounded: Iterable[tuple[object, Cell, int]], *, whole: bool = True) -> Group:
        """The sum. What stands before a cell tells the table's quarter. `whole`: of atoms with all their cells, not of some of them."""
        counts: Counter[str] = Counter()
        shown = []
        for where, cell, count in rounded:
            counts[cell.answer] += count
            if count:
                shown.append((where, cell.part))
        return cls(counts, ATOM_ERROR * len(set(shown)) if whole else (BASE - 1) * len(shown))

    @property
    def size(self) -> int:
        """How many answers are shown."""
        return sum(self.counts.values())

    @property
    def surely(self) -> int:
        """So many there are at least."""
        return self.size - self.off

    def share(self, answers: Iterable[str]) -> Share:
        """Of these answers."""
        return Share(sum(self.counts.get(answer, 0) for answer in answers), self.size)


@dataclass(frozen=True, slots=True)
class Share:
    """A share of rounded counts. Nothing and all are never said: a count shown as nothing may be a small one."""

    count: int
    size: int

    @property
    def least(self) -> float:
        """The smallest share that is said of a group of this size; the largest is as far from one."""
        return min(BASE / self.size, 0.5)

    @property
    def below(self) -> bool:
        """It is below `value`, and not said more exactly."""
        return self.count / self.size < self.least

    @property
    def above(self) -> bool:
        """It is above `value`, and not said more exactly."""
        return self.count / self.size > 1 - self.least

    @property
    def value(self) -> float:
        """0 to 1, both excluded."""
        return min(max(self.count / self.size, self.least), 1 - self.least)


def hidden(groups: Mapping[str, Group], least: int, lonely: Collection[str] = ()) -> frozenset[str]:
    """Which groups of a whole are not shown: those that are small, and the `lonely` ones. Never one alone, and never so few answers that
    the rest of the whole would give them away; the smallest go first."""
    order = sorted(groups, key=lambda name: (groups[name].size, name))
    gone = [name for name in order if groups[name].surely < least or name in lonely]
    left = [name for name in order if name not in gone]
    while gone and left and (len(gone) == 1 or sum(max(groups[name].surely, 0) for name in gone) < least):
        gone.append(left.pop(0))
    return frozenset(gone)
