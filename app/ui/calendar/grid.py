"""The grid of a day or work week: half hours down, days across. Imports Qt and `app.ui` only.

It is a Qt table, so screen readers find rows, columns and cells; what it looks like is drawn by `GridPicture`. Keys: arrows go by half
hours, days and side by side, with Ctrl to the next appointment or span; Enter opens or makes, N makes, Delete asks to cancel; with Alt
the arrows move an appointment, with Shift and Alt they stretch it, Enter takes it over, Escape leaves it (`GridKeys`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import QEvent, QItemSelectionModel, QPointF, Qt
from PySide6.QtGui import QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QTableView, QToolTip, QWidget

from app.domain.appointments import Appointment
from app.ui.calendar.grid_heads import DayHead, HourHead
from app.ui.calendar.grid_keys import GridKeys
from app.ui.calendar.grid_model import AnyIndex, GridModel
from app.ui.calendar.grid_mouse import GridMouse
from app.ui.calendar.grid_picture import Cursor, GridPicture
from app.ui.calendar.ink import Ink
from app.ui.calendar.lanes import Placed
from app.ui.calendar.outside import ActsFromOutside
from app.ui.calendar.planner import Planner
from app.ui.calendar.timetable import Row
from app.ui.calendar.view_model import CalendarViewModel
from app.ui.calendar.wants import Wants
from app.ui.calendar.words import CalendarWords

NEW_MINUTES = 30
DAY_BEGINS = 8
"""Hour that is in sight at first."""


class TimeGrid(QTableView):
    """One serves day and week; `refresh` and `show_day` follow the view model."""

    def __init__(
        self, view_model: CalendarViewModel, words: CalendarWords, wants: Wants, planner: Planner, ink: Callable[[], Ink], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._view_model = view_model
        self._wants = wants
        self._planner = planner
        self._ink = ink
        self._lane = 0
        self._at: tuple[date, int] | None = None
        """Day and Unix seconds of the cursor, to find it again."""
        self.grid = GridModel(view_model, words, self)
        self.setModel(self.grid)
        self._heads = DayHead(self.grid, view_model, words, ink, self), HourHead(self.grid, words, ink, self)
        self.setHorizontalHeader(self._heads[0])
        self.setVerticalHeader(self._heads[1])
        self.picture = GridPicture(self, self.grid, view_model, words)
        self._mouse = GridMouse(self, planner)
        self._keys = GridKeys(self, view_model, planner)
        planner.told.connect(self.viewport().update)
        self._outside = ActsFromOutside(self, self.act)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setShowGrid(False)
        self.setAutoScroll(False)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # so that a step of scrolling paints the new edge only
        self.viewport().setMouseTracking(True)

    # ---- what is shown

    @property
    def least(self) -> float:
        """Height of the lowest block, pixels."""
        return self._ink().line * 1.1

    @property
    def here(self) -> list[Placed]:
        """The appointments in the cursor's half hour, from the left."""
        index = self.currentIndex()
        return list(self.grid.at(index.row(), index.column())) if index.isValid() else []

    @property
    def chosen(self) -> Appointment | None:
        """The one that the cursor is on."""
        here = self.here
        return here[min(self._lane, len(here) - 1)].appointment if here else None

    @property
    def lane(self) -> int:
        """Which of those here the cursor is on, counted from the left."""
        return self._lane

    @property
    def cursor_time(self) -> int:
        """When the cursor's half hour begins, Unix seconds."""
        return self._at[1] if self._at is not None else 0

    def set_lane(self, lane: int) -> None:
        """Go to another of those here."""
        self._lane = min(max(lane, 0), max(0, len(self.here) - 1))
        self.viewport().update()

    def dress(self) -> None:
        """Take over another theme or font."""
        self._heads[1].fit()
        self.picture.forget()
        self.viewport().update()

    def refresh(self) -> None:
        """Take over what is in sight now; the cursor stays at its day and time."""
        self.picture.forget()
        self.grid.refresh()
        if self._at is not None and not self.currentIndex().isValid():
            self._go_to(*self._at)
        self.viewport().update()

    def show_day(self) -> None:
        """Follow the view model to its day: at the same time as before, at first at the beginning of work."""
        before, index = self.grid.table.rows, self.currentIndex()
        time = before[index.row()] if index.isValid() else Row(DAY_BEGINS, 0, 0)
        self.refresh()
        row = next((number for number, other in enumerate(self.grid.table.rows) if other >= time), 0)
        self.set_cursor(row, self.column_of(self._view_model.day))
        if not index.isValid():
            self.scroll_to_work()

    @property
    def row_of_work(self) -> int:
        """Where the day of the office begins."""
        return next((number for number, time in enumerate(self.grid.table.rows) if time.hour >= DAY_BEGINS), 0)

    def scroll_to_work(self) -> None:
        """Begin at the beginning of work, or with an earlier appointment."""
        starts = [c.place(p.start) for n, c in enumerate(self.grid.table.columns) for p in self.grid.placed(n) if p.start > c.start]
        self.verticalScrollBar().setValue(round((min([self.row_of_work, *starts]) - 0.5) * self.picture.row_height))

    def select(self, appointment: str) -> bool:
        """Put the cursor on that appointment; False if it is not in sight."""
        for number in range(len(self.grid.table.columns)):
            for placed in self.grid.placed(number):
                if placed.appointment.id == appointment:
                    self.land(number, placed)
                    return True
        return False

    # ---- the cursor

    def currentChanged(self, current: AnyIndex, previous: AnyIndex) -> None:
        super().currentChanged(current, previous)
        self._lane = 0
        if current.isValid():
            column = self.grid.table.columns[current.column()]
            slot = column.slots[current.row()]
            self._at = column.day, column.start if slot is None else slot
            self._view_model.notice_day(column.day)
        self.viewport().update()

    def set_cursor(self, row: int, column: int) -> None:
        """Put the cursor on that cell."""
        self.setCurrentIndex(self.grid.index(row, column))

    def _go_to(self, day: date, unix: int) -> None:
        number = self.column_of(day)
        column = self.grid.table.columns[number]
        if column.day == day:
            self.set_cursor(column.row_of(unix), number)

    def column_of(self, day: date) -> int:
        """The column of a day; the first if it is not in sight."""
        return next((number for number, column in enumerate(self.grid.table.columns) if column.day == day), 0)

    def land(self, column: int, placed: Placed) -> None:
        """Put the cursor on one of a column's appointments."""
        row = self.grid.table.columns[column].row_of(placed.start)
        self.set_cursor(row, column)
        names = [p.appointment.id for p in self.grid.at(row, column)]
        self._lane = names.index(placed.appointment.id)
        self.scrollTo(self.currentIndex())
        self.viewport().update()

    def put_cursor(self, point: QPointF) -> None:
        """Where the mouse is."""
        hit = self.picture.placed_at(point, self.least)
        where = self.picture.time_at(point)
        if where is None:
            return
        column, unix = where
        row = self.grid.table.columns[column].row_of(unix)
        if hit is not None:
            row = max(row, self.grid.table.columns[column].row_of(hit[0].start))
        self.set_cursor(row, column)
        names = [p.appointment.id for p in self.grid.at(row, column)]
        self._lane = names.index(hit[0].appointment.id) if hit is not None and hit[0].appointment.id in names else 0
        self.viewport().update()

    # ---- acting

    def act(self) -> None:
        """Enter: open what is here, or make something."""
        if self._planner.take():
            return
        if self.chosen is not None:
            self._wants.opened.emit(self.chosen)
        else:
            self.make()

    def make(self) -> None:
        """A new appointment at the cursor."""
        index = self.currentIndex()
        slot = self.grid.table.columns[index.column()].slots[index.row()] if index.isValid() else None
        if slot is not None:
            self._wants.new_wanted.emit(slot, NEW_MINUTES)

    def cancel(self) -> None:
        """Ask to cancel the one here."""
        if self.chosen is not None and not self.chosen.stage.is_over:
            self._wants.cancel_wanted.emit(self.chosen)

    # ---- keys, the mouse, the picture

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._planner.drop():
            self._mouse.forget()
        elif not self._keys.press(event):
            super().keyPressEvent(event)
        elif self._planner.plan is None:
            self.scrollTo(self.currentIndex())

    def keyboardSearch(self, search: str) -> None:
        """Letters do not look for cells."""

    def selectionCommand(self, index: AnyIndex, event: object = None) -> QItemSelectionModel.SelectionFlag:
        return QItemSelectionModel.SelectionFlag.NoUpdate

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

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            hit = self.picture.placed_at(QPointF(event.pos()), self.least)
            QToolTip.showText(event.globalPos(), "" if hit is None else self.grid.sentence(hit[0].appointment), self)
            return True
        return super().viewportEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        index = self.currentIndex()
        cursor = Cursor(index.row(), index.column(), self.chosen, self.hasFocus()) if index.isValid() else None
        painter = QPainter(self.viewport())
        self.picture.draw(painter, event.rect(), self._ink(), cursor, self._planner.plan)
        painter.end()
