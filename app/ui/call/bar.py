"""The bar of switches at the foot of the conversation: the few that are needed all the time. Imports Qt and `app.ui` only."""

from __future__ import annotations

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QWidget

from app.domain.features import EVERY, Feature
from app.services.ports import RemoteMedia
from app.texts import Texts
from app.ui.call.switches import LevelMeter, Switch
from app.ui.shortcuts import Shortcut, bind_button
from app.ui.theme import Theme


class CallBar(QFrame):
    """Every switch has its own signal (`toggled`, or `clicked` where it only acts); the menu is the caller's."""

    def __init__(self, texts: Texts, theme: Theme, features: frozenset[Feature] = EVERY) -> None:
        """What is not in `features` has no switch, and its keys do nothing."""
        super().__init__()
        self.setProperty("kind", "bar")
        self._texts = texts
        self.microphone = Switch(texts("app.switch.microphone"), ("microphone", "microphone-off"), theme, "device")
        self.camera = Switch(texts("app.switch.camera"), ("camera", "camera-off"), theme, "device")
        self.share = Switch(texts("app.switch.share"), ("screen-stop", "screen"), theme, "showing")
        self.pause = Switch(texts("app.switch.pause"), ("play", "pause"), theme, "panel")
        self.chat = Switch(texts("app.switch.chat"), ("chat", "chat"), theme, "panel")
        self.more = Switch(texts("app.switch.more"), ("more", "more"), theme)
        self.end = Switch(texts("app.switch.end"), ("end", "end"), theme, "end")
        self.meter = LevelMeter(texts("app.call.level"), theme)
        self._lay_out()
        for switch, feature in ((self.chat, Feature.CHAT), (self.share, Feature.SCREEN)):
            if feature not in features:
                switch.hide()

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 16, 8)
        row.setSpacing(4)
        for widget in (self.microphone, self.meter, self.camera):
            row.addWidget(widget)
        row.addStretch(1)
        for widget in (self.share, self.pause, self.chat, self.more):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self.end)

    def set_menu(self, menu: QMenu) -> None:
        """What "Mehr" opens, above itself. (A tool button's own menu would stop the program until it is closed.)"""

        def open_menu() -> None:
            size = menu.sizeHint()
            menu.popup(self.more.mapToGlobal(QPoint((self.more.width() - size.width()) // 2, -size.height())))

        self.more.clicked.connect(open_menu)

    def bind_keys(self, window: QWidget) -> None:
        """Let the shortcuts press the switches while `window` is active."""
        for shortcut, switch in (
            (Shortcut.MICROPHONE, self.microphone),
            (Shortcut.CAMERA, self.camera),
            (Shortcut.SHARE, self.share),
            (Shortcut.PAUSE, self.pause),
            (Shortcut.CHAT, self.chat),
            (Shortcut.MORE, self.more),
            (Shortcut.END, self.end),
        ):
            bind_button(window, shortcut, switch, self._texts)

    def show_own(self, media: RemoteMedia, talking: bool) -> None:
        """What of ours is on. In a pause there is nothing to switch but its end; once the end was pressed, nothing at all."""
        for switch, on in (
            (self.microphone, media.microphone),
            (self.camera, media.camera),
            (self.share, media.screen),
            (self.pause, media.paused),
        ):
            switch.setChecked(on)
            switch.setEnabled(talking and (switch is self.pause or not media.paused))
        self.end.setEnabled(talking)

    def show_chat(self, is_open: bool) -> None:
        """Whether the chat is open."""
        self.chat.setChecked(is_open)

    def show_unread(self, count: int) -> None:
        """How many chat lines nobody has seen."""
        name = self._texts("app.switch.chat")
        self.chat.setText(f"{name} ({count})" if count else name)
        self.chat.setAccessibleDescription(self._texts("app.chat.unread", count=count) if count else "")
