"""The list of a day on paper: PDF/UA-1, set by typst. Words come in finished; no Qt, no appointments.

What is printed is handed over as data, never as typst source: nothing that a person typed is read as a command.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from app.paths import RESOURCES

TEMPLATE = RESOURCES / "papers" / "day.typ"


class PaperError(Exception):
    """typst would not set the paper: ours to mend."""


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
    """The PDF. Takes a tenth of a second, and lets other threads run: call it on one. Raises PaperError."""
    import typst

    try:
        made = typst.compile(
            template.read_bytes(), format="pdf", pdf_standards="ua-1", sys_inputs={"paper": json.dumps(asdict(paper), ensure_ascii=False)}
        )
    except typst.TypstError as error:
        raise PaperError(str(error)) from error
    return bytes(made)
