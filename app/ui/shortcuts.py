"""Every keyboard shortcut of the program in one place, so that none clashes and all are documented. Imports Qt and `app.texts` only.

None is a single letter (WCAG 2.1, 2.1.4) and none is an editing key of a text field; `tests/ui/test_small_things.py` checks both.
"""

from __future__ import annotations

import enum
from collections.abc import Callable

from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractButton, QWidget

from app.texts import Texts


class Shortcut(enum.Enum):
    """(what it does: a key of the catalogue, keys)"""

    HELP = ("app.shortcut.help", "F1")
    NEW = ("app.shortcut.new", "Ctrl+N")
    ADMIT = ("app.shortcut.admit", "Ctrl+Return")
    TO_CALL = ("app.shortcut.to-call", "Ctrl+G")
    RESUME = ("app.shortcut.resume", "Ctrl+R")
    OUTCOME = ("app.main.shortcut.outcome", "Ctrl+S")
    FIVE_MINUTES = ("app.shortcut.five-minutes", "F5")
    TEN_MINUTES = ("app.shortcut.ten-minutes", "F6")
    PHONE_CALL = ("app.shortcut.phone-call", "F7")
    SILENCE_PERSON = ("app.shortcut.silence-person", "F8")
    SILENCE_TODAY = ("app.shortcut.silence-today", "Ctrl+K")
    VISITOR = ("app.shortcut.visitor", "Ctrl+B")
    MICROPHONE = ("app.shortcut.microphone", "Ctrl+Shift+M")
    CAMERA = ("app.shortcut.camera", "Ctrl+Shift+K")
    SHARE = ("app.shortcut.share", "Ctrl+Shift+B")
    PAUSE = ("app.shortcut.pause", "Ctrl+Shift+P")
    MORE = ("app.shortcut.more", "Ctrl+Shift+A")
    MINI = ("app.shortcut.mini", "Ctrl+Shift+L")
    FULL_SCREEN = ("app.shortcut.full-screen", "F11")
    ZOOM_IN = ("app.shortcut.zoom-in", "Ctrl++")
    ZOOM_OUT = ("app.shortcut.zoom-out", "Ctrl+-")
    ZOOM_FIT = ("app.shortcut.zoom-fit", "Ctrl+0")
    HEADPHONES = ("app.shortcut.headphones", "Ctrl+Shift+O")
    DEVICES = ("app.shortcut.devices", "Ctrl+Shift+G")
    WORDS = ("app.shortcut.words", "Ctrl+Shift+S")
    CHAT = ("app.shortcut.chat", "Ctrl+Shift+N")
    IDENTITY = ("app.shortcut.identity", "Ctrl+Shift+I")
    BY_PHONE = ("app.shortcut.by-phone", "Ctrl+Shift+T")
    SEND_BACK = ("app.shortcut.send-back", "Ctrl+Shift+W")
    END = ("app.shortcut.end", "Ctrl+Shift+E")
    GO_ON = ("app.shortcut.go-on", "Ctrl+Shift+F")
    NOTICE = ("app.shortcut.notice", "Ctrl+Shift+H")
    CALENDAR_NEW = ("app.calendar.shortcut.new", "Ctrl+T")
    CALENDAR_TODAY = ("app.calendar.shortcut.today", "Ctrl+H")
    CALENDAR_DAY = ("app.calendar.shortcut.day", "Ctrl+1")
    CALENDAR_WEEK = ("app.calendar.shortcut.week", "Ctrl+2")
    CALENDAR_MONTH = ("app.calendar.shortcut.month", "Ctrl+3")
    CALENDAR_LIST = ("app.calendar.shortcut.list", "Ctrl+4")
    CALENDAR_SEARCH = ("app.calendar.shortcut.search", "Ctrl+F")
    CALENDAR_PRINT = ("app.calendar.shortcut.print", "Ctrl+P")

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


MAIN_WINDOW = (
    Shortcut.NEW,
    Shortcut.ADMIT,
    Shortcut.FIVE_MINUTES,
    Shortcut.TEN_MINUTES,
    Shortcut.PHONE_CALL,
    Shortcut.SILENCE_PERSON,
    Shortcut.SILENCE_TODAY,
    Shortcut.VISITOR,
    Shortcut.TO_CALL,
    Shortcut.RESUME,
    Shortcut.OUTCOME,
    Shortcut.NOTICE,
    Shortcut.HELP,
)
CALENDAR = (
    Shortcut.CALENDAR_NEW,
    Shortcut.CALENDAR_TODAY,
    Shortcut.CALENDAR_DAY,
    Shortcut.CALENDAR_WEEK,
    Shortcut.CALENDAR_MONTH,
    Shortcut.CALENDAR_LIST,
    Shortcut.CALENDAR_SEARCH,
    Shortcut.CALENDAR_PRINT,
)
"""Of the calendar, wherever it stands."""
CALL_WINDOW = (
    Shortcut.MICROPHONE,
    Shortcut.CAMERA,
    Shortcut.SHARE,
    Shortcut.PAUSE,
    Shortcut.MORE,
    Shortcut.MINI,
    Shortcut.FULL_SCREEN,
    Shortcut.ZOOM_IN,
    Shortcut.ZOOM_OUT,
    Shortcut.ZOOM_FIT,
    Shortcut.DEVICES,
    Shortcut.HEADPHONES,
    Shortcut.WORDS,
    Shortcut.CHAT,
    Shortcut.IDENTITY,
    Shortcut.BY_PHONE,
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


def bind_action(window: QWidget, shortcut: Shortcut, action: QAction) -> None:
    """Let the keys do a menu's action while `window` is active and the action is allowed; the menu shows them."""
    action.setShortcut(shortcut.keys)
    window.addAction(action)
