"""The mark of the training: over each window, so that nobody takes it for real. Imports Qt and `app.ui` only."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel

from app.texts import Texts


class TrainingMark(QFrame):
    """Never goes away while the training lasts; takes one line."""

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self.setProperty("kind", "training")
        said = QLabel(texts("app.training.mark"))
        said.setAlignment(Qt.AlignmentFlag.AlignCenter)
        said.setWordWrap(True)
        self.setAccessibleName(said.text())
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 12, 4)
        row.addWidget(said, 1)
