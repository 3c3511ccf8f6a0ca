"""The list of checks of the counsellor's side, without a window: opens one device after the other, takes in what the person says, and ends
in one verdict. A window or a command line is its skin. No Qt; imports `app.domain` and ports.

    checks = CheckList(probes, table, choice)
    await checks.run(Step.CAMERA)               # opens, looks for some seconds, judges; the device stays open (`picture`, `level_dbfs`)
    await checks.leave(Step.CAMERA)             # frees it
    await checks.play(Ear.LEFT)                 # the loudspeaker, one side at a time
    checks.answer(Question.HEARD_LEFT, True)
    checks.result()                             # findings, outcomes and the verdict so far, at any time
    await checks.close()
"""

from __future__ import annotations

import asyncio
import enum
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, replace
from typing import Any

import structlog

from app.domain.check_result import CheckResult, Measured, judge
from app.domain.check_rules import CameraFigures, LoudspeakerFigures, MicrophoneFigures
from app.domain.checks import Fault, FaultTable, Part, Side
from app.media.check_ports import CameraProbe, DeviceProbes, Ear, MicrophoneProbe
from app.media.ports import DeviceChoice, FrameSlot, I420Frame
from app.services.checks.ports import NetworkProbe, Presence, SystemProbe
from app.services.events import Event

_log = structlog.get_logger(__name__)


class Step(enum.Enum):
    """One thing to do, in the order in which a person is led."""

    CAMERA = "camera"
    MICROPHONE = "microphone"
    """The person speaks a sentence meanwhile."""
    LOUDSPEAKER = "loudspeaker"
    """A tone left, a tone right."""
    OWN_VOICE = "own-voice"
    """Three seconds of speech, then the same played."""
    ECHO = "echo"
    NETWORK = "network"
    SYSTEM = "system"

    @property
    def part(self) -> Part:
        """What it tells of."""
        return _PARTS[self]


_PARTS = {
    Step.CAMERA: Part.CAMERA,
    Step.MICROPHONE: Part.MICROPHONE,
    Step.LOUDSPEAKER: Part.LOUDSPEAKER,
    Step.OWN_VOICE: Part.MICROPHONE,
    Step.ECHO: Part.LOUDSPEAKER,
    Step.NETWORK: Part.NETWORK,
    Step.SYSTEM: Part.SYSTEM,
}


class Question(enum.Enum):
    """What only the person can tell."""

    SEES_SELF = "sees-self"
    """Their own picture, well."""
    HEARD_LEFT = "heard-left"
    HEARD_RIGHT = "heard-right"
    HEARD_VOICE = "heard-voice"
    """Their own."""


class Length(enum.Enum):
    """How much is checked."""

    SHORT = "short"
    """Before a session, under 10 seconds: nothing is played, nothing asked, the person need not speak."""
    FULL = "full"
    """Under 2 minutes."""


