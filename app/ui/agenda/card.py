"""One waiting client as a card: who, since when, what was told, and what can be done. Imports Qt and `app.ui` only."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QPushButton, QToolButton, QVBoxLayout

from app.texts import Texts
from app.ui.agenda.view_model import Waiting
from app.ui.announce import announce
from app.ui.parts import Folding, button, label
from app.ui.shortcuts import Shortcut
from app.ui.theme import Theme
from app.ui.wording import Wording
from app.wire.messages import Notice

NOTICES = {
    Notice.FIVE_MINUTES: Shortcut.FIVE_MINUTES,
    Notice.TEN_MINUTES: Shortcut.TEN_MINUTES,
    Notice.PHONE_CALL: Shortcut.PHONE_CALL,
}
"""The prepared messages and their keys."""
ROW_LETTERS = 95
"""So many letters wide a card shows words and buttons in a row."""


class WaitingCard(QFrame):
    """What is pressed is told by signals; each carries the card's `Waiting` first."""

    admit = Signal(object)
    remove = Signal(object)
    tell = Signal(object, Notice)
    silence = Signal(object, bool)
    """True: do not ring for this person."""
    check = Signal()
    """A short check of our own devices."""

    def __init__(self, waiting: Waiting, texts: Texts, wording: Wording, theme: Theme) -> None:
        super().__init__()
        self.setProperty("kind", "waiting")
        self._waiting = waiting
        self._texts = texts
        self._wording = wording
        self._theme = theme
        self._title = label(rank="large")
        self._state = label()
        self._by_code = label(texts("app.main.by-code"), "warn")
        self._news = label(rank="muted")
        self._news.hide()
        self.button = button(texts("app.waiting.admit"), "primary")
        self.button.setToolTip(f"{texts(Shortcut.ADMIT.text_key)} ({Shortcut.ADMIT.shown})")
        self.button.clicked.connect(lambda: self.admit.emit(self._waiting))
        self.message = self._build_message()
        self.bell = self._icon_button("app.waiting.silence", f"{texts(Shortcut.SILENCE_PERSON.text_key)} ({Shortcut.SILENCE_PERSON.shown})")
        self.bell.setCheckable(True)
        self.bell.toggled.connect(lambda on: self.silence.emit(self._waiting, on))
        self._remove = self._icon_button("app.waiting.remove", texts("app.waiting.remove.more"))
        self._remove.clicked.connect(lambda: self.remove.emit(self._waiting))
        self._check = self._icon_button("app.wizard.brief.menu", texts("app.wizard.brief.menu"))
        self._check.clicked.connect(self.check)
        self._check.hide()
        self._lay_out()
        self.dress()

    def _build_message(self) -> QPushButton:
        made = button(self._texts("app.waiting.tell"))
        menu = QMenu(made)
        for notice, shortcut in NOTICES.items():
            action = QAction(self._texts(f"app.notice.{notice.value}"), menu)
            action.setShortcut(shortcut.keys)  # shown only: the window's keys mean the card with the keyboard
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.triggered.connect(lambda _on, notice=notice: self.tell.emit(self._waiting, notice))
            menu.addAction(action)
        made.setMenu(menu)
        return made

    def _icon_button(self, key: str, tip: str) -> QToolButton:
        made = QToolButton()
        made.setProperty("kind", "icon")
        made.setAccessibleName(self._texts(key))
        made.setToolTip(tip)
        made.setIconSize(QSize(20, 20))
        made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return made

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(2)
        for line in (self._title, self._state, self._by_code, self._news):
            words.addWidget(line)
        acts = QHBoxLayout()
        acts.setSpacing(8)
        acts.addStretch(1)
        for act in (self._check, self._remove, self.bell, self.message, self.button):
            acts.addWidget(act)
        row = Folding(self, ROW_LETTERS)
        row.setContentsMargins(18, 14, 14, 14)
        row.setSpacing(8)
        row.addLayout(words, 1)
        row.addLayout(acts)

    def offer_check(self) -> None:
        """There is a device check."""
        self._check.show()

    @property
    def waiting(self) -> Waiting:
        """Whom it shows."""
        return self._waiting

    def show_waiting(self, waiting: Waiting, now: int, held_up: bool, silenced: bool) -> None:
        """Take over what is known now; `held_up` while another conversation runs."""
        self._waiting = waiting
        heading = f"{self._wording.time(waiting.room.starts_at)} · {self._wording.heading(waiting.room)}"
        sentence = self._wording.waits(waiting.seat.since, now)
        if waiting.other_seat is not None:
            sentence += " " + self._texts("app.waiting.other-device")
        if held_up:
            sentence += " " + self._texts("app.waiting.session-runs")
        self._title.setText(heading)
        self._state.setText(sentence)
        self._by_code.setVisible(waiting.seat.by_code)
        if waiting.seat.by_code:
            sentence += " " + self._by_code.text()
        self._show_news(self._news_of(waiting))
        if self.bell.isChecked() is not silenced:
            self.bell.setChecked(silenced)
            self.dress()
        for act in (self.button, self._remove, self.message, self.bell, self._check):
            act.setAccessibleDescription(f"{heading}. {sentence}")

    def _news_of(self, waiting: Waiting) -> str:
        seat, news = waiting.seat, []
        if seat.knocked_at:
            news.append(self._texts("app.waiting.knocked", time=self._wording.time(seat.knocked_at)))
        if seat.notice is not None:
            news.append(self._texts("app.waiting.told", notice=self._texts(f"app.notice.{seat.notice.value}")))
        return " ".join(news)

    def _show_news(self, text: str) -> None:
        fresh = bool(text) and self._news.text() != text
        self._news.setText(text)
        self._news.setVisible(bool(text))
        if fresh:
            announce(self._news, text)

    def dress(self) -> None:
        """Take the icons of the theme that holds now."""
        self.button.setIcon(self._theme.icon("admit", "on_accent"))
        self.message.setIcon(self._theme.icon("message"))
        self.bell.setIcon(self._theme.icon("bell-off" if self.bell.isChecked() else "bell"))
        self._check.setIcon(self._theme.icon("devices"))
        self._remove.setIcon(self._theme.icon("remove"))
