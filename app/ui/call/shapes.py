"""The shapes of a conversation's window: large, whole screen, and small in front of everything. Imports Qt and `app.ui` only."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from app.ui.call.mini import MiniWindow

_MARGIN = 24
"""Of the small window to the corner of the screen where it appears first."""


class Shapes(QObject):
    """Changes the shape of one window."""

    full_screen_changed = Signal(bool)

    def __init__(self, window: QWidget, make_mini: Callable[[], MiniWindow]) -> None:
        """`make_mini` is called when the small window is first wanted."""
        super().__init__()
        self._window = window
        self._make_mini = make_mini
        self.mini: MiniWindow | None = None
        self._escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), window, self.leave_full_screen)
        self._escape.setEnabled(False)

    @property
    def is_mini(self) -> bool:
        """True while the small window stands for the large one."""
        return self.mini is not None and self.mini.isVisible()

    def toggle_full_screen(self) -> None:
        """The whole screen, or the window again."""
        if self._window.isFullScreen():
            self.leave_full_screen()
            return
        self._window.setWindowState(self._window.windowState() | Qt.WindowState.WindowFullScreen)
        self._escape.setEnabled(True)
        self.full_screen_changed.emit(True)

    def leave_full_screen(self) -> None:
        """The window as it was before."""
        self._window.setWindowState(self._window.windowState() & ~Qt.WindowState.WindowFullScreen)
        self._escape.setEnabled(False)
        self.full_screen_changed.emit(False)

    def show_mini(self) -> None:
        """The small window instead of the large one."""
        if self.mini is None:
            self.mini = self._make_mini()
            self.mini.back_wanted.connect(self.show_large)
            self._put_in_corner(self.mini)
        self.mini.show()
        self._window.hide()
        self.mini.activateWindow()
        self.mini.back.setFocus()

    def show_large(self) -> None:
        """The large window again. Does nothing while it is there."""
        if self.is_mini and self.mini is not None:
            self._window.show()
            self._window.raise_()
            self._window.activateWindow()
            self.mini.hide()

    def close(self) -> None:
        """The conversation is over: no small window is left."""
        mini, self.mini = self.mini, None
        if mini is not None:
            mini.hide()
            mini.deleteLater()

    def _put_in_corner(self, mini: MiniWindow) -> None:
        screen = self._window.screen() or QGuiApplication.primaryScreen()
        if screen is not None:
            place = screen.availableGeometry()
            mini.move(place.right() - mini.width() - _MARGIN, place.bottom() - mini.height() - 2 * _MARGIN)
