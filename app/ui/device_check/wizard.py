"""The device check as a wizard: one question a page, a verdict at the end. Imports Qt and `app.ui` only."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QWidget, QWizard

from app.services.checks.check_list import Length, Step
from app.ui.device_check.device_pages import CameraPage, MicrophonePage
from app.ui.device_check.kit import CheckParts
from app.ui.device_check.measured_pages import MeasuredPage
from app.ui.device_check.model import DEVICE_STEPS, CheckModel
from app.ui.device_check.page import Leaf, StepPage
from app.ui.device_check.sound_pages import ActPage, EchoPage, LoudspeakerPage, VoicePage
from app.ui.device_check.verdict_page import VerdictPage
from app.ui.device_check.welcome_page import WelcomePage
from app.ui.parts import resize_to_fit

SIZE = QSize(760, 640)
WELCOME, VERDICT = 0, 100
STEPS = {step: number for number, step in enumerate(Step, 1)}
"""Ids of their pages."""
_BUTTONS = {
    QWizard.WizardButton.BackButton: "app.wizard.back",
    QWizard.WizardButton.NextButton: "app.wizard.next",
    QWizard.WizardButton.CancelButton: "app.wizard.leave",
    QWizard.WizardButton.FinishButton: "app.wizard.finish",
}


class DeviceCheckWizard(QWizard):
    """One at a time. Closed in the middle it frees every device."""

    short_wanted = Signal()
    """The short form instead."""
    verdict_reached = Signal(object)
    """The `CheckResult`."""

    def __init__(self, parent: QWidget, parts: CheckParts, first: Step | None = None) -> None:
        """`first` is the only step to make; None asks."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(parts.texts("app.wizard.title"))
        self.setModal(False)
        self.setWizardStyle(QWizard.WizardStyle.ClassicStyle)
        option = QWizard.WizardOption
        self.setOptions(option.NoBackButtonOnStartPage | option.NoCancelButtonOnLastPage | option.IndependentPages)
        self._parts = parts
        self.model = CheckModel(parts, Length.FULL)
        self._began_with = self.model.choice
        self._only: Step | None = first
        """Looked at again: the verdict follows at once."""
        self._jumping = False
        self._page: Leaf | None = None
        self.welcome = WelcomePage(self.model, parts)
        self.steps = self._make_steps()
        self.verdict = VerdictPage(self.model, parts)
        self.verdict.again.connect(self.look_again)
        self.setPage(WELCOME, self.welcome)
        for step, page in self.steps.items():
            self.setPage(STEPS[step], page)
        self.setPage(VERDICT, self.verdict)
        self.setStartId(WELCOME if first is None else STEPS[first])
        for which, key in _BUTTONS.items():
            self.setButtonText(which, parts.texts(key))
            self.button(which).setAccessibleName(parts.texts(key).replace("&", ""))
        self.currentIdChanged.connect(self._turn)
        resize_to_fit(self, SIZE)

    def _make_steps(self) -> dict[Step, StepPage]:
        model, parts = self.model, self._parts
        return {
            Step.CAMERA: CameraPage(model, parts),
            Step.MICROPHONE: MicrophonePage(model, parts),
            Step.LOUDSPEAKER: LoudspeakerPage(model, parts),
            Step.OWN_VOICE: VoicePage(model, parts),
            Step.ECHO: EchoPage(model, parts),
            Step.NETWORK: MeasuredPage(Step.NETWORK, model, parts),
            Step.SYSTEM: MeasuredPage(Step.SYSTEM, model, parts),
        }

    # ---- from page to page

    def nextId(self) -> int:
        """Where Next leads; -1 is the end."""
        here = self.currentId()
        if here == VERDICT:
            return -1
        if here != WELCOME and self._only is not None:
            return VERDICT
        return next((STEPS[step] for step in self._ways if STEPS[step] > here), VERDICT)

    @property
    def _ways(self) -> Sequence[Step]:
        """The steps that are made at the moment."""
        if self.model.held:
            return [step for step in Step if step not in DEVICE_STEPS]
        return [step for step in Step if step is not Step.ECHO or not self.model.choice.headphones]

    def validateCurrentPage(self) -> bool:
        if self.currentId() == WELCOME and self.welcome.wants_short:
            self.short_wanted.emit()
            self.reject()
            return False
        return super().validateCurrentPage()

    def look_again(self, step: Step) -> None:
        """To the page of that step, and from there straight to the verdict."""
        self._only = step
        self._jumping = True
        self.setStartId(STEPS[step])
        self.restart()
        self._jumping = False
        self._turn(self.currentId())

    def _turn(self, _number: int) -> None:
        page = self.currentPage()
        if self._jumping or page is self._page:
            return
        if self._page is not None:
            self._page.left()
        self._page = page if isinstance(page, Leaf) else None
        if self._page is None:
            return
        self._dress(isinstance(page, ActPage | LoudspeakerPage))
        self._page.entered()
        if self._page is self.verdict:
            self._ended()

    def _dress(self, page_acts: bool) -> None:
        """The one thing to do next looks so."""
        for which in (QWizard.WizardButton.NextButton, QWizard.WizardButton.FinishButton):
            shown = self.button(which)
            shown.setProperty("kind", "" if page_acts else "primary")
            shown.style().unpolish(shown)
            shown.style().polish(shown)

    def _ended(self) -> None:
        result = self.model.result()
        if self.model.choice != self._began_with:
            self._began_with = self.model.choice
            self._parts.tools.choose(self.model.choice)
        if result is not None:
            self.verdict_reached.emit(result)

    # ---- devices

    def hold(self, on: bool) -> None:
        """A conversation begins, or is over."""
        self.model.hold(on)
        page = self._page
        if not on and isinstance(page, StepPage):
            page.resume()

    def done(self, result: int) -> None:
        if self._page is not None:
            self._page.left()
            self._page = None
        self.model.close()
        super().done(result)
