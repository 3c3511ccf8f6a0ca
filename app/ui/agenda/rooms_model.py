"""Today's appointments as a Qt list model, so that screen readers see a list. Imports Qt, `app.ui.wording` and the view model only."""

from __future__ import annotations

import enum

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.services.ports import RoomEntry
from app.ui.agenda.view_model import AgendaViewModel
from app.ui.wording import Phrase, Wording

AnyIndex = QModelIndex | QPersistentModelIndex


class RoomRole(enum.IntEnum):
    """What a row tells besides its sentence."""

    TIME = Qt.ItemDataRole.UserRole + 1
    TITLE = Qt.ItemDataRole.UserRole + 2
    PHRASE = Qt.ItemDataRole.UserRole + 3


class RoomsModel(QAbstractListModel):
    """One row for each appointment, by start time."""

    def __init__(self, view_model: AgendaViewModel, wording: Wording, parent: QObject) -> None:
        super().__init__(parent)
        self._view_model = view_model
        self._wording = wording
        self._rooms = list(view_model.rooms)
        view_model.changed.connect(self._refresh)

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 (Qt's signature)
        return 0 if parent.isValid() else len(self._rooms)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        entry = self._rooms[index.row()]
        phrase = self._wording.room(entry, self._view_model.now)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{self._wording.time(entry.starts_at)}, {self._wording.heading(entry)}: {phrase.text}"
        return self._part(entry, phrase, role)

    def _part(self, entry: RoomEntry, phrase: Phrase, role: int) -> object:
        if role == RoomRole.TIME:
            return self._wording.time(entry.starts_at)
        if role == RoomRole.TITLE:
            return self._wording.heading(entry)
        return phrase if role == RoomRole.PHRASE else None

    def entry(self, index: AnyIndex) -> RoomEntry | None:
        """The appointment of a row, None where no row is."""
        return self._rooms[index.row()] if index.isValid() and index.row() < len(self._rooms) else None

    def index_of(self, room: str) -> QModelIndex:
        """The row of that room, invalid if there is none."""
        return next((self.index(row) for row, entry in enumerate(self._rooms) if entry.room == room), QModelIndex())

    def _refresh(self) -> None:
        rooms = list(self._view_model.rooms)
        if [r.room for r in rooms] == [r.room for r in self._rooms]:
            self._rooms = rooms
            if rooms:
                self.dataChanged.emit(self.index(0), self.index(len(rooms) - 1))
            return
        self.beginResetModel()
        self._rooms = rooms
        self.endResetModel()
