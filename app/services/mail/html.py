"""HTML of a mail: the same words as its plain text, in the program's frame. No pictures, no other hosts, no style sheet outside the tags.

Imports the blocks only.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import css_inline
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from app.services.mail.blocks import Block, Span
from app.services.mail.places import direction_of


class Frame:
    """`resources/mail/frame.html`."""

    def __init__(self, file: Path) -> None:
        environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
        self._template = environment.from_string(file.read_text("utf-8"))
        self._inliner = css_inline.CSSInliner(load_remote_stylesheets=False)

    def around(self, subject: str, blocks: Sequence[Block], language: str) -> str:
        """A whole page."""
        page = self._template.render(subject=subject, blocks=blocks, language=language, direction=direction_of(language), text=_text)
        return self._inliner.inline(page)


def _text(span: Span) -> Markup:
    if not span.address:
        return Markup("{}").format(span.text)
    return Markup('<a href="{}">{}</a>').format(span.address, span.text)
