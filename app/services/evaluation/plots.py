"""Drawings of a report as SVG: bars, pairs of bars, dots, columns. Pure; texts come in finished, everything is escaped.

Nothing is told by colour alone: every figure stands beside its mark, and the second series is striped. No font is brought along.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

WIDTH = 720
OURS, OTHER, INK, PALE, LINE = "#0f5f6b", "#b4530a", "#16242c", "#4d5d68", "#c3ced5"
_SIZE = 13
_FONT = "'DejaVu Sans', 'Segoe UI', Arial, sans-serif"
_MANY = 24
"""Rows of points beyond which they stand closer, so that 45 sites fit on a page."""
_LABEL = 250
"""Room for names at the left."""
_SCALE = 380
"""Width of 100 %."""
_SHORTEST = 40
"""Letters of a name in a drawing; the table has all of it."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar with its figure."""

    label: str
    share: float | None
    """0 to 1; None is not drawn."""
    said: str


@dataclass(frozen=True, slots=True)
class Pair:
    """Ours and another one."""

    label: str
    ours: float | None
    ours_said: str
    other: float | None
    other_said: str


@dataclass(frozen=True, slots=True)
class Dots:
    """One row of points."""

    label: str
    shares: Sequence[tuple[float, str] | None]


@dataclass(frozen=True, slots=True)
class Columns:
    """Two numbers of one time."""

    label: str
    first: int | None
    second: int | None
    first_said: str
    second_said: str


def bars(title: str, rows: Sequence[Bar], mark: str) -> str:
    """Horizontal bars over a scale to 100 %."""
    lines: list[str] = []
    y = _top(mark)
    for row in rows:
        lines += [*_label(row.label, y + 14), *_bar(y, 20, row.share, row.said, OURS)]
        y += 30
    return _drawing(title, y + 4, lines, mark)


def pairs(title: str, rows: Sequence[Pair], legend: tuple[str, str], mark: str) -> str:
    """Two bars under each other for each row."""
    y = _top(mark)
    lines = _legend(y, legend)
    y += 34
    for row in rows:
        lines += _label(row.label, y + 24)
        lines += [*_bar(y, 18, row.ours, row.ours_said, OURS), *_bar(y + 21, 18, row.other, row.other_said, "url(#stripes)")]
        y += 54
    return _drawing(title, y, lines, mark)


def dots(title: str, headings: Sequence[str], rows: Sequence[Dots], too_few: str, mark: str) -> str:
    """A column of points for each heading, each over its own scale from 0 to 100 %."""
    y, left, wide = _top(mark), 200, (WIDTH - 200) / max(len(headings), 1)
    wrapped = [textwrap.wrap(heading, 18)[:3] for heading in headings]
    lines = [
        _text(left + number * wide + 4, y + 12 + at * 15, part, size=11, weight="bold")
        for number, parts in enumerate(wrapped)
        for at, part in enumerate(parts)
    ]
    y += 15 + 15 * max(map(len, wrapped), default=0)
    step = 24 if len(rows) <= _MANY else 18
    for place, row in enumerate(rows):
        if place % 2 == 0:
            lines.append(f'<rect x="0" y="{y + 10 - step / 2:.0f}" width="{WIDTH}" height="{step}" fill="#f1f5f7"/>')
        lines.append(_text(8, y + 14, _short(row.label, 26), size=11.5))
        for number, share in enumerate(row.shares):
            lines += _dot(left + number * wide + 6, y + 10, wide - 66, share, too_few)
        y += step
    return _drawing(title, y + 6, lines, mark)


def columns(title: str, rows: Sequence[Columns], legend: tuple[str, str], mark: str) -> str:
    """Two columns for each time, from nothing up to the greatest."""
    y = _top(mark)
    lines = _legend(y, legend)
    most = max((number for row in rows for number in (row.first, row.second) if number), default=1)
    floor, high = y + 250, 180
    wide = min((WIDTH - 40) / max(len(rows), 1), 200)
    for number, row in enumerate(rows):
        x = 30 + number * wide
        for place, (count, said, fill) in enumerate(((row.first, row.first_said, OURS), (row.second, row.second_said, "url(#stripes)"))):
            tall = round((count or 0) / most * high, 1)
            at = x + place * wide * 0.4
            lines.append(f'<rect x="{at:.1f}" y="{floor - tall}" width="{wide * 0.34:.1f}" height="{tall}" fill="{fill}"/>')
            lines.append(_text(at + wide * 0.17, floor - tall - 6, said, anchor="middle", size=11.5))
        lines.append(_text(x + wide * 0.37, floor + 20, row.label, anchor="middle"))
    lines.append(f'<line x1="20" y1="{floor}" x2="{30 + len(rows) * wide:.0f}" y2="{floor}" stroke="{INK}"/>')
    return _drawing(title, floor + 32, lines, mark)


