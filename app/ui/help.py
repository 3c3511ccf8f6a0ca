"""The help dialog: every shortcut of a window, in words. Imports Qt and `app.ui` only."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QVBoxLayout, QWidget

from app.texts import Texts
from app.ui.parts import button, label
from app.ui.shortcuts import Shortcut


class HelpDialog(QDialog):
    """Goes with its closing."""

    def __init__(self, parent: QWidget, texts: Texts, shortcuts: Sequence[Shortcut]) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(texts("app.help.title"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(6)
        for row, shortcut in enumerate(shortcuts):
            keys = label(shortcut.shown, "section")
            keys.setWordWrap(False)
            grid.addWidget(keys, row, 0)
            meaning = label(texts(shortcut.text_key))
            meaning.setWordWrap(False)
            grid.addWidget(meaning, row, 1)
        grid.setColumnStretch(1, 1)
        close = button(texts("app.close"), "primary")
        close.clicked.connect(self.accept)
        column = QVBoxLayout(self)
        column.setContentsMargins(28, 24, 28, 24)
        column.setSpacing(14)
        column.addWidget(label(texts("app.help.title"), "title"))
        column.addWidget(label(texts("app.help.more"), "muted"))
        column.addLayout(grid)
        column.addStretch(1)
        column.addWidget(close, alignment=Qt.AlignmentFlag.AlignRight)
        self.setMinimumWidth(460)
