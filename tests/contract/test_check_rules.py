"""The rules of the device checks, held to the golden cases that the page's rules are held to as well."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.domain import check_rules
from app.domain.checks import Fault, FaultTable, Finding, Side
from app.paths import RESOURCES

CASES = json.loads((Path(__file__).parent / "golden" / "check_rules.json").read_text("utf-8"))
TABLE = FaultTable.parse((RESOURCES / "web" / "faults.json").read_text("utf-8"))
VERDICTS = json.loads((Path(__file__).parent / "golden" / "check_verdicts.json").read_text("utf-8"))
RULES = {
    "camera": (check_rules.CameraFigures, check_rules.camera),
    "microphone": (check_rules.MicrophoneFigures, check_rules.microphone),
    "loudspeaker": (check_rules.LoudspeakerFigures, check_rules.loudspeaker),
    "network": (check_rules.NetworkFigures, check_rules.network),
    "system": (check_rules.SystemFigures, check_rules.system),
}
BY_NO_RULE = {Fault.NOT_MEASURED}


def judged(part: str, figures: dict[str, Any]) -> list[str]:
    record, rule = RULES[part]
    if "trouble" in figures:
        figures = {**figures, "trouble": Fault(figures["trouble"])}
    return [fault.value for fault in rule(record(**figures), TABLE.limits)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['part']} {case['figures']}")
def test_each_case_finds_its_faults(case: dict[str, Any]) -> None:
    assert judged(case["part"], case["figures"]) == case["faults"]


def test_every_fault_of_the_table_is_found_by_a_case_and_in_its_own_part() -> None:
    found = {(fault, case["part"]) for case in CASES for fault in case["faults"]}
    assert found == {(row.fault.value, row.part.value) for row in TABLE.rows if row.fault not in BY_NO_RULE}


@pytest.mark.parametrize("case", VERDICTS, ids=lambda case: " ".join(case["faults"]) or "nothing")
def test_the_client_is_told_the_same_verdict_as_the_page_finds(case: dict[str, Any]) -> None:
    found = [Finding(TABLE.row(Fault(fault)).part, Fault(fault)) for fault in case["faults"]]
    verdict = TABLE.verdict(found, Side.CLIENT)
    assert case["verdict"] == {
        "blame": verdict.blame.value,
        "fault": verdict.fault.value if verdict.fault else "",
        "outcome": verdict.outcome.value,
        "others": [fault.value for fault in verdict.others],
    }
