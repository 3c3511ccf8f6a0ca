"""A conversation without media or network. Imports the ports of `app.services` and `app.media` only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from app.domain.secrets import new_id
from app.media.ports import CallStats, DeviceChoice, DeviceKind, DeviceTrouble, FrameSlot, I420Frame
from app.services.clock import Cancellable, Clock
from app.services.events import Event
from app.services.ports import (
    ChatLine,
    Delivery,
    RemoteMedia,
    RoomEntry,
    SafetyWords,
    SessionState,
    WordsState,
)
from app.wire.talk import MAX_LINE_CHARS

UNDO_SECONDS = 10.0
EXAMPLE_WORDS = ("Apfel", "Brücke", "Wolke", "Zebra")


class FakeSession:
    """Keeps the `Session` contract; the test plays the client with the `client_…` and `line_…` methods."""

    def __init__(self, room: Callable[[], RoomEntry], clock: Clock, closed: Callable[[bool], None]) -> None:
        """`room` gives the newest entry; `closed` hears once that the session is over: True for the goodbye, False for being sent back."""
        self.state_changed: Event[SessionState] = Event()
        self.chat_changed: Event[Sequence[ChatLine]] = Event()
        self.words_changed: Event[SafetyWords] = Event()
        self.remote_media_changed: Event[RemoteMedia] = Event()
        self.own_media_changed: Event[RemoteMedia] = Event()
        self.identity_changed: Event[bool] = Event()
        self.trouble: Event[tuple[DeviceKind, DeviceTrouble]] = Event()
        self.devices = DeviceChoice()
        """What was chosen last."""
        self.level = 0.0
        self.call_stats = CallStats()
        self._room = room
        self._clock = clock
        self._closed = closed
        self._state = SessionState.WAITING_FOR_CLIENT
        self._before_end = SessionState.WAITING_FOR_CLIENT
        self._undo: Cancellable | None = None
        self._chat: tuple[ChatLine, ...] = ()
        self._words = SafetyWords(WordsState.NONE)
        self._remote_media = RemoteMedia()
        self._own_media = RemoteMedia()
        self._identity_checked = False
        self._remote_picture: FrameSlot[I420Frame] = FrameSlot()
        self._own_picture: FrameSlot[I420Frame] = FrameSlot()

    # ---- the port

    @property
    def room(self) -> RoomEntry:
        return self._room()

    @property
    def state(self) -> SessionState:
        return self._state

    @property
    def chat(self) -> Sequence[ChatLine]:
        return self._chat

    @property
    def words(self) -> SafetyWords:
        return self._words

    @property
    def remote_media(self) -> RemoteMedia:
        return self._remote_media

    @property
    def own_media(self) -> RemoteMedia:
        return self._own_media

    @property
    def remote_picture(self) -> FrameSlot[I420Frame]:
        return self._remote_picture

    @property
    def own_picture(self) -> FrameSlot[I420Frame]:
        return self._own_picture

    @property
    def identity_checked(self) -> bool:
        return self._identity_checked

    def confirm_identity(self) -> None:
        self._set_identity(True)

    def say(self, text: str) -> None:
        if not 1 <= len(text) <= MAX_LINE_CHARS:
            raise ValueError("a chat line has 1 to 2000 characters")
        if self._state is not SessionState.OVER:
            self._add(ChatLine(new_id(), text, own=True, at=self._clock.unix(), delivery=Delivery.SENDING))

    def set_microphone(self, on: bool) -> None:
        self._set_own_media(replace(self._own_media, microphone=on))

    def set_camera(self, on: bool) -> None:
        self._set_own_media(replace(self._own_media, camera=on))

    def choose_devices(self, choice: DeviceChoice) -> None:
        self.devices = choice

    def stats(self) -> CallStats:
        return self.call_stats

    def microphone_level(self) -> float:
        return self.level

    def send_back(self) -> None:
        self._finish(goodbye=False)

    def end(self) -> None:
        if self._state in (SessionState.ENDING, SessionState.OVER):
            return
        self._before_end = self._state
        self._go(SessionState.ENDING)
        self._undo = self._clock.call_later(UNDO_SECONDS, lambda: self._finish(goodbye=True))

    def undo_end(self) -> None:
        if self._state is SessionState.ENDING and self._undo is not None:
            self._undo.cancel()
            self._go(self._before_end)

    def end_now(self) -> None:
        self._finish(goodbye=True)

    # ---- what a test lets happen

    def client_connects(self, words: Sequence[str] = EXAMPLE_WORDS) -> None:
        """The browser offers, media flow, the words stand."""
        self._go(SessionState.CONNECTING)
        self._go(SessionState.RUNNING)
        self.show_words(WordsState.READY, words)

    def line_lost(self) -> None:
        self._go(SessionState.RECOVERING)

    def line_back(self) -> None:
        """A new epoch stands, its words authenticated by themselves."""
        self._go(SessionState.RUNNING)
        self.show_words(WordsState.KEPT, self._words.words)

    def client_leaves(self) -> None:
        self._go(SessionState.CLIENT_AWAY)

    def client_says(self, text: str) -> None:
        self._add(ChatLine(new_id(), text, own=False, at=self._clock.unix(), delivery=Delivery.SEEN))

    def client_sees(self) -> None:
        """Every own line so far is acknowledged."""
        self._chat = tuple(replace(line, delivery=Delivery.SEEN) for line in self._chat)
        self.chat_changed.announce(self._chat)

    def client_switches(self, microphone: bool, camera: bool) -> None:
        self._remote_media = RemoteMedia(microphone, camera)
        self.remote_media_changed.announce(self._remote_media)

    def show_words(self, state: WordsState, words: Sequence[str] = ()) -> None:
        self._words = SafetyWords(state, tuple(words))
        self.words_changed.announce(self._words)

    def device_fails(self, kind: DeviceKind, trouble: DeviceTrouble) -> None:
        self.trouble.announce((kind, trouble))

    def another_device(self) -> None:
        """The client sits at another device from now on."""
        self._set_identity(False)
        if self._words.state is not WordsState.NONE:
            self.show_words(WordsState.COMPARE_AGAIN)
        if self._state is SessionState.ENDING:
            self._before_end = SessionState.WAITING_FOR_CLIENT
        else:
            self._go(SessionState.WAITING_FOR_CLIENT)

    def close(self) -> None:
        """Over because the server or the desk says so."""
        if self._undo is not None:
            self._undo.cancel()
        self._go(SessionState.OVER)

    # ---- inside

    def _set_identity(self, checked: bool) -> None:
        if checked is not self._identity_checked:
            self._identity_checked = checked
            self.identity_changed.announce(checked)

    def _go(self, state: SessionState) -> None:
        if state is not self._state:
            self._state = state
            self.state_changed.announce(state)

    def _add(self, line: ChatLine) -> None:
        self._chat = (*self._chat, line)
        self.chat_changed.announce(self._chat)

    def _set_own_media(self, media: RemoteMedia) -> None:
        if media != self._own_media:
            self._own_media = media
            self.own_media_changed.announce(media)

    def _finish(self, goodbye: bool) -> None:
        if self._state is SessionState.OVER:
            return
        self._closed(goodbye)
        self.close()
