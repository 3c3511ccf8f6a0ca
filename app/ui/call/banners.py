"""The two bars above the pictures: "Identität geprüft", and taking back the end. Imports Qt and `app.ui` only."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout

from app.texts import Texts
from app.ui.parts import button, label


class Banner(QFrame):
    """One sentence and one button."""

    pressed = Signal()

    def __init__(self, text: str, action: str) -> None:
        super().__init__()
        self.setProperty("kind", "notice")
        self.text = label(text)
        self.button = button(action, "onnotice")
        self.button.clicked.connect(self.pressed)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 10, 8)
        row.setSpacing(12)
        row.addWidget(self.text, 1)
        row.addWidget(self.button)


def identity_banner(texts: Texts) -> Banner:
    """Stands until the counsellor has made sure whom they speak to."""
    return Banner(texts("app.identity.text"), texts("app.identity.checked"))


class UndoBanner(Banner):
    """Counts the seconds in which the end can be taken back."""

    def __init__(self, texts: Texts) -> None:
        super().__init__("", texts("app.end.undo"))
        self._texts = texts
        self.hide()

    def show_seconds(self, seconds: int) -> None:
        """Say how long is left."""
        self.text.setText(self._texts("app.end.ending", seconds=seconds))
