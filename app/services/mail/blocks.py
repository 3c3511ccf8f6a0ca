"""What a template says, as headings, lists and paragraphs: the one form from which HTML and paper are made. Pure, no I/O."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from app.services.mail.places import Places

HEADING, ITEM = "# ", "- "


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a line."""

    text: str = field(repr=False)
    address: str = field(default="", repr=False)
    """Where a tap on it leads: the personal link, the page for the code, a telephone number; empty for plain text."""


@dataclass(frozen=True, slots=True)
class Block:
    """A heading has one line, a list one for each item."""

    lines: tuple[tuple[Span, ...], ...]
    is_heading: bool = False
    is_list: bool = False
    look: str = ""
    """Of a paragraph that is more than text: `strong` (date and time), `link`, `code`."""


def blocks_of(body: str, places: Places) -> list[Block]:
    """In their order. A line that begins with `- ` belongs to a list, one with `# ` is a heading."""
    addresses = _addresses(places)
    return [block for paragraph in body.split("\n\n") for block in _of_paragraph(paragraph.strip("\n").split("\n"), places, addresses)]


def plain_of(body: str) -> str:
    """As the plain text goes out: headings without their mark."""
    return "\n".join(line.removeprefix(HEADING) for line in body.split("\n"))


def _of_paragraph(lines: list[str], places: Places, addresses: dict[str, str]) -> Iterator[Block]:
    """A paragraph may begin with a heading or turn into a list half-way."""
    text: list[str] = []
    items: list[str] = []
    for line in lines:
        if (line.startswith(HEADING) and (text or items)) or (items and not line.startswith(ITEM)) or (text and line.startswith(ITEM)):
            yield from _block(text, items, places, addresses)
            text, items = [], []
        if line.startswith(HEADING):
            yield Block((_spans(line.removeprefix(HEADING), addresses),), is_heading=True)
        elif line.startswith(ITEM):
            items.append(line.removeprefix(ITEM))
        elif line:
            text.append(line)
    yield from _block(text, items, places, addresses)


def _block(text: list[str], items: list[str], places: Places, addresses: dict[str, str]) -> Iterator[Block]:
    if items:
        yield Block(tuple(_spans(item, addresses) for item in items), is_list=True)
    elif text:
        look = "strong" if text[0] == places.date else {places.link: "link", places.code: "code"}.get("\n".join(text), "")
        yield Block(tuple(_spans(line, addresses) for line in text), look=look)


def _addresses(places: Places) -> dict[str, str]:
    """Text -> where it leads."""
    found = {places.link: places.link, places.start_page: places.start_page}
    digits = re.sub(r"[^0-9+]", "", places.phone)
    if digits:
        found[places.phone] = f"tel:{digits}"
    return {text: address for text, address in found.items() if text}


def _spans(line: str, addresses: dict[str, str]) -> tuple[Span, ...]:
    if not addresses:
        return (Span(line),)
    longest_first = "|".join(re.escape(text) for text in sorted(addresses, key=len, reverse=True))
    pieces = re.split(f"({longest_first})", line)
    return tuple(Span(piece, addresses.get(piece, "")) for piece in pieces if piece)
