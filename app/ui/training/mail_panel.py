"""The mails that the training has sent: they came to its own post office on this machine. Imports Qt and `app.ui` only."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QListWidget, QPlainTextEdit, QVBoxLayout, QWidget

from app.services.training.ports import Letter
from app.ui.parts import label
from app.ui.training.parts import TrainerParts


class MailPanel(QWidget):
    """The newest first."""

    arrived = Signal()
    """May be emitted on any thread."""

    def __init__(self, parts: TrainerParts) -> None:
        super().__init__()
        self._letters = parts.letters
        self._shown: list[Letter] = []
        self.list, self.text = QListWidget(), QPlainTextEdit()
        self.list.setAccessibleName(parts.texts("app.training.mail"))
        self.text.setReadOnly(True)
        self.text.setAccessibleName(parts.texts("app.training.mail.text"))
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(10)
        column.addWidget(label(parts.texts("app.training.mail.intro"), "muted"))
        column.addWidget(self.list, 1)
        column.addWidget(self.text, 2)
        self.list.currentRowChanged.connect(self._show)
        self.arrived.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """What came by now."""
        self._shown = list(self._letters())
        self.list.clear()
        self.list.addItems([f"{letter.subject} → {letter.recipient}" for letter in self._shown])
        if self._shown:
            self.list.setCurrentRow(0)

    def _show(self, row: int) -> None:
        self.text.setPlainText(self._shown[row].text if 0 <= row < len(self._shown) else "")
