"""The conversation's window. Imports Qt and `app.ui` only."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QHideEvent, QShowEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from app.services.ports import SessionState
from app.ui.announce import announce
from app.ui.call.bar import CallBar
from app.ui.call.head import CallHead
from app.ui.call.mini import MiniWindow
from app.ui.call.more_menu import MoreMenu
from app.ui.call.panels import panel_makers
from app.ui.call.parts import CallParts
from app.ui.call.screen_view import ScreenView
from app.ui.call.self_view import Corner
from app.ui.call.shapes import Shapes
from app.ui.call.sharing import Sharing
from app.ui.call.side import Panel, Side
from app.ui.call.stage import Stage
from app.ui.call.surface import PaintedSurface
from app.ui.call.view_model import CallViewModel, Parting
from app.ui.messages import NoticeBar, Question
from app.ui.parts import resize_to_fit
from app.ui.quiet import Quiet
from app.ui.shortcuts import Shortcut, bind_button
from app.ui.wording import Wording

_ENDED = (SessionState.ENDING, SessionState.OVER)


class CallWindow(QWidget):
    """One for each session; closes by itself when the session is over."""

    to_waiting_room = Signal()
    """Somebody else waits and the person wants to see who."""
    help_wanted = Signal()
    corner_chosen = Signal(Corner)
    """Where the own picture stands from now on."""
    gone = Signal()
    """The window was closed for good."""

    def __init__(self, view_model: CallViewModel, parts: CallParts, quiet: Quiet, corner: Corner) -> None:
        super().__init__()
        self.setObjectName("window")
        self._view_model = view_model
        self._session = view_model.session
        self._parts = parts
        self._quiet = quiet
        self._texts = parts.texts
        self._unread = 0
        self._check: Callable[[], object] | None = None
        self._shapes = Shapes(self, self._make_mini)
        self.setWindowTitle(f"{self._texts('app.call.window')} – {self._texts('app.product')}")
        resize_to_fit(self, QSize(1120, 720))
        self._build()
        self._stage.put_own(corner)
        self._wire()
        self._show_state()
        self._bar.microphone.setFocus()
        QTimer.singleShot(0, self, self._open_first_panel)

    # ---- building

    def _build(self) -> None:
        parts, texts, session = self._parts, self._texts, self._session
        self.remote = parts.make_surface(session.remote_picture)
        own = PaintedSurface(session.own_picture, parts.make_scaler(), mirrored=True)
        self._stage = Stage(self.remote, own, self._make_screen, texts, parts.theme)
        self._head = CallHead(session, self._heading(), NoticeBar(parts.messages, texts, parts.theme, self), texts)
        self._bar = CallBar(texts, parts.theme, parts.features)
        self._menu = MoreMenu(self, texts, parts.theme)
        self._bar.set_menu(self._menu)
        self._sharing = Sharing(session, texts, parts.messages, parts.make_screens, parts.make_scaler)
        self._side = Side(panel_makers(self._view_model, parts, lambda: self._check), texts, parts.theme)
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

    def _heading(self) -> Callable[[], str]:
        wording = Wording(self._texts, lambda: self._quiet.hides_names)
        return lambda: f"{wording.time(self._session.room.starts_at)} · {wording.heading(self._session.room)}"

    def _make_screen(self) -> ScreenView:
        screen = ScreenView(self._session.remote_screen, self._parts.make_scaler(), self._texts, self._parts.theme)
        screen.bind_keys(self)
        return screen

    def _make_mini(self) -> MiniWindow:
        texts, model = self._texts, self._view_model
        mini = MiniWindow(PaintedSurface(self._session.remote_picture, self._parts.make_scaler()), texts, self._parts.theme)
        mini.show_media(self._session.own_media, self._hint())
        mini.show_words(self._session.words.state)
        mini.words.pressed.connect(self._leave_mini_for_words)
        mini.microphone.toggled.connect(model.set_microphone)
        mini.pause.toggled.connect(model.set_pause)
        return mini

    # ---- wiring

    def _wire(self) -> None:
        self._wire_bar()
        self._wire_menu()
        self._wire_head()
        model, stage = self._view_model, self._stage
        stage.corner_chosen.connect(self.corner_chosen)
        stage.pause_over.connect(lambda: model.set_pause(False))
        self._side.close_wanted.connect(lambda: self._open_panel(None))
        model.words_changed.connect(self._show_words)
        model.nothing_comes.connect(self._head.show_nothing_comes)
        self._sharing.changed.connect(self._show_sharing)
        model.state_changed.connect(self._show_state)
        model.media_changed.connect(self._show_media)
        model.client_said.connect(self._hear)
        model.level.connect(self._bar.meter.show_level)
        model.speaking.connect(stage.show_speaking)
        model.over.connect(self.close)
        self._shapes.full_screen_changed.connect(self._head.show_compact)

    def _wire_bar(self) -> None:
        bar, model = self._bar, self._view_model
        bar.bind_keys(self)
        bar.microphone.toggled.connect(model.set_microphone)
        bar.camera.toggled.connect(model.set_camera)
        bar.share.toggled.connect(self._share)
        bar.pause.toggled.connect(model.set_pause)
        bar.chat.toggled.connect(self._open_chat)
        bar.end.clicked.connect(self._session.end)

    def _wire_menu(self) -> None:
        menu, model = self._menu, self._view_model
        menu.words.triggered.connect(lambda: self._toggle_panel(Panel.WORDS))
        menu.devices.triggered.connect(lambda: self._toggle_panel(Panel.DEVICES))
        menu.headphones.triggered.connect(model.say_headphones)
        menu.headphones.setChecked(model.choice.headphones)
        model.choice_changed.connect(lambda choice: menu.headphones.setChecked(choice.headphones))
        menu.mini.triggered.connect(self._shapes.show_mini)
        menu.full_screen.triggered.connect(self._shapes.toggle_full_screen)
        menu.by_phone.triggered.connect(self._ask_by_phone)
        menu.send_back.triggered.connect(model.send_back)
        menu.help.triggered.connect(self.help_wanted)

    def _wire_head(self) -> None:
        head, model = self._head, self._view_model
        bind_button(self, Shortcut.GO_ON, head.undo.button, self._texts)
        bind_button(self, Shortcut.IDENTITY, head.identity.button, self._texts)
        head.undo.pressed.connect(model.undo_end)
        head.identity.pressed.connect(model.confirm_identity)
        head.sharing.pressed.connect(self._sharing.stop)
        head.verdict.camera_off_wanted.connect(lambda: self._session.set_camera(False))
        head.verdict.by_phone_wanted.connect(self._ask_by_phone)
        head.trouble.pressed.connect(lambda: self._open_panel(Panel.DEVICES))
        head.words.pressed.connect(lambda: self._open_panel(Panel.WORDS))
        head.nothing_comes.pressed.connect(self._ask_by_phone)
        head.others_wanted.connect(self.to_waiting_room)
        model.identity_changed.connect(head.show_identity)
        model.verdict_changed.connect(head.show_verdict)
        model.trouble.connect(head.trouble.tell)
        model.seconds_left.connect(head.undo.show_seconds)
        self._quiet.changed.connect(head.show_title)

    # ---- showing

    def bring_up(self) -> None:
        """To the front, large."""
        self._shapes.show_large()
        self.show()
        self.raise_()
        self.activateWindow()

    def offer_check(self, check: Callable[[QWidget], object]) -> None:
        """The device panel leads to the device check, above this window."""
        self._check = lambda: check(self)

    def show_others(self, waiting: int) -> None:
        """How many wait besides: said silently."""
        self._head.show_others(waiting)

    @property
    def parting(self) -> Parting:
        """How it ended; of use when the window has gone."""
        return self._view_model.parting

    def end_now(self) -> None:
        """Without the 10 s: the program closes."""
        self._session.end_now()

    def _toggle_panel(self, panel: Panel) -> None:
        self._open_panel(None if self._side.shows(panel) else panel)

    def _open_panel(self, panel: Panel | None) -> None:
        self._side.open(panel)
        self._show_words()
        self._bar.show_chat(panel is Panel.CHAT)
        if panel is Panel.CHAT:
            self._unread = 0
            self._bar.show_unread(0)

    def _open_chat(self, on: bool) -> None:
        if on is not self._side.shows(Panel.CHAT):
            self._open_panel(Panel.CHAT if on else None)

    def _share(self, on: bool) -> None:
        if on is not self._session.own_media.screen:
            self._sharing.toggle(self)
            self._show_media()  # until something was chosen, nothing is shown

    def _open_first_panel(self) -> None:
        """In a turn of its own, so that the pictures stand first; unless the person was quicker."""
        if self._side.is_empty:
            self._open_panel(Panel.WORDS)

    def _show_state(self) -> None:
        if self._session.state in _ENDED:
            self._shapes.show_large()  # where the end can be taken back
        self._head.show_state()
        self._show_words()
        self._menu.allow(self._session.state not in _ENDED)
        self._show_media()

    def _show_words(self) -> None:
        self._head.show_words(self._side.shows(Panel.WORDS))
        if self._shapes.mini is not None:
            self._shapes.mini.show_words(self._session.words.state)

    def _show_media(self) -> None:
        own, theirs, talking = self._session.own_media, self._session.remote_media, self._session.state not in _ENDED
        self._bar.show_own(own, talking)
        self._head.show_client_media()
        self._head.show_verdict()
        self._stage.show_own(own.camera and talking)
        self._stage.show_pause(own.paused and talking)
        self._show_their_screen(theirs.screen and not self._view_model.is_apart)
        hint = self._hint()
        self._stage.show_remote(hint)
        if self._shapes.mini is not None:
            self._shapes.mini.show_media(own, hint)
        self._sharing.follow()

    def _show_their_screen(self, on: bool) -> None:
        if on and not self._stage.shows_screen:
            announce(self._stage, self._texts("app.call.screen.begins"))
        self._stage.show_screen(on)

    def _hint(self) -> str:
        """What stands in place of the client's picture; empty where the picture is."""
        key = self._view_model.hint
        return self._texts(key) if key else ""

    def _show_sharing(self) -> None:
        on = self._session.own_media.screen
        self._head.show_sharing(self._sharing.shown)
        self._stage.show_showing(on)
        self._quiet.set_sharing(on)

    def _hear(self, text: str) -> None:
        announce(self, self._texts("app.chat.new", text=text))
        if not self._side.shows(Panel.CHAT):
            self._unread += 1
            self._bar.show_unread(self._unread)

    def _leave_mini_for_words(self) -> None:
        self._shapes.show_large()
        self._open_panel(Panel.WORDS)

    def _ask_by_phone(self) -> None:
        """An iPhone loses sound and picture to a call, so the video ends first."""
        self._parts.messages.ask(self, Question("app.by-phone."), self._view_model.go_on_by_phone)

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
        self._quiet.set_sharing(False)
        self._shapes.close()
        self._view_model.close()
        event.accept()
        self.gone.emit()
