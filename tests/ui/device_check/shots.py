"""Photographs every page of the device check: `python -m tests.ui.device_check.shots DIR [dark]`; QT_SCALE_FACTOR=2 for 200 %."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication, QWidget

from app.domain.check_rules import CameraFigures
from app.domain.checks import Fault
from app.media.check_ports import Ear
from app.media.frames import from_i420_rows
from app.media.persons import Person
from app.media.ports import I420Frame
from app.paths import RESOURCES
from app.services.checks.check_list import Progress, Question, Step
from app.services.fakes import ManualClock
from app.services.tasks import Tasks
from app.texts import Texts
from app.ui.colours import DARK, LIGHT
from app.ui.device_check.brief import BriefCheck
from app.ui.device_check.panel import CheckPanel
from app.ui.device_check.sound_pages import LoudspeakerPage
from app.ui.device_check.wizard import DeviceCheckWizard
from app.ui.device_check.words import CheckWords
from app.ui.theme import Theme
from tests.ui.appointment.support import turn, until
from tests.ui.device_check.support import Bench, bench

TURNS = 60
"""Until every layout has heard of its lines, and a picture stands."""
ASKED = (Step.LOUDSPEAKER,)
PRESSED = (Step.OWN_VOICE, Step.ECHO)


PERSON = Person(1)


def draw(figures: CameraFigures) -> I420Frame:
    """A drawn person, before a window where the figures say so."""
    return from_i420_rows(PERSON.draw(1100, against_light=(figures.backlight or 1.0) > 2), time.monotonic())


class Photographer:
    """Windows over simulated devices, and a folder."""

    def __init__(self, application: QApplication, folder: Path, dark: bool) -> None:
        scale = os.environ.get("QT_SCALE_FACTOR", "")
        self._folder = folder
        self._suffix = f"{'-dark' if dark else ''}{f'-x{scale}' if scale else ''}"
        theme = Theme(application, RESOURCES, lambda _palette, _scheme, _contrast: DARK if dark else LIGHT)
        texts = Texts.load(RESOURCES / "i18n", "de", "app")
        self.tasks = Tasks(lambda name, error: print(name, repr(error), file=sys.stderr))
        self.bench: Bench = bench(texts, theme, ManualClock(), self.tasks, draw)
        self.main = QWidget()
        self.main.setObjectName("window")
        self.main.resize(900, 140)

    async def take(self, name: str, window: QWidget) -> None:
        """One picture."""
        for _ in range(TURNS):
            await turn()
        window.grab().save(str(self._folder / f"check-{name}{self._suffix}.png"))

    async def wizard(self) -> None:
        """Page by page, all well."""
        wizard = DeviceCheckWizard(self.main, self.bench.parts)
        wizard.show()
        await self.take("welcome", wizard)
        for step in Step:
            wizard.next()
            page = wizard.steps[step]
            if isinstance(page, LoudspeakerPage):
                await turn()
                for ear in (Ear.LEFT, Ear.RIGHT):
                    page.tones[ear].click()
                    await until(lambda: not self.tasks.names)
                    page.heard[ear].yes.setChecked(True)
            if step in PRESSED:
                await turn()
                wizard.model.run(step)
            if step not in ASKED:
                await until(lambda step=step: wizard.model.progress(step) is Progress.DONE)
            if step is Step.OWN_VOICE:
                wizard.model.answer(Question.HEARD_VOICE, yes=True)
            if step is Step.NETWORK:
                wizard.steps[step].more.setChecked(True)
            await self.take(step.value, wizard)
        wizard.next()
        await self.take("verdict-good", wizard)
        wizard.reject()

    async def troubles(self) -> None:
        """Some pages and the end where something is wrong, or a conversation runs."""
        self.bench.simulation.provoke(Fault.CAMERA_BACKLIGHT, Fault.MIC_SILENT, Fault.UDP_BLOCKED)
        wizard = DeviceCheckWizard(self.main, self.bench.parts)
        wizard.show()
        for step in (Step.CAMERA, Step.MICROPHONE):
            wizard.next()
            await until(lambda step=step: wizard.model.progress(step) is Progress.DONE)
            await self.take(f"{step.value}-trouble", wizard)
        while wizard.currentPage() is not wizard.steps[Step.NETWORK]:
            wizard.next()
        await until(lambda: wizard.model.progress(Step.NETWORK) is Progress.DONE)
        wizard.next()
        wizard.next()
        await self.take("verdict", wizard)
        wizard.look_again(Step.CAMERA)
        self.bench.runs = True
        wizard.hold(on=True)
        await self.take("held", wizard)
        self.bench.runs = False
        wizard.reject()

    async def brief(self) -> None:
        """While it runs, and afterwards."""
        self.bench.simulation.clear()
        self.bench.going.clear()
        short = BriefCheck(self.main, self.bench.parts)
        short.show()
        await self.take("brief", short)
        self.bench.going.set()
        await until(lambda: short.is_over)
        await self.take("brief-verdict", short)
        result = short.model.result()
        assert result is not None
        panel = CheckPanel(self.bench.parts.texts, self.bench.parts.theme)
        panel.setParent(self.main)
        panel.show_hint()
        panel.setGeometry(10, 10, 860, 60)
        self.main.show()
        await self.take("hint", self.main)
        panel.show_verdict(CheckWords(self.bench.parts.texts, self.bench.parts.tools.table).verdict(result), "9:52")
        await self.take("line", self.main)
        short.reject()


async def photograph(application: QApplication, folder: Path, dark: bool) -> None:
    """Everything once."""
    photographer = Photographer(application, folder, dark)
    await photographer.wizard()
    await photographer.troubles()
    await photographer.brief()
    await photographer.tasks.close()
    photographer.bench.parts.devices.close()


if __name__ == "__main__":
    Path(sys.argv[1]).mkdir(parents=True, exist_ok=True)
    asyncio.run(photograph(QApplication([]), Path(sys.argv[1]), "dark" in sys.argv[2:]))
