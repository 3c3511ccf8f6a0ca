"""Whatever devices, network and machine are like, and whatever a person says: exactly one verdict with a next action, and no exception.

`make soak` makes 10,000 of them.
"""

from __future__ import annotations

import asyncio
import random
from dataclasses import fields
from typing import Any

import pytest

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
NUMBERS = (None, 0.0, -100.0, 1.0, 45.0, 2.5, float("inf"), float("nan"))


def figures(chance: random.Random, part: Part) -> Any:
    """Any figures of that part, wild ones among them; or none."""
    if chance.random() < 0.1:
        return None
    record = RECORDS[part]
    troubles = [None, None, *(row.fault for row in TABLE.rows if row.part is part)]
    given: dict[str, object] = {}
    for one in fields(record):
        kind = str(one.type)
        if one.name == "trouble":
            given[one.name] = chance.choice(troubles)
        elif "bool" in kind:
            given[one.name] = chance.choice((True, False) if kind == "bool" else (True, False, None))
        else:
            given[one.name] = chance.choice((chance.uniform(-100, 1000), chance.uniform(0, 1), chance.choice(NUMBERS)))
    return record(**given)


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


def test_every_state_ends_in_one_verdict_with_a_next_action() -> None:
    async def all_of_them() -> None:
        for seed in range(STATES):
            await one_of_them(random.Random(seed))

    asyncio.run(all_of_them())


async def one_of_them(chance: random.Random) -> None:
    measured = Measured(**{part.value: figures(chance, part) for part in Part})
    choice = DeviceChoice(*(chance.choice(("", "one", None)) for _ in range(3)))
    length = chance.choice(tuple(Length))
    answers = {question: chance.random() < 0.5 for question in Question if chance.random() < 0.5}
    result = await checked(AnySimulation(measured, chance.random() < 0.5), choice, length, answers)
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
