"""What stands beside the pictures: safety words, chat or devices, one at a time. Imports Qt and `app.ui` only.

Each panel is built when it is first opened, so that the conversation's window comes up quickly.
"""

from __future__ import annotations

import enum
from collections.abc import Callable

from PySide6.QtWidgets import QStackedWidget

from app.ui.call.chat_panel import ChatPanel
from app.ui.call.device_panel import DevicePanel
from app.ui.call.words_panel import WordsPanel
from app.ui.parts import scrolled


class Panel(enum.Enum):
    """What can stand there."""

    WORDS = "words"
    CHAT = "chat"
    DEVICES = "devices"


Maker = Callable[[], WordsPanel | ChatPanel | DevicePanel]


class Side(QStackedWidget):
    """Hidden while no panel is open."""

    def __init__(self, makers: dict[Panel, Maker]) -> None:
        super().__init__()
        self.setProperty("kind", "side")
        self.setMinimumWidth(240)
        self._makers = makers
        self._built: dict[Panel, tuple[WordsPanel | ChatPanel | DevicePanel, int]] = {}

    def open(self, panel: Panel | None) -> None:
        """Show that panel, or none. The keyboard goes into it where there is something to do."""
        self.setVisible(panel is not None)
        if panel is None:
            return
        if panel not in self._built:
            made = self._makers[panel]()
            self._built[panel] = made, self.addWidget(made if isinstance(made, ChatPanel) else scrolled(made))
        shown, place = self._built[panel]
        self.setCurrentIndex(place)
        if not isinstance(shown, WordsPanel):
            shown.opened()

    @property
    def is_empty(self) -> bool:
        """True until the first panel was opened."""
        return not self._built

    def shows(self, panel: Panel) -> bool:
        """True while that panel is what a person sees."""
        return panel in self._built and self.isVisible() and self.currentIndex() == self._built[panel][1]
