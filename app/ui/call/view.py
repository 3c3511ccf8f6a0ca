"""The conversation's window. Imports Qt and `app.ui` only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QHideEvent, QShowEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from app.media.ports import DeviceCatalogue
from app.services.ports import SessionState
from app.texts import Texts
from app.ui.announce import announce
from app.ui.call.bar import CallBar
from app.ui.call.chat_panel import ChatPanel
from app.ui.call.device_panel import DevicePanel
from app.ui.call.head import CallHead
from app.ui.call.side import Panel, Side
from app.ui.call.stage import Stage
from app.ui.call.surface import PaintedSurface, Scaler
from app.ui.call.surface_choice import SurfaceMaker
from app.ui.call.view_model import CallViewModel
from app.ui.call.words_panel import WordsPanel
from app.ui.messages import Messages, NoticeBar
from app.ui.shortcuts import Shortcut, bind_button
from app.ui.theme import Theme
from app.ui.wording import Wording

_WITHOUT_PICTURE = (
    SessionState.WAITING_FOR_CLIENT,
    SessionState.CONNECTING,
    SessionState.CLIENT_AWAY,
    SessionState.ENDING,
    SessionState.OVER,
)
_ENDED = (SessionState.ENDING, SessionState.OVER)


@dataclass(frozen=True, slots=True)
class CallParts:
    """What every conversation's window needs from the program."""

    texts: Texts
    theme: Theme
    messages: Messages
    catalogue: DeviceCatalogue
    make_scaler: Callable[[], Scaler]
    make_surface: SurfaceMaker
    offer_default: bool = True
    """Whether "Standard des Systems" is among the devices; simulated ones have no such thing."""


class CallWindow(QWidget):
    """One for each session; closes by itself when the session is over."""

    to_waiting_room = Signal()
    """Somebody else waits and the person wants to see who."""
    help_wanted = Signal()
    gone = Signal()
    """The window was closed for good."""

    def __init__(self, view_model: CallViewModel, parts: CallParts) -> None:
        super().__init__()
        self.setObjectName("window")
        self._view_model = view_model
        self._session = view_model.session
        self._parts = parts
        self._texts = parts.texts
        self._unread = 0
        self.setWindowTitle(f"{self._texts('app.call.window')} – {self._texts('app.product')}")
        self.resize(QSize(1120, 720))
        self._build()
        self._wire()
        self._show_state()
        self._bar.show_panel(Panel.WORDS)
        self._bar.microphone.setFocus()
        QTimer.singleShot(0, self, self._open_first_panel)

    # ---- building

    def _build(self) -> None:
        parts, texts = self._parts, self._texts
        self.remote = parts.make_surface(self._session.remote_picture)
        own = PaintedSurface(self._session.own_picture, parts.make_scaler(), mirrored=True)
        self._stage = Stage(self.remote, own, texts("app.call.remote"), texts("app.call.own"))
        wording, room = Wording(texts), self._session.room
        heading = f"{wording.time(room.starts_at)} · {wording.heading(room)}"
        self._head = CallHead(self._session, heading, NoticeBar(parts.messages, texts, parts.theme, self), texts)
        self._bar = CallBar(texts, parts.theme)
        self._side = Side({Panel.WORDS: self._make_words, Panel.CHAT: self._make_chat, Panel.DEVICES: self._make_devices})
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.addWidget(self._stage)
        split.addWidget(self._side)
        split.setStretchFactor(0, 1)
        split.setSizes([760, 340])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head)
        column.addWidget(split, 1)
        column.addWidget(self._bar)

    def _make_words(self) -> WordsPanel:
        panel = WordsPanel(self._texts)
        panel.show_words(self._session.words)
        self._view_model.words_changed.connect(lambda: panel.show_words(self._session.words))
        return panel

    def _make_chat(self) -> ChatPanel:
        panel = ChatPanel(self._texts, self._parts.theme)
        panel.show_lines(self._session.chat)
        panel.said.connect(self._session.say)
        self._view_model.chat_changed.connect(lambda: panel.show_lines(self._session.chat))
        return panel

    def _make_devices(self) -> DevicePanel:
        panel = DevicePanel(self._parts.catalogue, self._view_model.choice, self._texts, self._parts.offer_default)
        panel.chosen.connect(self._view_model.choose)
        return panel

    def _wire(self) -> None:
        model, head, bar, session = self._view_model, self._head, self._bar, self._session
        bar.bind_keys(self)
        bind_button(self, Shortcut.GO_ON, head.undo.button, self._texts)
        bind_button(self, Shortcut.IDENTITY, head.identity.button, self._texts)
        bind_button(self, Shortcut.HELP, head.help, self._texts)
        bar.microphone.clicked.connect(model.toggle_microphone)
        bar.camera.clicked.connect(model.toggle_camera)
        bar.panel_wanted.connect(self._open_panel)
        bar.send_back.clicked.connect(model.send_back)
        bar.end.clicked.connect(session.end)
        head.undo.pressed.connect(session.undo_end)
        head.identity.pressed.connect(model.confirm_identity)
        head.others_wanted.connect(self.to_waiting_room)
        head.help_wanted.connect(self.help_wanted)
        model.state_changed.connect(self._show_state)
        model.media_changed.connect(self._show_media)
        model.identity_changed.connect(head.show_identity)
        model.client_said.connect(self._hear)
        model.trouble.connect(self._parts.messages.tell)
        model.seconds_left.connect(head.undo.show_seconds)
        model.level.connect(bar.meter.show_level)
        model.over.connect(self.close)

    # ---- showing

    def show_others(self, waiting: int) -> None:
        """How many wait besides: said silently."""
        self._head.show_others(waiting)

    @property
    def last_words(self) -> str:
        """Catalogue key of what is told when the window has gone."""
        return "app.call.sent-back" if self._view_model.sent_back else "app.call.ended"

    def end_now(self) -> None:
        """Without the 10 s: the program closes."""
        self._session.end_now()

    def _open_panel(self, panel: Panel | None) -> None:
        self._bar.show_panel(panel)
        self._side.open(panel)
        if panel is Panel.CHAT:
            self._unread = 0
            self._bar.show_unread(0)

    def _open_first_panel(self) -> None:
        """In a turn of its own, so that the pictures stand first; unless the person was quicker."""
        if self._side.is_empty:
            self._open_panel(Panel.WORDS)

    def _show_state(self) -> None:
        self._head.show_state()
        self._bar.allow(self._session.state not in _ENDED)
        self._show_media()

    def _show_media(self) -> None:
        own, theirs, state = self._session.own_media, self._session.remote_media, self._session.state
        self._bar.show_own(own)
        self._head.show_client_media()
        self._stage.show_own(own.camera and state not in _ENDED)
        if state in _WITHOUT_PICTURE:
            self._stage.show_remote(self._texts(f"app.call.stage.{state.value}"))
        else:
            self._stage.show_remote("" if theirs.camera else self._texts("app.call.stage.camera-off"))

    def _hear(self, text: str) -> None:
        announce(self, self._texts("app.chat.new", text=text))
        if not self._side.shows(Panel.CHAT):
            self._unread += 1
            self._bar.show_unread(self._unread)

    # ---- Qt's calls

    def showEvent(self, event: QShowEvent) -> None:
        self._view_model.watch_level(True)
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self._view_model.watch_level(False)
        super().hideEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """The first closing ends the session and offers to take it back, a second one ends it for good."""
        if self._view_model.ending:
            self._session.end_now()
        elif not self._view_model.is_over:
            self._session.end()
        if not self._view_model.is_over:
            event.ignore()
            return
        self._view_model.close()
        event.accept()
        self.gone.emit()
