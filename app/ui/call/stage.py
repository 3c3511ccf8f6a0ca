"""The two pictures: the client's large, one's own small in a corner, a sentence where no picture is. Imports Qt and `app.ui` only."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from app.ui.call.surface import STAGE

_MARGIN = 16
_EDGE = 4
"""Border and padding around the own picture."""


class Stage(QWidget):
    """Dark in every theme, so that a face is what one looks at."""

    def __init__(self, remote: QWidget, own: QWidget, remote_name: str, own_name: str) -> None:
        super().__init__()
        self._remote = remote
        self._remote.setParent(self)
        self._remote.setAccessibleName(remote_name)
        self._hint = QLabel(self)
        self._hint.setStyleSheet("QLabel { color: #e9eff2; background: #0c1215; padding: 24px; }")
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._hint.setWordWrap(True)
        self._frame = QFrame(self)
        self._frame.setStyleSheet("QFrame { background: #0c1215; border: 2px solid #e9eff2; border-radius: 6px; }")
        inside = QVBoxLayout(self._frame)
        inside.setContentsMargins(2, 2, 2, 2)
        inside.addWidget(own)
        own.setAccessibleName(own_name)
        self.setMinimumSize(QSize(200, 120))

    def show_remote(self, hint: str) -> None:
        """The picture where `hint` is empty, otherwise the sentence in its place."""
        self._hint.setText(hint)
        self._hint.setAccessibleName(hint)
        self._hint.setVisible(bool(hint))
        self._remote.setVisible(not hint)

    def show_own(self, visible: bool) -> None:
        """Whether one's own picture is shown."""
        self._frame.setVisible(visible)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._remote.setGeometry(self.rect())
        self._hint.setGeometry(self.rect())
        sixteenth = max(7, min(14, self.width() // 64))
        width, height = 16 * sixteenth + 2 * _EDGE, 9 * sixteenth + 2 * _EDGE
        self._frame.setGeometry(QRect(self.width() - width - _MARGIN, self.height() - height - _MARGIN, width, height))
        self._frame.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), STAGE)
