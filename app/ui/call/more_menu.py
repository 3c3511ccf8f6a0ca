"""The menu "Mehr": everything of a conversation that is needed now and then. Imports Qt and `app.ui` only."""

from __future__ import annotations

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from app.texts import Texts
from app.ui.shortcuts import Shortcut, bind_action
from app.ui.theme import Theme


class MoreMenu(QMenu):
    """Its actions work by their keys also while it is closed."""

    def __init__(self, window: QWidget, texts: Texts, theme: Theme) -> None:
        super().__init__(window)
        self._window = window
        self._theme = theme
        self._icons: dict[QAction, str] = {}
        self._texts = texts
        self.words = self._entry(Shortcut.WORDS, "app.more.words", "words")
        self.devices = self._entry(Shortcut.DEVICES, "app.more.devices", "devices")
        self.headphones = self._entry(Shortcut.HEADPHONES, "app.more.headphones", "")
        self.headphones.setCheckable(True)
        self.addSeparator()
        self.mini = self._entry(Shortcut.MINI, "app.more.mini", "mini")
        self.full_screen = self._entry(Shortcut.FULL_SCREEN, "app.more.full-screen", "full-screen")
        self.addSeparator()
        self.by_phone = self._entry(Shortcut.BY_PHONE, "app.more.by-phone", "phone")
        self.send_back = self._entry(Shortcut.SEND_BACK, "app.more.send-back", "send-back")
        self.addSeparator()
        self.help = self._entry(Shortcut.HELP, "app.help", "help")
        self.setAccessibleName(texts("app.switch.more"))
        self.aboutToShow.connect(self._dress)  # icons are drawn when somebody looks

    def allow(self, talking: bool) -> None:
        """Once the end was pressed, only looking is left."""
        for action in (self.headphones, self.mini, self.by_phone, self.send_back):
            action.setEnabled(talking)

    def _entry(self, shortcut: Shortcut, key: str, icon: str) -> QAction:
        action = self.addAction(self._texts(key))
        bind_action(self._window, shortcut, action)
        if icon:
            self._icons[action] = icon
        return action

    def _dress(self) -> None:
        for action, icon in self._icons.items():
            action.setIcon(self._theme.icon(icon))
