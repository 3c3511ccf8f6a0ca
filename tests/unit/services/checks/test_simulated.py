"""Every fault that the counsellor can meet, brought about by its figures: the rules find it, and it ends in its one verdict."""

from __future__ import annotations

import pytest

from app.domain.checks import Blame, Fault, Part, Place
from app.domain.readiness import Check
from app.services.checks.check_list import CheckList, Length, Question, Step
from app.services.checks.simulated import Simulation, can_be_simulated
from tests.support.checks import TABLE, no_time

BLAMES = {Place.DEVICE: Blame.OUR_DEVICE, Place.NETWORK: Blame.OUR_NETWORK, Place.SERVER: Blame.OUR_SERVER}
WITH_IT = {Fault.RELAY_REFUSED: (Fault.UDP_BLOCKED,)}
"""The relay is the only way where UDP is blocked."""


async def checked(simulation: Simulation, length: Length = Length.FULL) -> CheckList:
    checks = CheckList(simulation.probes(), TABLE, length=length, pause=no_time)
    await checks.run_all()
    if length is Length.FULL:
        for question in Question:
            checks.answer(question, simulation.person(question))
    await checks.close()
    return checks


@pytest.mark.parametrize("fault", can_be_simulated(TABLE), ids=lambda fault: fault.value)
async def test_each_fault_is_found_and_ends_in_its_verdict(fault: Fault) -> None:
    simulation = Simulation(TABLE, pause=no_time)
    simulation.provoke(fault)
    result = (await checked(simulation)).result()
    row = TABLE.row(fault)
    assert (result.verdict.fault, result.verdict.others) == (fault, WITH_IT.get(fault, ()))
    assert (result.verdict.blame, result.verdict.outcome) == (BLAMES[row.place], row.outcome)
    assert result.outcomes[row.part] is row.outcome
    assert {result.outcomes[part] for part in Part if part is not row.part} == {Check.OK}


async def test_without_a_fault_all_is_well() -> None:
    result = (await checked(Simulation(TABLE, pause=no_time))).result()
    assert result.ok
    assert result.verdict.blame is Blame.NOBODY
    assert set(result.outcomes.values()) == {Check.OK}


async def test_a_fault_that_is_cleared_is_gone_while_the_device_is_open() -> None:
    simulation = Simulation(TABLE, pause=no_time)
    simulation.provoke(Fault.CAMERA_DARK, Fault.CAMERA_SLOW)
    checks = CheckList(simulation.probes(), TABLE, pause=no_time)
    await checks.run(Step.CAMERA)
    assert checks.faults(Step.CAMERA) == (Fault.CAMERA_DARK, Fault.CAMERA_SLOW)
    simulation.clear(Fault.CAMERA_DARK)
    checks.look_again(Step.CAMERA)
    assert checks.faults(Step.CAMERA) == (Fault.CAMERA_SLOW,)
    simulation.clear()
    checks.look_again(Step.CAMERA)
    assert checks.result().outcomes[Part.CAMERA] is Check.OK
    assert simulation.faults == ()
    await checks.close()


async def test_the_picture_looks_as_the_figures_say() -> None:
    simulation = Simulation(TABLE, pause=no_time)
    checks = CheckList(simulation.probes(), TABLE, pause=no_time)

    async def brightness() -> float:
        await checks.run(Step.CAMERA)
        slot = checks.picture
        assert slot is not None
        while (frame := slot.newest()[1]) is None:
            await no_time(0)
        return float(frame.y.mean())

    bright = await brightness()
    simulation.provoke(Fault.CAMERA_DARK)
    assert await brightness() < bright / 2
    await checks.close()
    assert checks.picture is None


async def test_a_simulated_microphone_moves_the_meter_only_where_one_is_heard() -> None:
    simulation = Simulation(TABLE, pause=no_time)
    checks = CheckList(simulation.probes(), TABLE, pause=no_time)
    assert checks.level_dbfs() == -100
    await checks.run(Step.MICROPHONE)
    assert -40 < checks.level_dbfs() < -10
    simulation.provoke(Fault.MIC_ENDED)
    assert checks.level_dbfs() == -100
    await checks.close()


@pytest.mark.parametrize(
    ("fault", "heard", "recognised"),
    [(None, True, True), (Fault.SPEAKER_WRONG, False, False), (Fault.MIC_WRONG, True, False), (Fault.SPEAKER_NONE, False, False)],
)
def test_what_somebody_would_hear(fault: Fault | None, heard: bool, recognised: bool) -> None:
    simulation = Simulation(TABLE, pause=no_time)
    simulation.provoke(*([fault] if fault else []))
    assert simulation.person(Question.HEARD_LEFT) is simulation.person(Question.HEARD_RIGHT) is heard
    assert simulation.person(Question.HEARD_VOICE) is recognised


@pytest.mark.parametrize(
    ("fault", "sees"), [(None, True), (Fault.CAMERA_WRONG, False), (Fault.CAMERA_BUSY, False), (Fault.MIC_WRONG, True)]
)
def test_what_somebody_would_see(fault: Fault | None, sees: bool) -> None:
    simulation = Simulation(TABLE, pause=no_time)
    simulation.provoke(*([fault] if fault else []))
    assert simulation.person(Question.SEES_SELF) is sees
