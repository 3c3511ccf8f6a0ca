"""The agency's mail server as it is set, its passwords, and the test button. Shows no secret. Imports Qt and `app.ui` only."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QVBoxLayout, QWidget

from app.services.mail.bounces import Mailbox, MailboxError
from app.services.mail.server import Answer, Answered
from app.services.mail.settings import BounceMailbox, MailSettings
from app.services.mail.sign_in import SignIn
from app.services.mail.way import MailWay
from app.texts import Texts
from app.ui.appointment.asking import button_row, dialog_column, grow_to_fit
from app.ui.appointment.cards import Line
from app.ui.appointment.parts import AppointmentParts
from app.ui.appointment.signs import Sign
from app.ui.appointment.words import Told
from app.ui.appointment.work import Work
from app.ui.parts import button, label, open_dialog, resize_to_fit, scrolled
from app.ui.settings.mail_secrets import SecretRows

_SELECTABLE = Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard


class MailWindow(QDialog):
    """The settings are read-only, and what a policy has fixed says so; passwords can be put into the keyring."""

    def __init__(self, parent: QWidget, parts: AppointmentParts, way: MailWay) -> None:
        super().__init__(parent)
        self._texts = parts.texts
        self._way = way
        self._work = Work(parts.tasks, parts.messages)
        self.destroyed.connect(self._work.close)
        self.setWindowTitle(parts.texts("app.mailbox.title"))
        self._result, self._returns = Line(parts.theme), Line(parts.theme)
        self.secrets = self._secret_rows(parts)
        """None where the settings want no password."""
        self._test = button(parts.texts("app.mailbox.test"), "primary")
        self._test.clicked.connect(self._probe)
        self._test.setVisible(way.server is not None)
        close = button(parts.texts("app.mailbox.close"))
        close.clicked.connect(self.reject)
        column = dialog_column(self)
        column.addWidget(label(parts.texts("app.mailbox.title"), "title"))
        column.addWidget(label(parts.texts("app.mailbox.more" if way.settings is not None else "app.mailbox.none"), "muted"))
        if way.settings is not None:
            column.addWidget(scrolled(_content(way.settings, way.locked, parts.texts, self.secrets)), 1)
        for line in (self._result, self._returns):
            line.hide()
            column.addWidget(line)
        column.addLayout(button_row(close, self._test))
        if way.settings is not None:
            resize_to_fit(self, QSize(640, 680))
        self.setMinimumWidth(480)

    def _secret_rows(self, parts: AppointmentParts) -> SecretRows | None:
        secrets = self._way.secrets
        if secrets is None or not secrets.wanted:
            return None
        return SecretRows(parts, secrets, self._work, lambda told: self._say(self._result, told))

    @property
    def told(self) -> Told:
        """What the test of the server, or the last act, has said."""
        return self._result.told

    @property
    def told_of_returns(self) -> Told:
        """What the test of the mailbox for bounces has said."""
        return self._returns.told

    def _probe(self) -> None:
        server, mailbox = self._way.server, self._way.mailbox
        if server is not None:
            self._say(self._result, Told(Sign.ON_THE_WAY, self._texts("app.mailbox.testing")))
            self._work.do("probe mail server", server.probe, self._answered)
        if mailbox is not None:
            self._say(self._returns, Told(Sign.ON_THE_WAY, self._texts("app.mailbox.bounces.testing")))
            self._work.do("probe bounce mailbox", lambda: _trouble_of(mailbox), self._returns_answered)

    def _answered(self, answer: Answer) -> None:
        if answer.answered is Answered.ACCEPTED:
            told = Told(Sign.GOOD, self._texts("app.mail.probe.ok"))
        elif answer.trouble is not None:
            told = Told(Sign.BAD, self._texts(f"app.mailbox.trouble.{answer.trouble.value}"))
        else:
            told = Told(Sign.BAD, self._texts("app.mailbox.trouble.unknown"))
        self._say(self._result, told)

    def _returns_answered(self, trouble: str) -> None:
        self._say(self._returns, Told(Sign.BAD if trouble else Sign.GOOD, self._texts(trouble or "app.mailbox.bounces.ok")))

    def _say(self, line: Line, told: Told) -> None:
        line.show()
        line.tell(told)
        grow_to_fit(self)

    def done(self, result: int) -> None:
        super().done(result)
        self._work.close()
        self.deleteLater()


def show_mail_way(parent: QWidget, parts: AppointmentParts, way: MailWay) -> None:
    """Open it without stopping the program."""
    open_dialog(MailWindow(parent, parts, way))


async def _trouble_of(mailbox: Mailbox) -> str:
    """The key of a sentence; empty if all is well."""
    try:
        await mailbox.probe()
    except MailboxError as error:
        return error.key
    return ""


def _content(settings: MailSettings, locked: frozenset[str], texts: Texts, secrets: SecretRows | None) -> QWidget:
    whole = QWidget()
    column = QVBoxLayout(whole)
    column.setContentsMargins(0, 0, 8, 0)
    if secrets is not None:
        column.addWidget(secrets)
        column.addWidget(label(texts("app.mailbox.in-force"), "section"))
    column.addLayout(_table(settings, locked, texts))
    column.addStretch(1)
    return whole


def _table(settings: MailSettings, locked: frozenset[str], texts: Texts) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(14)
    grid.setVerticalSpacing(8)
    for row, (part, value) in enumerate(_rows(settings, texts)):
        name = texts(f"app.mailbox.part.{part}")
        note = f" ({texts('app.mailbox.locked')})" if part.partition(".")[0] in locked else ""
        shown = label(f"{value}{note}")
        shown.setTextInteractionFlags(_SELECTABLE)
        shown.setAccessibleName(f"{name}: {value}{note}")
        grid.addWidget(label(name, "field"), row, 0)
        grid.addWidget(shown, row, 1)
    grid.setColumnStretch(0, 2)
    grid.setColumnStretch(1, 4)
    return grid


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
        *(_sign_in(settings.oauth, texts) if settings.wants_token and settings.oauth is not None else ()),
        ("certificate_file", settings.certificate_file),
        ("sender", settings.sender),
        ("sender_name", settings.sender_name),
        ("reply_to", settings.reply_to),
        ("organizer", settings.organizer),
        ("bounces", texts("app.mailbox.no-bounces") if settings.bounces is None else settings.bounces.address),
        *(_bounces(settings.bounces, texts) if settings.bounces is not None else ()),
        *((part, texts("app.mailbox.never") if hour is None else texts("app.mailbox.hour", hour=hour)) for part, hour in hours.items()),
        ("templates_folder", settings.templates_folder),
    ]
    return [(part, value) for part, value in rows if value]


def _sign_in(oauth: SignIn, texts: Texts) -> Sequence[tuple[str, str]]:
    return [
        ("oauth.token_endpoint", oauth.token_endpoint),
        ("oauth.client_id", oauth.client_id),
        ("oauth.scope", oauth.scope),
        ("oauth.proof", texts(f"app.mailbox.proof.{oauth.proof.value}")),
        ("oauth.key_file", oauth.key_file if not oauth.proof.wants_secret else ""),
    ]


def _bounces(bounces: BounceMailbox, texts: Texts) -> Sequence[tuple[str, str]]:
    return [
        ("bounces.host", f"{bounces.host}:{bounces.port}"),
        ("bounces.login", texts(f"app.mailbox.login.{bounces.login.value}")),
        ("bounces.user", bounces.user),
    ]
