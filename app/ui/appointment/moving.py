"""Moving and calling off: what becomes of link and reminder is said, and nobody is mailed unasked. Imports Qt and `app.ui` only."""

from __future__ import annotations

from PySide6.QtWidgets import QButtonGroup, QDialog, QPushButton, QRadioButton, QVBoxLayout, QWidget

from app.domain.appointments import Appointment, Stage
from app.domain.readiness import Wish
from app.services.appointments.ports import Tell
from app.ui.appointment.asking import dialog_column, grow_to_fit
from app.ui.appointment.fields import Field, show_at_field
from app.ui.appointment.model import AppointmentModel
from app.ui.appointment.overlaps import Overlaps
from app.ui.appointment.parts import AppointmentParts
from app.ui.appointment.when import NoSuchTime, When, WhenFields
from app.ui.appointment.words import AppointmentWords
from app.ui.appointment.work import Foreseen
from app.ui.messages import NoticeBar
from app.ui.parts import button, label


class ChangeDialog(QDialog):
    """What both have in common: who and when, what follows, and two answers of which one sends a mail."""

    def __init__(self, parent: QWidget, model: AppointmentModel, parts: AppointmentParts, title: str) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.model = model
        self.destroyed.connect(model.close)
        self._parts = parts
        self._words = AppointmentWords(parts.texts, parts.quiet)
        self._who, self._follows = label("", "muted"), label("")
        self._column = dialog_column(self)
        self._column.addWidget(label(title, "title"))
        self._column.addWidget(self._who)
        self._column.addWidget(NoticeBar(parts.messages, parts.texts, parts.theme, self))
        self.setMinimumWidth(500)

    def _add_answers(self, by_mail: str, quietly: str) -> None:
        """The ways out, one below the other and alike; escape changes nothing."""
        self._by_mail, self._quietly = button(by_mail), button(quietly)
        back = button(self._parts.texts("app.sheet.back"))
        self._by_mail.clicked.connect(lambda: self._act(Tell.MAIL))
        self._quietly.clicked.connect(lambda: self._act(Tell.NOBODY))
        back.clicked.connect(self.reject)
        answers = QVBoxLayout()
        answers.setSpacing(8)
        for each in (self._by_mail, self._quietly, back):
            answers.addWidget(each)
        self._column.addWidget(self._follows)
        self._column.addSpacing(4)
        self._column.addLayout(answers)
        self.model.changed.connect(self._show)
        self.model.gone.connect(self.reject)
        self._parts.quiet.changed.connect(self._show)
        self._show()

    def answers(self) -> list[QPushButton]:
        """Those that can be given now."""
        return [each for each in (self._by_mail, self._quietly) if each.isVisibleTo(self)]

    def _show(self) -> None:
        appointment = self.model.appointment
        self._who.setText(f"{self._words.name(appointment)} · {self._words.when(appointment.starts_at, appointment.minutes)}")
        self._by_mail.setVisible(self.model.can_mail)
        self._follows.setText(self._what_follows(appointment))
        grow_to_fit(self)

    def _what_follows(self, appointment: Appointment) -> str:
        raise NotImplementedError

    def _act(self, tell: Tell) -> None:
        raise NotImplementedError

    def _refused(self, error: Foreseen) -> None:
        self._parts.messages.tell(error.key, **error.values)

    def done(self, result: int) -> None:
        super().done(result)
        self.model.close()
        self.deleteLater()


class MoveDialog(ChangeDialog):
    """To another time; the calendar may have proposed one."""

    def __init__(self, parent: QWidget, model: AppointmentModel, parts: AppointmentParts, when: When | None = None) -> None:
        texts = parts.texts
        super().__init__(parent, model, parts, texts("app.sheet.moving"))
        self._proposed = when is not None
        self._when = WhenFields(texts, when or When(parts.clock.unix(), 30))
        self._column.addWidget(self._when)
        self._column.addWidget(Overlaps(self._when, parts, model.id))
        self._add_answers(texts("app.sheet.moving.mail"), texts("app.sheet.moving.quietly"))

    def _show(self) -> None:
        if self.model.loaded and not self._proposed:
            self._proposed = True
            self._when.show_when(When(self.model.appointment.starts_at, self.model.appointment.minutes))
        super()._show()

    def _what_follows(self, appointment: Appointment) -> str:
        if not self.model.invited:
            return self._parts.texts("app.sheet.moving.follows.noted")
        key = "app.sheet.moving.follows.mail" if self.model.can_mail else "app.sheet.moving.follows.tell"
        return self._parts.texts(key)

    def _act(self, tell: Tell) -> None:
        try:
            when = self._when.when()
        except NoSuchTime:
            self._when.at.show_error(self._parts.texts("app.noting.no-such-time"))
            return
        book, model = self._parts.book, self.model
        model.do("move", lambda: book.change(model.id, model.draft(when=when), tell), self._refused, lambda _moved: self.accept())

    def _refused(self, error: Foreseen) -> None:
        if not show_at_field(error, self._when.fields, self._parts.texts):
            super()._refused(error)


class CancelDialog(ChangeDialog):
    """By the client or by us: the outcome says which."""

    def __init__(self, parent: QWidget, model: AppointmentModel, parts: AppointmentParts) -> None:
        texts = parts.texts
        super().__init__(parent, model, parts, texts("app.sheet.cancelling"))
        self._by_client = QRadioButton(texts("app.sheet.cancelling.by-client"))
        self._by_us = QRadioButton(texts("app.sheet.cancelling.by-us"))
        self._group = QButtonGroup(self)
        options = QWidget()
        column = QVBoxLayout(options)
        column.setContentsMargins(0, 0, 0, 0)
        for option in (self._by_client, self._by_us):
            self._group.addButton(option)
            column.addWidget(option)
        self._by_whom = Field(texts("app.sheet.cancelling.by-whom"), options)
        self._column.addWidget(self._by_whom)
        self._add_answers(texts("app.sheet.cancelling.mail"), texts("app.sheet.cancelling.quietly"))

    def _show(self) -> None:
        if self.model.appointment.readiness.wish is Wish.CANNOT_COME and self._group.checkedButton() is None:
            self._by_client.setChecked(True)
        super()._show()

    def _what_follows(self, appointment: Appointment) -> str:
        key = "linked" if appointment.stage in (Stage.AGREED, Stage.INVITED, Stage.WAITING) else "noted"
        return self._parts.texts(f"app.sheet.cancelling.follows.{key}")

    def _act(self, tell: Tell) -> None:
        if self._group.checkedButton() is None:
            self._by_whom.show_error(self._parts.texts("app.sheet.cancelling.no-one"))
            self._by_client.setFocus()
            grow_to_fit(self)
            return
        book, model, by_client = self._parts.book, self.model, self._by_client.isChecked()
        model.do("cancel", lambda: book.cancel(model.id, by_client, tell), self._refused, lambda _gone: self.accept())
