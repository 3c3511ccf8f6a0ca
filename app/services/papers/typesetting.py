"""Sets a paper as PDF/UA-1 by typst, out of a template and data. Knows no paper.

What is printed is handed over as data, never as typst source: nothing that a person typed is read as a command.
"""

from __future__ import annotations

import re
from pathlib import Path

MOST_UNKNOWN = 50
"""Different letters without a shape that are put up with."""

_JOINERS = "\u200d\ufe0e\ufe0f"
"""Bind what follows to a letter; behind a question mark they would make it a letter without a shape again."""
_NO_SHAPE = re.compile(r'the text `"(.+)"` could not be displayed')
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")


class PaperError(Exception):
    """typst would not set the paper: ours to mend."""


def set_paper(template: Path, name: str, data: str) -> bytes:
    """The PDF; the template finds `data` (JSON) as `sys.inputs.NAME`. Lets other threads run: call it on one. Raises PaperError.

    PDF/UA wants a shape for each letter; what no font of this machine has (an emoji in a name) is printed as a question mark.
    """
    import typst

    for _ in range(MOST_UNKNOWN):
        try:
            return bytes(typst.compile(template.read_bytes(), format="pdf", pdf_standards="ua-1", sys_inputs={name: data}))
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
