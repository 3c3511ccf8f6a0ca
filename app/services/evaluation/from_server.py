"""What the server counted, as it goes into an export. Imports domain and schema; asks nobody (see `Link.survey_counts`)."""

from __future__ import annotations

from collections.abc import Mapping

from app.domain.survey_counts import SurveyCounts
from app.services.evaluation.schema import About, Counted, Sheets, Table


def counted(survey: SurveyCounts, take_up: Table) -> Counted:
    """One closed quarter of an export; `take_up` was counted elsewhere."""
    return Counted(
        quarter=survey.quarter,
        cells=[
            Sheets(version=cell.version, spoken=cell.spoken, variant=cell.variant, sheets=cell.sheets, answers=_table(cell.answers))
            for cell in survey.cells
        ],
        about=[About(version=about.version, statements=_table(about.statements)) for about in survey.about],
        take_up=take_up,
    )


def _table(counts: Mapping[str, Mapping[str, int]]) -> Table:
    return {name: dict(answers) for name, answers in counts.items()}
