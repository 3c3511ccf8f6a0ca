"""The list "Noch einmal anrufen": who, when, which number, and why. Imports Qt and `app.ui` only."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.domain.appointments import Appointment
from app.domain.mails import Mail
from app.services.appointments.ports import BookError, StoreError
from app.ui.appointment.call_steps import tel_link
from app.ui.appointment.parts import AppointmentParts
from app.ui.appointment.signs import Sign, SignView
from app.ui.appointment.words import AppointmentWords
from app.ui.parts import button, label


class ToCallRow(QFrame):
    """One of them. Kept while they are in the list, so that the keyboard stays where it is."""

    open_wanted = Signal()

    def __init__(self, parts: AppointmentParts, words: AppointmentWords) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self._parts = parts
        self._words = words
        self._phone = ""
        sign = SignView(parts.theme, 24)
        sign.show_sign(Sign.BAD)
        self._who, self._why = label("", "strong"), label()
        self._call, self.open = button(parts.texts("app.sheet.call.dial")), button(parts.texts("app.sheet.again.open"))
        self._call.clicked.connect(lambda: QDesktopServices.openUrl(tel_link(self._phone)))
        self.open.clicked.connect(self.open_wanted)
        written = QVBoxLayout()
        written.setSpacing(0)
        for line in (self._who, self._why):
            written.addWidget(line)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 7, 8, 7)
        row.setSpacing(12)
        row.addWidget(sign)
        row.addLayout(written, 1)
        row.addWidget(self._call)
        row.addWidget(self.open)
        parts.theme.changed.connect(self._dress)
        self._dress()

    def show_appointment(self, appointment: Appointment, mails: Sequence[Mail]) -> None:
        """Take over what is known now."""
        who = f"{self._words.short_date(appointment.starts_at)} {self._words.time(appointment.starts_at)} · {self._words.name(appointment)}"
        why = self._words.why_call_again(appointment, mails)
        self._phone = appointment.client.phone
        hides = self._parts.quiet.hides_names
        self._who.setText(who)
        self._why.setText(why if hides else f"{why} {self._phone or self._parts.texts('app.sheet.call.none')}")
        self._call.setEnabled(bool(self._phone))
        for act in (self._call, self.open):
            act.setAccessibleDescription(f"{who}. {why}")

    def _dress(self) -> None:
        self._call.setIcon(self._parts.theme.icon("phone"))


class ToCallPanel(QWidget):
    """Red lights, wishes and mails that need a person, the soonest first. Reads itself anew with the book; hidden while nobody is in it."""

    open_wanted = Signal(str)
    """Id of the appointment whose call sheet to show."""
    counted = Signal(int)
    """How many there are now."""

    def __init__(self, parts: AppointmentParts) -> None:
        super().__init__()
        self._parts = parts
        self._words = AppointmentWords(parts.texts, parts.quiet)
        self._rows: dict[str, ToCallRow] = {}
        self._seen: list[tuple[Appointment, Sequence[Mail]]] = []
        self._reading = False
        self._read_again = False
        self._open = True
        self._heading = label("", "section")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 8)
        self._column.setSpacing(8)
        self._column.addWidget(self._heading)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._unsubscribe = parts.book.changed.subscribe(lambda _ids: self.refresh())
        parts.quiet.changed.connect(self._show)
        self.hide()
        self.refresh()

    def close_panel(self) -> None:
        """Read no more."""
        self._open = False
        self._unsubscribe()

    def refresh(self) -> None:
        """Read anew; by itself it does so with every change of the book."""
        self._read_again = self._reading
        if not self._reading:
            self._reading = True
            self._parts.tasks.start("appointment.to-call", self._read())

    async def _read(self) -> None:
        try:
            found = await self._parts.book.to_call_again()
            seen = [(one, await self._parts.book.mails(one.id)) for one in found]
        except (BookError, StoreError) as error:
            self._parts.messages.tell(error.key, **error.values)
            return
        finally:
            self._reading = False
        if self._open and self._read_again:
            self.refresh()
        elif self._open:
            self._seen = sorted(seen, key=lambda one: one[0].starts_at)
            self._show()
            self.counted.emit(len(seen))

    def _show(self) -> None:
        there = {one.id for one, _ in self._seen}
        for gone in self._rows.keys() - there:
            row = self._rows.pop(gone)
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        for place, (appointment, mails) in enumerate(self._seen, 1):
            row = self._rows.get(appointment.id) or self._add(appointment.id)
            if self._column.indexOf(row) != place:
                self._column.removeWidget(row)
                self._column.insertWidget(place, row)
            row.show_appointment(appointment, mails)
        self._heading.setText(self._parts.texts("app.sheet.again", number=len(there)))
        self.setVisible(bool(there))

    def _add(self, appointment: str) -> ToCallRow:
        row = ToCallRow(self._parts, self._words)
        row.open_wanted.connect(lambda: self.open_wanted.emit(appointment))
        self._rows[appointment] = row
        return row
