"""The script of a demonstration on paper, with the presenter's notes. Words come in finished; no Qt."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from app.paths import RESOURCES
from app.services.papers.typesetting import set_paper

TEMPLATE = RESOURCES / "papers" / "script.typ"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptPaper:
    """Everything in one language."""

    language: str
    """BCP 47."""
    title: str
    intro: str
    show: str
    """Stands before what is to be seen."""
    note: str
    """Stands before the presenter's note."""
    steps: Sequence[tuple[str, str, str]]
    """Title, what is to be seen, note."""
    page: str
    """Of the foot of each page, with `{page}` and `{pages}`."""


def script_paper(paper: ScriptPaper, template: Path = TEMPLATE) -> bytes:
    """The PDF, as `set_paper` makes it. Raises PaperError."""
    return set_paper(template, "paper", json.dumps(asdict(paper), ensure_ascii=False))
