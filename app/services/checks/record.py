"""The record of one check, for IT: as JSON and on paper. Kinds and figures only; no person, no device's name, no address.

Imports `app.domain`, the wording and the paper's record.
"""

from __future__ import annotations

import platform
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time

from app import __version__
from app.domain.check_result import CheckResult, told
from app.domain.checks import Part
from app.services.checks.check_list import Length
from app.services.checks.wording import CheckWording
from app.services.papers.check import CheckPaper
from app.texts import Texts

_ZONE = ZoneInfo("Europe/Berlin")


@dataclass(frozen=True, slots=True)
class CheckRecord:
    """One check that is over."""

    result: CheckResult
    length: Length
    at: int
    """Unix seconds."""

    def as_json(self, wording: CheckWording) -> dict[str, Any]:
        """For a program; its words in the language of `wording`."""
        verdict = self.result.verdict
        return {
            "ok": self.result.ok,
            "results": [
                {
                    "check": line.part.value,
                    "outcome": line.outcome.value,
                    "fault": None if line.fault is None else line.fault.value,
                    "sentence": line.sentence,
                    "next_action": line.action or None,
                    "figures": told(self.result.measured.part(line.part)),
                }
                for line in wording.lines(self.result)
            ],
            "verdict": {
                "blame": verdict.blame.value,
                "outcome": verdict.outcome.value,
                "fault": None if verdict.fault is None else verdict.fault.value,
                "others": [fault.value for fault in verdict.others],
                "sentence": wording.verdict(verdict),
                "next_action": wording.next_action(verdict) or None,
            },
            "length": self.length.value,
            "checked_at": self.at,
            "version": __version__,
            "python": platform.python_version(),
            "system": f"{platform.system()} {platform.release()}",
        }

    def as_paper(self, wording: CheckWording, texts: Texts) -> CheckPaper:
        """What stands on paper."""
        verdict, when = self.result.verdict, datetime.fromtimestamp(self.at, _ZONE)
        made = texts(
            "app.check.paper.made",
            day=format_date(when.date(), "full", locale=texts.language),
            time=format_time(when, "HH:mm", locale=texts.language),
        )
        by = texts(
            "app.check.paper.version",
            version=__version__,
            python=platform.python_version(),
            system=f"{platform.system()} {platform.release()}",
        )
        first = [] if verdict.fault is None else [wording.sentence(verdict.fault), wording.action(verdict.fault)]
        return CheckPaper(
            language=texts.language,
            title=texts("app.check.paper.title"),
            made=f"{made}. {by}.",
            verdict_heading=texts("app.check.paper.verdict"),
            verdict=[wording.verdict(verdict), *first],
            parts_heading=texts("app.check.paper.parts"),
            parts_columns=[
                texts("app.check.paper.column.part"),
                texts("app.check.paper.column.outcome"),
                texts("app.check.paper.column.sentence"),
                texts("app.check.paper.column.action"),
            ],
            parts=[
                (wording.part(line.part), wording.outcome(line.outcome), line.sentence, line.action) for line in wording.lines(self.result)
            ],
            figures_heading=texts("app.check.paper.figures"),
            figures_columns=[
                texts("app.check.paper.column.part"),
                texts("app.check.paper.column.name"),
                texts("app.check.paper.column.value"),
            ],
            figures=self._figures(wording, texts),
            no_figures=texts("app.check.paper.no-figures"),
            private=texts("app.check.paper.private"),
            page=texts("app.check.paper.page"),
        )

    def _figures(self, wording: CheckWording, texts: Texts) -> list[tuple[str, str, str]]:
        def said(value: float | bool) -> str:
            if isinstance(value, bool):
                return texts("app.check.paper.yes") if value else texts("app.check.paper.no")
            return f"{round(value, 3):g}"

        return [(wording.part(part), name, said(value)) for part in Part for name, value in told(self.result.measured.part(part)).items()]
