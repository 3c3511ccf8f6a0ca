"""The invitation on paper: a tagged PDF (PDF/UA-1) with the link as a QR code. Typst sets it; imports the blocks only."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import segno
import typst

from app.services.mail.blocks import Block
from app.services.mail.places import direction_of


class Paper:
    """`resources/mail/letter.typ`. May be called on any thread."""

    def __init__(self, template: Path) -> None:
        self._template = template.read_bytes()

    def letter(self, title: str, blocks: Sequence[Block], language: str, agency: str, name: str) -> bytes:
        """A PDF. `name` is the client's, for the window of an envelope; it may be empty."""
        return self._set(self._data(title, blocks, language, agency, name), "pdf")

    def picture(self, title: str, blocks: Sequence[Block], language: str, agency: str, name: str) -> bytes:
        """The first page as a PNG, to be looked at."""
        return self._set(self._data(title, blocks, language, agency, name), "png")

    def _data(self, title: str, blocks: Sequence[Block], language: str, agency: str, name: str) -> str:
        link = next((line[0].address for block in blocks if block.look == "link" for line in block.lines), "")
        return json.dumps(
            {
                "title": title,
                "agency": agency,
                "name": name,
                "language": language.partition("-")[0],
                "direction": direction_of(language),
                "blocks": [asdict(block) for block in blocks],
                "qr": _qr(link),
            }
        )

    def _set(self, data: str, form: typst.OutputFormat) -> bytes:
        try:
            return _first(self._compiled(data, form, ["ua-1"] if form == "pdf" else []))
        except typst.TypstError:
            # A name in letters that no font of this machine has keeps the paper from being PDF/UA, but not from being a letter.
            return _first(self._compiled(data, form, []))

    def _compiled(self, data: str, form: typst.OutputFormat, standards: list[typst.PDFStandard]) -> bytes | list[bytes] | None:
        return typst.compile(self._template, format=form, sys_inputs={"letter": data}, pdf_standards=standards)


def _first(pages: bytes | list[bytes] | None) -> bytes:
    """A picture of the first page, or the whole PDF."""
    page = pages[0] if isinstance(pages, list) else pages
    if page is None:
        raise AssertionError("typst gives bytes where no file is named")
    return page


def _qr(link: str) -> str:
    """An SVG; error correction M, four empty modules around (ISO/IEC 18004, 6.3.8)."""
    file = io.BytesIO()
    segno.make(link or " ", error="m", micro=False).save(file, kind="svg", border=4, xmldecl=False, svgns=True)
    return file.getvalue().decode("utf-8")
