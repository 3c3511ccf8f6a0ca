"""The agency's mail server as it is set, and the test button. Shows no secret. Imports Qt and `app.ui` only."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QVBoxLayout, QWidget

from app.services.mail.credentials import NoSecret
from app.services.mail.server import Answer, Answered, MailServer
from app.services.mail.settings import Login, MailSettings
from app.texts import Texts
from app.ui.appointment.asking import button_row, dialog_column, grow_to_fit
from app.ui.appointment.cards import Line
from app.ui.appointment.parts import AppointmentParts
from app.ui.appointment.signs import Sign
from app.ui.appointment.words import Told
from app.ui.appointment.work import Work
from app.ui.parts import button, label, open_dialog, resize_to_fit, scrolled
from app.ui.store.asking import AskingDialog, SecretField, shows_letters

_SELECTABLE = Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard


class MailWindow(QDialog):
    """Everything is read-only; what IT has locked says so."""

    def __init__(
        self,
        parent: QWidget,
        parts: AppointmentParts,
        settings: MailSettings | None,
        server: MailServer | None,
        locked: frozenset[str] = frozenset(),
        keep_password: Callable[[str], Awaitable[None]] | None = None,
    ) -> None:
        """Without settings there is no server to be tested. `locked` are fields of `MailSettings` that a policy has fixed;
        `keep_password` puts the one of `Login.PASSWORD` into the keyring and raises NoSecret if it refuses."""
        super().__init__(parent)
        self._texts = parts.texts
        self._server = server
        self._work = Work(parts.tasks, parts.messages)
        self.destroyed.connect(self._work.close)
        self.setWindowTitle(parts.texts("app.mailbox.title"))
        self._result = Line(parts.theme)
        self._result.hide()
        self._test = button(parts.texts("app.mailbox.test"), "primary")
        self._test.clicked.connect(self._probe)
        self._test.setVisible(server is not None)
        self._keep_password = keep_password
        self._password = button(parts.texts("app.mailbox.password"))
        self._password.clicked.connect(self._ask_password)
        self._password.setVisible(keep_password is not None and settings is not None and settings.login is Login.PASSWORD)
        close = button(parts.texts("app.mailbox.close"))
        close.clicked.connect(self.reject)
        column = dialog_column(self)
        column.addWidget(label(parts.texts("app.mailbox.title"), "title"))
        column.addWidget(label(parts.texts("app.mailbox.more" if settings is not None else "app.mailbox.none"), "muted"))
        if settings is not None:
            column.addWidget(scrolled(_table(settings, locked, parts.texts)), 1)
        column.addWidget(self._result)
        column.addLayout(button_row(close, self._password, self._test))
        if settings is not None:
            resize_to_fit(self, QSize(620, 600))
        self.setMinimumWidth(480)

    @property
    def told(self) -> Told:
        """What the test has said."""
        return self._result.told

    def _probe(self) -> None:
        server = self._server
        if server is not None:
            self._say(Told(Sign.ON_THE_WAY, self._texts("app.mailbox.testing")))
            self._work.do("probe mail server", server.probe, self._answered)

    def _ask_password(self) -> None:
        dialog = PasswordDialog(self, self._texts)
        dialog.accepted.connect(lambda: self._keep(dialog.typed))
        dialog.finished.connect(dialog.deleteLater)
        open_dialog(dialog)

    def _keep(self, password: str) -> None:
        keep = self._keep_password
        if keep is None:
            return

        async def kept() -> bool:
            try:
                await keep(password)
            except NoSecret:
                return False
            return True

        def tell(done: bool) -> None:
            if done:
                self._say(Told(Sign.GOOD, self._texts("app.mailbox.password.kept")))
            else:
                self._say(Told(Sign.BAD, self._texts("app.mailbox.password.refused")))

        self._work.do("keep mail password", kept, tell)

    def _answered(self, answer: Answer) -> None:
        if answer.answered is Answered.ACCEPTED:
            self._say(Told(Sign.GOOD, self._texts("app.mail.probe.ok")))
        elif answer.trouble is not None:
            self._say(Told(Sign.BAD, self._texts(f"app.mailbox.trouble.{answer.trouble.value}")))
        else:
            self._say(Told(Sign.BAD, self._texts("app.mailbox.trouble.unknown")))

    def _say(self, told: Told) -> None:
        self._result.show()
        self._result.tell(told)
        grow_to_fit(self)

    def done(self, result: int) -> None:
        super().done(result)
        self._work.close()
        self.deleteLater()


class PasswordDialog(AskingDialog):
    """Of the mail server; it goes into the keyring and is shown nowhere again."""

    def __init__(self, parent: QWidget, texts: Texts) -> None:
        super().__init__(parent, texts, texts("app.mailbox.password"), texts("app.mailbox.password.more"))
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


def _table(settings: MailSettings, locked: frozenset[str], texts: Texts) -> QWidget:
    whole = QWidget()
    column = QVBoxLayout(whole)
    column.setContentsMargins(0, 0, 8, 0)
    grid = QGridLayout()
    grid.setHorizontalSpacing(14)
    grid.setVerticalSpacing(8)
    for row, (part, value) in enumerate(_rows(settings, texts)):
        name = texts(f"app.mailbox.part.{part}")
        note = f" ({texts('app.mailbox.locked')})" if part in locked else ""
        shown = label(f"{value}{note}")
        shown.setTextInteractionFlags(_SELECTABLE)
        shown.setAccessibleName(f"{name}: {value}{note}")
        grid.addWidget(label(name, "field"), row, 0)
        grid.addWidget(shown, row, 1)
    grid.setColumnStretch(0, 2)
    grid.setColumnStretch(1, 4)
    column.addLayout(grid)
    column.addStretch(1)
    return whole


def _rows(settings: MailSettings, texts: Texts) -> Sequence[tuple[str, str]]:
    """Names of `MailSettings` and what they hold, in words; what is empty and may be is left out."""
    hours = {"day_before_hour": settings.day_before_hour, "morning_hour": settings.morning_hour}
    rows = [
        ("host", settings.host),
        ("port", str(settings.usual_port)),
        ("tls", texts(f"app.mailbox.tls.{settings.tls.value}")),
        ("ca_file", settings.ca_file),
        ("login", texts(f"app.mailbox.login.{settings.login.value}")),
        ("user", settings.user),
        ("certificate_file", settings.certificate_file),
        ("sender", settings.sender),
        ("sender_name", settings.sender_name),
        ("reply_to", settings.reply_to),
        ("organizer", settings.organizer),
        ("bounces", texts("app.mailbox.no-bounces") if settings.bounces is None else settings.bounces.address),
        *((part, texts("app.mailbox.never") if hour is None else texts("app.mailbox.hour", hour=hour)) for part, hour in hours.items()),
        ("templates_folder", settings.templates_folder),
    ]
    return [(part, value) for part, value in rows if value]
