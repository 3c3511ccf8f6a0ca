"""The heads of the grid: days with their holidays above, hours at the side. Imports Qt and `app.ui` only."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QHeaderView, QWidget

from app.ui.calendar.grid_model import GridModel
from app.ui.calendar.ink import Ink
from app.ui.calendar.view_model import CalendarViewModel
from app.ui.calendar.words import CalendarWords


class DayHead(QHeaderView):
    """Weekday and number, today marked by a bar, the holiday's name below. A single day, which the title names, is counted instead."""

    def __init__(
        self, model: GridModel, view_model: CalendarViewModel, words: CalendarWords, ink: Callable[[], Ink], parent: QWidget
    ) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._grid = model
        self._view_model = view_model
        self._words = words
        self._ink = ink
        self.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.setSectionsClickable(False)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(20)

    def sizeHint(self) -> QSize:
        return QSize(0, round(self._ink().line * (1.7 if self.count() == 1 else 2.7)))

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        ink, day = self._ink(), self._grid.table.columns[section].day
        today = day == self._view_model.today
        holiday = "" if self.count() == 1 else self._view_model.holiday(day)
        painter.save()
        painter.fillRect(rect, ink.colours["surface"])
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), ink.colours["hair"])
        if today:
            painter.fillRect(QRect(rect.left(), rect.bottom() - 2, rect.width(), 3), ink.colours["accent"])
        inner = QRectF(rect).adjusted(ink.line * 0.5, ink.line * 0.25, -ink.line * 0.3, 0)
        colour = ink.colours["accent" if today else "text"]
        alone = self.count() == 1
        text = self._words.count(len(self._view_model.of_day(day))) if alone else self._words.column_day(day)
        ink.text(painter, inner, text, ink.bold, colour)
        ink.text(painter, inner.adjusted(0, ink.line * 1.05, 0, 0), holiday, ink.plain, ink.colours["warn"])
        painter.restore()


class HourHead(QHeaderView):
    """Full hours in words, half hours as a line only. One row is one half hour high enough for two lines of text."""

    def __init__(self, model: GridModel, words: CalendarWords, ink: Callable[[], Ink], parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self._grid = model
        self._words = words
        self._ink = ink
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setSectionsClickable(False)
        self.setHighlightSections(False)
        self.fit()

    def fit(self) -> None:
        """Take the height of rows from the font."""
        self.setMinimumSectionSize(1)
        self.setDefaultSectionSize(round(self._ink().line * 2.2) + 4)

    def sizeHint(self) -> QSize:
        widest = max((self._ink().plain.width(text) for text in map(self._label, range(len(self._grid.table.rows)))), default=0.0)
        return QSize(round(widest + self._ink().line * 1.1), 0)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        ink = self._ink()
        painter.save()
        painter.fillRect(rect, ink.colours["surface"])
        painter.fillRect(QRect(rect.right(), rect.top(), 1, rect.height()), ink.colours["hair"])
        label = self._label(section)
        if label:
            wide = ink.plain.width(label)
            place = QRectF(rect.right() - wide - ink.line * 0.5, rect.top() + 1, wide + 1, ink.line)
            ink.text(painter, place, label, ink.plain, QColor(ink.colours["muted"]))
        painter.restore()

    def _label(self, section: int) -> str:
        return "" if self._grid.table.rows[section].minute else str(self._grid.headerData(section, Qt.Orientation.Vertical))
