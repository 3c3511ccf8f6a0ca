"""The list of checks without a window: what is asked, what is left out, what breaks down, and that devices are freed."""

from __future__ import annotations

import asyncio

import pytest

from app.domain.checks import Fault, Part
from app.domain.readiness import Check
from app.media.check_ports import CameraProbe, Ear, MicrophoneProbe
from app.media.ports import DeviceChoice
from app.services.checks.check_list import PATIENCE_S, SHORT_PATIENCE_S, CheckList, Length, Probes, Progress, Question, Step
from app.services.checks.simulated import SimulatedDevices, Simulation
from tests.support.checks import TABLE, no_time


class Watched(SimulatedDevices):
    """Notes what is asked of the devices, in order."""

    def __init__(self, simulation: Simulation) -> None:
        super().__init__(simulation)
        self.asked: list[str] = []

    async def camera(self, device: str) -> CameraProbe:
        return self._noted("camera", await super().camera(device))

    async def microphone(self, device: str) -> MicrophoneProbe:
        return self._noted("microphone", await super().microphone(device))

    async def tone(self, loudspeaker: str, ear: Ear) -> Fault | None:
        self.asked.append(f"tone {ear.value}")
        return await super().tone(loudspeaker, ear)

    async def own_voice(self, microphone: str, loudspeaker: str, seconds: float = 3.0) -> Fault | None:
        self.asked.append("own voice")
        return await super().own_voice(microphone, loudspeaker, seconds)

    async def echo(self, microphone, loudspeaker):
        self.asked.append("echo")
        return await super().echo(microphone, loudspeaker)

    def _noted(self, kind, probe):
        self.asked.append(f"open {kind}")
        close = probe.close

        async def noted() -> None:
            self.asked.append(f"close {kind}")
            await close()

        probe.close = noted
        return probe


@pytest.fixture
def simulation() -> Simulation:
    return Simulation(TABLE, pause=no_time)


@pytest.fixture
def devices(simulation) -> Watched:
    return Watched(simulation)


def listed(simulation: Simulation, devices: Watched, length: Length = Length.FULL, choice: DeviceChoice | None = None) -> CheckList:
    probes = simulation.probes()
    return CheckList(Probes(devices, probes.present, probes.network, probes.system), TABLE, choice, length, no_time)


async def test_the_full_form_takes_one_device_after_the_other_and_frees_each(simulation, devices) -> None:
    checks = listed(simulation, devices)
    assert checks.steps == tuple(Step)
    result = await checks.run_all()
    assert devices.asked == [
        *("open camera", "close camera", "open microphone", "close microphone", "tone left", "tone right", "echo"),
    ]
    assert result.ok
    assert [checks.progress(step) for step in Step] == [Progress.WAITING if step is Step.OWN_VOICE else Progress.DONE for step in Step]


async def test_the_short_form_plays_nothing_asks_nothing_and_knows_no_loudness(simulation, devices) -> None:
    simulation.provoke(Fault.MIC_QUIET, Fault.MIC_HUM, Fault.BANDWIDTH_SMALL, Fault.MIC_WRONG)
    checks = listed(simulation, devices, Length.SHORT)
    result = await checks.run_all()
    assert sorted(devices.asked) == ["close camera", "close microphone", "open camera", "open microphone"]
    assert result.ok, "nobody had to speak, and nothing was weighed"
    assert result.outcomes[Part.LOUDSPEAKER] is Check.UNKNOWN


def test_no_form_takes_longer_than_it_may() -> None:
    """Also where every step is given up: those of the short form run side by side, network and machine beside the devices."""
    devices = [step for step in Step if step not in (Step.NETWORK, Step.SYSTEM)]
    assert SHORT_PATIENCE_S < 10
    assert max(sum(PATIENCE_S[step] for step in devices), PATIENCE_S[Step.NETWORK], PATIENCE_S[Step.SYSTEM]) < 120


@pytest.mark.parametrize(("length", "most_s"), [(Length.SHORT, 3), (Length.FULL, 30)])
async def test_what_a_form_waits_for(length, most_s) -> None:
    waited: list[float] = []

    async def pause(seconds: float) -> None:
        waited.append(seconds)

    probes = Simulation(TABLE, pause=pause).probes()
    checks = CheckList(probes, TABLE, length=length, pause=pause)
    await checks.run_all()
    assert 0 < (max if length is Length.SHORT else sum)(waited) < most_s


@pytest.mark.parametrize(
    "fault", [Fault.MIC_SILENT, Fault.MIC_CLIPPING, Fault.SPEAKER_NONE, Fault.CAMERA_NONE, Fault.DNS_WRONG, Fault.KEYRING_NONE]
)
async def test_the_short_form_finds_what_it_can(simulation, devices, fault) -> None:
    simulation.provoke(fault)
    assert (await listed(simulation, devices, Length.SHORT).run_all()).verdict.fault is fault


async def test_without_a_person_what_only_they_can_tell_is_no_fault(simulation, devices) -> None:
    simulation.provoke(Fault.SPEAKER_WRONG)
    result = await listed(simulation, devices).run_all()
    assert result.ok
    assert result.outcomes[Part.LOUDSPEAKER] is Check.UNKNOWN


