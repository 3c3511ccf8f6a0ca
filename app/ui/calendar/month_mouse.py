"""The mouse in the month: put the cursor somewhere, drag an appointment to another day, see what has no room. Imports Qt and `app.ui`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from app.domain.appointments import Appointment
from app.ui.calendar.month_picture import MonthPicture
from app.ui.calendar.plan import plan_of
from app.ui.calendar.planner import Planner
from app.ui.calendar.view_model import CalendarViewModel

if TYPE_CHECKING:
    from app.ui.calendar.month import MonthView


class MonthMouse:
    """From press to release. Days of other months bring theirs only at the release: nothing moves away under the mouse."""

    def __init__(self, month: MonthView, picture: MonthPicture, view_model: CalendarViewModel, planner: Planner) -> None:
        self._month = month
        self._picture = picture
        self._view_model = view_model
        self._planner = planner
        self._from: QPoint | None = None
        """Where the left button went down, in the viewport."""
        self._grabbed: Appointment | None = None
        self._more = False
        """It went down on what says how many more there are."""
        self._dragging = False

    def forget(self) -> None:
        """The drag was left."""
        self._from = self._grabbed = None
        self._more = self._dragging = False

    def press(self, event: QMouseEvent) -> None:
        point = event.position().toPoint()
        self._planner.drop()
        self.forget()
        number = self._picture.number_at(point)
        if number < 0:
            return
        more = self._picture.on_more(number, point)
        self._month.put_cursor(number, self._picture.row_at(number, point))
        if event.button() is Qt.MouseButton.LeftButton:
            self._from, self._more, chosen = point, more, self._month.chosen
            self._grabbed = chosen if chosen is not None and not chosen.stage.is_over else None

    def move(self, event: QMouseEvent) -> None:
        point = event.position().toPoint()
        if self._from is None or self._grabbed is None:
            return
        if not self._dragging and (point - self._from).manhattanLength() < QApplication.startDragDistance():
            return
        self._dragging = True
        number = self._picture.number_at(point)
        if number >= 0:
            self._planner.set(plan_of(self._grabbed).on(self._month.month.days[number], self._view_model.zone))

    def release(self, event: QMouseEvent) -> None:
        dragged, more, pressed = self._dragging, self._more, self._from is not None
        self.forget()
        if dragged and event.button() is Qt.MouseButton.LeftButton:
            self._planner.take()
        elif more:
            self._month.show_whole_day()
        elif pressed:
            self._month.settle()
