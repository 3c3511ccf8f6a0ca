"""The table of faults, and the one verdict on whatever was found."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.checks import Blame, Fault, FaultTable, Finding, Part, Side
from app.domain.readiness import Check
from app.paths import RESOURCES

TEXT = (RESOURCES / "web" / "faults.json").read_text("utf-8")
TABLE = FaultTable.parse(TEXT)
FINDINGS = st.builds(Finding, st.sampled_from(Part), st.none() | st.sampled_from(Fault))


def test_every_fault_stands_in_the_table_and_is_met_by_somebody() -> None:
    assert [row.fault.value for row in TABLE.rows] == [row["fault"] for row in json.loads(TEXT)["faults"]]
    assert all(row.outcome in (Check.WEAK, Check.FAILED) and row.provoked_by for row in TABLE.rows)


@given(st.lists(FINDINGS), st.sampled_from(Side))
def test_whatever_was_found_ends_in_exactly_one_verdict(findings: list[Finding], side: Side) -> None:
    verdict = TABLE.verdict(findings, side)
    faults = {finding.fault for finding in findings} - {None}
    assert {verdict.fault, *verdict.others} - {None} == faults
    assert (verdict.blame is Blame.NOBODY) == (not faults) == (verdict.fault is None)
    assert verdict.outcome is (TABLE.outcome(findings) if findings else Check.OK)


def test_what_fails_comes_before_what_is_weak() -> None:
    found = [Finding(Part.CAMERA, Fault.CAMERA_DARK), Finding(Part.CAMERA, Fault.CAMERA_FROZEN), Finding(Part.NETWORK)]
    verdict = TABLE.verdict(found, Side.COUNSELLOR)
    assert (verdict.fault, verdict.others) == (Fault.CAMERA_FROZEN, (Fault.CAMERA_DARK,))
    assert (verdict.blame, verdict.outcome) == (Blame.OUR_DEVICE, Check.FAILED)


@pytest.mark.parametrize(
    ("fault", "side", "blame"),
    [
        (Fault.MIC_SILENT, Side.CLIENT, Blame.CLIENT_DEVICE),
        (Fault.MIC_SILENT, Side.COUNSELLOR, Blame.OUR_DEVICE),
        (Fault.LOSS_HIGH, Side.CLIENT, Blame.CLIENT_NETWORK),
        (Fault.LOSS_HIGH, Side.COUNSELLOR, Blame.OUR_NETWORK),
        (Fault.RELAY_REFUSED, Side.CLIENT, Blame.OUR_SERVER),
        (Fault.RELAY_REFUSED, Side.COUNSELLOR, Blame.OUR_SERVER),
    ],
)
def test_whose_thing_it_is_depends_on_who_checks(fault: Fault, side: Side, blame: Blame) -> None:
    assert TABLE.verdict([Finding(TABLE.row(fault).part, fault)], side).blame is blame


def broken(change: Mapping[str, Any]) -> str:
    read = json.loads(TEXT)
    read["faults"][0] |= change
    return json.dumps(read)


@pytest.mark.parametrize("change", [{"fault": "camera-none"}, {"fault": "mood"}, {"part": "nose"}, {"place": "here"}, {"provoked_by": {}}])
def test_a_table_with_a_gap_or_a_word_of_its_own_is_refused(change: Mapping[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        FaultTable.parse(broken(change))
