"""The conversation's window. Imports Qt and `app.ui` only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QHideEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from app.media.ports import DeviceCatalogue
from app.services.ports import SessionState
from app.texts import Texts
from app.ui.announce import announce
from app.ui.call.banners import UndoBanner, identity_banner
from app.ui.call.chat_panel import ChatPanel
from app.ui.call.device_panel import DevicePanel
from app.ui.call.stage import Stage
from app.ui.call.surface import PaintedSurface, Scaler
from app.ui.call.surface_choice import SurfaceMaker
from app.ui.call.switches import LevelMeter, Switch
from app.ui.call.view_model import CallViewModel
from app.ui.call.words_panel import WordsPanel
from app.ui.messages import Messages, NoticeBar
from app.ui.parts import button, label, set_rank
from app.ui.shortcuts import Shortcut, bind_button
from app.ui.theme import Theme
from app.ui.wording import Wording

_STATE_RANK = {
    SessionState.RUNNING: "good",
    SessionState.RECOVERING: "warn",
    SessionState.CLIENT_AWAY: "warn",
    SessionState.ENDING: "danger",
}
_PICTURELESS = (SessionState.WAITING_FOR_CLIENT, SessionState.CONNECTING, SessionState.CLIENT_AWAY, SessionState.ENDING, SessionState.OVER)


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
        wording = Wording(parts.texts)
        room = self._session.room
        self._heading = f"{wording.time(room.starts_at)} · {wording.heading(room)}"
        self.setWindowTitle(f"{self._texts('app.call.window')} – {self._texts('app.product')}")
        self.resize(QSize(1120, 720))
        self._build()
        self._wire()
        self._show_everything()

    # ---- building

    def _build(self) -> None:
        parts, texts = self._parts, self._texts
        self.remote = parts.make_surface(self._session.remote_picture)
        self._stage = Stage(
            self.remote,
            PaintedSurface(self._session.own_picture, parts.make_scaler(), mirrored=True),
            texts("app.call.remote"),
            texts("app.call.own"),
        )
        self._identity = identity_banner(texts)
        self._undo = UndoBanner(texts)
        self._build_switches()
        self._build_side()
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.addWidget(self._stage)
        split.addWidget(self._side)
        split.setStretchFactor(0, 1)
        split.setSizes([760, 340])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._build_head())
        column.addWidget(split, 1)
        column.addWidget(self._build_bar())

    def _build_head(self) -> QFrame:
        self._state = label()
        self._state.setProperty("size", "large")
        self._client_media = label(rank="warn")
        self._client_media.setWordWrap(False)
        self._client_media.hide()
        self._others = button(self._texts("app.call.others"), "quiet")
        self._others.hide()
        self._help = button(self._texts("app.help"), "quiet")
        row = QHBoxLayout()
        row.setSpacing(10)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._state)
        words.addWidget(label(self._heading, "muted"))
        row.addLayout(words, 1)
        row.addWidget(self._client_media)
        row.addWidget(self._others)
        row.addWidget(self._help)
        head = QFrame()
        head.setProperty("kind", "head")
        column = QVBoxLayout(head)
        column.setContentsMargins(20, 10, 20, 10)
        column.setSpacing(8)
        column.addLayout(row)
        for banner in (NoticeBar(self._parts.messages, self._texts, self._parts.theme, self), self._undo, self._identity):
            column.addWidget(banner)
        return head

    def _build_switches(self) -> None:
        texts, theme = self._texts, self._parts.theme
        self._microphone = Switch(texts("app.switch.microphone"), ("microphone", "microphone-off"), theme, "device")
        self._camera = Switch(texts("app.switch.camera"), ("camera", "camera-off"), theme, "device")
        self._devices_switch = Switch(texts("app.switch.devices"), ("devices", "devices"), theme, "panel")
        self._words_switch = Switch(texts("app.switch.words"), ("words", "words"), theme, "panel")
        self._chat_switch = Switch(texts("app.switch.chat"), ("chat", "chat"), theme, "panel")
        self._send_back = Switch(texts("app.switch.send-back"), ("send-back", "send-back"), theme)
        self._end = Switch(texts("app.switch.end"), ("end", "end"), theme, "end")
        self._meter = LevelMeter(texts("app.call.level"), theme)

    def _build_side(self) -> None:
        self._words = WordsPanel(self._texts)
        self._chat = ChatPanel(self._texts, self._parts.theme)
        self._devices = DevicePanel(self._parts.catalogue, self._view_model.choice, self._texts, self._parts.offer_default)
        self._side = QStackedWidget()
        self._side.setProperty("kind", "side")
        self._side.setMinimumWidth(290)
        self._panels = {self._words_switch: self._words, self._chat_switch: self._chat, self._devices_switch: self._devices}
        self._pages = {switch: self._side.addWidget(_scrolled(panel)) for switch, panel in self._panels.items()}

    def _build_bar(self) -> QFrame:
        bar = QFrame()
        bar.setProperty("kind", "bar")
        row = QHBoxLayout(bar)
        row.setContentsMargins(16, 8, 16, 8)
        row.setSpacing(4)
        for widget in (self._microphone, self._meter, self._camera, self._devices_switch):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self._words_switch)
        row.addWidget(self._chat_switch)
        row.addStretch(1)
        row.addWidget(self._send_back)
        row.addWidget(self._end)
        return bar

    def _wire(self) -> None:
        model = self._view_model
        self._bind_keys()
        self._microphone.clicked.connect(model.toggle_microphone)
        self._camera.clicked.connect(model.toggle_camera)
        for switch in self._panels:
            switch.clicked.connect(lambda _on, switch=switch: self.show_panel(switch if switch.isChecked() else None))
        self._send_back.clicked.connect(self._session.send_back)
        self._end.clicked.connect(self._session.end)
        self._undo.pressed.connect(self._session.undo_end)
        self._identity.pressed.connect(model.confirm_identity)
        self._chat.said.connect(self._session.say)
        self._chat.unread_changed.connect(self._show_unread)
        self._devices.chosen.connect(model.choose)
        self._others.clicked.connect(self.to_waiting_room)
        self._help.clicked.connect(self.help_wanted)
        model.state_changed.connect(self._show_state)
        model.chat_changed.connect(lambda: self._chat.show_lines(self._session.chat))
        model.words_changed.connect(lambda: self._words.show_words(self._session.words))
        model.media_changed.connect(self._show_media)
        model.identity_changed.connect(self._show_identity)
        model.trouble.connect(self._parts.messages.tell)
        model.seconds_left.connect(self._undo.show_seconds)
        model.level.connect(self._meter.show_level)
        model.over.connect(self.close)

    def _bind_keys(self) -> None:
        for shortcut, pressed in (
            (Shortcut.MICROPHONE, self._microphone),
            (Shortcut.CAMERA, self._camera),
            (Shortcut.DEVICES, self._devices_switch),
            (Shortcut.WORDS, self._words_switch),
            (Shortcut.CHAT, self._chat_switch),
            (Shortcut.SEND_BACK, self._send_back),
            (Shortcut.END, self._end),
            (Shortcut.GO_ON, self._undo.button),
            (Shortcut.IDENTITY, self._identity.button),
            (Shortcut.HELP, self._help),
        ):
            bind_button(self, shortcut, pressed, self._texts)

    # ---- showing

    def show_panel(self, switch: Switch | None) -> None:
        """Open the panel behind that switch, or none."""
        for one in self._panels:
            one.setChecked(one is switch)
        self._side.setVisible(switch is not None)
        if switch is None:
            return
        self._side.setCurrentIndex(self._pages[switch])
        panel = self._panels[switch]
        if isinstance(panel, (ChatPanel, DevicePanel)):
            panel.opened()

    def show_others(self, waiting: int) -> None:
        """Say silently that somebody else waits."""
        appeared = waiting > 0 and self._others.isHidden()
        self._others.setVisible(waiting > 0)
        if appeared:
            announce(self._others, self._others.text())

    def _show_everything(self) -> None:
        self._show_state()
        self._show_media()
        self._show_identity()
        self._words.show_words(self._session.words)
        self._chat.show_lines(self._session.chat)
        self.show_panel(self._words_switch)
        self._microphone.setFocus()

    def _show_state(self) -> None:
        state = self._session.state
        text = self._texts(f"app.call.state.{state.value}")
        changed = bool(self._state.text()) and self._state.text() != text
        self._state.setText(text)
        set_rank(self._state, _STATE_RANK.get(state, ""))
        ending = state in (SessionState.ENDING, SessionState.OVER)
        for widget in (self._microphone, self._camera, self._send_back, self._end):
            widget.setEnabled(not ending)
        self._undo.setVisible(state is SessionState.ENDING)
        self._show_media()
        self._show_identity()
        if state is SessionState.ENDING:
            self._undo.button.setFocus()
        if changed:
            announce(self._state, text, urgent=state is SessionState.ENDING)

    def _show_media(self) -> None:
        own, theirs, state = self._session.own_media, self._session.remote_media, self._session.state
        self._microphone.setChecked(own.microphone)
        self._camera.setChecked(own.camera)
        if state in _PICTURELESS:
            self._stage.show_remote(self._texts(f"app.call.stage.{state.value}"))
        else:
            self._stage.show_remote("" if theirs.camera else self._texts("app.call.stage.camera-off"))
        self._stage.show_own(own.camera and state not in (SessionState.ENDING, SessionState.OVER))
        silent = not theirs.microphone and state is SessionState.RUNNING
        if silent and self._client_media.isHidden():
            announce(self._client_media, self._texts("app.call.client-muted"))
        self._client_media.setText(self._texts("app.call.client-muted") if silent else "")
        self._client_media.setVisible(silent)

    def _show_identity(self) -> None:
        ending = self._session.state in (SessionState.ENDING, SessionState.OVER)
        self._identity.setVisible(not self._session.identity_checked and not ending)

    def _show_unread(self, count: int) -> None:
        name = self._texts("app.switch.chat")
        self._chat_switch.setText(f"{name} ({count})" if count else name)
        self._chat_switch.setAccessibleDescription(self._texts("app.chat.unread", count=count) if count else "")

    def end_now(self) -> None:
        """Without the 10 s: the program closes."""
        self._session.end_now()

    # ---- Qt's calls

    def showEvent(self, event: QShowEvent) -> None:
        self._view_model.watch_level(True)
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self._view_model.watch_level(False)
        super().hideEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """The first closing ends the session and offers to take it back, a second one ends it for good."""
        if self._view_model.is_over:
            self._view_model.close()
            event.accept()
            self.gone.emit()
            return
        event.ignore()
        if self._view_model.ending:
            self._session.end_now()
        else:
            self._session.end()


def _scrolled(panel: QWidget) -> QWidget:
    """A panel that can be read whole on low screens too; the chat scrolls by itself."""
    if isinstance(panel, ChatPanel):
        return panel
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(panel)
    return area
