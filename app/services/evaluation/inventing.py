"""Invented counts of one site, for demonstrations and tests: the same for the same seed, and marked by whoever shows them. No disk."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence

from app.domain.evaluation import TAKE_UP
from app.domain.survey import NO_ANSWER, Questionnaire, Spoken, Variant
from app.services.evaluation.schema import About, Counted, Sheets, Table

_WEIGHTS: Mapping[str, Sequence[int]] = {
    "joining": (46, 42, 7, 4, 1),
    "sound-picture": (38, 41, 14, 5, 2),
    "privacy": (70, 22, 6, 2),
    "again": (52, 30, 11, 7),
    "next": (42, 16, 18, 24),
    "recommend": (1, 0, 1, 1, 1, 3, 4, 9, 21, 25, 34),
    "failed-at": (12, 34, 16, 30, 8),
    "children": (21, 79),
    "health": (17, 83),
    "new-to-it": (28, 72),
    "asked": (58, 12, 4, 5, 9, 7, 2, 3),
    "rehearsal": (84, 16),
    "outcome": (22, 38, 20, 4, 5, 6, 1, 1, 1, 1, 1, 0),
    "device": (66, 9, 25),
    "language": (81, 19),
}
_SILENT = 0.06
"""Share of those who give no answer to a question."""


class Inventor:
    """Makes counts up; the same for the same seed."""

    def __init__(self, questionnaire: Questionnaire, seed: int) -> None:
        self._questionnaire = questionnaire
        self._random = random.Random(seed)  # noqa: S311 - nothing secret is drawn

    def quarter(self, name: str, sheets: int) -> Counted:
        """One quarter with about so many sheets."""
        cells = []
        for spoken, of_spoken in ((Spoken.GERMAN, 0.8), (Spoken.OTHER, 0.2)):
            for variant, of_variant in ((Variant.HELD, 0.86), (Variant.PHONE, 0.07), (Variant.FAILED, 0.07)):
                count = round(sheets * of_spoken * of_variant)
                answers = {
                    question.id: self._drawn(question.id, question.answers, count) for question in self._questionnaire.asked(variant)
                }
                if count:
                    cells.append(Sheets(version=self._questionnaire.version, spoken=spoken, variant=variant, sheets=count, answers=answers))
        about = {statement.id: self._drawn(statement.id, statement.answers, sheets) for statement in self._questionnaire.about}
        return Counted(
            quarter=name, cells=cells, about=[About(version=self._questionnaire.version, statements=about)], take_up=self._take_up(sheets)
        )

    def _take_up(self, sheets: int) -> Table:
        events = {"asked": 3.2, "rehearsal": 1.1, "outcome": 1.9, "device": 2.3, "language": 2.3}
        return {id_: self._drawn(id_, TAKE_UP[id_], round(sheets * times)) for id_, times in events.items()}

    def _drawn(self, id_: str, answers: Sequence[str], count: int) -> dict[str, int]:
        """So many answers, some of them none. Large counts are shared out, small ones are drawn."""
        weights = [*(weight * (1 - _SILENT) for weight in _WEIGHTS[id_]), sum(_WEIGHTS[id_]) * _SILENT]
        if count > 5_000:
            shared = {answer: int(count * weight / sum(weights)) for answer, weight in zip((*answers, NO_ANSWER), weights, strict=True)}
            return shared | {NO_ANSWER: shared[NO_ANSWER] + count - sum(shared.values())}
        return dict(sorted(Counter(self._random.choices((*answers, NO_ANSWER), weights, k=count)).items()))
