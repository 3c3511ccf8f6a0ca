"""The figures of a report: groups that are large enough, and None where one is not. Knows rounded counts only; no words, no disk."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from app.domain.disclosure import Cell, Group, Share, hidden
from app.domain.evaluation import TAKE_UP
from app.domain.survey import Indicator, Questionnaire, Spoken
from app.services.evaluation.merging import Batches, Merged, site_of


@dataclass(frozen=True, slots=True)
class Row:
    """One site, quarter or language."""

    name: str
    answers: int | None
    """Given to the question that most answered."""
    held: int | None
    """Conversations by video; None too where nobody counts them."""
    indicators: Mapping[str, Share | None]


@dataclass(frozen=True, slots=True)
class TableFigures:
    """A question, a statement or a table of the take-up, over everything."""

    id: str
    counts: Mapping[str, int] | None
    """Every answer in its order; None if there are too few."""

    @property
    def size(self) -> int:
        """How many answers are shown."""
        return sum((self.counts or {}).values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Everything that a report says."""

    invented: bool
    least: int
    quarters: Sequence[str]
    answers: int | None
    indicators: Mapping[str, Share | None]
    questions: Sequence[TableFigures]
    about: Sequence[TableFigures]
    take_up: Sequence[TableFigures]
    by_site: Sequence[Row]
    """Ordered by name, never by a figure."""
    by_quarter: Sequence[Row]
    by_language: Sequence[Row]
    batches: Batches

    @property
    def sites(self) -> int:
        """How many took part."""
        return len(self.by_site)


@dataclass(frozen=True, slots=True)
class _Split:
    """How a whole is taken apart."""

    names: Sequence[str]
    """Of its parts, in the order in which they are shown."""
    by: Callable[[str, Cell], str]
    """Of quarter and cell."""
    lonely: Collection[str]
    """Parts that are one counsellor's."""
    whole: bool = True
    """No atom is torn apart."""


_LANGUAGES = [spoken.value for spoken in Spoken]


class Counting:
    """Makes figures of rounded tables."""

    def __init__(self, questionnaire: Questionnaire, least: int, names: Mapping[str, str]) -> None:
        """`names`: site's id → name."""
        self._questionnaire = questionnaire
        self._least = least
        self._names = names

    def figures(self, merged: Merged, *, invented: bool) -> Figures:
        """All of them."""
        everyone = _LANGUAGES if merged.lonely(lambda *_: "") else ()
        sites = sorted({export.site for export in merged.exports}, key=lambda id_: (_in_order(self._names[id_]), id_))
        indicators = {
            indicator.id: self._share(self._whole(merged, f"survey.{indicator.question}"), indicator)
            for indicator in self._questionnaire.indicators
        }
        questions = [self._table(merged, "survey", question.id, question.answers) for question in self._questionnaire.questions]
        return Figures(
            invented=invented,
            least=self._least,
            quarters=merged.quarters,
            answers=max((question.size for question in questions), default=0) or None,
            indicators=indicators,
            questions=questions,
            about=[self._table(merged, "about", statement.id, statement.answers) for statement in self._questionnaire.about],
            take_up=[self._table(merged, "take-up", id_, answers) for id_, answers in TAKE_UP.items()],
            by_site=self._rows(merged, _Split(sites, lambda _, cell: site_of(cell), merged.lonely(lambda _, site: site)), self._names),
            by_quarter=self._rows(merged, _Split(merged.quarters, lambda quarter, _: quarter, merged.lonely(lambda quarter, _: quarter))),
            by_language=self._rows(merged, _Split(_LANGUAGES, lambda _, cell: cell.stratum, everyone, whole=False)),
            batches=merged.batches,
        )

    def _table(self, merged: Merged, kind: str, id_: str, answers: Sequence[str]) -> TableFigures:
        group = self._whole(merged, f"{kind}.{id_}")
        return TableFigures(id_, {answer: group.counts.get(answer, 0) for answer in answers} if group.surely >= self._least else None)

    def _whole(self, merged: Merged, table: str) -> Group:
        """Nothing where all of it is one counsellor's."""
        return Group({}) if merged.lonely(lambda *_: "") else merged.whole(table)

    def _share(self, group: Group, indicator: Indicator) -> Share | None:
        return group.share(indicator.counts) if group.surely >= self._least else None

    def _rows(self, merged: Merged, split: _Split, called: Mapping[str, str] | None = None) -> Sequence[Row]:
        """One for each name, in this order."""
        shown = {question.id: self._shown(merged, f"survey.{question.id}", split) for question in self._questionnaire.questions}
        outcomes = self._shown(merged, "take-up.outcome", split)

        def row(name: str) -> Row:
            sizes = [groups[name].size for groups in shown.values() if name in groups]
            held = _held(outcomes[name]) if name in outcomes else None
            shares = {
                indicator.id: _share_of(shown[indicator.question].get(name), indicator) for indicator in self._questionnaire.indicators
            }
            return Row((called or {}).get(name, name), max(sizes, default=None), held, shares)

        return [row(name) for name in split.names]

    def _shown(self, merged: Merged, table: str, split: _Split) -> Mapping[str, Group]:
        """Without those that must not be."""
        groups = merged.groups(table, split.by, whole=split.whole)
        every = {name: groups.get(name, Group({})) for name in split.names}
        gone = hidden(every, self._least, split.lonely)
        return {name: group for name, group in every.items() if name not in gone}


def _in_order(name: str) -> str:
    """As a list of names is ordered in German: Ä stands with A (DIN 5007-1)."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def _share_of(group: Group | None, indicator: Indicator) -> Share | None:
    return None if group is None else group.share(indicator.counts)


def _held(group: Group) -> int:
    return sum(count for answer, count in group.counts.items() if answer.startswith("held."))
