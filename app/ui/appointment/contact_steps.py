"""The later steps of the phone call: about the person, and the invitation. Imports Qt and `app.ui` only."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal

from app.domain.appointments import Client
from app.ui.appointment.call_steps import NARROW
from app.ui.appointment.cards import StepCard
from app.ui.appointment.choices import Row
from app.ui.appointment.client_form import ClientForm
from app.ui.appointment.fields import show_at_field
from app.ui.appointment.model import AppointmentModel
from app.ui.appointment.parts import AppointmentParts
from app.ui.appointment.signs import Sign
from app.ui.appointment.words import AppointmentWords, Told
from app.ui.appointment.work import Foreseen
from app.ui.parts import button, label


class ContactStep(StepCard):
    """How to reach the client and what they need; kept as soon as a field is left."""

    def __init__(self, number: int, model: AppointmentModel, parts: AppointmentParts) -> None:
        super().__init__(number, parts.texts("app.sheet.contact"), parts.theme)
        self._model = model
        self._parts = parts
        self.form = ClientForm(parts.texts, parts.languages)
        self.form.left.connect(self.keep)
        self._covered = label(parts.texts("app.sheet.contact.hidden"), "muted")
        self.body.addWidget(self._covered)
        self.body.addWidget(self.form)
        self._refused: Client | None = None
        self._then: Callable[[], object] | None = None

    def show_model(self) -> None:
        self.form.show_client(self._model.appointment.client)
        hides = self._parts.quiet.hides_names
        self.form.setVisible(not hides)
        self._covered.setVisible(hides)
        self.form.setEnabled(not self._model.is_over)

    def keep(self) -> None:
        """Keep what is new; what was refused is not tried again before it is mended."""
        typed = self.form.client()
        if self._model.loaded and self.form.has_news and typed != self._refused:
            self._model.keep(typed, lambda kept: self._kept(typed, kept.client), lambda error: self._say(typed, error))

    def keep_then(self, act: Callable[[], object]) -> None:
        """Do `act` once everything typed is kept; not at all if it cannot be."""
        if not self.form.has_news:
            act()
            return
        self._then, self._refused = act, None
        self.keep()

    @property
    def is_refused(self) -> bool:
        """Something typed cannot be kept as it is."""
        return self.form.has_news and self.form.client() == self._refused

    def _kept(self, typed: Client, client: Client) -> None:
        self._refused = None
        for field in self.form.fields.values():
            field.clear_error()
        self.form.kept(typed, client)
        self.show_state(Told(Sign.GOOD, self._parts.texts("app.sheet.contact.kept")))
        if self.form.has_news:
            self.keep()  # what was typed meanwhile
        elif self._then is not None:
            act, self._then = self._then, None
            act()

    def _say(self, typed: Client, error: Foreseen) -> None:
        self._refused, self._then = typed, None
        self.show_state(Told(Sign.WEAK, self._parts.texts("app.sheet.contact.refused")))
        if not show_at_field(error, self.form.fields, self._parts.texts):
            self._parts.messages.tell(error.key, **error.values)


class InviteStep(StepCard):
    """Sends the invitation while both are on the phone, or says in words why not."""

    other_ways_wanted = Signal()
    invitation_wanted = Signal()

    def __init__(self, number: int, model: AppointmentModel, parts: AppointmentParts, words: AppointmentWords) -> None:
        super().__init__(number, parts.texts("app.sheet.invite"), parts.theme)
        self._model = model
        self._parts = parts
        self._words = words
        self._why_not = label("", "muted")
        self._send = button(parts.texts("app.sheet.invite.send"), "primary")
        self._others = button(parts.texts("app.sheet.invite.others"))
        self._send.clicked.connect(self.invitation_wanted)
        self._others.clicked.connect(self.other_ways_wanted)
        row = Row(narrow=NARROW)
        row.line.addWidget(self._send, 1)
        row.line.addWidget(self._others, 1)
        self.body.addWidget(self._why_not)
        self.body.addWidget(row)
        parts.theme.changed.connect(self._dress)
        self._dress()

    def show_model(self) -> None:
        why_not = self._model.uninvitable
        self._why_not.setText(why_not)
        self._why_not.setVisible(bool(why_not))
        self._send.setEnabled(not why_not)
        self._send.setAccessibleDescription(why_not)
        self._others.setEnabled(self._model.may_hand_over)
        mail = self._model.invitation
        if self._model.invited:
            handed_over = Told(Sign.GIVEN, self._parts.texts("app.sheet.invite.handed-over"))
            self.show_state(handed_over if mail is None else self._words.mail(mail, self._model.now))
        else:
            self.show_state(None)

    def _dress(self) -> None:
        self._send.setIcon(self._parts.theme.icon("send", "on_accent"))
        self._others.setIcon(self._parts.theme.icon("link"))
