"""The keys of the month, all of what the mouse can do and more. Imports Qt and `app.ui` only.

N works only while the month has the keyboard (WCAG 2.2, 2.1.4).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from app.ui.calendar.planner import Planner
from app.ui.calendar.view_model import CalendarViewModel

if TYPE_CHECKING:
    from app.ui.calendar.month import MonthView

Key = Qt.Key
_STEPS = {Key.Key_Left: -1, Key.Key_Right: 1, Key.Key_Up: -7, Key.Key_Down: 7}
"""Days."""
_BESIDE = {Key.Key_Up: -1, Key.Key_Down: 1}
"""Appointments."""
_NONE, _CONTROL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
_ALT, _SHIFT_ALT = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ShiftModifier


class MonthKeys:
    """Turns a key into what the month does."""

    def __init__(self, month: MonthView, view_model: CalendarViewModel, planner: Planner) -> None:
        self._month = month
        self._view_model = view_model
        self._planner = planner
        self._plain: dict[int, Callable[[], None]] = {
            Key.Key_Return: month.act,
            Key.Key_Enter: month.act,
            Key.Key_Space: lambda: month.enter_day(0),
            Key.Key_N: month.make,
            Key.Key_Insert: month.make,
            Key.Key_Delete: month.cancel,
            Key.Key_PageUp: lambda: view_model.step(-1),
            Key.Key_PageDown: lambda: view_model.step(1),
            Key.Key_Home: lambda: self._go(-month.cursor_day.weekday()),
            Key.Key_End: lambda: self._go(6 - month.cursor_day.weekday()),
        }

    def press(self, event: QKeyEvent) -> bool:
        """False for a key that means nothing here."""
        key, modifiers = Key(event.key()), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if modifiers == _NONE and key in self._plain:
            self._plain[key]()
            return True
        arrows: dict[Qt.KeyboardModifier, Callable[[Qt.Key], None]] = {
            _NONE: self._walk,
            _CONTROL: self._jump,
            _ALT: self._move,
            _SHIFT_ALT: self._stretch,
        }
        if key not in _STEPS or modifiers not in arrows:
            return False
        arrows[modifiers](key)
        return True

    def _go(self, days: int) -> None:
        self._month.go_to(self._month.cursor_day + timedelta(days))

    def _walk(self, key: Qt.Key) -> None:
        """Between days; up and down between the appointments of a day, once one is in it. Above the first is the day itself."""
        if self._month.chosen is None or key not in _BESIDE:
            self._go(_STEPS[key])
        elif self._month.currentIndex().row() + _BESIDE[key] < 0:
            self._month.leave_day()
        else:
            self._month.enter_day(self._month.currentIndex().row() + _BESIDE[key])

    def _jump(self, key: Qt.Key) -> None:
        """To the next appointment in sight, whichever day it is on; or to the next month."""
        if key in _BESIDE:
            self._month.jump(_BESIDE[key])
        else:
            self._view_model.step(_STEPS[key])

    def _move(self, key: Qt.Key) -> None:
        plan = self._planner.carry(self._month.chosen, _STEPS[key])
        if plan is not None:
            self._month.bring_into_sight(plan.day(self._view_model.zone))

    def _stretch(self, key: Qt.Key) -> None:
        self._planner.stretch(self._month.chosen, 1 if _STEPS[key] > 0 else -1)
