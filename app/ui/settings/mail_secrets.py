"""Passwords of the mail: whether they lie in the keyring, put and taken away. Shows none. Imports Qt and `app.ui` only."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from app.services.mail.credentials import NoSecret
from app.services.mail.secrets import MailSecret, MailSecrets, SecretState
from app.texts import Texts
from app.ui.appointment.asking import Answer, ask, button_row
from app.ui.appointment.cards import Line, framed
from app.ui.appointment.parts import AppointmentParts
from app.ui.appointment.signs import Sign
from app.ui.appointment.words import Told
from app.ui.appointment.work import Work
from app.ui.parts import button, label, open_dialog
from app.ui.store.asking import AskingDialog, SecretField, shows_letters

_SIGNS = {SecretState.SET: Sign.GOOD, SecretState.FOR_THIS_RUN: Sign.WEAK, SecretState.NOT_SET: Sign.BAD, SecretState.CLOSED: Sign.WEAK}


class SecretRows(QWidget):
    """One card for each password that the settings want."""

    def __init__(self, parts: AppointmentParts, secrets: MailSecrets, work: Work, say: Callable[[Told], None]) -> None:
        """`say` shows what became of an act."""
        super().__init__()
        self._parts = parts
        self._texts = parts.texts
        self._secrets = secrets
        self._work = work
        self._say = say
        self._cards = {secret: SecretCard(parts, secret, secrets.locked) for secret in secrets.wanted}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 8)
        column.setSpacing(8)
        column.addWidget(label(self._texts("app.mailbox.secrets"), "section"))
        if secrets.locked:
            column.addWidget(label(self._texts("app.mailbox.secrets.locked")))
        elif not secrets.lasting:
            column.addWidget(label(self._texts("app.mailbox.secrets.no-keyring")))
        for secret, card in self._cards.items():
            column.addWidget(card)
            card.set.clicked.connect(lambda _checked=False, secret=secret: self._ask(secret))
            card.remove.clicked.connect(lambda _checked=False, secret=secret: self._ask_to_remove(secret))
            self._look(secret)

    def state_of(self, secret: MailSecret) -> Told:
        """What its card says."""
        return self._cards[secret].state.told

    def _look(self, secret: MailSecret) -> None:
        self._work.do(f"look for {secret.value}", lambda: self._secrets.state(secret), self._cards[secret].show_state)

    def _ask(self, secret: MailSecret) -> None:
        dialog = PasswordDialog(self.window(), self._texts, secret, self._secrets.lasting)
        dialog.accepted.connect(lambda: self._keep(secret, dialog.typed))
        dialog.finished.connect(dialog.deleteLater)
        open_dialog(dialog)

    def _ask_to_remove(self, secret: MailSecret) -> None:
        texts = self._texts
        yes = Answer(texts("app.mailbox.secret.remove"), lambda: self._remove(secret))
        name = texts(f"app.mailbox.secret.{secret.name.lower()}")
        ask(self.window(), texts, texts("app.mailbox.secret.remove.question", name=name), [texts("app.mailbox.secret.remove.more")], [yes])

    def _keep(self, secret: MailSecret, typed: str) -> None:
        self._act(secret, "keep", lambda: self._secrets.keep(secret, typed), "app.mailbox.password.kept", "app.mailbox.password.refused")

    def _remove(self, secret: MailSecret) -> None:
        self._act(secret, "remove", lambda: self._secrets.remove(secret), "app.mailbox.secret.removed", "app.mailbox.secret.not-removed")

    def _act(self, secret: MailSecret, name: str, act: Callable[[], Awaitable[None]], good: str, bad: str) -> None:
        async def done() -> bool:
            try:
                await act()
            except NoSecret:
                return False
            return True

        def tell(worked: bool) -> None:
            self._say(Told(Sign.GOOD if worked else Sign.BAD, self._texts(good if worked else bad)))
            self._look(secret)

        self._work.do(f"{name} {secret.value}", done, tell)


class SecretCard(QFrame):
    """One password: its name, what is known of it, and two buttons unless it is locked."""

    def __init__(self, parts: AppointmentParts, secret: MailSecret, locked: bool) -> None:
        super().__init__()
        texts = self._texts = parts.texts
        name = texts(f"app.mailbox.secret.{secret.name.lower()}")
        self._locked = locked
        self.state = Line(parts.theme, name)
        self.set, self.remove = button(texts("app.mailbox.secret.set")), button(texts("app.mailbox.secret.remove"))
        for each in (self.set, self.remove):
            each.setAccessibleName(f"{each.text()}: {name}")
            each.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        row = QWidget()
        buttons = button_row(self.remove, self.set)
        buttons.setContentsMargins(0, 0, 0, 0)
        row.setLayout(buttons)
        row.setVisible(not locked)
        column.addWidget(framed("card", self.state, row))

    def show_state(self, state: SecretState) -> None:
        self.state.tell(Told(_SIGNS[state], self._texts(f"app.mailbox.secret.state.{state.value}")))
        kept = state in (SecretState.SET, SecretState.FOR_THIS_RUN)
        self.set.setVisible(not self._locked)
        self.remove.setVisible(kept and not self._locked)


class PasswordDialog(AskingDialog):
    """It goes into the keyring and is shown nowhere again."""

    def __init__(self, parent: QWidget, texts: Texts, secret: MailSecret, lasting: bool = True) -> None:
        name = texts(f"app.mailbox.secret.{secret.name.lower()}")
        super().__init__(parent, texts, name, texts("app.mailbox.password.more" if lasting else "app.mailbox.secrets.no-keyring"))
        self._field = SecretField(texts("app.mailbox.password.field"))
        self.body.addWidget(self._field)
        self.body.addWidget(shows_letters(texts, self._field))
        self.add_answers(texts("app.cancel"), texts("app.mailbox.password.keep"))
        self._field.line.setFocus()

    @property
    def typed(self) -> str:
        """What stands in the field."""
        return self._field.line.text()

    def go(self) -> None:
        if self.typed:
            self.accept()
        else:
            self._field.show_error(self._texts("app.mailbox.password.empty"))
            self.fit()