class Progress(enum.Enum):
    """Where a step stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"


_STEPS = {
    Length.SHORT: (Step.CAMERA, Step.MICROPHONE, Step.LOUDSPEAKER, Step.NETWORK, Step.SYSTEM),
    Length.FULL: tuple(Step),
}
_BESIDE = (Step.NETWORK, Step.SYSTEM)
LOOK_S = {Length.SHORT: 1.5, Length.FULL: 3.0}
"""So long the camera is looked through."""
LISTEN_S = {Length.SHORT: 1.5, Length.FULL: 4.0}
"""So long the microphone is listened to: one spoken sentence."""
PATIENCE_S = {
    Step.CAMERA: 15.0,
    Step.MICROPHONE: 15.0,
    Step.LOUDSPEAKER: 10.0,
    Step.OWN_VOICE: 15.0,
    Step.ECHO: 15.0,
    Step.NETWORK: 30.0,
    Step.SYSTEM: 5.0,
}
"""A step that takes longer is given up: its part could not be measured."""
SHORT_PATIENCE_S = 9.5
"""The same for every step of the short form, whose steps run side by side."""


@dataclass(frozen=True, slots=True)
class Probes:
    """Everything that measures."""

    devices: DeviceProbes
    present: Presence
    network: NetworkProbe
    system: SystemProbe


Pause = Callable[[float], Awaitable[None]]


class CheckList:
    """One check. All of it belongs to one loop."""

    def __init__(
        self,
        probes: Probes,
        table: FaultTable,
        choice: DeviceChoice | None = None,
        length: Length = Length.FULL,
        pause: Pause = asyncio.sleep,
    ) -> None:
        """`pause` in seconds."""
        self.changed: Event[Step] = Event()
        """A step began or ended, or what it tells has changed."""
        self._probes = probes
        self._table = table
        self._choice = DeviceChoice() if choice is None else choice
        self._length = length
        self._pause = pause
        self._measured = Measured()
        self._progress = dict.fromkeys(_STEPS[length], Progress.WAITING)
        self._answers: dict[Question, bool] = {}
        self._camera: CameraProbe | None = None
        self._microphone: MicrophoneProbe | None = None

    # ---- what there is to see

    @property
    def steps(self) -> tuple[Step, ...]:
        """In their order."""
        return _STEPS[self._length]

    @property
    def choice(self) -> DeviceChoice:
        """The devices that are checked."""
        return self._choice

    @property
    def picture(self) -> FrameSlot[I420Frame] | None:
        """Of the open camera."""
        return None if self._camera is None else self._camera.slot

    def level_dbfs(self) -> float:
        """Of the open microphone, -100 to 0; -100 without one."""
        return -100.0 if self._microphone is None else self._microphone.level_dbfs()

    def progress(self, step: Step) -> Progress:
        """Of a step of this list."""
        return self._progress[step]

    def answered(self, question: Question) -> bool | None:
        """What the person said."""
        return self._answers.get(question)

    def faults(self, step: Step) -> tuple[Fault, ...]:
        """What is wrong with the part of that step, as far as it was looked at."""
        return self._measured.faults(step.part, self._table.limits)

    def result(self) -> CheckResult:
        """Everything so far."""
        return judge(self._measured, self._table, Side.COUNSELLOR)

    # ---- what is done

    async def run(self, step: Step) -> None:
        """Make one step; again is allowed. Raises nothing but CancelledError: what breaks down is told as a finding."""
        self._set(step, Progress.RUNNING)
        try:
            async with asyncio.timeout(self._patience(step)):
                await self._make(step)
        except asyncio.CancelledError:
            self._set(step, Progress.WAITING)
            raise
        except Exception as error:
            _log.warning("check.step_broke_down", step=step.value, error=type(error).__name__)
            self._measured = self._measured.broken(step.part)
        self._set(step, Progress.DONE)

    async def run_all(self) -> CheckResult:
        """All steps; frees everything. Nobody is asked.

        Network and machine run beside the devices. Those take turns in the full form, because one hears what another plays; in the
        short form nothing is played, and all run side by side.
        """
        devices = [step for step in self.steps if step not in _BESIDE]
        lanes = [[step] for step in devices] if self._length is Length.SHORT else [devices]
        async with asyncio.TaskGroup() as group:
            for lane in [*lanes, *([step] for step in self.steps if step in _BESIDE)]:
                group.create_task(self._run_lane(lane))
        return self.result()

    async def _run_lane(self, steps: Sequence[Step]) -> None:
        for step in steps:
            if self._worth_while(step):
                await self.run(step)
                await self.leave(step)

    async def play(self, ear: Ear) -> None:
        """A test tone; again is allowed. What hinders it is told as a finding."""
        trouble = await self._probes.devices.tone(self._choice.loudspeaker or "", ear)
        played = self._measured.loudspeaker or LoudspeakerFigures()
        self._take(Step.LOUDSPEAKER, replace(played, trouble=trouble))

    def look_again(self, step: Step) -> None:
        """Judge the open camera or microphone by its newest figures: the person has changed something."""
        if step is Step.CAMERA and self._camera is not None:
            self._take(step, replace(self._camera.figures(), sees_self=self._answers.get(Question.SEES_SELF)))
        elif step is Step.MICROPHONE and self._microphone is not None:
            other = self._measured.microphone is not None and self._measured.microphone.other_hears_better
            self._take(step, replace(self._microphone.figures(), other_hears_better=other, recognised=self._recognised()))

    def answer(self, question: Question, yes: bool) -> None:
        """What the person said; the newest counts."""
        self._answers[question] = yes
        if question is Question.SEES_SELF:
            self._take(Step.CAMERA, replace(self._measured.camera or CameraFigures(), sees_self=yes))
            return
        played = self._measured.loudspeaker or LoudspeakerFigures()
        self._take(Step.LOUDSPEAKER, replace(played, heard=self._heard()))
        if self._measured.microphone is not None or self._recognised() is not None:
            spoken = self._measured.microphone or MicrophoneFigures()
            self._take(Step.OWN_VOICE, replace(spoken, recognised=self._recognised()))

    async def choose(self, choice: DeviceChoice) -> None:
        """Check these from now on; what was measured of another device, and said of it, is forgotten."""
        before, self._choice = self._choice, choice
        if choice.camera != before.camera:
            await self._forget(Step.CAMERA, Question.SEES_SELF)
        if choice.microphone != before.microphone:
            await self._forget(Step.MICROPHONE, Question.HEARD_VOICE)
        if choice.loudspeaker != before.loudspeaker:
            await self._forget(Step.LOUDSPEAKER, Question.HEARD_LEFT, Question.HEARD_RIGHT, Question.HEARD_VOICE)

    async def leave(self, step: Step) -> None:
        """Free the device of a step. May be called twice."""
        if step is Step.CAMERA and self._camera is not None:
            camera, self._camera = self._camera, None
            await camera.close()
        elif step is Step.MICROPHONE and self._microphone is not None:
            microphone, self._microphone = self._microphone, None
            await microphone.close()

    async def close(self) -> None:
        """Free everything. May be called twice."""
        await self.leave(Step.CAMERA)
        await self.leave(Step.MICROPHONE)

    # ---- the steps

    async def _make(self, step: Step) -> None:
        makes: dict[Step, Callable[[], Coroutine[Any, Any, None]]] = {
            Step.CAMERA: self._look,
            Step.MICROPHONE: self._listen,
            Step.LOUDSPEAKER: self._play_both,
            Step.OWN_VOICE: self._own_voice,
            Step.ECHO: self._echo,
            Step.NETWORK: self._measure_network,
            Step.SYSTEM: self._measure_system,
        }
        await makes[step]()

    async def _look(self) -> None:
        if self._choice.camera is None:
            return
        await self.leave(Step.CAMERA)
        self._camera = await self._probes.devices.camera(self._choice.camera)
        self.changed.announce(Step.CAMERA)  # its picture can be shown
        if self._camera.figures().trouble is None:
            await self._pause(LOOK_S[self._length])
        self.look_again(Step.CAMERA)

    async def _listen(self) -> None:
        if self._choice.microphone is None:
            return
        await self.leave(Step.MICROPHONE)
        self._microphone = probe = await self._probes.devices.microphone(self._choice.microphone)
        self.changed.announce(Step.MICROPHONE)
        other = False
        if probe.figures().trouble is None:
            other = await self._others(self._choice.microphone, LISTEN_S[self._length])
        self._take(Step.MICROPHONE, replace(self._spoken(probe), other_hears_better=other, recognised=self._recognised()))

    async def _others(self, microphone: str, seconds: float) -> bool:
        """Nobody need speak in the short form, so nothing can be told of other microphones."""
        if self._length is Length.FULL:
            listening = asyncio.ensure_future(self._probes.devices.others_louder(microphone, seconds))
            try:
                await self._pause(seconds)
                return await listening
            finally:
                listening.cancel()
        await self._pause(seconds)
        return False

    def _spoken(self, probe: MicrophoneProbe) -> MicrophoneFigures:
        """In the short form the person need not have spoken: only what holds of silence counts as well."""
        figures = probe.figures()
        return figures if self._length is Length.FULL else replace(figures, speech_dbfs=None, hum_share=None)

    async def _play_both(self) -> None:
        if self._choice.loudspeaker is None:
            return
        if self._length is Length.SHORT:
            there = await self._probes.present.loudspeaker(self._choice.loudspeaker)
            self._take(Step.LOUDSPEAKER, LoudspeakerFigures(trouble=None if there else Fault.SPEAKER_NONE))
            return
        for ear in (Ear.LEFT, Ear.RIGHT):
            await self.play(ear)
            if self.faults(Step.LOUDSPEAKER):
                return

    async def _own_voice(self) -> None:
        if self._choice.microphone is None or self._choice.loudspeaker is None:
            return
        await self.leave(Step.MICROPHONE)
        trouble = await self._probes.devices.own_voice(self._choice.microphone, self._choice.loudspeaker)
        if trouble is not None and self._table.row(trouble).part is Part.MICROPHONE:
            self._take(Step.OWN_VOICE, replace(self._measured.microphone or MicrophoneFigures(), trouble=trouble))
        elif trouble is not None:
            self._take(Step.LOUDSPEAKER, replace(self._measured.loudspeaker or LoudspeakerFigures(), trouble=trouble))

    async def _echo(self) -> None:
        if self._choice.microphone is None or self._choice.loudspeaker is None:
            return
        await self.leave(Step.MICROPHONE)
        echo = await self._probes.devices.echo(self._choice.microphone, self._choice.loudspeaker)
        self._take(Step.ECHO, replace(echo, heard=self._heard()))

    async def _measure_network(self) -> None:
        self._take(Step.NETWORK, await self._probes.network.measure(brief=self._length is Length.SHORT))

    async def _measure_system(self) -> None:
        self._take(Step.SYSTEM, await self._probes.system.measure())

    # ---- what was found

    def _take(self, step: Step, figures: Any) -> None:
        self._measured = self._measured.with_part(step.part, figures)
        self.changed.announce(step)

    def _heard(self) -> bool | None:
        """Both sides count: a headset of which one side is dead is no headset."""
        said = [self._answers[question] for question in (Question.HEARD_LEFT, Question.HEARD_RIGHT) if question in self._answers]
        return all(said) if said else None

    def _recognised(self) -> bool | None:
        """Who hears nothing at all does not hear their own voice either, which tells nothing of the microphone."""
        return None if self._heard() is False else self._answers.get(Question.HEARD_VOICE)

    def _worth_while(self, step: Step) -> bool:
        """Own voice needs somebody who listens, echo two devices that work."""
        return step is not Step.OWN_VOICE and (
            step is not Step.ECHO or not any(self._trouble(part) for part in (Part.MICROPHONE, Part.LOUDSPEAKER))
        )

    def _trouble(self, part: Part) -> bool:
        figures = self._measured.part(part)
        return part in self._measured.not_measured or figures is None or getattr(figures, "trouble", None) is not None

    async def _forget(self, step: Step, *questions: Question) -> None:
        await self.leave(step)
        for question in questions:
            self._answers.pop(question, None)
        for one in self.steps:
            if one.part is step.part:
                self._progress[one] = Progress.WAITING
        self._take(step, None)

    def _set(self, step: Step, progress: Progress) -> None:
        self._progress[step] = progress
        self.changed.announce(step)

    def _patience(self, step: Step) -> float:
        return SHORT_PATIENCE_S if self._length is Length.SHORT else PATIENCE_S[step]
