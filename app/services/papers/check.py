"""The record of a device check on paper, for IT. Words come in finished; no Qt."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from app.paths import RESOURCES
from app.services.papers.typesetting import set_paper

TEMPLATE = RESOURCES / "papers" / "check.typ"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckPaper:
    """Everything in one language, in the order of the paper."""

    language: str
    """BCP 47."""
    title: str
    made: str
    """When, and by which program on which system."""
    verdict_heading: str
    verdict: Sequence[str]
    """Whose thing it is, what is wrong, what to do next: a line each."""
    parts_heading: str
    parts_columns: Sequence[str]
    """Part, outcome, finding, next step."""
    parts: Sequence[Sequence[str]]
    figures_heading: str
    figures_columns: Sequence[str]
    """Part, figure, value."""
    figures: Sequence[Sequence[str]]
    no_figures: str
    """The sentence instead of a table without rows."""
    private: str
    """What does not stand there."""
    page: str
    """Of the foot of each page, with `{page}` and `{pages}`."""


def check_paper(paper: CheckPaper) -> bytes:
    """The PDF, as `set_paper` makes it. Raises PaperError."""
    return set_paper(TEMPLATE, "paper", json.dumps(asdict(paper), ensure_ascii=False))
