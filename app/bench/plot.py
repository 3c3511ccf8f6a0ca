"""Draws a report of the call benchmark: what share of Chromium's figures ours are, as bars (SVG). Imports of `app` the report only."""

from __future__ import annotations

from typing import Any

from app.bench.report import SIDES

FIGURES = (
    ("join_ms", "Join"),
    ("delay_p50_ms", "Delay to the client, median"),
    ("delay_p95_ms", "Delay to the client, 95 %"),
    ("back_p50_ms", "Delay from the client, median"),
    ("back_p95_ms", "Delay from the client, 95 %"),
    ("cpu_cores", "CPU"),
    ("hd_from_client_ms", "Full size from the client"),
    ("memory_mb", "Memory"),
)
"""Where less is better."""
REFERENCE = "chromium"
MOST = 2.5
"""Shares beyond this are cut off and say so."""

_COLOURS = {"ours": "#0f766e", "aiortc": "#b45309"}
_LEFT, _SCALE, _BAR, _GAP, _TOP = 230, 200, 14, 14, 50
"""Pixels: room for names, width of 1.0, height of a bar, between groups, above the first."""


def svg(report: dict[str, Any]) -> str:
    """The drawing; it needs no fonts of its own and reads well on light and dark paper."""
    shown = [side for side in SIDES if side != REFERENCE]
    height = _TOP + len(FIGURES) * (len(shown) * _BAR + _GAP)
    width = _LEFT + int(MOST * _SCALE) + 70
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12" role="img">',
        "<title>Shares of Chromium's figures; less is better</title>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        *_legend(shown),
    ]
    for number, (name, what) in enumerate(FIGURES):
        y = _TOP + number * (len(shown) * _BAR + _GAP)
        lines.append(_text(_LEFT - 10, y + _BAR * len(shown) / 2 + 4, what, "end"))
        lines += [line for n, side in enumerate(shown) for line in _bar(y + n * _BAR, side, _share(report, side, name))]
    x = _LEFT + _SCALE
    lines.append(f'<line x1="{x}" y1="{_TOP - 8}" x2="{x}" y2="{height}" stroke="#1f2937" stroke-dasharray="4 3"/>')
    return "\n".join([*lines, "</svg>"]) + "\n"


def _share(report: dict[str, Any], side: str, name: str) -> float | None:
    """None where one of both is missing or there is nothing to divide by."""
    ours, reference = report[side][name], report[REFERENCE][name]
    return ours / reference if ours is not None and reference else None


def _bar(y: float, side: str, share: float | None) -> list[str]:
    if share is None:
        return [_text(_LEFT + 4, y + _BAR - 3, "no figure")]
    length = round(min(share, MOST) * _SCALE, 1)
    label = f"{share:.2f}" + (" (cut off)" if share > MOST else "")
    rectangle = f'<rect x="{_LEFT}" y="{y}" width="{length}" height="{_BAR - 2}" fill="{_COLOURS[side]}"/>'
    return [rectangle, _text(_LEFT + length + 4, y + _BAR - 3, label)]


def _legend(shown: list[str]) -> list[str]:
    lines = [_text(_LEFT + _SCALE, _TOP - 14, "Chromium = 1", "middle")]
    for number, side in enumerate(shown):
        x = 10 + 90 * number
        lines += [f'<rect x="{x}" y="12" width="12" height="12" fill="{_COLOURS[side]}"/>', _text(x + 18, 23, side)]
    return lines


def _text(x: float, y: float, text: str, anchor: str = "start") -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}" fill="#1f2937">{text}</text>'
