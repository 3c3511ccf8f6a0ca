"""Asks for a person's attention, and notices when it is paid. Imports Qt only."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

_PAID = (QEvent.Type.FocusIn, QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.TouchBegin)


class WindowTaskBar:
    """The program's entries in the system's task bar."""

    def __init__(self, windows: Callable[[], Iterable[QWidget]]) -> None:
        """`windows` are those that are open at the moment."""
        self._windows = windows

    def flash(self) -> None:
        """See `TaskBar`."""
        for window in self._windows():
            QApplication.alert(window, 0)

    def show_count(self, waiting: int) -> None:
        """See `TaskBar`. Systems without such a number leave it out."""
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            application.setBadgeNumber(waiting)


class Attention(QObject):
    """Watches one window for signs of a person: it gets the keyboard, a key, a click, a touch."""

    paid = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._brought_up = False

    def brought_up(self) -> None:
        """The program itself gave the window the keyboard: that says nothing of a person, until the window has lost it again."""
        self._brought_up = True

    def watch(self, window: QWidget) -> None:
        """From now on. Events are taken where the window system delivers them, so the widgets inside cost nothing."""
        window.winId()  # makes the native window
        handle = window.windowHandle()
        if handle is not None:
            handle.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind is QEvent.Type.FocusOut:
            self._brought_up = False
        if kind in _PAID and not (kind is QEvent.Type.FocusIn and self._brought_up):
            self.paid.emit()
        return False
