"""Giving the link out: by mail with a preview, on paper, dictated, copied. Imports Qt and `app.ui` only."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from PySide6.QtCore import QSize
from PySide6.QtGui import QCloseEvent, QGuiApplication
from PySide6.QtWidgets import QDialog, QFrame, QGridLayout, QHBoxLayout, QLineEdit, QPlainTextEdit, QTabWidget, QVBoxLayout, QWidget

from app.domain.mails import MailKind
from app.services.appointments.ports import Preview
from app.ui.announce import announce
from app.ui.appointment.asking import button_row, dialog_column
from app.ui.appointment.fields import Field
from app.ui.appointment.mail_list import MailList
from app.ui.appointment.model import AppointmentModel
from app.ui.appointment.parts import AppointmentParts
from app.ui.appointment.saving import ask_where, written
from app.ui.appointment.words import AppointmentWords
from app.ui.invitation.qr import QrCode
from app.ui.messages import NoticeBar
from app.ui.parts import button, label, resize_to_fit, scrolled


def in_threes(code: str) -> str:
    """As it is dictated: 123 456 789."""
    return " ".join(code[at : at + 3] for at in range(0, len(code), 3))


def start_page(link: str) -> str:
    """Where the code is entered: the server's start page, without anything personal."""
    parts = urlsplit(link)
    return f"{parts.scheme}://{parts.netloc}/" if parts.netloc else ""


