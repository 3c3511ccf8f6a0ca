"""The bar of switches at the foot of the conversation. Imports Qt and `app.ui` only."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from app.services.ports import RemoteMedia
from app.texts import Texts
from app.ui.call.side import Panel
from app.ui.call.switches import LevelMeter, Switch
from app.ui.shortcuts import Shortcut, bind_button
from app.ui.theme import Theme


class CallBar(QFrame):
    """Every switch has its own signal where it has one (`clicked`); panels are told by `panel_wanted`."""

    panel_wanted = Signal(object)
    """A `Panel`, or None to close the one that is open."""

    def __init__(self, texts: Texts, theme: Theme) -> None:
        super().__init__()
        self.setProperty("kind", "bar")
        self._texts = texts
        self.microphone = Switch(texts("app.switch.microphone"), ("microphone", "microphone-off"), theme, "device")
        self.camera = Switch(texts("app.switch.camera"), ("camera", "camera-off"), theme, "device")
        self.panels = {
            Panel.DEVICES: Switch(texts("app.switch.devices"), ("devices", "devices"), theme, "panel"),
            Panel.WORDS: Switch(texts("app.switch.words"), ("words", "words"), theme, "panel"),
            Panel.CHAT: Switch(texts("app.switch.chat"), ("chat", "chat"), theme, "panel"),
        }
        self.send_back = Switch(texts("app.switch.send-back"), ("send-back", "send-back"), theme)
        self.end = Switch(texts("app.switch.end"), ("end", "end"), theme, "end")
        self.meter = LevelMeter(texts("app.call.level"), theme)
        for panel, switch in self.panels.items():
            switch.clicked.connect(lambda on, panel=panel: self.panel_wanted.emit(panel if on else None))
        self._lay_out()

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 16, 8)
        row.setSpacing(4)
        for widget in (self.microphone, self.meter, self.camera, self.panels[Panel.DEVICES]):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self.panels[Panel.WORDS])
        row.addWidget(self.panels[Panel.CHAT])
        row.addStretch(1)
        row.addWidget(self.send_back)
        row.addWidget(self.end)

    def bind_keys(self, window: QWidget) -> None:
        """Let the shortcuts press the switches while `window` is active."""
        for shortcut, switch in (
            (Shortcut.MICROPHONE, self.microphone),
            (Shortcut.CAMERA, self.camera),
            (Shortcut.DEVICES, self.panels[Panel.DEVICES]),
            (Shortcut.WORDS, self.panels[Panel.WORDS]),
            (Shortcut.CHAT, self.panels[Panel.CHAT]),
            (Shortcut.SEND_BACK, self.send_back),
            (Shortcut.END, self.end),
        ):
            bind_button(window, shortcut, switch, self._texts)

    def show_own(self, media: RemoteMedia) -> None:
        """What of ours is on."""
        self.microphone.setChecked(media.microphone)
        self.camera.setChecked(media.camera)

    def show_panel(self, panel: Panel | None) -> None:
        """Which panel is open."""
        for one, switch in self.panels.items():
            switch.setChecked(one is panel)

    def show_unread(self, count: int) -> None:
        """How many chat lines nobody has seen."""
        name, switch = self._texts("app.switch.chat"), self.panels[Panel.CHAT]
        switch.setText(f"{name} ({count})" if count else name)
        switch.setAccessibleDescription(self._texts("app.chat.unread", count=count) if count else "")

    def allow(self, talking: bool) -> None:
        """Once the end was pressed there is nothing to switch."""
        for switch in (self.microphone, self.camera, self.send_back, self.end):
            switch.setEnabled(talking)