def _top(mark: str) -> int:
    return 40 if mark else 10


def _drawing(title: str, height: float, lines: Sequence[str], mark: str) -> str:
    said = f"{title} – {mark}" if mark else title
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" width="{WIDTH}" height="{height:.0f}" '
            f'font-family="{_FONT}" font-size="{_SIZE}" role="img">',
            f"<title>{escape(said)}</title>",
            '<defs><pattern id="stripes" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
            f'<rect width="6" height="6" fill="#f6d9bd"/><rect width="3" height="6" fill="{OTHER}"/></pattern></defs>',
            f'<rect width="{WIDTH}" height="{height:.0f}" fill="#ffffff"/>',
            *([_mark(mark)] if mark else []),
            *lines,
            "</svg>\n",
        ]
    )


def _mark(mark: str) -> str:
    wide = len(mark) * 8.2 + 24
    box = (
        f'<rect x="{WIDTH - wide - 2:.0f}" y="4" width="{wide:.0f}" height="25" rx="4" fill="#fff4e5" stroke="{OTHER}" stroke-width="1.5"/>'
    )
    return box + _text(WIDTH - 2 - wide / 2, 21, mark, anchor="middle", fill="#7a3500", weight="bold", size=12)


def _legend(y: float, legend: tuple[str, str]) -> list[str]:
    first = f'<rect x="{_LABEL}" y="{y}" width="14" height="14" fill="{OURS}"/>'
    at = _LABEL + 40 + len(legend[0]) * 7.6
    second = f'<rect x="{at:.0f}" y="{y}" width="14" height="14" fill="url(#stripes)" stroke="{OTHER}"/>'
    return [first, _text(_LABEL + 20, y + 12, legend[0]), second, _text(at + 20, y + 12, legend[1])]


def _label(label: str, y: float) -> list[str]:
    parts = textwrap.wrap(label, 32)[:2] or [""]
    if len(label) > 64:
        parts[-1] = _short(parts[-1] + " …", 32)
    start = y - (len(parts) - 1) * 7.5
    return [_text(_LABEL - 12, start + number * 15, part, anchor="end") for number, part in enumerate(parts)]


def _bar(y: float, tall: float, share: float | None, said: str, fill: str) -> list[str]:
    if share is None:
        return [_text(_LABEL + 6, y + tall - 5, said, fill=PALE)]
    long = max(round(share * _SCALE, 1), 1.5)
    ground = f'<rect x="{_LABEL}" y="{y}" width="{_SCALE}" height="{tall}" fill="#eef2f4"/>'
    return [
        ground,
        f'<rect x="{_LABEL}" y="{y}" width="{long}" height="{tall}" fill="{fill}"/>',
        _text(_LABEL + _SCALE + 8, y + tall - 5, said, weight="bold"),
    ]


def _dot(x: float, y: float, wide: float, share: tuple[float, str] | None, too_few: str) -> list[str]:
    if share is None:
        return [_text(x, y + 4, too_few, size=10, fill=PALE)]
    value, said = share
    rail = f'<line x1="{x:.1f}" y1="{y}" x2="{x + wide:.1f}" y2="{y}" stroke="{LINE}" stroke-width="2"/>'
    return [rail, f'<circle cx="{x + value * wide:.1f}" cy="{y}" r="5" fill="{OURS}"/>', _text(x + wide + 9, y + 4, said, size=11)]


def _text(x: float, y: float, text: str, *, anchor: str = "start", fill: str = INK, size: float = _SIZE, weight: str = "") -> str:
    bold = f' font-weight="{weight}"' if weight else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{fill}" font-size="{size}"{bold}>{escape(text)}</text>'


def _short(text: str, most: int = _SHORTEST) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
