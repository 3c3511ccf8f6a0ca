"""What stands beside the pictures: safety words, chat or devices, one at a time. Imports Qt and `app.ui` only.

Each panel is built when it is first opened, so that the conversation's window comes up quickly.
"""

from __future__ import annotations

import enum
from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QStackedWidget, QToolButton, QVBoxLayout

from app.texts import Texts
from app.ui.call.chat_panel import ChatPanel
from app.ui.call.device_panel import DevicePanel
from app.ui.call.words_panel import WordsPanel
from app.ui.parts import scrolled
from app.ui.theme import Theme


class Panel(enum.Enum):
    """What can stand there."""

    WORDS = "words"
    CHAT = "chat"
    DEVICES = "devices"


Maker = Callable[[], WordsPanel | ChatPanel | DevicePanel]


class Side(QFrame):
    """Hidden while no panel is open."""

    close_wanted = Signal()

    def __init__(self, makers: dict[Panel, Maker], texts: Texts, theme: Theme) -> None:
        super().__init__()
        self.setProperty("kind", "side")
        self.setMinimumWidth(260)
        self._theme = theme
        self._makers = makers
        self._built: dict[Panel, tuple[WordsPanel | ChatPanel | DevicePanel, int]] = {}
        self._pages = QStackedWidget()
        self._close = QToolButton()
        self._close.setProperty("kind", "icon")
        self._close.setIconSize(QSize(18, 18))
        self._close.setAccessibleName(texts("app.side.close"))
        self._close.setToolTip(texts("app.side.close"))
        self._close.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._close.clicked.connect(self.close_wanted)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 8, 8, 0)
        column.setSpacing(0)
        column.addWidget(self._close, alignment=Qt.AlignmentFlag.AlignRight)
        column.addWidget(self._pages, 1)
        theme.changed.connect(self._dress)
        self._dress()

    def open(self, panel: Panel | None) -> None:
        """Show that panel, or none. The keyboard goes into it where there is something to do."""
        self.setVisible(panel is not None)
        if panel is None:
            return
        if panel not in self._built:
            made = self._makers[panel]()
            self._built[panel] = made, self._pages.addWidget(made if isinstance(made, ChatPanel) else scrolled(made))
        shown, place = self._built[panel]
        self._pages.setCurrentIndex(place)
        if not isinstance(shown, WordsPanel):
            shown.opened()

    @property
    def is_empty(self) -> bool:
        """True until the first panel was opened."""
        return not self._built

    def shows(self, panel: Panel) -> bool:
        """True while that panel is what a person sees."""
        return panel in self._built and self.isVisible() and self._pages.currentIndex() == self._built[panel][1]

    def _dress(self) -> None:
        self._close.setIcon(self._theme.icon("close"))
