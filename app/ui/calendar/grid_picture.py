"""Draws the grid of a day or week: hours, appointments, the cursor, a plan, the line of now. Imports Qt and `app.ui` only."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QTableView

from app.domain.appointments import Appointment
from app.ui.calendar.grid_model import GridModel
from app.ui.calendar.ink import Ink, Look, look_of
from app.ui.calendar.lanes import Placed
from app.ui.calendar.plan import Plan
from app.ui.calendar.timetable import SLOT_S, Column
from app.ui.calendar.view_model import CalendarViewModel
from app.ui.calendar.words import CalendarWords

WORK_FROM, WORK_TO = 7, 18
"""Hours outside of which the ground is darker."""
_FREE_EDGE = 8
"""Pixels at the right of a column that no appointment covers, so that one can still be drawn beside it."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where the keyboard is."""

    row: int
    column: int
    appointment: Appointment | None
    focused: bool


class GridPicture:
    """Knows where everything lies in the viewport of a view whose rows are equally high."""

    def __init__(self, view: QTableView, model: GridModel, view_model: CalendarViewModel, words: CalendarWords) -> None:
        self._view = view
        self._model = model
        self._view_model = view_model
        self._words = words
        self._looks: dict[str, Look] = {}

    def forget(self) -> None:
        """The words of appointments may be others now."""
        self._looks.clear()

    # ---- where things lie

    @property
    def row_height(self) -> int:
        return self._view.verticalHeader().defaultSectionSize()

    def cell(self, row: int, column: int) -> QRectF:
        view = self._view
        left, top = view.columnViewportPosition(column), view.rowViewportPosition(0) + row * self.row_height
        return QRectF(left, top, view.columnWidth(column), self.row_height)

    def stretch(self, column: int, start: int, end: int) -> QRectF:
        """From one time to another over a whole column."""
        day, top = self._model.table.columns[column], self._view.rowViewportPosition(0)
        above, below = day.place(start) * self.row_height, day.place(end) * self.row_height
        return QRectF(self._view.columnViewportPosition(column), top + above, self._view.columnWidth(column), below - above)

    def block(self, column: int, placed: Placed, least: float) -> QRectF:
        """Where one appointment lies; at least that high."""
        whole = self.stretch(column, placed.start, placed.end)
        share = (whole.width() - _FREE_EDGE) / placed.lanes
        return QRectF(whole.left() + 2 + placed.lane * share, whole.top() + 1, share - 2, max(whole.height() - 2, least))

    def placed_at(self, point: QPointF, least: float) -> tuple[Placed, QRectF] | None:
        """The appointment under a point and where it lies."""
        column = self._view.columnAt(int(point.x()))
        if column < 0:
            return None
        blocks = ((p, self.block(column, p, least)) for p in reversed(self._model.placed(column)))
        return next(((p, rect) for p, rect in blocks if rect.contains(point)), None)

    def time_at(self, point: QPointF) -> tuple[int, int] | None:
        """Column and Unix seconds of a point; None beside the days."""
        column = self._view.columnAt(int(point.x()))
        if column < 0:
            return None
        rows = (point.y() - self._view.rowViewportPosition(0)) / self.row_height
        return column, self._model.table.columns[column].time(min(max(rows, 0.0), len(self._model.table.rows) - 0.01))

    def _rows(self, exposed: QRect) -> range:
        """Those that lie within."""
        top, high = self._view.rowViewportPosition(0), self.row_height
        return range(max(0, (exposed.top() - top) // high), min(len(self._model.table.rows), (exposed.bottom() - top) // high + 1))

    # ---- drawing

    def draw(self, painter: QPainter, exposed: QRect, ink: Ink, cursor: Cursor | None, plan: Plan | None) -> None:
        """Everything within `exposed`."""
        painter.fillRect(exposed, ink.colours["surface"])
        columns = [(number, column) for number, column in enumerate(self._model.table.columns) if self._meets(number, exposed)]
        for number, column in columns:
            self._draw_ground(painter, exposed, ink, number, column)
        self._draw_lines(painter, exposed, ink)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if cursor is not None and cursor.appointment is None:
            self._draw_cursor(painter, ink, cursor)
        chosen = cursor.appointment if cursor is not None else None
        for number, _ in columns:
            self._draw_blocks(painter, exposed, ink, number, chosen, cursor is not None and cursor.focused)
        for number, column in columns:
            if plan is not None:
                self._draw_plan(painter, ink, number, column, plan)
            self._draw_now(painter, ink, number, column)

    def _meets(self, column: int, exposed: QRect) -> bool:
        left = self._view.columnViewportPosition(column)
        return left <= exposed.right() and left + self._view.columnWidth(column) >= exposed.left()

    def _draw_ground(self, painter: QPainter, exposed: QRect, ink: Ink, number: int, column: Column) -> None:
        whole = self.cell(0, number)
        free = column.day.weekday() > 4 or bool(self._view_model.holiday(column.day))
        for row in self._rows(exposed):
            slot = column.slots[row]
            if free or slot is None or not WORK_FROM <= self._model.table.rows[row].hour < WORK_TO:
                cell = whole.translated(0, row * whole.height())
                painter.fillRect(cell, ink.colours["ground"])
                if slot is None:
                    painter.fillRect(cell, ink.hatched)

    def _draw_lines(self, painter: QPainter, exposed: QRect, ink: Ink) -> None:
        top, high = self._view.rowViewportPosition(0), self.row_height
        rows = self._model.table.rows
        for row in self._rows(exposed):
            painter.setPen(QPen(ink.colours["hair"]) if rows[row].minute == 0 else ink.half_hour)
            y = top + row * high
            painter.drawLine(exposed.left(), y, exposed.right(), y)
        painter.setPen(QPen(ink.colours["hair"]))
        for column in range(1, len(self._model.table.columns)):
            x = self._view.columnViewportPosition(column) - 1
            painter.drawLine(x, exposed.top(), x, exposed.bottom())

    def _draw_cursor(self, painter: QPainter, ink: Ink, cursor: Cursor) -> None:
        painter.setPen(QPen(ink.colours["accent" if cursor.focused else "line"], 2 if cursor.focused else 1))
        painter.setBrush(ink.colours["accent_soft"] if cursor.focused else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(self.cell(cursor.row, cursor.column).adjusted(2, 1.5, -3, -1), 4, 4)

    def _draw_blocks(self, painter: QPainter, exposed: QRect, ink: Ink, column: int, chosen: Appointment | None, focused: bool) -> None:
        area, rows, day = QRectF(exposed), self._rows(exposed), self._model.table.columns[column]
        earliest, latest = day.time(rows.start) - SLOT_S, day.time(rows.stop)
        for placed in self._model.placed(column):
            if placed.start > latest or placed.end < earliest:
                continue
            rect = self.block(column, placed, ink.line * 1.1)
            if rect.intersects(area):
                name = placed.appointment.id
                ink.block(painter, rect, self._look(placed.appointment), chosen is not None and chosen.id == name, focused)

    def _look(self, appointment: Appointment) -> Look:
        look = self._looks.get(appointment.id)
        if look is None:
            seen = self._view_model
            look = look_of(appointment, self._words, seen.overlaps(appointment), seen.mail(appointment))
            self._looks[appointment.id] = look
        return look

    def _draw_plan(self, painter: QPainter, ink: Ink, number: int, column: Column, plan: Plan) -> None:
        if plan.start >= column.end or plan.end <= column.start:
            return
        rect = self.stretch(number, plan.start, plan.end).adjusted(2, 1, -_FREE_EDGE, -1)
        painter.setPen(QPen(ink.colours["accent"], 2, Qt.PenStyle.DashLine))
        painter.setBrush(ink.colours["accent_soft"])
        painter.drawRoundedRect(rect, 5, 5)
        times = f"{self._words.time(plan.start)}–{self._words.time(plan.end)}"
        ink.text(painter, rect.adjusted(8, 3, -4, 0), times, ink.bold, ink.colours["text"])

    def _draw_now(self, painter: QPainter, ink: Ink, number: int, column: Column) -> None:
        now = self._view_model.now
        if not column.start <= now < column.end:
            return
        line = self.stretch(number, now, now)
        painter.setPen(QPen(ink.colours["danger"], 2))
        painter.drawLine(line.topLeft(), line.topRight())
        painter.setBrush(ink.colours["danger"])
        painter.drawEllipse(QPointF(line.left() + 4, line.top()), 3, 3)
