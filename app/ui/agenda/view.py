"""The main window: today's appointments, who waits, the link to the server in words. Imports Qt and `app.ui` only."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHBoxLayout, QLabel, QListView, QStackedLayout, QVBoxLayout, QWidget

from app.services.ports import RoomEntry
from app.texts import Texts
from app.ui.agenda.head import AgendaHead
from app.ui.agenda.resume import ResumePanel
from app.ui.agenda.room_delegate import RoomDelegate
from app.ui.agenda.rooms_model import RoomsModel
from app.ui.agenda.view_model import AgendaViewModel, Waiting
from app.ui.agenda.waiting import WaitingPanel
from app.ui.messages import Messages, NoticeBar, Question
from app.ui.parts import button, label, resize_to_fit, scrolled
from app.ui.quiet import Quiet
from app.ui.shortcuts import Shortcut, bind, bind_button
from app.ui.theme import Theme
from app.ui.wording import Wording


class MainWindow(QWidget):
    """One for the program. What lies outside of it (dialogs, other windows) is asked for by signals."""

    new_wanted = Signal()
    invitation_wanted = Signal(object)
    """The `RoomEntry` whose link to show."""
    help_wanted = Signal()

    def __init__(
        self, view_model: AgendaViewModel, quiet: Quiet, texts: Texts, theme: Theme, messages: Messages, may_close: Callable[[], bool]
    ) -> None:
        """`may_close` is asked when the person closes the window; whoever says no asks the person and closes later."""
        super().__init__()
        self.setObjectName("window")
        self._view_model = view_model
        self._quiet = quiet
        self._texts = texts
        self._theme = theme
        self._messages = messages
        self._may_close = may_close
        self._wording = Wording(texts, lambda: quiet.hides_names)
        self.setWindowTitle(texts("app.product"))
        resize_to_fit(self, QSize(940, 700))
        self._build()
        self._wire()
        self._dress()
        self._show_rooms()
        self._head.new.setFocus()

    # ---- building

    def _build(self) -> None:
        self._head = AgendaHead(self._view_model, self._quiet, self._texts, self._wording, self._theme)
        self._waiting = WaitingPanel(self._view_model, self._quiet, self._texts, self._wording, self._theme)
        self._list = self._build_list()
        self._empty = self._build_empty()
        self._invitation = button(self._texts("app.agenda.invitation"), "")
        self._to_call = button(self._texts("app.agenda.to-call"), "")
        self._revoke = button(self._texts("app.agenda.revoke"), "quiet")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head)
        column.addWidget(scrolled(self._build_body()), 1)

    def _build_body(self) -> QWidget:
        whole = QWidget()
        body = QVBoxLayout(whole)
        body.setContentsMargins(24, 18, 24, 18)
        body.setSpacing(10)
        body.addWidget(NoticeBar(self._messages, self._texts, self._theme, self))
        body.addWidget(ResumePanel(self._view_model, self._texts, self._wording, self))
        for key in self._view_model.notes:
            body.addWidget(self._build_note(key))
        body.addWidget(self._waiting)
        body.addWidget(label(self._texts("app.agenda.heading"), "section"))
        self._pages = QStackedLayout()
        self._pages.addWidget(self._empty)
        self._pages.addWidget(self._list)
        body.addLayout(self._pages, 1)
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(self._invitation)
        row.addWidget(self._to_call)
        row.addStretch(1)
        row.addWidget(self._revoke)
        body.addLayout(row)
        return whole

    def _build_list(self) -> QListView:
        view = QListView(self)
        view.setAccessibleName(self._texts("app.agenda.list"))
        self._model = RoomsModel(self._view_model, self._wording, view)
        view.setModel(self._model)
        view.setItemDelegate(RoomDelegate(self._theme, view))
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.setUniformItemSizes(True)
        view.setTabKeyNavigation(False)
        return view

    def _build_empty(self) -> QFrame:
        empty = QFrame(self)
        empty.setProperty("kind", "card")
        self._empty_icon = QLabel()
        self._empty_icon.setAlignment(Qt.AlignmentFlag.AlignCenter)
        text = label(self._texts("app.agenda.empty"), "large")
        more = label(self._texts("app.agenda.empty.more"), "muted")
        column = QVBoxLayout(empty)
        column.setContentsMargins(32, 24, 32, 24)
        column.addStretch(1)
        for line in (self._empty_icon, text, more):
            line.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(line)
        column.addStretch(1)
        return empty

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
        bind_button(self, Shortcut.INVITATION, self._invitation, self._texts)
        bind_button(self, Shortcut.TO_CALL, self._to_call, self._texts)
        bind(self, Shortcut.ADMIT, self.admit_first)
        self._revoke.setToolTip(self._texts("app.agenda.revoke.more"))
        self._head.new.clicked.connect(self.new_wanted)
        self._head.help.clicked.connect(self.help_wanted)
        self._invitation.clicked.connect(self._show_invitation)
        self._to_call.clicked.connect(self._open_call)
        self._revoke.clicked.connect(self._ask_revoke)
        self._waiting.admit.connect(self._admit)
        self._waiting.remove.connect(self._ask_remove)
        self._list.activated.connect(self._activate)
        self._list.selectionModel().currentChanged.connect(self._show_buttons)
        self._view_model.changed.connect(self._show_rooms)
        self._quiet.changed.connect(self._show_rooms)
        self._view_model.refused.connect(self._messages.tell)
        self._theme.changed.connect(self._dress)

    # ---- showing

    @property
    def _selected(self) -> RoomEntry | None:
        return self._model.entry(self._list.currentIndex())

    def select(self, room: str) -> None:
        """Put the list's cursor on that appointment."""
        self._list.setCurrentIndex(self._model.index_of(room))

    def _show_rooms(self) -> None:
        self._pages.setCurrentWidget(self._list if self._view_model.rooms else self._empty)
        if self._view_model.rooms and not self._list.currentIndex().isValid():
            self._list.setCurrentIndex(self._model.index(0))
        self._show_buttons()

    def _show_buttons(self) -> None:
        entry = self._selected
        usable = entry is not None and not entry.over
        self._invitation.setEnabled(usable)
        self._revoke.setEnabled(usable)
        self._to_call.setEnabled(entry is not None and self._view_model.session(entry.room) is not None)
        for act in (self._invitation, self._to_call, self._revoke):
            act.setVisible(bool(self._view_model.rooms))
        self._list.viewport().update()

    def _dress(self) -> None:
        self._invitation.setIcon(self._theme.icon("link"))
        self._to_call.setIcon(self._theme.icon("camera"))
        self._empty_icon.setPixmap(self._theme.icon("person", "muted").pixmap(QSize(56, 56)))
        self._list.viewport().update()

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

    def _ask_revoke(self) -> None:
        entry = self._selected
        if entry is not None:
            question = Question("app.revoke.", ends_something=True)
            self._messages.ask(self, question, lambda: self._view_model.revoke(entry.room))

    def _show_invitation(self) -> None:
        if self._selected is not None:
            self.invitation_wanted.emit(self._selected)

    def _open_call(self) -> None:
        entry = self._selected
        session = self._view_model.session(entry.room) if entry is not None else None
        if session is not None:
            self._view_model.session_opened.emit(session)

    def _activate(self, index: QModelIndex) -> None:
        """Enter or double click on a row: what is most likely wanted."""
        entry = self._model.entry(index)
        if entry is None or entry.over:
            return
        first = next((w for w in self._view_model.waiting if w.room.room == entry.room), None)
        if self._view_model.session(entry.room) is not None:
            self._open_call()
        elif first is not None:
            self._admit(first)
        else:
            self.invitation_wanted.emit(entry)

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._may_close():
            event.accept()
        else:
            event.ignore()
