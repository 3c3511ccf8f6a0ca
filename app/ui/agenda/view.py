"""The main window: the calendar, who waits, whom to phone again, the link to the server in words. Imports Qt and `app.ui` only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.texts import Texts
from app.ui.agenda.head import AgendaHead
from app.ui.agenda.resume import ResumePanel
from app.ui.agenda.running import RunningPanel
from app.ui.agenda.view_model import AgendaViewModel, Waiting
from app.ui.agenda.waiting import WaitingPanel
from app.ui.messages import Messages, NoticeBar, Question
from app.ui.parts import label, resize_to_fit, scrolled
from app.ui.quiet import Quiet
from app.ui.reading import Column, chain
from app.ui.shortcuts import Shortcut, bind
from app.ui.theme import Theme
from app.ui.wording import Wording

SIZE = QSize(1120, 780)
LEAST_CALENDAR_HEIGHT = 380
"""Pixels; in a lower window the whole of it is scrolled."""


@dataclass(frozen=True, slots=True)
class MainParts:
    """What the main window stands on."""

    view_model: AgendaViewModel
    quiet: Quiet
    texts: Texts
    theme: Theme
    messages: Messages
    may_close: Callable[[], bool]
    """Asked when the person closes the window; whoever says no asks the person and closes later."""


class MainWindow(QWidget):
    """One for the program. What lies outside of it (dialogs, other windows) is asked for by signals."""

    new_wanted = Signal()
    """A Sofort-Termin."""
    help_wanted = Signal()

    def __init__(self, parts: MainParts) -> None:
        super().__init__()
        self.setObjectName("window")
        self._view_model = parts.view_model
        self._texts = parts.texts
        self._messages = parts.messages
        self._may_close = parts.may_close
        self.setWindowTitle(parts.texts("app.product"))
        resize_to_fit(self, SIZE)
        self._build(parts)
        self._wire()
        self._head.new.setFocus()

    # ---- building

    def _build(self, parts: MainParts) -> None:
        wording = Wording(parts.texts, lambda: parts.quiet.hides_names)
        shown = (parts.view_model, parts.quiet, parts.texts, wording, parts.theme)
        self._head = AgendaHead(*shown)
        self._waiting = WaitingPanel(*shown)
        panels = QVBoxLayout()
        panels.setContentsMargins(24, 12, 24, 0)
        panels.setSpacing(10)
        panels.addWidget(NoticeBar(parts.messages, parts.texts, parts.theme, self))
        panels.addWidget(ResumePanel(parts.view_model, parts.texts, wording, self))
        panels.addWidget(RunningPanel(parts.view_model, parts.quiet, parts.texts, wording, self))
        for key in parts.view_model.notes:
            panels.addWidget(self._build_note(key))
        panels.addWidget(self._waiting)
        self._panels = panels
        whole = Column()
        whole.laid_out.connect(lambda: chain(self._head.last, whole))
        self._body = QVBoxLayout(whole)
        self._body.setContentsMargins(0, 0, 0, 0)
        self._body.setSpacing(12)
        self._body.addLayout(panels)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head)
        column.addWidget(scrolled(whole), 1)

    def _build_note(self, key: str) -> QFrame:
        banner = QFrame()
        banner.setProperty("kind", "notice")
        row = QHBoxLayout(banner)
        row.setContentsMargins(14, 10, 14, 10)
        row.addWidget(label(self._texts(key)))
        return banner

    def _wire(self) -> None:
        self._head.bind_keys(self)
        self._waiting.bind_keys(self)
        bind(self, Shortcut.ADMIT, self.admit_first)
        self._head.new.clicked.connect(self.new_wanted)
        self._head.help.clicked.connect(self.help_wanted)
        self._waiting.admit.connect(self._admit)
        self._waiting.remove.connect(self._ask_remove)
        self._view_model.refused.connect(self._messages.tell)

    def put_in(self, panels: Sequence[QWidget], calendar: QWidget) -> None:
        """What is built over this window: further panels below who waits, and the calendar below all."""
        for panel in panels:
            self._panels.addWidget(panel)
        calendar.setMinimumHeight(LEAST_CALENDAR_HEIGHT)
        self._body.addWidget(calendar, 1)

    # ---- acting

    def admit_first(self) -> None:
        """Let in who waits longest; does nothing while nobody waits."""
        if self._waiting.first is not None:
            self._waiting.first.button.click()

    def focus_waiting(self) -> None:
        """Put the keyboard on the button that lets the longest waiting in."""
        if self._waiting.first is not None:
            self._waiting.first.button.setFocus(Qt.FocusReason.ActiveWindowFocusReason)

    def _admit(self, waiting: Waiting) -> None:
        other = waiting.other_seat
        if other is None or self._view_model.is_held_up(waiting):
            self._view_model.admit(waiting)
            return
        if waiting.room.admitted is not None:
            question = Question("app.other-device.", ends_something=True)
            self._messages.ask(self, question, lambda: self._view_model.admit(waiting, other))
            return
        question = Question("app.two-devices.", with_cancel=True, ends_something=True)
        self._messages.ask(self, question, lambda: self._view_model.admit(waiting, other), lambda: self._view_model.admit(waiting))

    def _ask_remove(self, waiting: Waiting) -> None:
        question = Question("app.remove.", ends_something=True)
        self._messages.ask(self, question, lambda: self._view_model.remove(waiting))

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._may_close():
            event.accept()
        else:
            event.ignore()
