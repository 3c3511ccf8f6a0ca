"""What the group sees while everything is put back to the beginning: a sentence, for some seconds. Imports Qt and `app.ui` only."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.texts import Texts
from app.ui.parts import label
from app.ui.training.mark import TrainingMark


class PauseWindow(QWidget):
    """Between two groups there is no other window."""

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self.setObjectName("window")
        self.setWindowTitle(texts("app.training.window"))
        said = label(texts("app.training.pause"), "title")
        said.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(TrainingMark(texts))
        column.addWidget(said, 1)
        self.setMinimumSize(QSize(520, 200))
