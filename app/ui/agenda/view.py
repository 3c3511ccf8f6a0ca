"""The main window: the calendar, who waits, whom to phone again, the link to the server in words. Imports Qt and `app.ui` only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QSizePolicy, QVBoxLayout, QWidget

from app.texts import Texts
from app.ui.agenda.head import AgendaHead
from app.ui.agenda.panels import PanelArea
from app.ui.agenda.resume import ResumePanel
from app.ui.agenda.running import RunningPanel
from app.ui.agenda.view_model import AgendaViewModel, Waiting
from app.ui.agenda.waiting import WaitingPanel
from app.ui.messages import Messages, NoticeBar, Question
from app.ui.parts import label, resize_to_fit
from app.ui.quiet import Quiet
from app.ui.reading import chain
from app.ui.shortcuts import Shortcut, bind
from app.ui.theme import Theme
from app.ui.wording import Wording

SIZE = QSize(1120, 780)


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
        self._calendar: QWidget | None = None
        self._build(parts)
        self._wire()
        self._head.new.setFocus()

    # ---- building

    def _build(self, parts: MainParts) -> None:
        wording = Wording(parts.texts, lambda: parts.quiet.hides_names)
        shown = (parts.view_model, parts.quiet, parts.texts, wording, parts.theme)
        self._head = AgendaHead(*shown)
        self._waiting = WaitingPanel(*shown)
        self._panels = PanelArea(
            [
                NoticeBar(parts.messages, parts.texts, parts.theme, self),
                self._waiting,
                ResumePanel(parts.view_model, parts.texts, wording, self),
                RunningPanel(parts.view_model, parts.quiet, parts.texts, wording, self),
            ],
            [self._build_note(key) for key in parts.view_model.notes],
        )
        self._panels.laid_out.connect(self._keep_order)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self._head)
        self._column.addWidget(self._panels)

    def _build_note(self, key: str) -> QFrame:
        banner = QFrame()
        banner.setProperty("kind", "notice")
        row = QHBoxLayout(banner)
        row.setContentsMargins(14, 7, 14, 7)
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
        self._view_model.changed.connect(self._panels.fit)
        self._messages.told.connect(lambda _text: self._panels.show_top())
        self._view_model.arrived.connect(lambda _arrival: self._panels.show_top())

    def put_in(self, panels: Sequence[QWidget], calendar: QWidget) -> None:
        """What is built over this window: further panels below who waits, and the calendar below all."""
        self._panels.put_in(panels)
        calendar.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)  # what the panels leave
        self._column.addWidget(calendar, 1)
        self._calendar = calendar
        self._keep_order()

    def _keep_order(self) -> None:
        """Tab goes through the window as it is read, whoever came into it meanwhile."""
        last = chain(self._head.last, self._panels)
        if self._calendar is not None:
            chain(last, self._calendar)

    def offer(self, menu: QMenu) -> None:
        """What is done now and then."""
        self._head.offer(menu)

    def offer_check(self, check: Callable[[], object]) -> None:
        """Who waits leads to a short check of our own devices, too."""
        self._waiting.offer_check()
        self._waiting.check.connect(check)

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
