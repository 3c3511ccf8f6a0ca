"""The month: weeks down, weekdays across, each day with as many appointments as have room. A Qt table. Imports Qt and `app.ui` only.

Arrows go by days, also into the next month; Enter shows the day for itself, N makes an appointment on it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QRect, QRectF, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from app.domain.appointments import Appointment, Stage
from app.ui.calendar.grid_model import AnyIndex
from app.ui.calendar.ink import Ink
from app.ui.calendar.spans import Mode, at
from app.ui.calendar.view_model import CalendarViewModel
from app.ui.calendar.wants import Wants
from app.ui.calendar.words import CalendarWords

NEW_AT, NEW_MINUTES = 9, 30
_SPOKEN = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole)
_STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -7, Qt.Key.Key_Down: 7}


class MonthModel(QAbstractTableModel):
    """A cell is a day and tells all of its appointments."""

    def __init__(self, view_model: CalendarViewModel, words: CalendarWords, parent: QObject) -> None:
        super().__init__(parent)
        self._view_model = view_model
        self._words = words
        self._days: list[date] = []

    def refresh(self) -> None:
        """Take over what is in sight now."""
        days = self._view_model.days
        if days == self._days:
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, 6))
            return
        self.beginResetModel()
        self._days = days
        self.endResetModel()

    def day(self, row: int, column: int) -> date:
        return self._days[row * 7 + column]

    def cell(self, day: date) -> QModelIndex:
        """Where a day stands; invalid if it is not in sight."""
        return self.index(*divmod(self._days.index(day), 7)) if day in self._days else QModelIndex()

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 (Qt's signature)
        return 0 if parent.isValid() else len(self._days) // 7

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 (Qt's signature)
        return 0 if parent.isValid() else 7

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role not in _SPOKEN:
            return None
        day, seen = self.day(index.row(), index.column()), self._view_model
        inside = seen.of_day(day)
        heading = self._words.whole_day(day, len(inside), seen.holiday(day), day == seen.today)
        sentences = [self._words.sentence(a, seen.overlaps(a), seen.mail(a)) for a in inside]
        if role == Qt.ItemDataRole.ToolTipRole:
            return "\n".join([heading, *sentences])
        return f"{heading}: {'; '.join(sentences)}" if sentences else heading

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role not in _SPOKEN:
            return None
        if orientation is Qt.Orientation.Horizontal:
            return self._words.weekday(section)
        return self._words.week(self._days[section * 7])


class MonthView(QTableView):
    """`refresh` and `show_day` follow the view model."""

    def __init__(self, view_model: CalendarViewModel, words: CalendarWords, wants: Wants, ink: Callable[[], Ink], parent: QWidget) -> None:
        super().__init__(parent)
        self._view_model = view_model
        self._words = words
        self._wants = wants
        self._ink = ink
        self.month = MonthModel(view_model, words, self)
        self.setModel(self.month)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.horizontalHeader().setSectionsClickable(False)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.verticalHeader().hide()
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # so that a step of scrolling paints the new edge only
        self.setShowGrid(False)
        self.dress()

    def dress(self) -> None:
        """Take over another theme or font."""
        self.verticalHeader().setMinimumSectionSize(round(self._ink().line * 4.6))
        self.viewport().update()

    def refresh(self) -> None:
        """Take over what is in sight now."""
        self.month.refresh()
        self.viewport().update()

    def show_day(self) -> None:
        """Follow the view model to its day."""
        self.refresh()
        self.setCurrentIndex(self.month.cell(self._view_model.day))

    @property
    def day(self) -> date | None:
        """The day that the cursor is on."""
        index = self.currentIndex()
        return self.month.day(index.row(), index.column()) if index.isValid() else None

    # ---- keys and mouse

    def currentChanged(self, current: AnyIndex, previous: AnyIndex) -> None:
        super().currentChanged(current, previous)
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, modifiers = Qt.Key(event.key()), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if key in _STEPS and modifiers == Qt.KeyboardModifier.NoModifier:
            self._go_to((self.day or self._view_model.day) + timedelta(_STEPS[key]))
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right) and modifiers == Qt.KeyboardModifier.ControlModifier:
            self._view_model.step(_STEPS[key])
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self._view_model.step(1 if key is Qt.Key.Key_PageDown else -1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open()
        elif key in (Qt.Key.Key_N, Qt.Key.Key_Insert):
            self.make()
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Letters do not look for cells."""

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if index.isValid():
            self._go_to(self.month.day(index.row(), index.column()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._open()

    def _go_to(self, day: date) -> None:
        """Put the cursor on a day; one of another month brings that month."""
        if (day.year, day.month) != (self._view_model.day.year, self._view_model.day.month):
            self._view_model.show(Mode.MONTH, day)
            return
        self._view_model.notice_day(day)
        self.setCurrentIndex(self.month.cell(day))

    def _open(self) -> None:
        if self.day is not None:
            self._wants.day_wanted.emit(self.day)

    def make(self) -> None:
        """A new appointment on the day of the cursor."""
        if self.day is not None:
            self._wants.new_wanted.emit(at(self.day, NEW_AT, 0, self._view_model.zone), NEW_MINUTES)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    # ---- the picture

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, ink = QPainter(self.viewport()), self._ink()
        painter.fillRect(event.rect(), ink.colours["surface"])
        for row in range(self.month.rowCount()):
            for column in range(7):
                rect = self.visualRect(self.month.index(row, column))
                if rect.intersects(event.rect()):
                    self._draw_day(painter, ink, rect, self.month.day(row, column))
        painter.end()

    def _draw_day(self, painter: QPainter, ink: Ink, rect: QRect, day: date) -> None:
        seen = self._view_model
        holiday, today = seen.holiday(day), day == seen.today
        outside = day.month != seen.day.month
        if day.weekday() > 4 or holiday or outside:
            painter.fillRect(rect, ink.colours["ground"])
        painter.setPen(QPen(ink.colours["hair"]))
        painter.drawLine(rect.topLeft(), rect.topRight())
        painter.drawLine(rect.topRight(), rect.bottomRight())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if day == self.day:
            painter.setPen(QPen(ink.colours["accent" if self.hasFocus() else "line"], 2 if self.hasFocus() else 1))
            painter.setBrush(ink.colours["accent_soft"] if self.hasFocus() else Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(rect).adjusted(1.5, 2, -2.5, -1.5), 4, 4)
        inner = QRectF(rect).adjusted(ink.line * 0.4, ink.line * 0.25, -ink.line * 0.35, -2)
        colour = ink.colours["on_accent" if today else "muted" if outside else "text"]
        wide = ink.bold.width(str(day.day))
        if today:
            disc = QRectF(inner.left() - ink.line * 0.25, inner.top(), max(wide + ink.line * 0.5, ink.line), ink.line)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ink.colours["accent"])
            painter.drawRoundedRect(disc, ink.line / 2, ink.line / 2)
        ink.text(painter, inner, str(day.day), ink.bold, colour)
        ink.text(painter, inner.adjusted(wide + ink.line * 0.6, 0, 0, 0), holiday, ink.plain, ink.colours["warn"])
        self._draw_appointments(painter, ink, inner.adjusted(0, ink.line * 1.15, 0, 0), seen.of_day(day))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _draw_appointments(self, painter: QPainter, ink: Ink, inner: QRectF, inside: Sequence[Appointment]) -> None:
        room = max(0, int(inner.height() // ink.line))
        shown = len(inside) if len(inside) <= room else max(0, room - 1)
        for number, appointment in enumerate(inside[:shown]):
            self._draw_line(painter, ink, inner.adjusted(0, number * ink.line, 0, 0), appointment)
        if shown < len(inside) and room:
            more = self._words.more(len(inside) - shown) if shown else self._words.count(len(inside))
            ink.text(painter, inner.adjusted(0, shown * ink.line, 0, 0), more, ink.plain, ink.colours["accent"])

    def _draw_line(self, painter: QPainter, ink: Ink, line: QRectF, appointment: Appointment) -> None:
        light = self._words.light(appointment)
        cancelled = appointment.stage is Stage.CANCELLED
        second = ink.colours["muted"]
        line = QRectF(line.left(), line.top(), line.width(), ink.line)
        if light is not None and line.width() > 6 * ink.line:
            ink.light(painter, QRectF(line.right() - ink.line, line.top(), ink.line, ink.line), light)
            line.setRight(line.right() - ink.line * 1.1)
        taken = ink.text(painter, line, self._words.time(appointment.starts_at), ink.plain, second) + ink.line * 0.35
        face = ink.struck if cancelled else ink.plain
        colour = second if cancelled or appointment.stage is Stage.CLOSED else ink.colours["text"]
        ink.text(painter, line.adjusted(taken, 0, 0, 0), self._words.person(appointment), face, colour)
