"""A new appointment: planned, as a series, or at once. Imports Qt and `app.ui` only."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QHBoxLayout, QLineEdit, QSpinBox, QVBoxLayout, QWidget

from app.domain.appointments import Appointment, Way
from app.services.appointments.ports import Draft, Repeat, Series
from app.ui.appointment.asking import button_row, dialog_column
from app.ui.appointment.cards import framed
from app.ui.appointment.choices import Row, WayChoice
from app.ui.appointment.client_form import ClientForm
from app.ui.appointment.fields import Field, minutes_field, padded, show_at_field
from app.ui.appointment.model import AGREEMENT_VERSION
from app.ui.appointment.overlaps import Overlaps
from app.ui.appointment.parts import AppointmentParts
from app.ui.appointment.when import NoSuchTime, When, WhenFields
from app.ui.appointment.work import Foreseen, Work
from app.ui.messages import NoticeBar
from app.ui.parts import button, label, resize_to_fit, scrolled

SHORTEST_SERIES, LONGEST_SERIES, USUAL_SERIES = 2, 52, 4
"""How many appointments (`app.services.appointments.ports.Series`)."""
USUAL_MINUTES = 30
TWO_COLUMNS = 780
"""Pixels from which the client stands beside the appointment instead of below it."""


class NewDialog(QDialog):
    """What is common: the client, the topic, and that nothing typed is lost when the book says no."""

    noted = Signal(str, bool)
    """Id of the first new appointment; whether to go on with it at once."""

    def __init__(self, parent: QWidget, parts: AppointmentParts, title: str, more: str) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self._parts = parts
        self._work = Work(parts.tasks, parts.messages)
        self.destroyed.connect(self._work.close)
        self._topic = QLineEdit()
        self._client = ClientForm(parts.texts, parts.languages)
        self._fields: dict[str, Field] = {"topic": Field(parts.texts("app.noting.topic"), self._topic), **self._client.fields}
        self._column = dialog_column(self)
        self._column.addWidget(label(title, "title"))
        self._column.addWidget(label(more, "muted"))
        self._column.addWidget(NoticeBar(parts.messages, parts.texts, parts.theme, self))

    def _fill(self, *content: QWidget) -> None:
        """Everything between the heading and the buttons; it scrolls on low screens."""
        whole = QWidget()
        inside = QVBoxLayout(whole)
        inside.setContentsMargins(0, 0, 8, 0)
        inside.setSpacing(14)
        for each in content:
            inside.addWidget(each)
        inside.addStretch(1)
        self._column.addWidget(scrolled(whole), 1)
        self._client.focus_first()

    def _note(self, goes_on: bool) -> None:
        raise NotImplementedError

    def _accepted(self, first: str, goes_on: bool) -> None:
        self.accept()
        self.noted.emit(first, goes_on)

    def _refused(self, error: Foreseen) -> None:
        if not show_at_field(error, self._fields, self._parts.texts):
            self._parts.messages.tell(error.key, **error.values)

    def done(self, result: int) -> None:
        super().done(result)
        self._work.close()
        self.deleteLater()


class PlannedDialog(NewDialog):
    """Date, time, length, way, series, client."""

    def __init__(self, parent: QWidget, parts: AppointmentParts, when: When) -> None:
        texts = parts.texts
        super().__init__(parent, parts, texts("app.noting.title"), texts("app.noting.more"))
        self._when = WhenFields(texts, when)
        self._way = WayChoice(texts, parts.theme)
        self._series = _SeriesFields(self._parts)
        self._fields |= self._when.fields | {"count": self._series.count_field, "series": self._series.count_field}
        columns = Row(narrow=TWO_COLUMNS, spacing=28)
        columns.line.addWidget(_stacked(self._when, Overlaps(self._when, parts), self._ways(), self._series, self._fields["topic"]), 1)
        columns.line.addWidget(_stacked(self._client), 1)
        self._fill(columns)
        back, keep = button(texts("app.cancel")), button(texts("app.noting.keep"))
        self._go_on = button(texts("app.noting.keep-and-call"), "primary")
        back.clicked.connect(self.reject)
        keep.clicked.connect(lambda: self._note(False))
        self._go_on.clicked.connect(lambda: self._note(True))
        self._go_on.setDefault(True)
        self._column.addLayout(button_row(back, keep, self._go_on))
        resize_to_fit(self, QSize(980, 590))

    def _ways(self) -> QWidget:
        """Its name is that of the group; each of the three says its own."""
        return _stacked(label(self._parts.texts("app.noting.way"), "field"), self._way, spacing=4)

    def _note(self, goes_on: bool) -> None:
        try:
            when = self._when.when()
        except NoSuchTime:
            self._when.at.show_error(self._parts.texts("app.noting.no-such-time"))
            return
        draft = Draft(
            starts_at=when.starts_at, minutes=when.minutes, topic=self._topic.text(), client=self._client.client(), way=self._way.way
        )
        series = self._series.series()

        def taken(made: Sequence[Appointment]) -> None:
            self._accepted(made[0].id, goes_on)

        self._work.do("note", lambda: self._parts.book.note(draft, series), taken, self._refused)


class NowDialog(NewDialog):
    """A Sofort-Termin: both are on the phone, so the agreement is given here, as a step of its own."""

    def __init__(self, parent: QWidget, parts: AppointmentParts) -> None:
        texts = parts.texts
        super().__init__(parent, parts, texts("app.noting.now.title"), texts("app.noting.now.more"))
        self._minutes = minutes_field(texts, USUAL_MINUTES)
        self._agreed = QCheckBox(texts("app.noting.now.agreed"))
        agreement = Field(texts("app.noting.now.agreement"), self._agreed)
        self._fields |= {"minutes": Field(texts("app.noting.length"), self._minutes), "agreement": agreement}
        read_out = label(texts(f"app.sheet.agreement.{AGREEMENT_VERSION}"))
        self._fill(framed("spoken", read_out, agreement), self._client, self._fields["topic"], self._fields["minutes"])
        back, begin = button(texts("app.cancel")), button(texts("app.noting.now.begin"), "primary")
        back.clicked.connect(self.reject)
        begin.clicked.connect(lambda: self._note(True))
        begin.setDefault(True)
        self._column.addLayout(button_row(back, begin))
        resize_to_fit(self, QSize(640, 780))

    def _note(self, goes_on: bool) -> None:
        if not self._agreed.isChecked():
            self._fields["agreement"].show_error(self._parts.texts("app.noting.now.not-agreed"))
            return
        draft = Draft(
            starts_at=self._parts.clock.unix(),
            minutes=self._minutes.value(),
            topic=self._topic.text(),
            client=self._client.client(),
            way=Way.VIDEO,
        )
        act: Callable[[Appointment], None] = lambda made: self._accepted(made.id, goes_on)  # noqa: E731
        self._work.do("note-now", lambda: self._parts.book.note_now(draft), act, self._refused)


def _stacked(*content: QWidget, spacing: int = 12) -> QWidget:
    made = QWidget()
    column = QVBoxLayout(made)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(spacing)
    for each in content:
        column.addWidget(each)
    column.addStretch(1)
    return made


class _SeriesFields(QWidget):
    """Once, or again and again."""

    def __init__(self, parts: AppointmentParts) -> None:
        super().__init__()
        texts = parts.texts
        self._repeat = QComboBox()
        self._repeat.addItem(texts("app.noting.series.once"), "")
        for repeat in Repeat:
            self._repeat.addItem(texts(f"app.noting.series.{repeat.value}"), repeat.value)
        self._count = padded(QSpinBox())
        self._count.setRange(SHORTEST_SERIES, LONGEST_SERIES)
        self._count.setValue(USUAL_SERIES)
        self._count.setSuffix(f" {texts('app.noting.series.appointments')}")
        self.count_field = Field(texts("app.noting.series.count"), self._count)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(Field(texts("app.noting.series"), self._repeat), 1)
        row.addWidget(self.count_field, 1)
        self._repeat.currentIndexChanged.connect(self._show)
        self._show()

    def series(self) -> Series | None:
        """None for a single appointment."""
        repeat = self._repeat.currentData()
        return Series(Repeat(repeat), self._count.value()) if repeat else None

    def _show(self) -> None:
        self.count_field.setEnabled(bool(self._repeat.currentData()))
