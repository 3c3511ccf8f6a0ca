"""The head of the main window: the day, the link to the server in words, what keeps the program quiet. Imports Qt and `app.ui` only."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QPushButton, QVBoxLayout, QWidget

from app.services.ports import LinkState
from app.texts import Texts
from app.ui.agenda.view_model import AgendaViewModel
from app.ui.announce import announce
from app.ui.parts import Folding, button, label, set_rank
from app.ui.quiet import Quiet
from app.ui.shortcuts import Shortcut, bind_button
from app.ui.theme import Theme
from app.ui.wording import Wording

_LINK_RANK = {LinkState.CONNECTED: "good", LinkState.CONNECTING: "muted", LinkState.LOST: "warn", LinkState.REFUSED: "danger"}

ROW_LETTERS = 110
"""So many letters wide the head shows the day and the buttons in a row."""


class AgendaHead(QFrame):
    """`new` and `help` are pressed; the two switches act on `Quiet` themselves."""

    def __init__(self, view_model: AgendaViewModel, quiet: Quiet, texts: Texts, wording: Wording, theme: Theme) -> None:
        super().__init__()
        self.setProperty("kind", "head")
        self._view_model = view_model
        self._quiet = quiet
        self._texts = texts
        self._wording = wording
        self._theme = theme
        self._day = label("", "muted")
        self._link = label("")
        self.new = button(texts("app.agenda.new"), "primary")
        self.help = button(texts("app.help"), "quiet")
        self.more = button(texts("app.chores"), "quiet")
        self.more.hide()
        self._visitor = self._switch("app.quiet.visitor")
        self._today = self._switch("app.quiet.today")
        self._visitor.toggled.connect(quiet.set_visitor)
        self._today.toggled.connect(quiet.set_today)
        self._lay_out()
        view_model.changed.connect(self._show_day)
        view_model.link_changed.connect(self._show_link)
        quiet.changed.connect(self._show_quiet)
        theme.changed.connect(self._dress)
        self._show_day()
        self._show_link()
        self._show_quiet()

    def offer(self, menu: QMenu) -> None:
        """What is done now and then."""
        self.more.setMenu(menu)
        self.more.show()

    @property
    def last(self) -> QWidget:
        """From which Tab leads out of the head."""
        return self.help

    def bind_keys(self, window: QWidget) -> None:
        """Let the shortcuts press the buttons while `window` is active."""
        for shortcut, pressed in (
            (Shortcut.NEW, self.new),
            (Shortcut.HELP, self.help),
            (Shortcut.VISITOR, self._visitor),
            (Shortcut.SILENCE_TODAY, self._today),
        ):
            bind_button(window, shortcut, pressed, self._texts)

    def _switch(self, key: str) -> QPushButton:
        made = button(self._texts(key), "quiet")
        made.setCheckable(True)
        return made

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._link)
        words.addWidget(self._day)
        acts = QHBoxLayout()
        acts.setSpacing(6)
        acts.addStretch(1)
        for act in (self._visitor, self._today, self.more, self.help):
            acts.addWidget(act)
        acts.addSpacing(4)
        acts.addWidget(self.new)
        row = Folding(self, ROW_LETTERS)
        row.setContentsMargins(20, 9, 20, 9)
        row.setSpacing(6)
        row.addLayout(words, 1)
        row.addLayout(acts)
        QWidget.setTabOrder(self.new, self._visitor)
        QWidget.setTabOrder(self._visitor, self._today)
        QWidget.setTabOrder(self._today, self.more)
        QWidget.setTabOrder(self.more, self.help)

    def _show_day(self) -> None:
        self._day.setText(self._wording.day(self._view_model.now))
        if self._today.isChecked() is not self._quiet.today:
            self._show_quiet()  # a new day rings again

    def _show_link(self) -> None:
        state = self._view_model.link
        text = self._texts(f"app.link.{state.value}")
        changed = bool(self._link.text()) and self._link.text() != text
        self._link.setText(text)
        set_rank(self._link, _LINK_RANK[state])
        if changed:
            announce(self._link, text)

    def _show_quiet(self) -> None:
        self._visitor.setChecked(self._quiet.visitor)
        self._today.setChecked(self._quiet.today)
        self._dress()

    def _dress(self) -> None:
        self.new.setIcon(self._theme.icon("new", "on_accent"))
        self.help.setIcon(self._theme.icon("help"))
        self.more.setIcon(self._theme.icon("more"))
        self._visitor.setIcon(self._theme.icon("visitor"))
        self._today.setIcon(self._theme.icon("bell-off" if self._quiet.today else "bell"))
