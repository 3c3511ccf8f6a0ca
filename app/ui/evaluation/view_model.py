"""What the page of the figures shows, and how it comes there. No widgets: the window asks, and draws what it is given."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from app.domain.survey import Questionnaire, SurveyError
from app.paths import RESOURCES
from app.services.appointments.ports import BookError
from app.services.clock import Clock
from app.services.evaluation.own_figures import OwnFigures, Shown
from app.services.evaluation.site import SiteEvaluation
from app.services.evaluation.wording import Wording
from app.texts import Texts


class FiguresModel:
    """Coroutines raise BookError with the sentence that stands in the place of the figures."""

    def __init__(self, evaluation: SiteEvaluation, texts: Texts, clock: Clock) -> None:
        self._evaluation = evaluation
        self._texts = texts
        self._clock = clock
        self.shown: Shown | None = None

    @property
    def alone(self) -> bool:
        """Only one counsellor: nothing of its own is ever shown."""
        return self._evaluation.alone

    async def first(self) -> Shown:
        """What is there when the window opens: in a demonstration the example, otherwise the site's own."""
        return await (self.example() if self._evaluation.invented else self.own())

    async def own(self) -> Shown:
        """The site's figures, through disclosure control."""
        if self.alone:
            raise BookError("app.takeup.alone")
        export, least = await self._evaluation.all_counted(), self._evaluation.least
        return await self._kept(lambda figures: figures.of_export(export, least))

    async def example(self) -> Shown:
        """Invented, and marked as such."""
        now = self._clock.unix()
        return await self._kept(lambda figures: figures.example(now))

    async def report(self, file: Path) -> Shown:
        """A merged report of the head office."""
        return await self._kept(lambda figures: figures.of_report(file))

    async def _kept(self, make: Callable[[OwnFigures], Shown]) -> Shown:
        self.shown = await asyncio.to_thread(lambda: make(OwnFigures(Wording(self._texts), newest_questionnaire())))
        return self.shown


def newest_questionnaire() -> Questionnaire:
    """The one that is asked now."""
    found = [Questionnaire.parse(file.read_text("utf-8")) for file in (RESOURCES / "survey").glob("*.toml")]
    if not found:
        raise SurveyError("questionnaire")
    return max(found, key=lambda one: [int(part) for part in one.version.split("-")])
