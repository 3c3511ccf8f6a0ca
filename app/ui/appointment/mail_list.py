"""The mails of an appointment with their state in words, and the questions that only a person can answer. Imports Qt and `app.ui` only."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.domain.mails import Mail, MailState
from app.services.appointments.invitation import MAY_GO_AGAIN
from app.services.appointments.post import needs_a_person
from app.ui.appointment.cards import Line
from app.ui.appointment.model import AppointmentModel
from app.ui.appointment.parts import AppointmentParts
from app.ui.appointment.words import AppointmentWords
from app.ui.parts import button, label


class MailRow(QFrame):
    """One mail. Kept while the mail is there, so that the keyboard stays where it is."""

    def __init__(self, mail: Mail, model: AppointmentModel, parts: AppointmentParts, words: AppointmentWords) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self._model = model
        self._parts = parts
        self._words = words
        self._line = Line(parts.theme, parts.texts(f"app.letter.kind.{mail.kind.value}"))
        self._more = label("", "muted")
        self._again = button(parts.texts("app.letter.send-again"))
        self._leave = button(parts.texts("app.letter.leave"))
        self._again.clicked.connect(lambda: model.send_again(mail.id))
        self._leave.clicked.connect(lambda: model.leave_unclear(mail.id))
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(8)
        column.addWidget(self._line)
        column.addWidget(self._more)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._again)
        row.addWidget(self._leave)
        row.addStretch(1)
        column.addLayout(row)

    @property
    def again(self) -> QPushButton:
        return self._again

    def show_mail(self, mail: Mail) -> None:
        """Take over where it stands now."""
        self._line.tell(self._words.mail(mail, self._model.now))
        more = self._more_of(mail)
        self._more.setText(more)
        self._more.setVisible(bool(more))
        self._again.setVisible(mail.state in MAY_GO_AGAIN)
        self._leave.setVisible(mail.state is MailState.UNCLEAR)
        self._again.setAccessibleDescription(f"{self._line.told.text} {more}")
        self._leave.setAccessibleDescription(f"{self._line.told.text} {more}")

    def _more_of(self, mail: Mail) -> str:
        if mail.state is MailState.UNCLEAR:
            return self._parts.texts("app.letter.unclear")
        if mail.state is MailState.REFUSED:
            return self._parts.texts("app.letter.refused", reply=mail.reply)
        return self._parts.texts(f"app.letter.{mail.state.value}") if mail.state in (MailState.LATE, MailState.RETURNED) else ""


class MailList(QWidget):
    """In the order of their times, with those that need a person on top."""

    def __init__(self, model: AppointmentModel, parts: AppointmentParts, words: AppointmentWords) -> None:
        super().__init__()
        self._model = model
        self._parts = parts
        self._words = words
        self._rows: dict[str, MailRow] = {}
        self._none = label(parts.texts("app.letter.mails.none"), "muted")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self._column.addWidget(self._none)

    def show_model(self) -> None:
        """Take over what is known now."""
        mails = sorted(self._model.mails, key=lambda mail: (not needs_a_person(mail), mail.due_at))
        self._none.setVisible(not mails)
        for gone in self._rows.keys() - {mail.id for mail in mails}:
            row = self._rows.pop(gone)
            row.hide()
            row.deleteLater()
        for place, mail in enumerate(mails, 1):
            if mail.id not in self._rows:
                self._rows[mail.id] = MailRow(mail, self._model, self._parts, self._words)
            row = self._rows[mail.id]
            if self._column.indexOf(row) != place:
                self._column.insertWidget(place, row)
            row.show_mail(mail)
