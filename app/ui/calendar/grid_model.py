"""The grid of a day or week as a Qt table, so that screen readers see one: half hours down, days across. Imports Qt and `app.ui`."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.domain.appointments import Appointment
from app.ui.calendar.lanes import Placed
from app.ui.calendar.timetable import SLOT_S, Timetable
from app.ui.calendar.view_model import CalendarViewModel
from app.ui.calendar.words import CalendarWords

AnyIndex = QModelIndex | QPersistentModelIndex
_SPOKEN = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole)


class GridModel(QAbstractTableModel):
    """A cell tells of every appointment that touches its half hour."""

    def __init__(self, view_model: CalendarViewModel, words: CalendarWords, parent: QObject) -> None:
        super().__init__(parent)
        self._view_model = view_model
        self._words = words
        self._table = view_model.timetable
        self._placed: dict[int, list[Placed]] = {}

    @property
    def table(self) -> Timetable:
        """The times of rows and columns."""
        return self._table

    def refresh(self) -> None:
        """Take over what is in sight now; the cursor stays where the days stay."""
        table = self._view_model.timetable
        self._placed.clear()
        if table == self._table:
            self.dataChanged.emit(self.index(0, 0), self.index(len(table.rows) - 1, len(table.columns) - 1))
            return
        self.beginResetModel()
        self._table = table
        self.endResetModel()

    def placed(self, column: int) -> list[Placed]:
        """The appointments of a column, side by side where they overlap."""
        if column not in self._placed:
            self._placed[column] = self._view_model.placed(self._table.columns[column].day)
        return self._placed[column]

    def at(self, row: int, column: int) -> Sequence[Placed]:
        """Those that touch a cell, from the left."""
        start = self._table.columns[column].slots[row]
        if start is None:
            return ()
        return sorted((p for p in self.placed(column) if p.start < start + SLOT_S and p.end > start), key=lambda p: p.lane)

    def sentence(self, appointment: Appointment) -> str:
        """One appointment, to be read out."""
        return self._words.sentence(appointment, self._view_model.overlaps(appointment), self._view_model.mail(appointment))

    # ---- Qt's side

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 (Qt's signature)
        return 0 if parent.isValid() else len(self._table.rows)

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 (Qt's signature)
        return 0 if parent.isValid() else len(self._table.columns)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role not in _SPOKEN:
            return None
        column = self._table.columns[index.column()]
        slot = column.slots[index.row()]
        here = self.at(index.row(), index.column())
        if slot is None or not here:
            return self._words.free(column.day, slot)
        return self._words.busy(column.day, slot, [self.sentence(p.appointment) for p in here])

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role not in _SPOKEN:
            return None
        if orientation is Qt.Orientation.Vertical:
            row = self._table.rows[section]
            slot = next(column.slots[section] for column in self._table.columns if column.slots[section] is not None)
            return self._words.time(slot) if slot is not None else f"{row.hour}:{row.minute:02d}"
        day = self._table.columns[section].day
        return ", ".join(part for part in (self._words.day(day), self._view_model.holiday(day)) if part)
