"""The keys of the grid, all of what the mouse can do and more. Imports Qt and `app.ui` only.

N works only while the grid has the keyboard (WCAG 2.2, 2.1.4).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from app.ui.announce import announce
from app.ui.calendar.plan import Plan
from app.ui.calendar.planner import Planner
from app.ui.calendar.view_model import CalendarViewModel

if TYPE_CHECKING:
    from app.ui.calendar.grid import TimeGrid

Key = Qt.Key
_ACROSS = {Key.Key_Left: -1, Key.Key_Right: 1}
_DOWN = {Key.Key_Up: -1, Key.Key_Down: 1}
_NONE, _CONTROL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
_ALT, _SHIFT_ALT = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ShiftModifier


class GridKeys:
    """Turns a key into what the grid does."""

    def __init__(self, grid: TimeGrid, view_model: CalendarViewModel, planner: Planner) -> None:
        self._grid = grid
        self._view_model = view_model
        self._planner = planner
        self._plain: dict[int, Callable[[], None]] = {
            Key.Key_Return: grid.act,
            Key.Key_Enter: grid.act,
            Key.Key_N: grid.make,
            Key.Key_Insert: grid.make,
            Key.Key_Delete: grid.cancel,
            Key.Key_Home: lambda: grid.set_cursor(grid.row_of_work, max(0, grid.currentIndex().column())),
        }

    def press(self, event: QKeyEvent) -> bool:
        """False for a key that means nothing of ours."""
        key, modifiers = Key(event.key()), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if modifiers == _NONE and key in self._plain:
            self._plain[key]()
            return True
        across, down = _ACROSS.get(key, 0), _DOWN.get(key, 0)
        arrows: dict[Qt.KeyboardModifier, Callable[[int, int], None]] = {
            _NONE: self._go,
            _CONTROL: self._jump,
            _ALT: self._move,
            _SHIFT_ALT: self._stretch,
        }
        if not (across or down) or modifiers not in arrows:
            return False
        arrows[modifiers](across, down)
        return True

    # ---- going about

    def _go(self, across: int, down: int) -> None:
        index = self._grid.currentIndex()
        if across:
            self._across(across)
        else:
            self._grid.set_cursor(min(max(index.row() + down, 0), len(self._grid.grid.table.rows) - 1), max(0, index.column()))

    def _across(self, direction: int) -> None:
        """To what lies beside: in the same half hour first, then on the next day, then in the next span."""
        grid, here = self._grid, self._grid.here
        if 0 <= grid.lane + direction < len(here):
            grid.set_lane(grid.lane + direction)
            announce(grid, grid.grid.sentence(here[grid.lane].appointment))
            return
        column = grid.currentIndex().column() + direction
        if not 0 <= column < len(grid.grid.table.columns):
            self._view_model.step(direction)
            column = 0 if direction > 0 else len(grid.grid.table.columns) - 1
        grid.set_cursor(max(0, grid.currentIndex().row()), column)
        if direction < 0:
            grid.set_lane(len(grid.here) - 1)

    def _jump(self, across: int, down: int) -> None:
        """To the next span, or to the next appointment of these days."""
        if across:
            self._view_model.step(across)
            return
        grid = self._grid
        everyone = [(number, placed) for number in range(len(grid.grid.table.columns)) for placed in grid.grid.placed(number)]
        index, chosen = grid.currentIndex(), grid.chosen
        if chosen is not None:
            target = down + next(n for n, (c, p) in enumerate(everyone) if c == index.column() and p.appointment.id == chosen.id)
        else:
            before = sum((number, placed.start) < (index.column(), grid.cursor_time) for number, placed in everyone)
            target = before if down > 0 else before - 1
        if 0 <= target < len(everyone):
            grid.land(*everyone[target])

    # ---- moving and stretching

    def _move(self, across: int, down: int) -> None:
        self._show(self._planner.move(self._grid.chosen, across, down))

    def _stretch(self, across: int, down: int) -> None:
        self._show(self._planner.stretch(self._grid.chosen, down or across))

    def _show(self, plan: Plan | None) -> None:
        if plan is not None:
            column = self._grid.column_of(plan.day(self._view_model.zone))
            self._grid.scrollTo(self._grid.grid.index(self._grid.grid.table.columns[column].row_of(plan.start), column))
