"""Every keyboard shortcut of the program in one place, so that none clashes and all are documented. Imports Qt and `app.texts` only.

None is a single letter (WCAG 2.1, 2.1.4) and none is an editing key of a text field; `tests/ui/test_small_things.py` checks both.
"""

from __future__ import annotations

import enum
from collections.abc import Callable

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractButton, QWidget

from app.texts import Texts


class Shortcut(enum.Enum):
    """(what it does: a key of the catalogue, keys)"""

    HELP = ("app.shortcut.help", "F1")
    NEW = ("app.shortcut.new", "Ctrl+N")
    ADMIT = ("app.shortcut.admit", "Ctrl+Return")
    INVITATION = ("app.shortcut.invitation", "Ctrl+L")
    TO_CALL = ("app.shortcut.to-call", "Ctrl+G")
    MICROPHONE = ("app.shortcut.microphone", "Ctrl+Shift+M")
    CAMERA = ("app.shortcut.camera", "Ctrl+Shift+K")
    DEVICES = ("app.shortcut.devices", "Ctrl+Shift+G")
    WORDS = ("app.shortcut.words", "Ctrl+Shift+S")
    CHAT = ("app.shortcut.chat", "Ctrl+Shift+N")
    IDENTITY = ("app.shortcut.identity", "Ctrl+Shift+I")
    SEND_BACK = ("app.shortcut.send-back", "Ctrl+Shift+W")
    END = ("app.shortcut.end", "Ctrl+Shift+E")
    GO_ON = ("app.shortcut.go-on", "Ctrl+Shift+F")
    NOTICE = ("app.shortcut.notice", "Ctrl+Shift+H")

    @property
    def text_key(self) -> str:
        """Catalogue key of the sentence that says what it does."""
        return self.value[0]

    @property
    def keys(self) -> QKeySequence:
        return QKeySequence(self.value[1])

    @property
    def shown(self) -> str:
        """The keys as this system writes them."""
        return self.keys.toString(QKeySequence.SequenceFormat.NativeText)


MAIN_WINDOW = (Shortcut.NEW, Shortcut.ADMIT, Shortcut.INVITATION, Shortcut.TO_CALL, Shortcut.NOTICE, Shortcut.HELP)
CALL_WINDOW = (
    Shortcut.MICROPHONE,
    Shortcut.CAMERA,
    Shortcut.DEVICES,
    Shortcut.WORDS,
    Shortcut.CHAT,
    Shortcut.IDENTITY,
    Shortcut.SEND_BACK,
    Shortcut.END,
    Shortcut.GO_ON,
    Shortcut.NOTICE,
    Shortcut.HELP,
)


def bind(window: QWidget, shortcut: Shortcut, act: Callable[[], object]) -> None:
    """Let the keys do `act` while `window` is active."""
    keys = QShortcut(shortcut.keys, window)
    keys.activated.connect(act)


def bind_button(window: QWidget, shortcut: Shortcut, button: QAbstractButton, texts: Texts) -> None:
    """Let the keys press `button` if it can be pressed, and say so in its tool tip."""
    button.setToolTip(f"{texts(shortcut.text_key)} ({shortcut.shown})")
    bind(window, shortcut, lambda: button.click() if button.isVisible() else None)
