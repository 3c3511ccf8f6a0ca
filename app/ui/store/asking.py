"""Asks on the running loop and waits for the answer, with or without a main window. Imports Qt and `app.ui` only."""

from __future__ import annotations

import asyncio

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication, QCheckBox, QDialog, QFileDialog, QLineEdit, QVBoxLayout, QWidget

from app.texts import Texts
from app.ui.appointment.asking import button_row, dialog_column, grow_to_fit
from app.ui.appointment.fields import Field
from app.ui.parts import button, label

WIDTH = 480
BACKUP_SUFFIX = ".vbsicherung"


async def answered(dialog: QDialog) -> bool:
    """Show it without stopping the program; True if it was accepted. Whoever stops waiting takes the dialog away."""
    ended: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    def end(result: int) -> None:
        if not ended.done():
            ended.set_result(result == QDialog.DialogCode.Accepted)

    dialog.finished.connect(end)
    dialog.open()
    try:
        return await ended
    finally:
        dialog.hide()
        dialog.deleteLater()


async def chosen_file(dialog: QFileDialog) -> str | None:
    """The one file that a person chose."""
    return dialog.selectedFiles()[0] if await answered(dialog) else None


class AskingDialog(QDialog):
    """A title, sentences, content, and two answers; the first one leads out."""

    def __init__(self, parent: QWidget | None, texts: Texts, title: str, *lines: str) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"{title} – {texts('app.product')}" if parent is None else title)
        self._texts = texts
        self.column = dialog_column(self)
        self.column.addWidget(label(title, "title"))
        for line in lines:
            self.column.addWidget(label(line))
        self.body = QVBoxLayout()
        self.body.setSpacing(12)
        self.column.addLayout(self.body)
        self.setMinimumWidth(WIDTH)

    def add_answers(self, out: str, on: str) -> None:
        """Way out and way on; `accept` hears the latter."""
        back, self.go_on = button(out), button(on, "primary")
        back.clicked.connect(self.reject)
        self.go_on.clicked.connect(self.go)
        self.go_on.setDefault(True)
        self.column.addSpacing(6)
        self.column.addLayout(button_row(back, self.go_on))

    def go(self) -> None:
        """The way on was pressed."""
        self.accept()

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        return QSize(max(hint.width(), WIDTH), self.heightForWidth(max(hint.width(), WIDTH)))

    def fit(self) -> None:
        """After a sentence came or went."""
        grow_to_fit(self)


class SecretField(Field):
    """What is typed is covered unless a person wants to see it."""

    def __init__(self, name: str, hint: str = "") -> None:
        self.line = QLineEdit()
        self.line.setEchoMode(QLineEdit.EchoMode.Password)
        self.line.setInputMethodHints(Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText)
        super().__init__(name, self.line, hint)

    def show_letters(self, on: bool) -> None:
        self.line.setEchoMode(QLineEdit.EchoMode.Normal if on else QLineEdit.EchoMode.Password)


def shows_letters(texts: Texts, *fields: SecretField) -> QCheckBox:
    """Uncovers these fields; who sees what was typed mistypes less (OWASP ASVS 5.0, 6.2.6)."""
    made = QCheckBox(texts("app.unlock.show"))
    for field in fields:
        made.toggled.connect(field.show_letters)
    return made


def written_out() -> QFont:
    """Letters of one width, in which groups of a key are compared."""
    font = QFont(QApplication.font())
    font.setFamilies(["DejaVu Sans Mono", "Consolas", "Liberation Mono"])
    font.setStyleHint(QFont.StyleHint.Monospace)
    return font
