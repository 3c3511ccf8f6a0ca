"""The month as a tree: days, and below each its appointments, so that a screen reader finds both. Imports Qt and `app.ui` only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, Qt

from app.domain.appointments import Appointment
from app.ui.calendar.grid_model import AnyIndex
from app.ui.calendar.view_model import CalendarViewModel
from app.ui.calendar.words import CalendarWords

_SPOKEN = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)
_MORE = (Qt.ItemDataRole.AccessibleDescriptionRole, Qt.ItemDataRole.ToolTipRole)


class MonthModel(QAbstractItemModel):
    """Rows of the first level are days, Monday first; their children are what touches the day, by start."""

    def __init__(self, view_model: CalendarViewModel, words: CalendarWords, parent: QObject) -> None:
        super().__init__(parent)
        self._view_model = view_model
        self._words = words
        self._days: list[date] = []
        self._inside: list[Sequence[Appointment]] = []

    def refresh(self) -> bool:
        """Take over what is in sight now. True if days or appointments have come or gone: all indexes are new then."""
        days = self._view_model.days
        inside = [self._view_model.of_day(day) for day in days]
        if days == self._days and [_names(a) for a in inside] == [_names(a) for a in self._inside]:
            self._inside = inside
            self._tell_changed()
            return False
        self.beginResetModel()
        self._days, self._inside = days, inside
        self.endResetModel()
        return True

    def _tell_changed(self) -> None:
        self.dataChanged.emit(self.index(0, 0), self.index(len(self._days) - 1, 0))
        for number, inside in enumerate(self._inside):
            if inside:
                above = self.index(number, 0)
                self.dataChanged.emit(self.index(0, 0, above), self.index(len(inside) - 1, 0, above))

    # ---- what is where

    @property
    def days(self) -> Sequence[date]:
        return self._days

    def number(self, index: AnyIndex) -> int:
        """Which day it is, or belongs to, counted from the first in sight; -1 for none."""
        if not index.isValid():
            return -1
        return index.row() if not index.internalId() else index.internalId() - 1

    def inside(self, number: int) -> Sequence[Appointment]:
        """The appointments of a day."""
        return self._inside[number]

    def appointment(self, index: AnyIndex) -> Appointment | None:
        """None for a day."""
        return self._inside[self.number(index)][index.row()] if index.isValid() and index.internalId() else None

    def day_index(self, day: date) -> QModelIndex:
        """Invalid if it is not in sight."""
        return self.index(self._days.index(day), 0) if day in self._days else QModelIndex()

    def find(self, appointment: str, day: date | None = None) -> QModelIndex:
        """The appointment of that id: on that day, if it is there, else the first; invalid if it is not in sight."""
        everywhere = [(number, row) for number, inside in enumerate(self._inside) for row, a in enumerate(inside) if a.id == appointment]
        if not everywhere:
            return QModelIndex()
        number, row = next((each for each in everywhere if self._days[each[0]] == day), everywhere[0])
        return self.index(row, 0, self.index(number, 0))

    def sentence(self, appointment: Appointment) -> str:
        """One appointment, to be read out."""
        return self._words.sentence(appointment, self._view_model.overlaps(appointment), self._view_model.mail(appointment))

    # ---- Qt's side

    def index(self, row: int, column: int, parent: AnyIndex = QModelIndex()) -> QModelIndex:  # noqa: B008 (Qt's signature)
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        return self.createIndex(row, column, parent.row() + 1 if parent.isValid() else 0)

    def parent(self, index: AnyIndex = QModelIndex()) -> QModelIndex:  # type: ignore[override]  # noqa: B008 (Qt's signature)
        if not index.isValid() or not index.internalId():
            return QModelIndex()
        return self.createIndex(index.internalId() - 1, 0, 0)

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 (Qt's signature)
        if not parent.isValid():
            return len(self._days)
        return 0 if parent.internalId() else len(self._inside[parent.row()])

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 (Qt's signature)
        return 1

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role not in _SPOKEN and role not in _MORE:
            return None
        appointment = self.appointment(index)
        if appointment is not None:
            return None if role == Qt.ItemDataRole.AccessibleDescriptionRole else self.sentence(appointment)
        number, seen = self.number(index), self._view_model
        day, inside = self._days[number], self._inside[number]
        heading = self._words.whole_day(day, len(inside), seen.holiday(day), day == seen.today)
        if role in _SPOKEN:
            return heading
        sentences = [self.sentence(a) for a in inside]
        return "\n".join([heading, *sentences]) if role == Qt.ItemDataRole.ToolTipRole else "; ".join(sentences)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role not in _SPOKEN or orientation is not Qt.Orientation.Horizontal:
            return None
        return self._words.heading("day")


def _names(inside: Sequence[Appointment]) -> list[str]:
    return [appointment.id for appointment in inside]
