"""Says beside a time which appointments stand there already. It warns and forbids nothing. Imports Qt and `app.ui` only."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.appointments import Appointment
from app.ui.announce import announce
from app.ui.appointment.parts import AppointmentParts
from app.ui.appointment.when import NoSuchTime, When, WhenFields
from app.ui.appointment.words import AppointmentWords
from app.ui.appointment.work import Work
from app.ui.parts import label


class Overlaps(QWidget):
    """Follows the fields; hidden while the time is free."""

    def __init__(self, fields: WhenFields, parts: AppointmentParts, own: str = "") -> None:
        """`own` is the id of the appointment that is being moved: it does not stand in its own way."""
        super().__init__()
        self._fields = fields
        self._parts = parts
        self._own = own
        self._words = AppointmentWords(parts.texts, parts.quiet)
        self._work = Work(parts.tasks, parts.messages)
        self._asked: When | None = None
        self._text = label("", "warn")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._text)
        fields.changed.connect(self._look)
        self.destroyed.connect(self._work.close)
        self.hide()
        self._look()

    def _look(self) -> None:
        try:
            when = self._fields.when()
        except NoSuchTime:
            self.hide()
            return
        self._asked = when
        self._work.do("overlaps", lambda: self._parts.book.between(when.starts_at, when.ends_at), lambda found: self._show(when, found))

    def _show(self, when: When, found: Sequence[Appointment]) -> None:
        if when != self._asked:
            self._look()  # it was changed while the book was asked
            return
        wanted = Appointment(id=self._own, starts_at=when.starts_at, minutes=when.minutes)
        others = [other for other in found if other.id != self._own and wanted.overlaps(other)]
        named = ", ".join(f"{self._words.time(other.starts_at)} {self._words.name(other)}" for other in others)
        said = self._parts.texts("app.noting.overlap", others=named) if others else ""
        if said and said != self._text.text():
            announce(self, said)
        self._text.setText(said)
        self.setVisible(bool(said))
