"""The list of a day on paper: PDF/UA-1, set by typst. Words come in finished; no Qt, no appointments."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from app.paths import RESOURCES
from app.services.papers.typesetting import set_paper

TEMPLATE = RESOURCES / "papers" / "day.typ"


@dataclass(frozen=True, slots=True, kw_only=True)
class DayPaper:
    """Everything in one language, in the order of the paper."""

    language: str
    """BCP 47."""
    title: str
    note: str
    """Below the title, for instance a public holiday; may be empty."""
    headings: Sequence[str]
    """Of the columns: time, with whom, topic, way, state, notes."""
    rows: Sequence[Sequence[str]] = field(repr=False)
    """As many cells as headings."""
    empty: str
    """The sentence instead of a table without rows."""
    made: str
    """As of when."""
    page: str
    """Of the foot of each page, with `{page}` and `{pages}`."""


def day_paper(paper: DayPaper, template: Path = TEMPLATE) -> bytes:
    """The PDF. Takes a tenth of a second: call it on a thread. Raises PaperError."""
    return set_paper(template, "paper", json.dumps(asdict(paper), ensure_ascii=False))
