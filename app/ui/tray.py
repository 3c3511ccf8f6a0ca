"""The program's sign in the system's tray. Imports Qt and `app.ui` only. Says never a name: others may see the screen."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from app.texts import Texts

_PORTAL = ("org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop", "org.freedesktop.portal.Notification")
_MESSAGE_ID = "waiting"


class Tray(Protocol):
    """What the alarm needs of a tray."""

    def show_waiting(self, waiting: bool) -> None:
        """Change the sign; a message that still stands goes with the last who waited, where the system can take it back."""
        ...

    def notify(self, title: str, text: str) -> None:
        """Show a message of the operating system."""
        ...

    def close(self) -> None:
        """Take the sign away."""
        ...


class PortalTray:
    """For desktops without a tray (GNOME): messages go through the desktop portal, where there is one; otherwise the task bar's alert
    is all there is. Source: XDG Desktop Portal, org.freedesktop.portal.Notification, version 1."""

    def __init__(self) -> None:
        from PySide6.QtDBus import QDBusConnection

        self._bus = QDBusConnection.sessionBus()
        self._shown = False

    def show_waiting(self, waiting: bool) -> None:
        """See `Tray`."""
        if self._shown and not waiting:
            self._shown = False
            self._send("RemoveNotification", [_MESSAGE_ID])

    def notify(self, title: str, text: str) -> None:
        """See `Tray`. The same id replaces the message before."""
        self._shown = True
        self._send("AddNotification", [_MESSAGE_ID, {"title": title, "body": text, "priority": "urgent"}])

    def close(self) -> None:
        """See `Tray`."""
        self.show_waiting(False)

    def _send(self, method: str, arguments: list[object]) -> None:
        """Nobody waits for an answer: without bus or portal nothing happens."""
        from PySide6.QtDBus import QDBusMessage

        if self._bus.isConnected():
            call = QDBusMessage.createMethodCall(*_PORTAL, method)
            call.setArguments(arguments)
            self._bus.send(call)


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
