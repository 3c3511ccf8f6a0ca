"""Two dialogs: making a Sofort-Termin, and showing its link. Imports Qt and `app.ui` only."""

from __future__ import annotations

from collections.abc import Sequence

from babel import Locale
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QFormLayout, QFrame, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from app.services.ports import RoomEntry
from app.texts import Texts
from app.ui.announce import announce
from app.ui.invitation.qr import QrCode
from app.ui.parts import button, label
from app.ui.wording import Wording

LENGTHS = (15, 30, 45, 60, 90, 120)
"""Minutes that an appointment may be planned for."""
DEFAULT_MINUTES = 30
MAX_TITLE_CHARS = 120


class NewAppointmentDialog(QDialog):
    """Asks for the little that a Sofort-Termin needs; everything has a value already, so Enter is enough."""

    made = Signal(str, str, int, bool)
    """Title, language, minutes, whether the client has little data volume."""

    def __init__(self, parent: QWidget, texts: Texts, languages: Sequence[str]) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(texts("app.new.title"))
        self._title = QLineEdit()
        self._title.setMaxLength(MAX_TITLE_CHARS)
        self._title.setPlaceholderText(texts("app.new.name.example"))
        self._language = QComboBox()
        for tag in languages:
            self._language.addItem(Locale.parse(tag, sep="-").get_display_name() or tag, tag)
        self._language.setCurrentIndex(max(0, self._language.findData(texts.language)))
        self._minutes = QComboBox()
        for minutes in LENGTHS:
            self._minutes.addItem(texts("app.new.minutes.value", minutes=minutes), minutes)
        self._minutes.setCurrentIndex(LENGTHS.index(DEFAULT_MINUTES))
        self._save_data = QCheckBox(texts("app.new.save-data"))
        self._lay_out(texts)
        self._title.setFocus()

    def _lay_out(self, texts: Texts) -> None:
        form = QFormLayout()
        form.setSpacing(6)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapAllRows)
        for field, key in ((self._title, "app.new.name"), (self._language, "app.new.language"), (self._minutes, "app.new.minutes")):
            form.addRow(texts(key), field)
            field.setAccessibleName(texts(key))
        form.addRow(self._save_data)
        form.addRow(label(texts("app.new.save-data.more"), "muted"))
        self._save_data.setAccessibleDescription(texts("app.new.save-data.more"))
        make, cancel = button(texts("app.new.make"), "primary"), button(texts("app.cancel"))
        make.setDefault(True)
        make.clicked.connect(self._make)
        cancel.clicked.connect(self.reject)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(cancel)
        row.addWidget(make)
        column = QVBoxLayout(self)
        column.setContentsMargins(28, 24, 28, 24)
        column.setSpacing(14)
        column.addWidget(label(texts("app.new.title"), "title"))
        column.addWidget(label(texts("app.new.more"), "muted"))
        column.addLayout(form)
        column.addSpacing(6)
        column.addLayout(row)
        self.setMinimumWidth(440)

    def _make(self) -> None:
        self.accept()
        self.made.emit(self._title.text(), self._language.currentData(), self._minutes.currentData(), self._save_data.isChecked())


class InvitationDialog(QDialog):
    """The personal link to read out, scan or copy. No view model: a link does not change."""

    def __init__(self, parent: QWidget, entry: RoomEntry, texts: Texts, only_demonstration: bool) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(texts("app.invitation.title"))
        self._texts = texts
        self._field = QLineEdit(entry.link)
        self._field.setReadOnly(True)
        self._field.setAccessibleName(texts("app.invitation.link"))
        self._field.setCursorPosition(0)
        self._copied = QLabel()
        self._copied.setProperty("rank", "good")
        self._copy = button(texts("app.invitation.copy"), "primary")
        self._copy.clicked.connect(self._copy_link)
        self._close = button(texts("app.close"))
        self._close.clicked.connect(self.accept)
        wording = Wording(texts)
        heading = f"{wording.time(entry.starts_at)} · {wording.heading(entry)}"
        self._lay_out(QrCode(entry.link, texts("app.invitation.qr")), heading, only_demonstration)
        self._copy.setFocus()

    def _lay_out(self, code: QrCode, heading: str, only_demonstration: bool) -> None:
        paper = QFrame()
        paper.setProperty("kind", "paper")
        inside = QVBoxLayout(paper)
        inside.setContentsMargins(6, 6, 6, 6)
        inside.addWidget(code)
        column = QVBoxLayout(self)
        column.setContentsMargins(28, 24, 28, 24)
        column.setSpacing(12)
        column.addWidget(label(self._texts("app.invitation.title"), "title"))
        column.addWidget(label(heading, "muted"))
        column.addWidget(label(self._texts("app.invitation.more")))
        column.addWidget(paper, 1)
        column.addWidget(self._field)
        if only_demonstration:
            column.addWidget(label(self._texts("app.invitation.demonstration"), "warn"))
        row = QHBoxLayout()
        row.addWidget(self._copied, 1)
        row.addWidget(self._close)
        row.addWidget(self._copy)
        column.addLayout(row)
        self.resize(480, 600)

    def _copy_link(self) -> None:
        QGuiApplication.clipboard().setText(self._field.text())
        self._copied.setText(self._texts("app.invitation.copied"))
        announce(self, self._copied.text())
