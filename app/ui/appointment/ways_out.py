"""The ways of giving a link out, each a tab of the invitation: mail, paper, dictated, copied. Imports Qt and `app.ui` only."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QGridLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from app.domain.mails import MailKind
from app.services.appointments.ports import Preview
from app.ui.appointment.asking import button_row
from app.ui.appointment.fields import Field
from app.ui.appointment.mail_list import MailList
from app.ui.appointment.model import AppointmentModel
from app.ui.appointment.parts import AppointmentParts
from app.ui.appointment.saving import ask_where, written
from app.ui.appointment.words import AppointmentWords
from app.ui.invitation.qr import QrCode
from app.ui.parts import button, label


def in_threes(code: str) -> str:
    """As it is dictated: 123 456 789."""
    return " ".join(code[at : at + 3] for at in range(0, len(code), 3))


def start_page(link: str) -> str:
    """Where the code is entered: the server's start page, without anything personal."""
    parts = urlsplit(link)
    return f"{parts.scheme}://{parts.netloc}/" if parts.netloc else ""


class WayOut(QWidget):
    """What the four have in common. `handed_over` carries the catalogue key of the sentence that says so."""

    handed_over = Signal(str)
    is_for_outside = True
    """Nobody uses it at this machine."""

    def __init__(self, model: AppointmentModel, parts: AppointmentParts) -> None:
        super().__init__()
        self.model = model
        self.parts = parts
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(16, 16, 16, 16)
        self.column.setSpacing(10)

    @property
    def usable_link(self) -> str:
        """Empty while there is none to give out."""
        dead = self.is_for_outside and self.model.dead_link
        return self.model.link if self.model.may_hand_over and not dead else ""

    def show_model(self) -> None:
        raise NotImplementedError

    def dress(self) -> None:
        """Take the icons of the theme that holds now."""


class MailWay(WayOut):
    """The mail as it will go out, and what became of those that went."""

    def __init__(self, model: AppointmentModel, parts: AppointmentParts, words: AppointmentWords) -> None:
        super().__init__(model, parts)
        texts = parts.texts
        self._previewed: object = None
        self._recipient, self._subject, self._why_not = label("", "strong"), label("", "strong"), label("", "muted")
        self._plain = QPlainTextEdit()
        self._plain.setReadOnly(True)
        self._plain.setTabChangesFocus(True)
        self._plain.setMinimumHeight(150)
        self._plain.setAccessibleName(texts("app.letter.text"))
        self._send = button(texts("app.letter.send"), "primary")
        self._send.clicked.connect(model.invite)
        self._mails = MailList(model, parts, words)
        heads = QGridLayout()
        heads.setColumnStretch(1, 1)
        for number, (key, shown) in enumerate((("recipient", self._recipient), ("subject", self._subject))):
            heads.addWidget(label(texts(f"app.letter.{key}"), "muted"), number, 0)
            heads.addWidget(shown, number, 1)
        self.column.addLayout(heads)
        self.column.addWidget(self._plain)
        self.column.addWidget(self._why_not)
        self.column.addLayout(button_row(self._send))
        self.column.addWidget(label(texts("app.letter.mails"), "section"))
        self.column.addWidget(self._mails)
        self.column.addStretch(1)

    def show_model(self) -> None:
        hides, why_not = self.parts.quiet.hides_names, self.model.uninvitable
        self._why_not.setText(why_not)
        self._why_not.setVisible(bool(why_not))
        self._send.setEnabled(not why_not)
        self._send.setAccessibleDescription(why_not)
        self._recipient.setText(self.parts.texts("app.sheet.hidden") if hides else self.model.appointment.client.email)
        self._mails.show_model()
        self._show_preview(hides)

    def _show_preview(self, hides: bool) -> None:
        """Read anew only when something changed that stands in it."""
        appointment = self.model.appointment
        shown = (appointment.starts_at, appointment.minutes, appointment.client, appointment.access, hides)
        if not self.model.may_hand_over or shown == self._previewed:
            return
        self._previewed = shown
        if hides:
            self._subject.setText(self.parts.texts("app.sheet.hidden"))
            self._plain.setPlainText(self.parts.texts("app.letter.hidden"))
        else:
            self.model.ask("preview", lambda: self.parts.book.preview(self.model.id, MailKind.INVITATION), self._take_preview)

    def _take_preview(self, preview: Preview) -> None:
        if not self.parts.quiet.hides_names:
            self._subject.setText(preview.subject)
            self._plain.setPlainText(preview.plain)

    def dress(self) -> None:
        self._send.setIcon(self.parts.theme.icon("send", "on_accent"))


