"""A sentence with one button, above a window's content. Imports Qt and `app.ui` only."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout

from app.ui.announce import announce
from app.ui.parts import button, label


class Banner(QFrame):
    """Stands until its reason is gone."""

    pressed = Signal()

    def __init__(self, text: str, action: str, kind: str = "notice") -> None:
        """`kind` is one of theme.qss: notice, or showing for what others see now."""
        super().__init__()
        self.setProperty("kind", kind)
        self.text = label(text)
        self.button = button(action, "onnotice")
        self.button.clicked.connect(self.pressed)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 10, 8)
        row.setSpacing(12)
        row.addWidget(self.text, 1)
        row.addWidget(self.button)

    def show_text(self, text: str, urgent: bool = False) -> None:
        """Show this sentence, and read it out if it is a new one; an empty one hides the banner."""
        fresh = bool(text) and (self.isHidden() or self.text.text() != text)
        self.text.setText(text)
        self.setVisible(bool(text))
        if fresh:
            announce(self, text, urgent)
