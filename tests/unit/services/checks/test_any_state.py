"""Whatever devices, network and machine are like, and whatever a person says: exactly one verdict with a next action, and no exception.

`make soak` makes 10,000 of them.
"""

from __future__ import annotations

import asyncio
from dataclasses import fields

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.check_result import CheckResult, Measured
from app.domain.check_rules import CameraFigures, LoudspeakerFigures, MicrophoneFigures, NetworkFigures, SystemFigures
from app.domain.checks import Blame, Fault, Part
from app.domain.readiness import Check
from app.media.ports import DeviceChoice
from app.paths import RESOURCES
from app.services.checks.check_list import CheckList, Length, Question
from app.services.checks.record import CheckRecord
from app.services.checks.simulated import Simulation
from app.services.checks.wording import CheckWording
from app.texts import Texts
from tests.support.checks import TABLE, no_time
from tests.support.soak import rounds

STATES = rounds(500)
WORDS = {language: CheckWording(Texts.load(RESOURCES / "i18n", language, "app"), TABLE) for language in ("de", "en")}
NUMBERS = st.none() | st.floats(-1e6, 1e6) | st.sampled_from([0.0, -100.0, 1.0, float("inf"), float("nan")])
YES = st.none() | st.booleans()


def figures(record: type, part: Part) -> st.SearchStrategy:
    """Any figures of that part, wild ones among them."""
    given_: dict[str, st.SearchStrategy] = {}
    for one in fields(record):
        kind = str(one.type)
        given_[one.name] = st.booleans() if kind == "bool" else YES if "bool" in kind else NUMBERS
    if "trouble" in given_:
        given_["trouble"] = st.none() | st.sampled_from([row.fault for row in TABLE.rows if row.part is part])
    return st.builds(record, **given_)


RECORDS = {
    Part.CAMERA: CameraFigures,
    Part.MICROPHONE: MicrophoneFigures,
    Part.LOUDSPEAKER: LoudspeakerFigures,
    Part.NETWORK: NetworkFigures,
    Part.SYSTEM: SystemFigures,
}


class AnySimulation(Simulation):
    """Measures whatever it is given; a part without figures breaks down."""

    def __init__(self, measured: Measured, other_hears_better: bool) -> None:
        super().__init__(TABLE, pause=no_time)
        self._measured = measured
        if other_hears_better:
            self.provoke(Fault.MIC_WRONG)

    def measured(self, part: Part):
        figures = self._measured.part(part)
        if figures is None:
            raise OSError(part)
        return figures


STATE = st.builds(Measured, **{part.value: st.none() | figures(record, part) for part, record in RECORDS.items()})
CHOICE = st.builds(DeviceChoice, *[st.sampled_from(["", "one", None])] * 3)


@settings(max_examples=STATES)
@given(STATE, st.booleans(), CHOICE, st.sampled_from(Length), st.dictionaries(st.sampled_from(Question), st.booleans()))
def test_every_state_ends_in_one_verdict_with_a_next_action(measured, other, choice, length, answers) -> None:
    result = asyncio.run(checked(AnySimulation(measured, other), choice, length, answers))
    verdict, found = result.verdict, {finding.fault for finding in result.findings} - {None}
    assert isinstance(verdict.blame, Blame)
    assert (verdict.blame is Blame.NOBODY) == (verdict.fault is None) == (not found) == result.ok
    assert {verdict.fault, *verdict.others} - {None} == found
    assert set(result.outcomes) == set(Part)
    for words in WORDS.values():
        said = CheckRecord(result, length, 0).as_json(words)
        assert said["verdict"]["sentence"]
        assert bool(said["verdict"]["next_action"]) == bool(found)
        assert all(bool(line["next_action"]) == (line["outcome"] in ("weak", "failed")) for line in said["results"])
        assert {line["check"] for line in said["results"]} == {part.value for part in Part}


async def checked(simulation: Simulation, choice: DeviceChoice, length: Length, answers: dict[Question, bool]) -> CheckResult:
    checks = CheckList(simulation.probes(), TABLE, choice, length, no_time)
    await checks.run_all()
    for question, yes in answers.items():
        checks.answer(question, yes)
    await checks.close()
    return checks.result()


@pytest.mark.parametrize("part", Part)
def test_a_part_whose_check_broke_down_is_told(part: Part) -> None:
    broken = Measured().broken(part)
    assert broken.faults(part, TABLE.limits) == (Fault.NOT_MEASURED,)
    assert broken.with_part(part, None).faults(part, TABLE.limits) == ()
    assert Check.UNKNOWN in {TABLE.outcome([])}