class PaperWay(WayOut):
    """A letter with the code to photograph."""

    def __init__(self, model: AppointmentModel, parts: AppointmentParts) -> None:
        super().__init__(model, parts)
        self._link = ""
        self._qr: QrCode | None = None
        paper = QFrame()
        paper.setProperty("kind", "paper")
        self._place = QVBoxLayout(paper)
        self._place.setContentsMargins(6, 6, 6, 6)
        self._save = button(parts.texts("app.letter.paper.save"), "primary")
        self._save.clicked.connect(self._ask_where)
        self.column.addWidget(label(parts.texts("app.letter.paper.more")))
        self.column.addWidget(paper, 1)
        self.column.addLayout(button_row(self._save))

    def show_model(self) -> None:
        link = self.usable_link
        self._save.setEnabled(bool(link))
        if link == self._link:
            return
        self._link = link
        if self._qr is not None:
            self._qr.deleteLater()
        self._qr = QrCode(link, self.parts.texts("app.letter.qr")) if link else None
        if self._qr is not None:
            self._place.addWidget(self._qr)

    def _ask_where(self) -> None:
        texts = self.parts.texts
        ask_where(self, texts("app.letter.paper.save"), texts("app.letter.paper.file"), "PDF (*.pdf)", self.write)

    def write(self, path: Path) -> None:
        """Put the letter there."""
        book, texts = self.parts.book, self.parts.texts
        letter = lambda: written(path, book.letter(self.model.id), texts)  # noqa: E731
        self.model.ask("letter", letter, lambda _path: self.handed_over.emit("app.letter.paper.saved"))


class CodeWay(WayOut):
    """Nine digits for the telephone, large enough to read out."""

    def __init__(self, model: AppointmentModel, parts: AppointmentParts) -> None:
        super().__init__(model, parts)
        texts = parts.texts
        self._address, self._code = label("", "large"), label("", "code")
        self._dictated = button(texts("app.letter.code.dictated"), "primary")
        self._dictated.clicked.connect(lambda: self.handed_over.emit("app.letter.code.noted"))
        self.column.addWidget(label(texts("app.letter.code.address")))
        self.column.addWidget(self._address)
        self.column.addSpacing(8)
        self.column.addWidget(label(texts("app.letter.code.digits")))
        self.column.addWidget(self._code)
        self.column.addWidget(label(texts("app.letter.code.valid"), "muted"))
        self.column.addSpacing(8)
        self.column.addLayout(button_row(self._dictated))
        self.column.addStretch(1)

    def show_model(self) -> None:
        access = self.model.appointment.access
        code = in_threes(access.code) if access is not None and self.usable_link else ""
        self._code.setText(code or self.parts.texts("app.letter.code.none"))
        self._code.setAccessibleName(", ".join(" ".join(three) for three in code.split()) or self._code.text())
        self._address.setText(start_page(self.usable_link))
        self._dictated.setEnabled(bool(code))


class CopyWay(WayOut):
    """Link or text for another way that the agency allows; or to try it out at this machine."""

    is_for_outside = False

    def __init__(self, model: AppointmentModel, parts: AppointmentParts) -> None:
        super().__init__(model, parts)
        texts = parts.texts
        self._link = QLineEdit()
        self._link.setReadOnly(True)
        self._copy_link = button(texts("app.letter.copy.link"))
        self._copy_text = button(texts("app.letter.copy.text"), "primary")
        self._copy_link.clicked.connect(lambda: self._copied(self.usable_link, "app.letter.copied.link"))
        self._copy_text.clicked.connect(self._fetch_text)
        self.column.addWidget(label(texts("app.letter.copy.more")))
        self.column.addWidget(Field(texts("app.letter.link"), self._link))
        self.column.addLayout(button_row(self._copy_link, self._copy_text))
        self.column.addStretch(1)

    def show_model(self) -> None:
        link = self.usable_link
        if link != self._link.text():
            self._link.setText(link)
            self._link.setCursorPosition(0)
        for act in (self._copy_link, self._copy_text):
            act.setEnabled(bool(link))

    def _fetch_text(self) -> None:
        book = self.parts.book
        self.model.ask("copy-text", lambda: book.copy_text(self.model.id), lambda text: self._copied(text, "app.letter.copied.text"))

    def _copied(self, text: str, key: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self.handed_over.emit(key)

    def dress(self) -> None:
        self._copy_link.setIcon(self.parts.theme.icon("link"))
        self._copy_text.setIcon(self.parts.theme.icon("copy", "on_accent"))
