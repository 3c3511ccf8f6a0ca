"""The head of the calendar: what is shown in words, where to go, how to look, the search. Imports Qt and `app.ui` only."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLineEdit, QPushButton, QToolButton, QVBoxLayout, QWidget

from app.texts import Texts
from app.ui.calendar.spans import Mode
from app.ui.parts import button, label
from app.ui.shortcuts import Shortcut, bind, bind_button
from app.ui.theme import Theme

SEARCH_AFTER_MS = 150
"""After the last key."""
_MODES = {
    Mode.DAY: Shortcut.CALENDAR_DAY,
    Mode.WEEK: Shortcut.CALENDAR_WEEK,
    Mode.MONTH: Shortcut.CALENDAR_MONTH,
    Mode.LIST: Shortcut.CALENDAR_LIST,
}


class CalendarHead(QFrame):
    """What is pressed is told by signals."""

    mode_wanted = Signal(Mode)
    step_wanted = Signal(int)
    """1 for later, -1 for earlier."""
    search_wanted = Signal(str)
    """Empty when the search ends."""
    results_wanted = Signal()
    """The keyboard wants to go from the field into what was found."""

    def __init__(self, texts: Texts, theme: Theme) -> None:
        super().__init__()
        self.setProperty("kind", "head")
        self._texts = texts
        self._theme = theme
        self.title = label("", "title")
        self.title.setWordWrap(False)
        self.note = label("", "warn")
        self.note.setWordWrap(False)
        self.new = button(texts("app.calendar.new"), "primary")
        self.print = button(texts("app.calendar.print"), "quiet")
        self.today = button(texts("app.calendar.today"))
        self.earlier = self._arrow("app.calendar.earlier", -1)
        self.later = self._arrow("app.calendar.later", 1)
        self._modes = QButtonGroup(self)
        self._buttons = {mode: self._mode(mode) for mode in Mode}
        self.search = self._build_search()
        self._pause = QTimer(self, interval=SEARCH_AFTER_MS, singleShot=True)
        self._pause.timeout.connect(lambda: self.search_wanted.emit(self.search.text()))
        self._lay_out()
        self.dress()

    def bind_keys(self, window: QWidget) -> None:
        """Let the shortcuts press the buttons while `window` is active."""
        pressed = {Shortcut.CALENDAR_NEW: self.new, Shortcut.CALENDAR_TODAY: self.today, Shortcut.CALENDAR_PRINT: self.print}
        for shortcut, act in {**pressed, **{_MODES[mode]: made for mode, made in self._buttons.items()}}.items():
            bind_button(window, shortcut, act, self._texts)
        bind(window, Shortcut.CALENDAR_SEARCH, lambda: self.search.setFocus(Qt.FocusReason.ShortcutFocusReason))

    def show_place(self, mode: Mode, title: str, note: str) -> None:
        """What is in sight; `note` is the holiday of a single day."""
        self.title.setText(title)
        self.note.setText(note)
        self.note.setVisible(bool(note))
        self._buttons[mode].setChecked(True)
        for each, made in self._buttons.items():  # Tab leads to the chosen one, arrows to the others
            made.setFocusPolicy(Qt.FocusPolicy.StrongFocus if each is mode else Qt.FocusPolicy.ClickFocus)

    def allow_search(self, allowed: bool) -> None:
        """While names are hidden nobody is looked for by name."""
        if not allowed and self.search.text():
            self.search.clear()
            self.search_wanted.emit("")
        self.search.setEnabled(allowed)
        self.search.setPlaceholderText(self._texts("app.calendar.search.hint" if allowed else "app.calendar.search.hidden"))

    def end_search(self) -> None:
        """Empty the field."""
        self._pause.stop()
        self.search.clear()
        self.search_wanted.emit("")

    def dress(self) -> None:
        """Take the icons of the theme that holds now."""
        self.new.setIcon(self._theme.icon("new", "on_accent"))
        self.print.setIcon(self._theme.icon("print"))
        self.earlier.setIcon(self._theme.icon("earlier"))
        self.later.setIcon(self._theme.icon("later"))
        self._glass.setIcon(self._theme.icon("search", "muted"))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Down and Enter lead from the field to what was found, Escape ends the search."""
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress and watched is self.search:
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.results_wanted.emit()
                return True
            if event.key() == Qt.Key.Key_Escape and self.search.text():
                self.end_search()
                return True
        return super().eventFilter(watched, event)

    # ---- building

    def _arrow(self, key: str, direction: int) -> QToolButton:
        made = QToolButton()
        made.setProperty("kind", "icon")
        made.setAccessibleName(self._texts(key))
        made.setToolTip(self._texts(key))
        made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        made.clicked.connect(lambda: self.step_wanted.emit(direction))
        return made

    def _mode(self, mode: Mode) -> QPushButton:
        made = button(self._texts(f"app.calendar.mode.{mode.value}"), "quiet")
        made.setCheckable(True)
        made.toggled.connect(lambda on: self.mode_wanted.emit(mode) if on else None)
        self._modes.addButton(made)
        return made

    def _build_search(self) -> QLineEdit:
        made = QLineEdit()
        made.setAccessibleName(self._texts("app.calendar.search"))
        made.setPlaceholderText(self._texts("app.calendar.search.hint"))
        made.setClearButtonEnabled(True)
        made.setMaxLength(200)
        made.textChanged.connect(self._search_soon)
        made.installEventFilter(self)
        self._glass = QAction(made)
        made.addAction(self._glass, QLineEdit.ActionPosition.LeadingPosition)
        return made

    def _search_soon(self) -> None:
        self._pause.start()

    def _lay_out(self) -> None:
        upper, lower = QHBoxLayout(), QHBoxLayout()
        upper.setSpacing(10)
        lower.setSpacing(4)
        upper.addWidget(self.title)
        upper.addWidget(self.note)
        upper.addStretch(1)
        upper.addWidget(self.print)
        upper.addWidget(self.new)
        for part in (self.today, self.earlier, self.later):
            lower.addWidget(part)
        lower.addSpacing(14)
        for mode in Mode:
            lower.addWidget(self._buttons[mode])
        lower.addSpacing(14)
        lower.addStretch(1)
        lower.addWidget(self.search, 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 14, 20, 12)
        column.setSpacing(10)
        column.addLayout(upper)
        column.addLayout(lower)
