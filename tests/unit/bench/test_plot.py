"""The drawing of a report."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

from app.bench.plot import FIGURES, MOST, svg

SVG = "{http://www.w3.org/2000/svg}"


def report(ours: float | None, aiortc: float | None, chromium: float | None) -> dict[str, Any]:
    values = {"ours": ours, "aiortc": aiortc, "chromium": chromium}
    return {side: {name: value for name, _ in FIGURES} for side, value in values.items()}


def drawn(drawing: str, kind: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(drawing).iter(SVG + kind))  # noqa: S314  our own drawing


def texts(drawing: str) -> list[str]:
    return [element.text or "" for element in drawn(drawing, "text")]


def test_bars_are_as_long_as_their_shares() -> None:
    drawing = svg(report(50, 100, 100))
    bars = [r for r in drawn(drawing, "rect") if r.get("x") == "230"]
    assert len(bars) == 2 * len(FIGURES)
    ours, aiortc = (float(bar.get("width", "0")) for bar in bars[:2])
    assert aiortc == 2 * ours
    assert texts(drawing).count("0.50") == texts(drawing).count("1.00") == len(FIGURES)


def test_what_is_missing_or_too_long_is_said() -> None:
    found = texts(svg(report(None, 1000 * MOST, 100)))
    assert found.count("no figure") == len(FIGURES)
    assert any(text.endswith("(cut off)") for text in found)
    assert texts(svg(report(1, 1, 0))).count("no figure") == 2 * len(FIGURES)
