"""Appointments as a Qt table with one row for each: the list and what a search found. Imports Qt and `app.ui` only.

Rows are put into words when they are looked at: a year of thousands opens at once.
"""

from __future__ import annotations

import enum
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt

from app.domain.appointments import Appointment
from app.ui.calendar.grid_model import AnyIndex
from app.ui.calendar.ink import Look, look_of
from app.ui.calendar.spans import day_of, day_start
from app.ui.calendar.view_model import CalendarViewModel
from app.ui.calendar.words import CalendarWords

_SPOKEN = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)


class Part(enum.IntEnum):
    """The columns."""

    DAY = 0
    TIME = 1
    PERSON = 2
    TOPIC = 3
    WAY = 4
    STATE = 5
    READY = 6
    NOTES = 7


@dataclass(frozen=True, slots=True)
class Entry:
    """One row. An appointment across midnight has a row on both days."""

    day: date
    appointment: Appointment


class ListModel(QAbstractTableModel):
    """The day's cell tells the whole row as a sentence."""

    def __init__(self, view_model: CalendarViewModel, words: CalendarWords, with_year: bool, parent: QObject) -> None:
        """`with_year`: rows may lie years apart."""
        super().__init__(parent)
        self._view_model = view_model
        self._words = words
        self._with_year = with_year
        self._entries: list[Entry] = []
        self._looks: dict[int, Look] = {}

    def forget(self) -> None:
        """The words may be others now."""
        self._looks.clear()
        if self._entries:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._entries) - 1, len(Part) - 1))

    def fill(self, entries: list[Entry]) -> None:
        """Show these."""
        self._looks.clear()
        if [(e.day, e.appointment.id) for e in entries] == [(e.day, e.appointment.id) for e in self._entries]:
            self._entries = entries
            self.forget()
            return
        self.beginResetModel()
        self._entries = entries
        self.endResetModel()

    def entry(self, row: int) -> Entry | None:
        """The row's appointment; None where no row is."""
        return self._entries[row] if 0 <= row < len(self._entries) else None

    def row_of(self, appointment: str) -> int:
        """The first row of that appointment, -1 if there is none."""
        return next((row for row, entry in enumerate(self._entries) if entry.appointment.id == appointment), -1)

    def row_from(self, day: date) -> int:
        """The first row of that day, or of the next that has one; the last row if none follows."""
        return next((row for row, entry in enumerate(self._entries) if entry.day >= day), len(self._entries) - 1)

    def look(self, row: int) -> Look:
        """The row in words."""
        if row not in self._looks:
            appointment, seen = self._entries[row].appointment, self._view_model
            self._looks[row] = look_of(appointment, self._words, seen.overlaps(appointment), seen.mail(appointment))
        return self._looks[row]

    def begins_day(self, row: int) -> bool:
        """Whether the row is the first of its day."""
        return row == 0 or self._entries[row - 1].day != self._entries[row].day

    def day_word(self, row: int) -> str:
        """The row's day, to be drawn."""
        day = self._entries[row].day
        return self._words.day_of_year(day) if self._with_year else self._words.short_day(day)

    def part(self, row: int, part: Part) -> str:
        """One cell in words."""
        look = self.look(row)
        words = {
            Part.TIME: look.time,
            Part.PERSON: look.person,
            Part.TOPIC: look.topic,
            Part.WAY: look.way_word,
            Part.STATE: look.state,
            Part.READY: look.light_word,
        }
        if part is Part.DAY:
            return self.day_word(row)
        return words[part] if part in words else self._words.notes(look.mail, look.overlap, look.series)

    # ---- Qt's side

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 (Qt's signature)
        return 0 if parent.isValid() else len(self._entries)

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 (Qt's signature)
        return 0 if parent.isValid() else len(Part)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.ToolTipRole or (role in _SPOKEN and index.column() == Part.DAY):
            entry, seen = self._entries[index.row()], self._view_model
            sentence = self._words.sentence(entry.appointment, seen.overlaps(entry.appointment), seen.mail(entry.appointment))
            return f"{self._words.day(entry.day)}: {sentence}"
        return self.part(index.row(), Part(index.column())) if role in _SPOKEN else None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role not in _SPOKEN:
            return None
        return self._words.heading(Part(section).name.lower()) if orientation is Qt.Orientation.Horizontal else str(section + 1)


def entries_of(view_model: CalendarViewModel) -> list[Entry]:
    """What is in sight, day by day."""
    days = view_model.days
    starts = [day_start(day, view_model.zone) for day in days]
    entries: list[Entry] = []
    for appointment in view_model.appointments:
        first = max(0, bisect_right(starts, appointment.starts_at) - 1)
        last = bisect_right(starts, appointment.ends_at - 1) - 1
        entries += [Entry(days[number], appointment) for number in range(first, last + 1)]
    entries.sort(key=lambda entry: entry.day)
    return entries


def entries_found(results: Sequence[Appointment], view_model: CalendarViewModel) -> list[Entry]:
    """What a search found, in its order."""
    return [Entry(day_of(appointment.starts_at, view_model.zone), appointment) for appointment in results]
