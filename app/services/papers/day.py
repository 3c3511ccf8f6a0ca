"""The list of a day on paper: PDF/UA-1, set by typst. Words come in finished; no Qt, no appointments.

What is printed is handed over as data, never as typst source: nothing that a person typed is read as a command.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from app.paths import RESOURCES

TEMPLATE = RESOURCES / "papers" / "day.typ"
MOST_UNKNOWN = 50
"""Different letters without a shape that are put up with."""

_JOINERS = "\u200d\ufe0e\ufe0f"
"""Bind what follows to a letter; behind a question mark they would make it a letter without a shape again."""
_NO_SHAPE = re.compile(r'the text `"(.+)"` could not be displayed')
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")


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
    """The PDF. Takes a tenth of a second, and lets other threads run: call it on one. Raises PaperError.

    PDF/UA wants a shape for each letter; what no font of this machine has (an emoji in a name) is printed as a question mark.
    """
    import typst

    data = json.dumps(asdict(paper), ensure_ascii=False)
    for _ in range(MOST_UNKNOWN):
        try:
            return bytes(typst.compile(template.read_bytes(), format="pdf", pdf_standards="ua-1", sys_inputs={"paper": data}))
        except typst.TypstError as error:
            unknown = _unknown_letter(str(error))
            if not unknown or unknown not in data:
                raise PaperError("typst") from error
            data = re.sub(f"{re.escape(unknown)}[{_JOINERS}]*", "?", data)
    raise PaperError("too many letters without a shape")


def _unknown_letter(message: str) -> str:
    """What typst says it has no shape for; empty if it complains of something else."""
    found = _NO_SHAPE.search(message)
    return "" if found is None else _ESCAPED.sub(lambda escape: chr(int(escape[1], 16)), found[1])
