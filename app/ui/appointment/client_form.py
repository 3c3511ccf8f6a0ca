"""What is asked about a client: name, how to reach them, language, device, company, special needs. Imports Qt and `app.ui` only."""

from __future__ import annotations

from collections.abc import Sequence

from babel import Locale
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QFontMetrics
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QLineEdit, QPlainTextEdit, QWidget

from app.domain.appointments import Client, ClientDevice, Company
from app.texts import Texts
from app.ui.appointment.fields import Field

NEEDS_LINES = 3


class Lines(QPlainTextEdit):
    """A few lines of text. Tab leads on, and leaving it is told."""

    left = Signal()

    def __init__(self, lines: int) -> None:
        super().__init__()
        self.setTabChangesFocus(True)
        self.setFixedHeight(QFontMetrics(self.font()).lineSpacing() * lines + 26)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.left.emit()


class ClientForm(QWidget):
    """`left` is emitted whenever a field was left or a choice made. Nothing is cut off here: the book says what is too long."""

    left = Signal()

    def __init__(self, texts: Texts, languages: Sequence[str]) -> None:
        super().__init__()
        self._texts = texts
        self._name, self._email, self._phone = QLineEdit(), QLineEdit(), QLineEdit()
        self._language = _combo([(Locale.parse(tag, sep="-").get_display_name(texts.language) or tag, tag) for tag in languages])
        self._device = _combo([(texts(f"app.noting.device.{each.value}"), each.value) for each in ClientDevice])
        self._company = _combo([(texts(f"app.noting.company.{each.value}"), each.value) for each in Company])
        self._needs = Lines(NEEDS_LINES)
        self._save_data = QCheckBox(texts("app.noting.save-data"))
        self._save_data.setAccessibleDescription(texts("app.noting.save-data.more"))
        self._save_data.setToolTip(texts("app.noting.save-data.more"))
        self.fields = {
            "name": Field(texts("app.noting.name"), self._name),
            "email": Field(texts("app.noting.email"), self._email),
            "phone": Field(texts("app.noting.phone"), self._phone),
            "language": Field(texts("app.noting.language"), self._language),
            "device": Field(texts("app.noting.device"), self._device),
            "company": Field(texts("app.noting.company"), self._company),
            "needs": Field(texts("app.noting.needs"), self._needs, texts("app.noting.needs.more")),
        }
        """By the part of a draft that each is."""
        self._lay_out()
        for line in (self._name, self._email, self._phone):
            line.editingFinished.connect(self.left)
        for combo in (self._language, self._device, self._company):
            combo.activated.connect(lambda _index: self.left.emit())
        self._needs.left.connect(self.left)
        self._save_data.clicked.connect(lambda _on: self.left.emit())
        self._shown = Client()

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(10)
        grid.addWidget(self.fields["name"], 0, 0, 1, 2)
        for number, part in enumerate(("email", "phone", "language", "device")):
            grid.addWidget(self.fields[part], 1 + number // 2, number % 2)
        grid.addWidget(self.fields["company"], 3, 0)
        grid.addWidget(self._save_data, 3, 1, Qt.AlignmentFlag.AlignVCenter)
        grid.addWidget(self.fields["needs"], 4, 0, 1, 2)
        for column in range(2):
            grid.setColumnStretch(column, 1)

    def focus_first(self) -> None:
        """Put the keyboard on the name."""
        self._name.setFocus()

    def show_client(self, client: Client) -> None:
        """Put it into the fields, except where something is typed that is not kept yet."""
        if self.client() == self._shown:
            self._fill(client)
            self._shown = self.client()

    def _fill(self, client: Client) -> None:
        for line, text in ((self._name, client.name), (self._email, client.email), (self._phone, client.phone)):
            if line.text() != text:
                line.setText(text)
        if self._language.findData(client.language) < 0:
            self._language.addItem(client.language, client.language)  # chosen where more languages are known
        choices = ((self._language, client.language), (self._device, client.device.value), (self._company, client.company.value))
        for combo, choice in choices:
            combo.setCurrentIndex(combo.findData(choice))
        if self._needs.toPlainText() != client.needs:
            self._needs.setPlainText(client.needs)
        self._save_data.setChecked(client.save_data)

    def kept(self, typed: Client, client: Client) -> None:
        """`typed` was accepted and stands in the book as `client`."""
        unchanged = self.client() == typed
        if unchanged:
            self._fill(client)
        self._shown = self.client() if unchanged else typed

    def client(self) -> Client:
        """As typed."""
        return Client(
            name=self._name.text(),
            email=self._email.text(),
            phone=self._phone.text(),
            language=self._language.currentData(),
            device=ClientDevice(self._device.currentData()),
            company=Company(self._company.currentData()),
            needs=self._needs.toPlainText(),
            save_data=self._save_data.isChecked(),
        )

    @property
    def has_news(self) -> bool:
        """Something was typed since it was last shown or kept."""
        return self.client() != self._shown


def _combo(choices: Sequence[tuple[str, str]]) -> QComboBox:
    made = QComboBox()
    for text, data in choices:
        made.addItem(text, data)
    return made
