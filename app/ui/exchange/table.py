"""Appointments of a span as a table for a spreadsheet. Imports Qt and `app.ui` only."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, time, timedelta
from pathlib import Path

from PySide6.QtCore import QDate, QLocale
from PySide6.QtWidgets import QDateEdit, QDialog, QWidget

from app.services.appointments.ports import BookError
from app.services.exchange.csv import table_of
from app.services.exchange.files import write_whole
from app.services.local_time import unix_of, wall_of
from app.ui.appointment.asking import button_row, dialog_column, grow_to_fit
from app.ui.appointment.choices import Row
from app.ui.appointment.fields import Field, padded
from app.ui.appointment.parts import AppointmentParts
from app.ui.appointment.saving import ask_where
from app.ui.appointment.work import Work
from app.ui.parts import button, label


class TableDialog(QDialog):
    """From which day to which; then where to."""

    def __init__(self, parent: QWidget, parts: AppointmentParts) -> None:
        super().__init__(parent)
        self._parts = parts
        self._work = Work(parts.tasks, parts.messages)
        self.destroyed.connect(self._work.close)
        texts = parts.texts
        self.setWindowTitle(texts("app.exchange.csv.title"))
        first = wall_of(parts.clock.unix()).date().replace(day=1)
        last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        self._first, self._last = (_day_field(texts.language, QDate(day.year, day.month, day.day)) for day in (first, last))
        self._last_field = Field(texts("app.exchange.csv.last"), self._last)
        days = Row(narrow=340, spacing=14)
        days.line.addWidget(Field(texts("app.exchange.csv.first"), self._first), 1)
        days.line.addWidget(self._last_field, 1)
        back, save = button(texts("app.cancel")), button(texts("app.exchange.csv.save"), "primary")
        back.clicked.connect(self.reject)
        save.clicked.connect(self._save)
        save.setDefault(True)
        column = dialog_column(self)
        column.addWidget(label(texts("app.exchange.csv.title"), "title"))
        column.addWidget(label(texts("app.exchange.csv.more"), "muted"))
        column.addWidget(days)
        column.addWidget(label(texts("app.exchange.csv.names"), "warn"))
        column.addStretch(1)
        column.addLayout(button_row(back, save))
        self.setMinimumWidth(480)

    @property
    def span(self) -> tuple[int, int]:
        """Unix seconds; both days are whole."""
        start = datetime.combine(_date_of(self._first), time())
        end = datetime.combine(_date_of(self._last) + timedelta(days=1), time())
        return unix_of(start), unix_of(end)

    def _save(self) -> None:
        texts = self._parts.texts
        if self._last.date() < self._first.date():
            self._last_field.show_error(texts("app.exchange.csv.backwards"))
            grow_to_fit(self)
            return
        self._last_field.clear_error()
        name = f"{texts('app.exchange.csv.file')}.csv"
        ask_where(self, texts("app.exchange.csv.title"), name, "CSV (*.csv)", self._write)

    def _write(self, path: Path) -> None:
        start, end = self.span

        async def write() -> int:
            found = [each for each in await self._parts.book.between(start, end) if start <= each.starts_at < end]
            if not found:
                raise BookError("app.exchange.csv.empty")
            await asyncio.to_thread(lambda: write_whole(path, table_of(found, self._parts.texts)))
            return len(found)

        self._work.do("table", write, self._written)

    def _written(self, count: int) -> None:
        self.accept()
        self._parts.messages.tell("app.exchange.csv.done", count=count)

    def done(self, result: int) -> None:
        super().done(result)
        self._work.close()
        self.deleteLater()


def _day_field(language: str, day: QDate) -> QDateEdit:
    made = padded(QDateEdit(day))
    made.setLocale(QLocale(language))
    made.setDisplayFormat("dd.MM.yyyy")
    made.setCalendarPopup(True)
    return made


def _date_of(field: QDateEdit) -> date:
    day = field.date()
    return date(day.year(), day.month(), day.day())