class InvitationWindow(QDialog):
    """Each way is a tab; all of them lead into the same waiting room."""

    def __init__(self, parent: QWidget, model: AppointmentModel, parts: AppointmentParts) -> None:
        super().__init__(parent)
        self.setWindowTitle(parts.texts("app.letter.title"))
        self.model = model
        self.destroyed.connect(model.close)
        self._parts = parts
        self._words = AppointmentWords(parts.texts, parts.quiet)
        self._link = ""
        self._qr: QrCode | None = None
        self._previewed: object = None
        self._build()
        model.changed.connect(self._show)
        model.gone.connect(self.reject)
        parts.quiet.changed.connect(self._show)
        parts.theme.changed.connect(self._dress)
        self._dress()
        self._show()
        resize_to_fit(self, QSize(640, 720))

    # ---- building

    def _build(self) -> None:
        parts = self._parts
        self._who = label("", "muted")
        self._tabs = QTabWidget()
        self._tabs.setAccessibleName(parts.texts("app.letter.ways"))
        for name, tab in (("mail", self._build_mail()), ("paper", self._build_paper())):
            self._tabs.addTab(tab, parts.texts(f"app.letter.tab.{name}"))
        for name, tab in (("code", self._build_code()), ("copy", self._build_copy())):
            self._tabs.addTab(tab, parts.texts(f"app.letter.tab.{name}"))
        self._said = label("", "strong")
        close = button(parts.texts("app.close"))
        close.clicked.connect(self.reject)
        column = dialog_column(self)
        column.addWidget(label(parts.texts("app.letter.title"), "title"))
        column.addWidget(self._who)
        column.addWidget(NoticeBar(parts.messages, parts.texts, parts.theme, self))
        column.addWidget(self._tabs, 1)
        row = QHBoxLayout()
        row.addWidget(self._said, 1)
        row.addWidget(close)
        column.addLayout(row)

    def _build_mail(self) -> QWidget:
        texts = self._parts.texts
        self._recipient, self._subject = label("", "strong"), label("", "strong")
        self._plain = QPlainTextEdit()
        self._plain.setReadOnly(True)
        self._plain.setTabChangesFocus(True)
        self._plain.setMinimumHeight(150)
        self._send = button(texts("app.letter.send"), "primary")
        self._send.clicked.connect(self.model.invite)
        self._why_not = label("", "muted")
        self._mails = MailList(self.model, self._parts, self._words)
        tab, column = _tab()
        heads = QGridLayout()
        heads.setColumnStretch(1, 1)
        for number, (key, shown) in enumerate((("recipient", self._recipient), ("subject", self._subject))):
            heads.addWidget(label(texts(f"app.letter.{key}"), "muted"), number, 0)
            heads.addWidget(shown, number, 1)
        self._plain.setAccessibleName(texts("app.letter.text"))
        column.addLayout(heads)
        column.addWidget(self._plain)
        column.addWidget(self._why_not)
        column.addLayout(button_row(self._send))
        column.addWidget(label(texts("app.letter.mails"), "section"))
        column.addWidget(self._mails)
        column.addStretch(1)
        area = scrolled(tab)
        area.setObjectName("mails")
        return area

    def _build_paper(self) -> QWidget:
        texts = self._parts.texts
        self._paper = QFrame()
        self._paper.setProperty("kind", "paper")
        self._code_place = QVBoxLayout(self._paper)
        self._code_place.setContentsMargins(6, 6, 6, 6)
        self._save = button(texts("app.letter.paper.save"), "primary")
        self._save.clicked.connect(self._ask_where)
        tab, column = _tab()
        column.addWidget(label(texts("app.letter.paper.more")))
        column.addWidget(self._paper, 1)
        column.addLayout(button_row(self._save))
        return tab

    def _build_code(self) -> QWidget:
        texts = self._parts.texts
        self._address = label("", "large")
        self._code = label("", "code")
        self._dictated = button(texts("app.letter.code.dictated"), "primary")
        self._dictated.clicked.connect(self._note_dictated)
        tab, column = _tab()
        column.addWidget(label(texts("app.letter.code.address")))
        column.addWidget(self._address)
        column.addSpacing(8)
        column.addWidget(label(texts("app.letter.code.digits")))
        column.addWidget(self._code)
        column.addWidget(label(texts("app.letter.code.valid"), "muted"))
        column.addSpacing(8)
        column.addLayout(button_row(self._dictated))
        column.addStretch(1)
        return tab

    def _build_copy(self) -> QWidget:
        texts = self._parts.texts
        self._link_field = _read_only()
        self._copy_link = button(texts("app.letter.copy.link"))
        self._copy_text = button(texts("app.letter.copy.text"), "primary")
        self._copy_link.clicked.connect(lambda: self._copied(self._link, "app.letter.copied.link"))
        self._copy_text.clicked.connect(self._fetch_text)
        tab, column = _tab()
        column.addWidget(label(texts("app.letter.copy.more")))
        column.addWidget(Field(texts("app.letter.link"), self._link_field))
        column.addLayout(button_row(self._copy_link, self._copy_text))
        column.addStretch(1)
        return tab

    # ---- showing

    def show_way(self, name: str) -> None:
        """Bring a tab up: mail, paper, code, copy."""
        self._tabs.setCurrentIndex(("mail", "paper", "code", "copy").index(name))

    def _show(self) -> None:
        appointment, hides = self.model.appointment, self._parts.quiet.hides_names
        self._who.setText(f"{self._words.name(appointment)} · {self._words.when(appointment.starts_at, appointment.minutes)}")
        usable = self.model.may_hand_over
        for act in (self._save, self._dictated, self._copy_link, self._copy_text):
            act.setEnabled(usable)
        why_not = self.model.uninvitable
        self._why_not.setText(why_not)
        self._why_not.setVisible(bool(why_not))
        self._send.setEnabled(not why_not)
        self._send.setAccessibleDescription(why_not)
        self._recipient.setText(self._parts.texts("app.sheet.hidden") if hides else appointment.client.email)
        self._mails.show_model()
        self._show_link(self.model.link if usable else "")
        self._show_preview()

    def _show_link(self, link: str) -> None:
        if link == self._link:
            return
        self._link = link
        if self._qr is not None:
            self._qr.deleteLater()
        self._qr = QrCode(link, self._parts.texts("app.letter.qr")) if link else None
        if self._qr is not None:
            self._code_place.addWidget(self._qr)
        self._link_field.setText(link)
        self._link_field.setCursorPosition(0)
        access = self.model.appointment.access
        code = in_threes(access.code) if link and access is not None else ""
        self._code.setText(code or self._parts.texts("app.letter.code.none"))
        self._code.setAccessibleName(", ".join(" ".join(three) for three in code.split()) or self._code.text())
        self._address.setText(start_page(link))

    def _show_preview(self) -> None:
        """Read anew only when something changed that stands in it."""
        appointment, hides = self.model.appointment, self._parts.quiet.hides_names
        shown = (appointment.starts_at, appointment.minutes, appointment.client, appointment.access, hides)
        if not self.model.may_hand_over or shown == self._previewed:
            return
        self._previewed = shown
        if hides:
            self._subject.setText(self._parts.texts("app.sheet.hidden"))
            self._plain.setPlainText(self._parts.texts("app.letter.hidden"))
        else:
            self.model.ask("preview", lambda: self._parts.book.preview(self.model.id, MailKind.INVITATION), self._take_preview)

    def _take_preview(self, preview: Preview) -> None:
        self._subject.setText(preview.subject)
        self._plain.setPlainText(preview.plain)

    def _dress(self) -> None:
        icon = self._parts.theme.icon
        self._send.setIcon(icon("send", "on_accent"))
        self._copy_link.setIcon(icon("link"))
        self._copy_text.setIcon(icon("copy", "on_accent"))

    # ---- acting

    def _copied(self, text: str, key: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self._say(key)
        self.model.handed_over()

    def _fetch_text(self) -> None:
        book = self._parts.book
        self.model.ask("copy-text", lambda: book.copy_text(self.model.id), lambda text: self._copied(text, "app.letter.copied.text"))

    def _note_dictated(self) -> None:
        self._say("app.letter.code.noted")
        self.model.handed_over()

    def _ask_where(self) -> None:
        texts = self._parts.texts
        ask_where(self, texts("app.letter.paper.save"), texts("app.letter.paper.file"), "PDF (*.pdf)", self._write_letter)

    def _write_letter(self, path: Path) -> None:
        book, texts = self._parts.book, self._parts.texts
        self.model.ask("letter", lambda: written(path, book.letter(self.model.id), texts), lambda _path: self._letter_written())

    def _letter_written(self) -> None:
        self._say("app.letter.paper.saved")
        self.model.handed_over()

    def _say(self, key: str) -> None:
        self._said.setText(self._parts.texts(key))
        announce(self, self._said.text())

    def done(self, result: int) -> None:
        super().done(result)
        self.model.close()
        self.deleteLater()

    def closeEvent(self, event: QCloseEvent) -> None:
        event.ignore()
        self.reject()


def _read_only() -> QLineEdit:
    made = QLineEdit()
    made.setReadOnly(True)
    return made


def _tab() -> tuple[QWidget, QVBoxLayout]:
    tab = QWidget()
    column = QVBoxLayout(tab)
    column.setContentsMargins(16, 16, 16, 16)
    column.setSpacing(10)
    return tab, column
