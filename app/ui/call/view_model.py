"""One conversation as its window shows it: turns the session's events into Qt signals. Imports Qt and the ports only."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal

from app.media.ports import DeviceChoice, DeviceKind, DeviceTrouble
from app.services.ports import ChatLine, Session, SessionState

UNDO_SECONDS = 10
"""How long the end can be taken back (`Session.end`); the count is for the eye, the session decides."""
LEVEL_MS = 80
SPEAKS = 0.015
"""From that loudness on (`CallStats.remote_level`) the client counts as speaking …"""
NOTHING_COMES_S = 15
"""So long may a connection take before its window says that it does not come, and names the telephone."""
PAUSE_TICKS = 6
"""… until that many levels in a row were softer, so that no pause between words flickers."""


_UNCONNECTED = (SessionState.WAITING_FOR_CLIENT, SessionState.CONNECTING, SessionState.RECOVERING)


class Parting(enum.Enum):
    """How the counsellor left the conversation."""

    ENDED = "app.call.ended"
    """The value is the catalogue key of what the main window says then."""
    SENT_BACK = "app.call.sent-back"
    BY_PHONE = "app.call.by-phone"

    @property
    def for_good(self) -> bool:
        """The client does not wait again."""
        return self is not Parting.SENT_BACK


class CallViewModel(QObject):
    """Lives as long as its window; `close` ends its subscriptions. The session itself is public: the window reads its records."""

    state_changed = Signal()
    chat_changed = Signal()
    client_said = Signal(str)
    """Each line of the client once."""
    words_changed = Signal()
    media_changed = Signal()
    verdict_changed = Signal()
    identity_changed = Signal()
    choice_changed = Signal(DeviceChoice)
    trouble = Signal(DeviceKind, DeviceTrouble)
    seconds_left = Signal(int)
    """While the end can be taken back."""
    nothing_comes = Signal(bool)
    """The client is there, but no connection comes about; False when it came after all, or there is nobody to be connected with."""
    over = Signal()
    level = Signal(float)
    """Of the own microphone, 0 to 1, while it is on."""
    speaking = Signal(bool)
    """Whether the client is heard; told with each level."""

    def __init__(self, session: Session, choice: DeviceChoice) -> None:
        """`choice` is what the session captures from at its start."""
        super().__init__()
        self.session = session
        self.choice = choice
        self.parting = Parting.ENDED
        self._left = 0
        self._soft_ticks = PAUSE_TICKS
        self._heard = {line.id for line in session.chat}
        self._unsubscribe = [
            session.state_changed.subscribe(self._step),
            session.chat_changed.subscribe(self._hear),
            session.words_changed.subscribe(lambda _words: self.words_changed.emit()),
            session.remote_media_changed.subscribe(lambda _media: self.media_changed.emit()),
            session.own_media_changed.subscribe(lambda _media: self.media_changed.emit()),
            session.verdict_changed.subscribe(lambda _verdict: self.verdict_changed.emit()),
            session.identity_changed.subscribe(lambda _checked: self.identity_changed.emit()),
            session.trouble.subscribe(lambda told: self.trouble.emit(*told)),
        ]
        self._countdown = QTimer(self, interval=1000)
        self._countdown.timeout.connect(self._count)
        self._patience = QTimer(self, interval=NOTHING_COMES_S * 1000, singleShot=True)
        self._patience.timeout.connect(lambda: self.nothing_comes.emit(True))
        self._await_connection(session.state)
        self._levels = QTimer(self, interval=LEVEL_MS)
        self._levels.timeout.connect(self._look_at_levels)

    @property
    def ending(self) -> bool:
        return self.session.state is SessionState.ENDING

    @property
    def is_over(self) -> bool:
        return self.session.state is SessionState.OVER

    @property
    def is_apart(self) -> bool:
        """True while nothing of the client can be seen: not connected yet, away, over."""
        return self.session.state not in (SessionState.RUNNING, SessionState.RECOVERING)

    @property
    def hint(self) -> str:
        """Catalogue key of what stands in place of the client's picture; empty where the picture is."""
        if self.is_apart:
            return f"app.call.stage.{self.session.state.value}"
        if self.session.remote_media.paused:
            return "app.call.stage.client-paused"
        return "" if self.session.remote_media.camera else "app.call.stage.camera-off"

    def watch_level(self, on: bool) -> None:
        """Levels are read only while somebody sees them."""
        if on:
            self._levels.start()
        else:
            self._levels.stop()

    def set_microphone(self, on: bool) -> None:
        if on is not self.session.own_media.microphone:
            self.session.set_microphone(on)

    def set_camera(self, on: bool) -> None:
        if on is not self.session.own_media.camera:
            self.session.set_camera(on)

    def set_pause(self, on: bool) -> None:
        """Begin or end "Kurze Pause"."""
        if on is not self.session.own_media.paused:
            self.session.pause(on)

    def send_back(self) -> None:
        """The client waits again; this conversation is over."""
        self.parting = Parting.SENT_BACK
        self.session.send_back()

    def go_on_by_phone(self) -> None:
        """The client's page says that the counsellor phones; the media stop."""
        self.parting = Parting.BY_PHONE
        self.session.go_on_by_phone()

    def undo_end(self) -> None:
        """Go on after all."""
        self.parting = Parting.ENDED
        self.session.undo_end()

    def choose(self, choice: DeviceChoice) -> None:
        """Change devices in mid-conversation."""
        self.choice = choice
        self.session.choose_devices(choice)
        self.choice_changed.emit(choice)

    def say_headphones(self, on: bool) -> None:
        """The counsellor listens through headphones, or no longer."""
        if on is not self.choice.headphones:
            self.choose(replace(self.choice, headphones=on))

    def confirm_identity(self) -> None:
        """Stored nowhere; only the banner goes."""
        self.session.confirm_identity()

    def close(self) -> None:
        """No more signals."""
        self._countdown.stop()
        self._levels.stop()
        self._patience.stop()
        for unsubscribe in self._unsubscribe:
            unsubscribe()

    def _step(self, state: SessionState) -> None:
        if state is SessionState.ENDING:
            self._left = UNDO_SECONDS
            self.seconds_left.emit(self._left)
            self._countdown.start()
        else:
            self._countdown.stop()
        self._await_connection(state)
        self.state_changed.emit()
        if state is SessionState.OVER:
            self.over.emit()

    def _await_connection(self, state: SessionState) -> None:
        if state not in _UNCONNECTED:
            self._patience.stop()
            self.nothing_comes.emit(False)
        elif not self._patience.isActive():
            self._patience.start()

    def _hear(self, lines: Sequence[ChatLine]) -> None:
        self.chat_changed.emit()
        fresh = [line for line in lines if line.id not in self._heard]
        self._heard.update(line.id for line in fresh)
        for line in fresh:
            if not line.own:
                self.client_said.emit(line.text)

    def _count(self) -> None:
        self._left = max(0, self._left - 1)
        self.seconds_left.emit(self._left)

    def _look_at_levels(self) -> None:
        session = self.session
        self.level.emit(session.microphone_level() if session.own_media.microphone else 0.0)
        heard = session.state is SessionState.RUNNING and session.remote_media.microphone
        loud = heard and session.stats().remote_level >= SPEAKS
        self._soft_ticks = 0 if loud else self._soft_ticks + 1
        self.speaking.emit(self._soft_ticks < PAUSE_TICKS)
