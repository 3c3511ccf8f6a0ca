"""The month: weeks down, weekdays across, each day with as many appointments as have room. Imports Qt and `app.ui` only.

To screen readers it is a tree, days with their appointments below them (decision 0028); what it looks like is drawn by
`MonthPicture`. Arrows go by days, also into the next month; Space goes into a day, arrows then between its appointments, Escape out of
it; with Ctrl up and down go to the next appointment. Enter opens or shows the day, N makes one, Delete asks to cancel; with Alt the
arrows move an appointment by days and weeks (`MonthKeys`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, QRect, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QTreeView, QWidget

from app.domain.appointments import Appointment
from app.ui.announce import announce
from app.ui.calendar.grid_model import AnyIndex
from app.ui.calendar.ink import Ink
from app.ui.calendar.month_keys import MonthKeys
from app.ui.calendar.month_model import MonthModel
from app.ui.calendar.month_mouse import MonthMouse
from app.ui.calendar.month_picture import MonthPicture, WeekdayHead
from app.ui.calendar.outside import ActsFromOutside
from app.ui.calendar.planner import Planner
from app.ui.calendar.spans import Mode, at
from app.ui.calendar.view_model import CalendarViewModel
from app.ui.calendar.wants import Wants
from app.ui.calendar.words import CalendarWords

NEW_AT, NEW_MINUTES = 9, 30


class MonthView(QTreeView):
    """`refresh` and `show_day` follow the view model."""

    def __init__(
        self, view_model: CalendarViewModel, words: CalendarWords, wants: Wants, planner: Planner, ink: Callable[[], Ink], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._view_model = view_model
        self._words = words
        self._wants = wants
        self._planner = planner
        self._ink = ink
        self.month = MonthModel(view_model, words, self)
        self.picture = MonthPicture(self, self.month, view_model, words, ink)
        self._mouse = MonthMouse(self, self.picture, view_model, planner)
        self._keys = MonthKeys(self, view_model, planner)
        self._head = WeekdayHead(words, ink, self)
        self.setHeader(self._head)
        self.setModel(self.month)
        self._outside = ActsFromOutside(self, self.act)
        planner.told.connect(self.viewport().update)
        self.setUniformRowHeights(True)
        self.setItemsExpandable(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setAutoScroll(False)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    # ---- what is shown

    @property
    def cursor_day(self) -> date:
        """The day that the cursor is on, or in."""
        number = self.month.number(self.currentIndex())
        return self.month.days[number] if number >= 0 else self._view_model.day

    @property
    def chosen(self) -> Appointment | None:
        """The appointment that the cursor is on."""
        return self.month.appointment(self.currentIndex())

    def dress(self) -> None:
        """Take over another theme or font."""
        self._head.dress()
        self.updateGeometries()
        self.viewport().update()

    def refresh(self) -> None:
        """Take over what is in sight now; the cursor stays with its appointment, or at its day."""
        if self._view_model.mode is not Mode.MONTH:
            return
        day, chosen = self.cursor_day, self.chosen
        if self.month.refresh():
            self.expandAll()
            found = self.month.find(chosen.id, day) if chosen is not None else QModelIndex()
            self.put(found if found.isValid() else self.month.day_index(day))
        self.viewport().update()

    def show_day(self) -> None:
        """Follow the view model to its day."""
        if self._view_model.mode is not Mode.MONTH:
            return
        if self.month.refresh():
            self.expandAll()
        if not self.currentIndex().isValid() or self.cursor_day != self._view_model.day:
            self.put(self.month.day_index(self._view_model.day))
        self.viewport().update()

    def select(self, appointment: str) -> bool:
        """Put the cursor on that appointment; False if it is not in sight."""
        found = self.month.find(appointment, self._view_model.day)
        if not found.isValid():
            return False
        day = self.month.days[self.month.number(found)]
        if not self._of_this_month(day):
            self._view_model.show(Mode.MONTH, day)
            found = self.month.find(appointment, day)
        self.put(found if found.isValid() else self.month.day_index(day))
        return found.isValid()

    # ---- the cursor

    def currentChanged(self, current: AnyIndex, previous: AnyIndex) -> None:
        super().currentChanged(current, previous)
        if current.isValid() and self._of_this_month(self.cursor_day):
            self._view_model.notice_day(self.cursor_day)
        self.viewport().update()

    def _of_this_month(self, day: date) -> bool:
        return (day.year, day.month) == (self._view_model.day.year, self._view_model.day.month)

    def go_to(self, day: date) -> None:
        """Put the cursor on a day; one of another month brings that month."""
        if not self._of_this_month(day):
            self._view_model.show(Mode.MONTH, day)
        else:
            self.put(self.month.day_index(day))

    def enter_day(self, row: int) -> None:
        """Put the cursor on an appointment of the day; on the last one, if there are fewer."""
        number = self.month.number(self.currentIndex())
        inside = self.month.inside(number) if number >= 0 else ()
        if inside:
            self.put(self.month.index(min(row, len(inside) - 1), 0, self.month.index(number, 0)))
        else:
            announce(self, self._words.count(0))

    def leave_day(self) -> None:
        """From an appointment back to its day."""
        self.put(self.currentIndex().parent())

    def jump(self, direction: int) -> None:
        """To the next appointment in sight, or the one before."""
        everyone = [(number, row) for number in range(len(self.month.days)) for row in range(len(self.month.inside(number)))]
        here = self.currentIndex()
        place = (self.month.number(here), here.row() if self.chosen is not None else -1)
        if direction > 0:
            target = next((each for each in everyone if each > place), None)
        else:
            target = next((each for each in reversed(everyone) if each < place), None)
        if target is not None:
            self.select_at(*target)

    def select_at(self, number: int, row: int) -> None:
        """Put the cursor on an appointment of the day of that number; its month comes along."""
        name, day = self.month.inside(number)[row].id, self.month.days[number]
        self.go_to(day)
        found = self.month.find(name, day)
        if found.isValid():
            self.put(found)

    def put(self, index: QModelIndex) -> None:
        """Put the cursor there and bring it into sight."""
        self.setCurrentIndex(index)
        self.scrollTo(index)

    def put_cursor(self, number: int, row: int) -> None:
        """Where the mouse is, also in another month, with nothing moving away under it; row -1 is the day itself."""
        day = self.month.index(number, 0)
        self.setCurrentIndex(self.month.index(row, 0, day) if row >= 0 else day)

    def settle(self) -> None:
        """After a click: a day of another month brings that month."""
        if self._of_this_month(self.cursor_day):
            return
        if self.chosen is not None:
            self.select_at(self.month.number(self.currentIndex()), self.currentIndex().row())
        else:
            self.go_to(self.cursor_day)

    # ---- acting

    def act(self) -> None:
        """Enter: take over what is planned, open an appointment, show a day."""
        if self._planner.take():
            return
        if self.chosen is not None:
            self._wants.opened.emit(self.chosen)
        else:
            self.show_whole_day()

    def show_whole_day(self) -> None:
        """The day of the cursor for itself."""
        self._wants.day_wanted.emit(self.cursor_day)

    def make(self) -> None:
        """A new appointment on the day of the cursor."""
        self._wants.new_wanted.emit(at(self.cursor_day, NEW_AT, 0, self._view_model.zone), NEW_MINUTES)

    def cancel(self) -> None:
        """Ask to cancel the one here."""
        if self.chosen is not None and not self.chosen.stage.is_over:
            self._wants.cancel_wanted.emit(self.chosen)

    # ---- keys and mouse

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._planner.drop():
            self._mouse.forget()
        elif event.key() == Qt.Key.Key_Escape and self.chosen is not None:
            self.leave_day()
        elif not self._keys.press(event):
            event.ignore()

    def keyboardSearch(self, search: str) -> None:
        """Letters do not look for cells."""

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._mouse.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._mouse.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._mouse.release(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.act()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    # ---- Qt asks where things lie

    def selectionCommand(self, index: AnyIndex, event: object = None) -> QItemSelectionModel.SelectionFlag:
        return QItemSelectionModel.SelectionFlag.NoUpdate

    def visualRect(self, index: AnyIndex) -> QRect:
        number = self.month.number(index)
        if number < 0:
            return QRect()
        if self.month.appointment(index) is not None:
            lines = self.picture.lines(number)
            if lines.first <= index.row() < lines.first + lines.shown:
                return lines.rect(index.row()).toRect()
        return self.picture.cell(number)

    def indexAt(self, point: QPoint) -> QModelIndex:
        number = self.picture.number_at(point)
        if number < 0:
            return QModelIndex()
        day, row = self.month.index(number, 0), self.picture.row_at(number, point)
        return self.month.index(row, 0, day) if row >= 0 else day

    def scrollTo(self, index: AnyIndex, hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible) -> None:
        number = self.month.number(index)
        if number >= 0:
            self.bring_into_sight(self.month.days[number])

    def bring_into_sight(self, day: date) -> None:
        """Scroll to the day's week."""
        if day not in self.month.days:
            return
        cell, bar = self.picture.cell(self.month.days.index(day)), self.verticalScrollBar()
        bar.setValue(bar.value() + min(0, cell.top()) + max(0, cell.bottom() + 1 - self.viewport().height()))

    def verticalOffset(self) -> int:
        return self.verticalScrollBar().value()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self.viewport().scroll(0, dy)

    def updateGeometries(self) -> None:
        """The tree's own would bring the scroll bar back to the tree's lines."""
        head = self._head.height()
        self.setViewportMargins(0, head, 0, 0)
        port = self.viewport().geometry()
        self._head.setGeometry(port.left(), port.top() - head, port.width(), head)
        bar, high = self.verticalScrollBar(), port.height()
        bar.setRange(0, max(0, self.picture.height - high))
        bar.setPageStep(high)
        bar.setSingleStep(round(self._ink().line))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        self.picture.draw(painter, event.rect(), self._planner.plan)
        painter.end()