async def test_a_person_leads_through_it(simulation, devices) -> None:
    checks = listed(simulation, devices)
    told: list[Step] = []
    checks.changed.subscribe(told.append)
    await checks.play(Ear.LEFT)
    checks.answer(Question.HEARD_LEFT, True)
    await checks.play(Ear.RIGHT)
    checks.answer(Question.HEARD_RIGHT, False)
    assert checks.faults(Step.LOUDSPEAKER) == (Fault.SPEAKER_WRONG,), "one dead side is a fault"
    checks.answer(Question.HEARD_RIGHT, True)
    assert checks.faults(Step.LOUDSPEAKER) == ()
    await checks.run(Step.OWN_VOICE)
    checks.answer(Question.HEARD_VOICE, False)
    assert checks.faults(Step.OWN_VOICE) == (Fault.MIC_WRONG,)
    assert checks.answered(Question.HEARD_VOICE) is False
    assert Step.LOUDSPEAKER in told
    assert Step.OWN_VOICE in told


async def test_who_does_not_see_themselves_has_another_camera(simulation, devices) -> None:
    checks = listed(simulation, devices)
    await checks.run(Step.CAMERA)
    checks.answer(Question.SEES_SELF, False)
    assert checks.faults(Step.CAMERA) == (Fault.CAMERA_WRONG,)
    checks.look_again(Step.CAMERA)
    assert checks.result().verdict.fault is Fault.CAMERA_WRONG, "newer figures do not undo what was said"
    simulation.provoke(Fault.CAMERA_DARK)
    checks.look_again(Step.CAMERA)
    assert checks.faults(Step.CAMERA) == (Fault.CAMERA_DARK,), "that is why"
    simulation.clear()
    await checks.choose(DeviceChoice(camera="another"))
    assert checks.answered(Question.SEES_SELF) is None
    await checks.run(Step.CAMERA)
    assert checks.faults(Step.CAMERA) == ()
    await checks.close()


async def test_who_hears_nothing_at_all_says_nothing_of_the_microphone(simulation, devices) -> None:
    checks = listed(simulation, devices)
    for question in (Question.HEARD_LEFT, Question.HEARD_RIGHT, Question.HEARD_VOICE):
        checks.answer(question, False)
    assert checks.result().verdict.fault is Fault.SPEAKER_WRONG
    assert checks.result().verdict.others == ()


async def test_other_devices_forget_what_was_found_and_said(simulation, devices) -> None:
    simulation.provoke(Fault.CAMERA_DARK, Fault.MIC_QUIET)
    checks = listed(simulation, devices)
    await checks.run(Step.CAMERA)
    await checks.run(Step.MICROPHONE)
    checks.answer(Question.HEARD_LEFT, False)
    assert len(checks.result().verdict.others) == 2
    await checks.choose(DeviceChoice("another", "another", "another"))
    assert devices.asked[-2:] == ["close camera", "close microphone"]
    assert checks.choice.camera == "another"
    assert checks.result().findings == ()
    assert checks.progress(Step.CAMERA) is Progress.WAITING
    assert checks.answered(Question.HEARD_LEFT) is None
    await checks.close()


async def test_no_device_was_wanted(simulation, devices) -> None:
    checks = listed(simulation, devices, choice=DeviceChoice(None, None, None))
    result = await checks.run_all()
    assert devices.asked == []
    assert {result.outcomes[part] for part in (Part.CAMERA, Part.MICROPHONE, Part.LOUDSPEAKER)} == {Check.UNKNOWN}
    assert result.ok


@pytest.mark.parametrize("fault", [Fault.MIC_BUSY, Fault.SPEAKER_BUSY])
async def test_own_voice_tells_what_hinders_it(simulation, devices, fault) -> None:
    simulation.provoke(fault)
    checks = listed(simulation, devices)
    await checks.run(Step.OWN_VOICE)
    assert checks.result().verdict.fault is fault


async def test_a_step_that_breaks_down_is_a_finding_and_the_next_one_goes_on(simulation, devices) -> None:
    async def broken(_: str) -> CameraProbe:
        raise ZeroDivisionError

    devices.camera = broken
    result = await listed(simulation, devices).run_all()
    assert (result.verdict.fault, result.verdict.outcome) == (Fault.NOT_MEASURED, Check.WEAK)
    assert result.outcomes[Part.CAMERA] is Check.WEAK
    assert result.outcomes[Part.MICROPHONE] is Check.OK


async def test_a_step_that_is_broken_off_waits_again(simulation, devices) -> None:
    begun = asyncio.Event()

    async def never(_: float) -> None:
        begun.set()
        await asyncio.Event().wait()

    probes = simulation.probes()
    checks = CheckList(Probes(devices, probes.present, probes.network, probes.system), TABLE, pause=never)
    work = asyncio.ensure_future(checks.run(Step.CAMERA))
    await begun.wait()
    assert checks.progress(Step.CAMERA) is Progress.RUNNING
    work.cancel()
    await asyncio.wait([work])
    assert checks.progress(Step.CAMERA) is Progress.WAITING
    await checks.close()
    assert devices.asked == ["open camera", "close camera"]
