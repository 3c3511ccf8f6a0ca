"""Where days and appointments of a month lie, and how they are drawn. Imports Qt and `app.ui` only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QHeaderView, QTreeView, QWidget

from app.domain.appointments import Appointment, Stage
from app.ui.calendar.ink import Ink
from app.ui.calendar.month_model import MonthModel
from app.ui.calendar.plan import Plan
from app.ui.calendar.view_model import CalendarViewModel
from app.ui.calendar.words import CalendarWords

_LEAST_LINES = 4.6
"""Lines of text that a day has room for at least."""
_HEAD_LINES = 1.15
"""Lines that the day's number takes."""


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of one day: so many appointments from `first` on, and what is left over in one more line."""

    area: QRectF
    high: float
    first: int
    shown: int
    hidden: int

    def rect(self, row: int) -> QRectF:
        """Where an appointment's line lies."""
        return self._line(row - self.first)

    @property
    def more(self) -> QRectF | None:
        """Where it says how many more there are."""
        return self._line(self.shown) if self.hidden and (self.shown + 1) * self.high <= self.area.height() else None

    def _line(self, number: int) -> QRectF:
        return QRectF(self.area.left(), self.area.top() + number * self.high, self.area.width(), self.high)


class MonthPicture:
    """Knows the viewport of a view whose weeks are equally high."""

    def __init__(
        self, view: QTreeView, model: MonthModel, view_model: CalendarViewModel, words: CalendarWords, ink: Callable[[], Ink]
    ) -> None:
        self._view = view
        self._model = model
        self._view_model = view_model
        self._words = words
        self._ink = ink

    # ---- where things lie

    @property
    def week_height(self) -> int:
        """Pixels; all weeks have room where the window is high enough."""
        weeks = max(1, len(self._model.days) // 7)
        return max(round(self._ink().line * _LEAST_LINES), self._view.viewport().height() // weeks)

    @property
    def height(self) -> int:
        """Of all weeks."""
        return self.week_height * (len(self._model.days) // 7)

    def cell(self, number: int) -> QRect:
        """Where a day lies in the viewport."""
        week, weekday = divmod(number, 7)
        wide, high = self._view.viewport().width(), self.week_height
        left = wide * weekday // 7
        return QRect(left, week * high - self._view.verticalScrollBar().value(), wide * (weekday + 1) // 7 - left, high)

    def number_at(self, point: QPoint) -> int:
        """The day under a point; -1 beside them."""
        port = self._view.viewport().rect()
        if not port.contains(point):
            return -1
        week = (point.y() + self._view.verticalScrollBar().value()) // self.week_height
        weekday = next(n for n in range(7) if point.x() < port.width() * (n + 1) // 7)
        number = week * 7 + weekday
        return number if number < len(self._model.days) else -1

    def lines(self, number: int) -> Lines:
        """The lines of a day; the appointment that the cursor is on is always among them."""
        ink = self._ink()
        inner = self._inner(number, ink).adjusted(0, ink.line * _HEAD_LINES, 0, 0)
        count, room = len(self._model.inside(number)), max(0, int(inner.height() // ink.line))
        shown = count if count <= room else max(0, room - 1)
        here = self._view.currentIndex()
        chosen = here.row() if self._model.appointment(here) is not None and self._model.number(here) == number else -1
        if chosen >= 0:
            shown = max(1, shown)
        return Lines(inner, ink.line, max(0, chosen - shown + 1), shown, count - shown)

    def row_at(self, number: int, point: QPoint) -> int:
        """The appointment of a day whose line lies under a point; -1 beside them."""
        lines = self.lines(number)
        rows = range(lines.first, lines.first + lines.shown)
        return next((row for row in rows if lines.rect(row).contains(point)), -1)

    def on_more(self, number: int, point: QPoint) -> bool:
        """Whether the point lies on what says how many more there are."""
        more = self.lines(number).more
        return more is not None and more.contains(point)

    def _inner(self, number: int, ink: Ink) -> QRectF:
        return QRectF(self.cell(number)).adjusted(ink.line * 0.4, ink.line * 0.25, -ink.line * 0.35, -2)

    # ---- drawing

    def draw(self, painter: QPainter, exposed: QRect, plan: Plan | None) -> None:
        """Everything within `exposed`."""
        ink = self._ink()
        painter.fillRect(exposed, ink.colours["surface"])
        for number in range(len(self._model.days)):
            if self.cell(number).intersects(exposed):
                self._draw_day(painter, ink, number)
                if plan is not None and plan.day(self._view_model.zone) == self._model.days[number]:
                    self._draw_plan(painter, ink, number, plan)

    def _draw_day(self, painter: QPainter, ink: Ink, number: int) -> None:
        rect, day, seen = self.cell(number), self._model.days[number], self._view_model
        holiday, today = seen.holiday(day), day == seen.today
        outside = day.month != seen.day.month
        if day.weekday() > 4 or holiday or outside:
            painter.fillRect(rect, ink.colours["ground"])
        painter.setPen(QPen(ink.colours["hair"]))
        painter.drawLine(rect.topLeft(), rect.topRight())
        painter.drawLine(rect.topRight(), rect.bottomRight())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        here = self._view.currentIndex()
        if self._model.number(here) == number:
            self._draw_cursor(painter, ink, QRectF(rect).adjusted(1.5, 2, -2.5, -1.5), self._model.appointment(here) is None)
        inner = self._inner(number, ink)
        colour = ink.colours["on_accent" if today else "muted" if outside else "text"]
        wide = ink.bold.width(str(day.day))
        if today:
            disc = QRectF(inner.left() - ink.line * 0.25, inner.top(), max(wide + ink.line * 0.5, ink.line), ink.line)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ink.colours["accent"])
            painter.drawRoundedRect(disc, ink.line / 2, ink.line / 2)
        ink.text(painter, inner, str(day.day), ink.bold, colour)
        ink.text(painter, inner.adjusted(wide + ink.line * 0.6, 0, 0, 0), holiday, ink.plain, ink.colours["warn"])
        self._draw_appointments(painter, ink, number)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _draw_cursor(self, painter: QPainter, ink: Ink, rect: QRectF, whole: bool) -> None:
        """Around a day or one line; a day whose appointment has the cursor keeps a thin frame."""
        strong = whole and self._view.hasFocus()
        painter.setPen(QPen(ink.colours["accent" if strong else "line"], 2 if strong else 1))
        painter.setBrush(ink.colours["accent_soft"] if strong else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(rect, 4, 4)

    def _draw_appointments(self, painter: QPainter, ink: Ink, number: int) -> None:
        inside, lines = self._model.inside(number), self.lines(number)
        here = self._view.currentIndex()
        chosen = self._model.appointment(here) if self._model.number(here) == number else None
        for row in range(lines.first, lines.first + lines.shown):
            if chosen is not None and here.row() == row:
                around = lines.rect(row).adjusted(-ink.line * 0.25, 0, ink.line * 0.15, 0)
                self._draw_cursor(painter, ink, around, True)
            self._draw_line(painter, ink, lines.rect(row), inside[row])
        if lines.more is not None:
            more = self._words.more(lines.hidden) if lines.shown else self._words.count(lines.hidden)
            ink.text(painter, lines.more, more, ink.plain, ink.colours["accent"])

    def _draw_line(self, painter: QPainter, ink: Ink, line: QRectF, appointment: Appointment) -> None:
        light = self._words.light(appointment)
        cancelled = appointment.stage is Stage.CANCELLED
        second = ink.colours["muted"]
        line = QRectF(line)
        if light is not None and line.width() > 6 * ink.line:
            ink.light(painter, QRectF(line.right() - ink.line, line.top(), ink.line, ink.line), light)
            line.setRight(line.right() - ink.line * 1.1)
        taken = ink.text(painter, line, self._words.time(appointment.starts_at), ink.plain, second) + ink.line * 0.35
        face = ink.struck if cancelled else ink.plain
        colour = second if cancelled or appointment.stage is Stage.CLOSED else ink.colours["text"]
        ink.text(painter, line.adjusted(taken, 0, 0, 0), self._words.person(appointment), face, colour)

    def _draw_plan(self, painter: QPainter, ink: Ink, number: int, plan: Plan) -> None:
        """At the foot of the day: the number and what lies there already stay in sight."""
        lines, line = self.lines(number), ink.line
        last = lines.area.top() + max(0, int(lines.area.height() // line) - 1) * line
        rect = QRectF(lines.area.left() - line * 0.2, last - 1, lines.area.width() + line * 0.35, line + 2)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(ink.colours["accent"], 2, Qt.PenStyle.DashLine))
        painter.setBrush(ink.colours["accent_soft"])
        painter.drawRoundedRect(rect, 5, 5)
        times = f"{self._words.time(plan.start)}–{self._words.time(plan.end)}"
        ink.text(painter, rect.adjusted(line * 0.3, 1, -4, 0), times, ink.bold, ink.colours["text"])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


class WeekdayHead(QHeaderView):
    """The names of the weekdays over the one column that the tree has."""

    def __init__(self, words: CalendarWords, ink: Callable[[], Ink], parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._words = words
        self._ink = ink
        self.setStretchLastSection(True)
        self.setSectionsClickable(False)
        self.setHighlightSections(False)
        self.setFixedHeight(round(ink().line * 1.7))

    def dress(self) -> None:
        """Take over another font."""
        self.setFixedHeight(round(self._ink().line * 1.7))
        self.viewport().update()

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        ink = self._ink()
        painter.save()
        painter.fillRect(rect, ink.colours["surface"])
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), ink.colours["hair"])
        for weekday in range(7):
            left, right = rect.width() * weekday // 7, rect.width() * (weekday + 1) // 7
            place = QRectF(left + ink.line * 0.4, rect.top() + ink.line * 0.3, right - left - ink.line * 0.6, ink.line)
            ink.text(painter, place, self._words.weekday(weekday), ink.bold, ink.colours["muted"])
        painter.restore()
