"""When an appointment is: the office's clock on one side, Unix seconds on the other. Imports `app.domain` and Qt only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from PySide6.QtCore import QDate, QLocale, QTime, Signal
from PySide6.QtWidgets import QDateEdit, QHBoxLayout, QTimeEdit, QWidget

from app.domain.appointments import ZONE
from app.texts import Texts
from app.ui.appointment.fields import Field, minutes_field, padded

_ZONE = ZoneInfo(ZONE)


@dataclass(frozen=True, slots=True)
class When:
    """Start and length of an appointment."""

    starts_at: int
    """Unix seconds."""
    minutes: int

    @property
    def ends_at(self) -> int:
        """Unix seconds."""
        return self.starts_at + self.minutes * 60


class NoSuchTime(ValueError):
    """The clocks skip this time of this day."""


def unix_of(day: date, at: time) -> int:
    """Unix seconds of a time on the office's clock; of a time that comes twice, the first. Raises NoSuchTime."""
    moment = datetime.combine(day, at, _ZONE)
    if moment.astimezone(UTC).astimezone(_ZONE).replace(tzinfo=None) != moment.replace(tzinfo=None):
        raise NoSuchTime
    return int(moment.timestamp())


class WhenFields(QWidget):
    """Date, time and length in a row."""

    changed = Signal()

    def __init__(self, texts: Texts, when: When) -> None:
        super().__init__()
        self._date = QDateEdit()
        self._date.setLocale(QLocale(texts.language))
        self._date.setDisplayFormat("ddd, dd.MM.yyyy")
        self._date.setCalendarPopup(True)
        self._time = padded(QTimeEdit())
        self._time.setDisplayFormat("HH:mm")
        self._minutes = minutes_field(texts, when.minutes)
        self.day = Field(texts("app.noting.date"), self._date)
        self.at = Field(texts("app.noting.time"), self._time)
        self.length = Field(texts("app.noting.length"), self._minutes)
        self.show_when(when)
        for told in (self._date.dateChanged, self._time.timeChanged, self._minutes.valueChanged):
            told.connect(lambda _value: self.changed.emit())
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        for field, share in ((self.day, 3), (self.at, 2), (self.length, 3)):
            row.addWidget(field, share)

    @property
    def fields(self) -> dict[str, Field]:
        """By the part of a draft that each is."""
        return {"starts_at": self.at, "minutes": self.length}

    def show_when(self, when: When) -> None:
        """Put it into the fields."""
        local = datetime.fromtimestamp(when.starts_at, _ZONE)
        self._date.setDate(QDate(local.year, local.month, local.day))
        self._time.setTime(QTime(local.hour, local.minute))
        self._minutes.setValue(when.minutes)

    def when(self) -> When:
        """What the fields say. Raises NoSuchTime."""
        day, at = self._date.date(), self._time.time()
        starts_at = unix_of(date(day.year(), day.month(), day.day()), time(at.hour(), at.minute()))
        return When(starts_at, self._minutes.value())
