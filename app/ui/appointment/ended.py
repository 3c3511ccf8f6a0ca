"""After a conversation: its last words, and the way to the outcome of its appointment. Imports `app.services` and `app.ui` only."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QWidget

from app.domain.appointments import Appointment
from app.services.appointments.ports import BookError, StoreError
from app.ui.announce import announce
from app.ui.appointment.parts import AppointmentParts
from app.ui.appointment.words import AppointmentWords
from app.ui.parts import button, label
from app.ui.shortcuts import Shortcut, bind_button


class EndedPanel(QFrame):
    """Offers and never asks: it stands until it was put away or the appointment has an outcome. Shows the conversation that ended last."""

    outcome_wanted = Signal(str)
    """Id of the appointment."""

    def __init__(self, parts: AppointmentParts, window: QWidget) -> None:
        super().__init__()
        self.setProperty("kind", "notice")
        self._parts = parts
        self._words = AppointmentWords(parts.texts, parts.quiet)
        self._of_room: dict[str, Appointment] = {}
        """Appointments of the conversations that run: their links are used up when they end."""
        self._shown: Appointment | None = None
        self._last_words = ""
        self._text = label()
        self.outcome = button(parts.texts("app.main.outcome"), "onnotice")
        self.put_away = QToolButton()
        self.put_away.setProperty("kind", "icon")
        self.put_away.setAccessibleName(parts.texts("app.main.outcome.later"))
        self.put_away.setToolTip(parts.texts("app.main.outcome.later"))
        self.put_away.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._lay_out()
        bind_button(window, Shortcut.OUTCOME, self.outcome, parts.texts)
        self.outcome.clicked.connect(self._want)
        self.put_away.clicked.connect(self._put_away)
        parts.quiet.changed.connect(self._show)
        parts.theme.changed.connect(self._dress)
        self._unsubscribe = parts.book.changed.subscribe(self._heard)
        self._dress()
        self.hide()

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 8, 8)
        row.setSpacing(12)
        row.addWidget(self._text, 1)
        row.addWidget(self.outcome)
        row.addWidget(self.put_away)

    def close_panel(self) -> None:
        """Hear no more."""
        self._unsubscribe()

    # ---- what happens

    def begins(self, room: str) -> None:
        """A conversation runs in that room of the desk."""
        if room not in self._of_room:
            self._parts.tasks.start("appointment.of-room", self._find(room))

    async def _find(self, room: str) -> None:
        """Without an answer nothing is offered here; the appointment's own window offers it as well."""
        try:
            found = await self._parts.book.in_room(room)
        except (BookError, StoreError) as error:
            self._parts.messages.tell(error.key, **error.values)
            return
        if found is not None:
            self._of_room[room] = found

    def ended(self, room: str, last_words: str, for_good: bool) -> None:
        """Say the last words, a key of the catalogue: here where an outcome can be noted, otherwise as a plain note."""
        appointment = self._of_room.pop(room, None)
        if appointment is None or not for_good:
            self._parts.messages.tell(last_words)
            return
        self._shown, self._last_words = appointment, last_words
        self._show()
        announce(self, self._text.text(), urgent=True)

    def _heard(self, appointments: Sequence[str]) -> None:
        if self._shown is not None and self._shown.id in appointments:
            self._parts.tasks.start("appointment.of-room", self._look(self._shown.id))

    async def _look(self, appointment: str) -> None:
        """It was deleted, decided about, or has another name now. The panel stays as it is where nobody can say."""
        try:
            found = await self._parts.book.find(appointment)
        except (BookError, StoreError) as error:
            self._parts.messages.tell(error.key, **error.values)
            return
        if self._shown is not None and self._shown.id == appointment:
            self._shown = found if found is not None and found.outcome is None else None
            self._show()

    # ---- showing, acting

    def _show(self) -> None:
        shown = self._shown
        if shown is not None:
            who = f"{self._words.time(shown.starts_at)} · {self._words.name(shown)}"
            self._text.setText(f"{self._parts.texts(self._last_words)} {self._parts.texts('app.main.outcome.text', who=who)}")
        self.setVisible(shown is not None)

    def _dress(self) -> None:
        self.put_away.setIcon(self._parts.theme.icon("close", "on_notice"))

    def _want(self) -> None:
        if self._shown is not None:
            self.outcome_wanted.emit(self._shown.id)

    def _put_away(self) -> None:
        self._shown = None
        self._show()
