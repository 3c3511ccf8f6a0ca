"""The conversation as a small window that stays in front of other programs. Imports Qt and `app.ui` only."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QStackedLayout, QVBoxLayout, QWidget

from app.services.ports import RemoteMedia, WordsState
from app.texts import Texts
from app.ui.call.surface import PaintedSurface
from app.ui.call.switches import Switch
from app.ui.call.words_banner import WordsBanner
from app.ui.shortcuts import Shortcut, bind_button
from app.ui.theme import Theme


class MiniWindow(QWidget):
    """The client's picture, microphone, pause, and the way back; closing it is the way back, too."""

    back_wanted = Signal()

    def __init__(self, remote: PaintedSurface, texts: Texts, theme: Theme) -> None:
        super().__init__(None, Qt.WindowType.Tool | Qt.WindowType.WindowStaysOnTopHint)
        self.setObjectName("window")
        self.setWindowTitle(texts("app.call.mini"))
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
        remote.setAccessibleName(texts("app.call.remote"))
        self._hint = QLabel()
        self._hint.setProperty("kind", "stagehint")
        self._hint.setProperty("size", "small")
        self._hint.setWordWrap(True)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.microphone = Switch(texts("app.switch.microphone"), ("microphone", "microphone-off"), theme, "device")
        self.pause = Switch(texts("app.switch.pause"), ("play", "pause"), theme, "panel")
        self.back = Switch(texts("app.call.mini.back"), ("back", "back"), theme)
        self.back.setText(texts("app.call.mini.back.short"))
        for shortcut, switch in ((Shortcut.MICROPHONE, self.microphone), (Shortcut.PAUSE, self.pause), (Shortcut.MINI, self.back)):
            bind_button(self, shortcut, switch, texts)
        self.back.clicked.connect(self.back_wanted)
        self.words = WordsBanner(texts)
        self._lay_out(remote)
        self.resize(QSize(320, 270))

    def _lay_out(self, remote: PaintedSurface) -> None:
        picture = QWidget()
        self._pages = QStackedLayout(picture)
        self._pages.addWidget(remote)
        self._pages.addWidget(self._hint)
        bar = QFrame()
        bar.setProperty("kind", "bar")
        row = QHBoxLayout(bar)
        row.setContentsMargins(6, 4, 6, 4)
        row.setSpacing(2)
        for switch in (self.microphone, self.pause, self.back):
            row.addWidget(switch, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.words)
        column.addWidget(picture, 1)
        column.addWidget(bar)

    def show_media(self, own: RemoteMedia, hint: str) -> None:
        """What of ours is on, and the sentence in place of the picture if there is one."""
        self.microphone.setChecked(own.microphone)
        self.microphone.setEnabled(not own.paused)
        self.pause.setChecked(own.paused)
        self._hint.setText(hint)
        self._hint.setAccessibleName(hint)
        self._pages.setCurrentIndex(1 if hint else 0)

    def show_words(self, state: WordsState) -> None:
        """Say how the safety words stand where that asks for something."""
        self.words.show_state(state, in_sight=False)

    def closeEvent(self, event: QCloseEvent) -> None:
        event.accept()
        self.back_wanted.emit()
