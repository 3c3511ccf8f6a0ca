"""The golden cases of the verdict on the line, read by Python. The page's tests read the same file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.domain.line import LineVerdict, SideReport, verdict
from app.wire.talk import Limited, LineReport

CASES = json.loads((Path(__file__).parent / "golden" / "line_verdicts.json").read_text("utf-8"))


def side(fields: dict[str, Any] | None) -> SideReport | None:
    if fields is None:
        return None
    report = msgspec.convert(fields, LineReport)
    return SideReport(
        report.loss,
        report.round_trip_ms,
        report.server_ms,
        network_limited=report.limited is Limited.NETWORK,
        device_limited=report.limited is Limited.DEVICE,
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
def test_both_reports_lead_to_the_golden_verdict(case: dict[str, Any]) -> None:
    assert verdict(side(case["client"]), side(case["counsellor"])).value == case["verdict"]


def test_every_verdict_has_a_golden_case() -> None:
    assert {case["verdict"] for case in CASES} == {word.value for word in LineVerdict}
