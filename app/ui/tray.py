"""The program's sign in the system's tray. Imports Qt and `app.ui` only. Says never a name: others may see the screen."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from app.texts import Texts


class Tray(Protocol):
    """What the alarm needs of a tray."""

    def show_waiting(self, waiting: bool) -> None:
        """Change the sign."""
        ...

    def notify(self, title: str, text: str) -> None:
        """Show a message of the operating system."""
        ...


class NoTray:
    """For systems without one."""

    def show_waiting(self, waiting: bool) -> None:
        """Nothing to change."""

    def notify(self, title: str, text: str) -> None:
        """Nowhere to show it; the task bar's alert stays."""


class SystemTray(QObject):
    """The real one."""

    opened = Signal()
    """The person wants to see the window."""
    quit_wanted = Signal()

    def __init__(self, texts: Texts, icon: QIcon, waiting_icon: QIcon) -> None:
        super().__init__()
        self._icons = {False: icon, True: waiting_icon}
        self._texts = texts
        self._menu = QMenu()
        self._menu.addAction(texts("app.tray.open"), self.opened.emit)
        self._menu.addAction(texts("app.tray.quit"), self.quit_wanted.emit)
        self._tray = QSystemTrayIcon(icon, self)
        self._tray.setContextMenu(self._menu)
        self._tray.activated.connect(self._activated)
        self._tray.messageClicked.connect(self.opened)
        self.show_waiting(False)
        self._tray.show()

    def show_waiting(self, waiting: bool) -> None:
        """See `Tray`."""
        self._tray.setIcon(self._icons[waiting])
        self._tray.setToolTip(self._texts("app.alarm.text" if waiting else "app.product"))

    def notify(self, title: str, text: str) -> None:
        """See `Tray`."""
        self._tray.showMessage(title, text, self._icons[True])

    def close(self) -> None:
        """Take the sign away."""
        self._tray.hide()

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason in (QSystemTrayIcon.ActivationReason.Trigger, QSystemTrayIcon.ActivationReason.DoubleClick):
            self.opened.emit()
