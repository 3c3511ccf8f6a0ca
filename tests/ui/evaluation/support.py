"""Counts of a server for the windows of the evaluation."""

from __future__ import annotations

from app.domain.survey_counts import AboutCounts, CellCounts, SurveyCounts
from app.services.link_port import LinkTarget
from tests.support.evaluation import counted

HERE = LinkTarget("ws://127.0.0.1:1/ws/control", "k" * 43, here=True)
AGENCY = LinkTarget("wss://beratung.example.org/ws/control", "s" * 43)


def counts(quarter: str, sheets: int = 120, seed: int = 1) -> SurveyCounts:
    """Invented ones, as a server tells them."""
    of = counted(quarter, sheets, seed)
    cells = tuple(CellCounts(cell.version, cell.spoken, cell.variant, cell.sheets, cell.answers) for cell in of.cells)
    about = tuple(AboutCounts(part.version, part.statements) for part in of.about)
    return SurveyCounts("jobcenter", quarter, cells, about, of.take_up)
