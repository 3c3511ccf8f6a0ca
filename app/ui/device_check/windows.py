"""The one door to the device check. Imports Qt and `app.ui` only; what measures is loaded when somebody checks."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.domain.check_result import CheckResult
from app.services.checks.check_list import Step
from app.ui.device_check.brief import BriefCheck
from app.ui.device_check.kit import CheckParts
from app.ui.device_check.wizard import DeviceCheckWizard
from app.ui.device_check.words import CheckWords


class CheckWindows(QObject):
    """One for the program: at most one of its windows is open, and none is above others that matter more."""

    verdict_reached = Signal(object, str)
    """What to say of it (`Told`), and the time."""

    def __init__(self, main: QWidget, parts: CheckParts, time: Callable[[int], str]) -> None:
        """`time` gives hours and minutes of Unix seconds."""
        super().__init__(main)
        self._main = main
        self._parts = parts
        self._time = time
        self.wizard: DeviceCheckWizard | None = None
        self.short: BriefCheck | None = None

    def full(self, step: Step | None = None, parent: QWidget | None = None) -> None:
        """The wizard, from its beginning or only at that step."""
        if self.short is not None:
            self.short.reject()
        if self.wizard is None:
            self.wizard = DeviceCheckWizard(parent or self._main, self._parts, step)
            self.wizard.short_wanted.connect(self.brief)
            self.wizard.verdict_reached.connect(self._reached)
            self.wizard.finished.connect(self._wizard_gone)
        _bring_up(self.wizard)

    def brief(self) -> None:
        """The short form; during a conversation a sentence."""
        if self._parts.session_runs():
            self._parts.messages.tell("app.wizard.held")
            return
        if self.wizard is not None:
            self.wizard.reject()
        if self.short is None:
            self.short = BriefCheck(self._main, self._parts)
            self.short.full_wanted.connect(self.full)
            self.short.verdict_reached.connect(self._reached)
            self.short.finished.connect(self._short_gone)
        _bring_up(self.short)

    def hold(self, on: bool) -> None:
        """A conversation begins and gets the devices, or is over."""
        if on and self.short is not None:
            self.short.reject()
            self._parts.messages.tell("app.wizard.held")
        if self.wizard is not None:
            self.wizard.hold(on)

    def close(self) -> None:
        """Take the windows away and free the devices."""
        for window in (self.wizard, self.short):
            if window is not None:
                window.reject()

    def _reached(self, result: CheckResult) -> None:
        told = CheckWords(self._parts.texts, self._parts.tools.table, self._parts.tools.server).verdict(result)
        self.verdict_reached.emit(told, self._time(self._parts.clock.unix()))

    def _wizard_gone(self) -> None:
        self.wizard = None

    def _short_gone(self) -> None:
        self.short = None


def _bring_up(window: QWidget) -> None:
    window.show()
    window.raise_()
    window.activateWindow()
