"""The way into the device check: its line in the main window, its entries in menus. Imports Qt and `app.ui` only.

The windows behind it are loaded when somebody checks; the program starts without them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from app.ui.appointment.words import Told
from app.ui.device_check.kit import CheckParts, CheckPlan, CheckTools
from app.ui.device_check.panel import CheckPanel

if TYPE_CHECKING:
    from app.ui.device_check.windows import CheckWindows

MakeParts = Callable[[CheckTools], CheckParts]


class CheckDoor(QObject):
    """One for the program."""

    def __init__(self, main: QWidget, panel: CheckPanel, plan: CheckPlan, make_parts: MakeParts, time: Callable[[int], str]) -> None:
        """`panel` is put into the main window by whoever builds it. `time` gives hours and minutes of Unix seconds."""
        super().__init__(main)
        self._main = main
        self._plan = plan
        self._make_parts = make_parts
        self._time = time
        self._windows: CheckWindows | None = None
        self.panel = panel
        panel.check_wanted.connect(self.full)
        panel.put_away.connect(plan.hint_over)
        if plan.hint:
            panel.show_hint()

    def full(self) -> None:
        """The wizard."""
        self.windows.full()

    def full_over(self, parent: QWidget) -> None:
        """The wizard, above a window of a conversation."""
        self.windows.full(parent=parent)

    def brief(self) -> None:
        """The short form."""
        self.windows.brief()

    def hold(self, on: bool) -> None:
        """A conversation begins and gets the devices, or is over."""
        if self._windows is not None:
            self._windows.hold(on)

    def close(self) -> None:
        """Take the windows away and free the devices."""
        if self._windows is not None:
            self._windows.close()

    @property
    def windows(self) -> CheckWindows:
        """Loaded by the first one who asks."""
        if self._windows is None:
            from app.ui.device_check.windows import CheckWindows

            self._windows = CheckWindows(self._main, self._make_parts(self._plan.tools()), self._time)
            self._windows.verdict_reached.connect(self._reached)
        return self._windows

    def _reached(self, told: Told, time: str) -> None:
        self.panel.show_verdict(told, time)
        self._plan.hint_over()
