"""How loud the microphone is: a bar, and the same in a word. Imports Qt and `app.ui` only."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from app.texts import Texts
from app.ui.parts import label
from app.ui.theme import Theme

QUIET_DBFS, LOW_DBFS, LOUD_DBFS = -60.0, -45.0, -6.0
"""Up to these nothing is heard, it is quiet, good; above it is too loud. `mic_quiet_dbfs` of the table of faults is the second."""
FLOOR_DBFS = -70.0
"""Where the bar begins."""


def loudness(dbfs: float) -> str:
    """The last part of the key of its word."""
    if dbfs < QUIET_DBFS:
        return "silent"
    if dbfs < LOW_DBFS:
        return "quiet"
    return "good" if dbfs <= LOUD_DBFS else "loud"


class SpeechMeter(QWidget):
    """The word changes only when the loudness does: it is not read out, the page's verdict is."""

    def __init__(self, texts: Texts, theme: Theme) -> None:
        super().__init__()
        self._texts = texts
        self._bar = _Bar(theme)
        self._word = label("", "large")
        self._shown = ""
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._bar)
        column.addWidget(self._word)
        self.show_level(-100.0)

    @property
    def word(self) -> str:
        """What stands there."""
        return self._word.text()

    def show_level(self, dbfs: float) -> None:
        """RMS of the last tenth of a second."""
        self._bar.show_level(dbfs)
        heard = loudness(dbfs)
        if heard != self._shown:
            self._shown = heard
            text = self._texts(f"app.wizard.level.{heard}")
            self._word.setText(text)
            self._bar.setAccessibleName(self._texts("app.wizard.level", word=text))


class _Bar(QWidget):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setFixedHeight(18)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._theme = theme
        self._share = 0.0
        theme.changed.connect(self.update)

    def show_level(self, dbfs: float) -> None:
        """Rises at once, falls slowly."""
        share = max(0.0, min(1.0, 1 - dbfs / FLOOR_DBFS), self._share - 0.06)
        if abs(share - self._share) > 0.005:
            self._share = share
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(self._theme.colour("line"))
        painter.setBrush(self._theme.colour("raised"))
        painter.drawRoundedRect(area, 8, 8)
        if self._share > 0.02:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.colour("good"))
            painter.drawRoundedRect(area.adjusted(2, 2, -2 - (area.width() - 4) * (1 - self._share), -2), 6, 6)
