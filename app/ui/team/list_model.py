"""A colleague's day as a Qt table with one row for each appointment. Imports Qt and `app.ui` only."""

from __future__ import annotations

import enum
from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.services.team.deputy import Listed
from app.services.team.members import Member
from app.texts import Texts
from app.ui.team.words import TeamWords

AnyIndex = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class Column(enum.IntEnum):
    """What stands in a row."""

    TIME = 0
    PERSON = 1
    WAY = 2
    STATE = 3


class ColleagueModel(QAbstractTableModel):
    """The first cell of a row tells a screen reader the whole of it."""

    def __init__(self, words: TeamWords, texts: Texts, parent: QObject) -> None:
        super().__init__(parent)
        self._words = words
        self._texts = texts
        self._rows: Sequence[Listed] = ()
        self._members: Sequence[Member] = ()

    def fill(self, rows: Sequence[Listed], members: Sequence[Member]) -> None:
        """Show these; the same ones stay where they are."""
        same = [one.seen.appointment.id for one in rows] == [one.seen.appointment.id for one in self._rows]
        if not same:
            self.beginResetModel()
        self._rows, self._members = rows, members
        if not same:
            self.endResetModel()
        elif rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(Column) - 1))

    def listed(self, row: int) -> Listed | None:
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def row_of(self, appointment: str) -> int:
        """-1 where it is not there."""
        return next((row for row, one in enumerate(self._rows) if one.seen.appointment.id == appointment), -1)

    def cells(self, row: int) -> Sequence[str]:
        """Of one row, in the columns' order."""
        one = self._rows[row]
        return self._words.time(one), self._words.person(one), self._words.way(one), self._words.state(one, self._members)

    # ---- Qt

    def rowCount(self, parent: AnyIndex = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: AnyIndex = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(Column)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> str | None:
        if role == Qt.ItemDataRole.AccessibleTextRole and index.column() == Column.TIME:
            return ", ".join(self.cells(index.row()))
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.cells(index.row())[index.column()]
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> str | None:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._texts(f"app.team.column.{Column(section).name.lower()}")
        return None
