"""The list of checks as Qt sees it: one act at a time, told by a signal. Imports Qt and `app.services.checks` only."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtCore import QObject, Signal

from app.domain.check_result import CheckResult
from app.domain.checks import Fault, Finding, Side
from app.media.check_ports import Ear
from app.media.ports import DeviceChoice
from app.services.checks.check_list import CheckList, Length, Progress, Question, Step
from app.ui.device_check.kit import CheckParts

Act = Callable[[CheckList], Coroutine[Any, Any, object]]
DEVICE_STEPS = (Step.CAMERA, Step.MICROPHONE, Step.LOUDSPEAKER, Step.OWN_VOICE, Step.ECHO)
"""What a running conversation would be disturbed by."""


class CheckModel(QObject):
    """One for each window of a check; `close` it, and the devices are free."""

    changed = Signal()
    """What is going on, or what was found, is new."""

    def __init__(self, parts: CheckParts, length: Length) -> None:
        super().__init__()
        self._parts = parts
        self._length = length
        self._turn = asyncio.Lock()
        self._acting: asyncio.Task[None] | None = None
        self._open = True
        self._held = False
        self.checks: CheckList | None = None
        """None until what measures is loaded."""
        self.choice = parts.tools.choice()
        self.playing: Ear | None = None
        """The side on which a test tone is heard now."""

    @property
    def held(self) -> bool:
        """A conversation has the devices, so they are not taken here."""
        return self._held or self._parts.session_runs()

    # ---- what there is to see

    def progress(self, step: Step) -> Progress:
        """Where a step stands."""
        return Progress.WAITING if self.checks is None else self.checks.progress(step)

    def first_fault(self, step: Step) -> Fault | None:
        """What is wrong with the part of that step and to be mended first."""
        if self.checks is None:
            return None
        findings = [Finding(step.part, fault) for fault in self.checks.faults(step)]
        return self._parts.tools.table.verdict(findings, Side.COUNSELLOR).fault

    def result(self) -> CheckResult | None:
        """Everything so far."""
        return None if self.checks is None else self.checks.result()

    def answered(self, question: Question) -> bool | None:
        """What the person said."""
        return None if self.checks is None else self.checks.answered(question)

    def level_dbfs(self) -> float:
        """Of the open microphone, -100 to 0."""
        return -100.0 if self.checks is None else self.checks.level_dbfs()

    # ---- what is done

    def run(self, step: Step) -> None:
        """Make one step; what still ran is given up, and what it had open is freed."""
        if not (self.held and step in DEVICE_STEPS):
            self._act(step.value, lambda checks: _only(checks, step))

    def run_all(self) -> None:
        """Make all steps, without a question."""
        if not self.held:
            self._act("all", lambda checks: checks.run_all())

    def play(self, ear: Ear) -> None:
        """A test tone on one side."""
        if not self.held:
            self._act("tone", lambda checks: self._play(checks, ear))

    def choose(self, choice: DeviceChoice) -> None:
        """Check these from now on."""
        self.choice = choice
        self._give_up()
        if self.checks is not None:
            self._do("choose", lambda checks: checks.choose(choice))

    def answer(self, question: Question, yes: bool) -> None:
        """What the person said."""
        if self.checks is not None:
            self.checks.answer(question, yes)

    def look_again(self, step: Step) -> None:
        """Judge the open device anew."""
        if self.checks is not None and self.progress(step) is Progress.DONE:
            self.checks.look_again(step)

    def rest(self) -> None:
        """Give up what runs and free every device."""
        self._give_up()
        if self.checks is not None:
            self._do("rest", lambda checks: checks.close())

    def hold(self, on: bool) -> None:
        """A conversation begins, or is over: it has the devices."""
        self._held = on
        if on:
            self.rest()
        self.changed.emit()

    def close(self) -> None:
        """Free everything; nothing is told any more. May be called twice."""
        if self._open:
            self.rest()
            self._open = False

    # ---- inside

    def _act(self, name: str, act: Act) -> None:
        """Something that the next act may interrupt."""
        self._give_up()
        self._acting = self._do(name, act)

    def _give_up(self) -> None:
        if self._acting is not None:
            self._acting.cancel()
            self._acting = None

    def _do(self, name: str, act: Act) -> asyncio.Task[None] | None:
        return self._parts.tasks.start(f"check.{name}", self._in_turn(act)) if self._open else None

    async def _in_turn(self, act: Act) -> None:
        async with self._turn:
            if self.checks is None:
                self.checks = await self._parts.tools.make_list(self.choice, self._length)
                self.checks.changed.subscribe(lambda _step: self._tell())
            await act(self.checks)
            self._tell()

    def _tell(self) -> None:
        if self._open:
            self.changed.emit()

    async def _play(self, checks: CheckList, ear: Ear) -> None:
        self.playing = ear
        self._tell()
        try:
            await checks.play(ear)
        finally:
            self.playing = None


async def _only(checks: CheckList, step: Step) -> None:
    await checks.close()
    await checks.run(step)
