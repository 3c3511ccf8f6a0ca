"""The head of the calendar: what is shown in words, where to go, how to look, the search. Imports Qt and `app.ui` only."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLineEdit, QPushButton, QToolButton, QVBoxLayout, QWidget

from app.texts import Texts
from app.ui.calendar.spans import Mode
from app.ui.parts import Folding, button, label
from app.ui.shortcuts import Shortcut, bind, bind_button
from app.ui.theme import Theme

SEARCH_AFTER_MS = 150
"""After the last key."""
ROW_LETTERS = 145
"""So many letters wide the head is one row."""
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
        self.title = label("", "large")
        self.title.setWordWrap(False)
        self.note = label("", "warn")
        self.note.setWordWrap(False)
        self.new = button(texts("app.calendar.new"))
        self.print = self._sign("app.calendar.print")
        self.today = button(texts("app.calendar.today"))
        self.earlier = self._sign("app.calendar.earlier")
        self.later = self._sign("app.calendar.later")
        self.earlier.clicked.connect(lambda: self.step_wanted.emit(-1))
        self.later.clicked.connect(lambda: self.step_wanted.emit(1))
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
        self.new.setIcon(self._theme.icon("new"))
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

    def _sign(self, key: str) -> QToolButton:
        made = QToolButton()
        made.setProperty("kind", "icon")
        made.setAccessibleName(self._texts(key))
        made.setToolTip(self._texts(key))
        made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
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
        place, acts, words = QHBoxLayout(), QHBoxLayout(), QVBoxLayout()
        words.setSpacing(0)
        for said in (self.title, self.note):
            words.addWidget(said)
        place.setSpacing(4)
        for part in (self.today, self.earlier, self.later):
            place.addWidget(part)
        place.addSpacing(10)
        place.addLayout(words)
        place.addStretch(1)
        acts.setSpacing(4)
        for mode in Mode:
            acts.addWidget(self._buttons[mode])
        acts.addSpacing(8)
        acts.addWidget(self.search, 1)
        acts.addSpacing(4)
        acts.addWidget(self.print)
        acts.addSpacing(4)
        acts.addWidget(self.new)
        row = Folding(self, ROW_LETTERS)
        row.setContentsMargins(20, 9, 20, 9)
        row.setSpacing(8)
        row.addLayout(place, 1)
        row.addLayout(acts, 2)
