"""A conversation without media or network. Imports the ports of `app.services` and `app.media` only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from app.domain.line import LineVerdict
from app.domain.secrets import new_id
from app.media.ports import CallStats, DeviceChoice, DeviceKind, DeviceTrouble, FrameSlot, I420Frame, ScreenSource
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
from app.services.session_line import Parting
from app.wire.talk import MAX_LINE_CHARS

UNDO_SECONDS = 10.0
EXAMPLE_WORDS = ("Apfel", "Brücke", "Wolke", "Zebra")


class FakeSession:
    """Keeps the `Session` contract; the test plays the client with the `client_…` and `line_…` methods."""

    def __init__(self, room: Callable[[], RoomEntry], clock: Clock, closed: Callable[[Parting], None]) -> None:
        """`room` gives the newest entry; `closed` hears once how the session ended."""
        self.state_changed: Event[SessionState] = Event()
        self.chat_changed: Event[Sequence[ChatLine]] = Event()
        self.words_changed: Event[SafetyWords] = Event()
        self.remote_media_changed: Event[RemoteMedia] = Event()
        self.own_media_changed: Event[RemoteMedia] = Event()
        self.verdict_changed: Event[LineVerdict] = Event()
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
        self._wanted = RemoteMedia()
        self._paused = False
        self._verdict = LineVerdict.UNKNOWN
        self._parting = Parting.GOODBYE
        self._identity_checked = False
        self._screen: ScreenSource | None = None
        self._showing: ScreenSource | None = None
        self.remote_picture: FrameSlot[I420Frame] = FrameSlot()
        self.own_picture: FrameSlot[I420Frame] = FrameSlot()
        self.remote_screen: FrameSlot[I420Frame] = FrameSlot()
        self.own_screen: FrameSlot[I420Frame] = FrameSlot()
        """What the client sees of the shared screen."""

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
        return RemoteMedia(microphone=False, camera=False, paused=True) if self._paused else self._wanted

    @property
    def verdict(self) -> LineVerdict:
        return self._verdict

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
        self._set_own_media(replace(self._wanted, microphone=on), self._paused)

    def set_camera(self, on: bool) -> None:
        self._set_own_media(replace(self._wanted, camera=on), self._paused)

    def choose_devices(self, choice: DeviceChoice) -> None:
        self.devices = choice

    def pause(self, on: bool) -> None:
        self._set_own_media(self._wanted, on)

    def share_screen(self, source: ScreenSource | None) -> None:
        self._screen = source
        self._set_own_media(replace(self._wanted, screen=source is not None), self._paused)

    def stats(self) -> CallStats:
        return self.call_stats

    def microphone_level(self) -> float:
        return self.level

    def send_back(self) -> None:
        self._finish(Parting.SENT_BACK)

    def end(self) -> None:
        self._begin_end(Parting.GOODBYE)

    def go_on_by_phone(self) -> None:
        self._begin_end(Parting.BY_PHONE)

    def undo_end(self) -> None:
        if self._state is SessionState.ENDING and self._undo is not None:
            self._undo.cancel()
            self._parting = Parting.GOODBYE
            self._go(self._before_end)
            self._show()

    def end_now(self) -> None:
        self._finish(self._parting)

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
        self._set_remote_media(replace(self._remote_media, microphone=microphone, camera=camera, paused=False))

    def client_shares(self, on: bool) -> None:
        """The client shows a screen; put its pictures into `remote_screen`."""
        began = on and not self._remote_media.screen
        self._set_remote_media(replace(self._remote_media, screen=on))
        if began:
            self.share_screen(None)
        if not on:
            self.remote_screen.clear()

    def client_pauses(self, on: bool) -> None:
        """ "Kurze Pause" of the client."""
        self._set_remote_media(RemoteMedia(microphone=not on, camera=not on, paused=on))

    def line_is(self, verdict: LineVerdict) -> None:
        """What both sides' reports come to."""
        if verdict is not self._verdict:
            self._verdict = verdict
            self.verdict_changed.announce(verdict)

    def show_words(self, state: WordsState, words: Sequence[str] = ()) -> None:
        self._words = SafetyWords(state, tuple(words))
        self.words_changed.announce(self._words)

    def device_fails(self, kind: DeviceKind, trouble: DeviceTrouble) -> None:
        self.trouble.announce((kind, trouble))

    def another_device(self) -> None:
        """The client sits at another device from now on."""
        self.share_screen(None)
        self._set_remote_media(RemoteMedia())
        self.line_is(LineVerdict.UNKNOWN)
        self._set_identity(False)
        if self._words.state is not WordsState.NONE:
            self.show_words(WordsState.COMPARE_AGAIN)
        if self._state is SessionState.ENDING:
            self._before_end = SessionState.WAITING_FOR_CLIENT
        else:
            self._go(SessionState.WAITING_FOR_CLIENT)

    def program_restarted(self) -> None:
        """The conversation that ran when the program was killed goes on."""
        self.show_words(WordsState.COMPARE_AGAIN)
        self._go(SessionState.RECOVERING)

    def close(self) -> None:
        """Over because the server or the desk says so."""
        if self._undo is not None:
            self._undo.cancel()
        self._go(SessionState.OVER)
        self._show()

    # ---- inside

    def _begin_end(self, parting: Parting) -> None:
        if self._state in (SessionState.ENDING, SessionState.OVER):
            return
        self._parting = parting
        self._before_end = self._state
        self._go(SessionState.ENDING)
        self._show()
        self._undo = self._clock.call_later(UNDO_SECONDS, self.end_now)

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

    def _set_own_media(self, wanted: RemoteMedia, paused: bool) -> None:
        before = self.own_media
        self._wanted, self._paused = wanted, paused
        self._show()
        if self.own_media != before:
            self.own_media_changed.announce(self.own_media)

    def _show(self) -> None:
        """Start and stop the screen's source as a call does it."""
        dark = self._state in (SessionState.ENDING, SessionState.OVER)
        screen = self._screen if self.own_media.screen and not dark else None
        if screen is not self._showing:
            if self._showing is not None:
                self._showing.stop()
            self._showing = screen
            if screen is not None:
                screen.start(self.own_screen)

    def _set_remote_media(self, media: RemoteMedia) -> None:
        if media != self._remote_media:
            self._remote_media = media
            self.remote_media_changed.announce(media)

    def _finish(self, parting: Parting) -> None:
        if self._state is SessionState.OVER:
            return
        self._closed(parting)
        self.close()
