"""One conversation with one client: implements `app.services.ports.Session`. No Qt, no sockets, no media.

Puts the parts together: the call with its epochs (`client_call`), the own side, chat, safety words, the watch on the line, the end
and its undo. Media go on while the server is away.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.features import EVERY, Feature
from app.domain.line import LineVerdict
from app.domain.rooms import SeatState
from app.media.ports import CallState, CallStats, DeviceChoice, DeviceKind, DeviceTrouble, FrameSlot, I420Frame, ScreenSource
from app.services.chat import ChatLog
from app.services.client_call import ClientCall
from app.services.client_side import ClientSide
from app.services.clock import Clock
from app.services.ending import Ending
from app.services.events import Event
from app.services.line_watch import LineWatch
from app.services.ports import ChatLine, RemoteMedia, RoomEntry, SafetyWords, SessionState
from app.services.session_line import CallPlan, Parting, SessionLine
from app.services.session_state import Standing
from app.services.words import WordsExchange
from app.wire.messages import Candidate, IceServer, Offer
from app.wire.safety_words import Fingerprints
from app.wire.talk import Offered


class LiveSession:
    """A session over a real call. The desk feeds it with `take_offer`, `add_candidate` and `seat_changed`."""

    def __init__(self, line: SessionLine, plan: CallPlan, words: Sequence[str], clock: Clock) -> None:
        """`words` are the 2048 safety words of the appointment's language. Raises CallError."""
        self.state_changed: Event[SessionState] = Event()
        self.identity_changed: Event[bool] = Event()
        self.trouble: Event[tuple[DeviceKind, DeviceTrouble]] = Event()
        self._line = line
        self._standing = Standing()
        self._call = ClientCall(line, plan, self._standing, clock)
        self._own = self._call.own
        self._features = plan.features
        self._chat = ChatLog(self._call.talk, clock)
        self._words = WordsExchange(self._call.talk, words, clock)
        self._watch = LineWatch(self._own_figures, self._call.talk, clock)
        self._client = ClientSide(self._chat, self._words, self._watch, self._call.limit, plan.features)
        self._ending = Ending(self.end_now, clock)
        self.own_media_changed: Event[RemoteMedia] = self._own.changed
        self.remote_media_changed: Event[RemoteMedia] = self._client.changed
        self.chat_changed: Event[Sequence[ChatLine]] = self._chat.changed
        self.words_changed: Event[SafetyWords] = self._words.changed
        self.verdict_changed: Event[LineVerdict] = self._watch.changed
        self.remote_picture: FrameSlot[I420Frame] = self._call.remote_picture
        self.own_picture: FrameSlot[I420Frame] = self._call.own_picture
        self.remote_screen: FrameSlot[I420Frame] = self._call.remote_screen
        self._state = self._standing.state()
        self._identity_checked = False
        self._client.began_to_share.subscribe(lambda _: self.share_screen(None))  # one screen at a time
        self._call.open(self)
        self._watch.start()

    # ---- what the window sees

    @property
    def room(self) -> RoomEntry:
        return self._line.room

    @property
    def state(self) -> SessionState:
        return self._state

    @property
    def chat(self) -> Sequence[ChatLine]:
        return self._chat.lines

    @property
    def words(self) -> SafetyWords:
        return self._words.shown

    @property
    def remote_media(self) -> RemoteMedia:
        return self._client.media

    @property
    def own_media(self) -> RemoteMedia:
        return self._own.media

    @property
    def verdict(self) -> LineVerdict:
        return self._watch.verdict

    @property
    def identity_checked(self) -> bool:
        return self._identity_checked

    def stats(self) -> CallStats:
        return self._call.stats()

    def microphone_level(self) -> float:
        return self._call.microphone_level()

    # ---- what the counsellor does

    def confirm_identity(self) -> None:
        self._set_identity(True)

    def say(self, text: str) -> None:
        if not self._standing.over:
            self._chat.say(text)

    def set_microphone(self, on: bool) -> None:
        self._own.set(microphone=on)

    def set_camera(self, on: bool) -> None:
        self._own.set(camera=on)

    def choose_devices(self, choice: DeviceChoice) -> None:
        self._own.choose(choice)
        self._line.devices_chosen(choice)

    def pause(self, on: bool) -> None:
        self._own.pause(on)
        self._call.look_at_screen()

    def share_screen(self, source: ScreenSource | None) -> None:
        self._own.share(source)
        self._call.look_at_screen()

    def send_back(self) -> None:
        self._finish(Parting.SENT_BACK)

    def end(self) -> None:
        self._begin_end(Parting.GOODBYE)

    def go_on_by_phone(self) -> None:
        self._begin_end(Parting.BY_PHONE)

    def undo_end(self) -> None:
        if self._state is SessionState.ENDING:
            self._ending.cancel()
            self._standing.ending = False
            self._own.set_dark(False)
            self._call.look_at_screen()
            self._refresh()

    def end_now(self) -> None:
        self._finish(self._ending.parting)

    # ---- what the desk tells

    def take_offer(self, offer: Offer) -> None:
        """The browser opens an epoch."""
        self._call.take_offer(offer)
        self._refresh()

    def add_candidate(self, candidate: Candidate) -> None:
        """A trickled candidate of the browser."""
        self._call.add_candidate(candidate)

    def seat_changed(self, state: SeatState, present: bool) -> None:
        """What the server knows of the client's seat now."""
        was_reachable = self._standing.reachable
        self._standing.seat_state, self._standing.present = state, present
        if self._standing.reachable and not was_reachable:
            self._call.browser_back()
        self._refresh()

    def take_over(self, state: SeatState, present: bool, epoch: int) -> None:
        """The program was killed in this conversation and goes on with it now; `epoch` was the browser's last one."""
        self._standing.once_connected = True
        self._words.program_restarted()
        self.seat_changed(state, present)
        self._call.take_over(epoch)

    def use_ice_servers(self, servers: Sequence[IceServer]) -> None:
        """For epochs to come."""
        self._call.use_ice_servers(servers)

    def another_device(self) -> None:
        """The client sits at another device from now on, and may be somebody else. The old one is cut off at once, the chat stays."""
        if self._standing.over:
            return
        self._call.close()
        self._own.share(None)
        self._standing.new_browser()
        self._client.new_page()
        self._set_identity(False)
        self._call.open(self)
        self._refresh()

    def close(self) -> None:
        """Over, without telling the server: it knows, or the program ends."""
        if self._standing.over:
            return
        self._standing.over = True
        self._ending.cancel()
        self._words.close()
        self._watch.close()
        self._call.close()
        self._refresh()

    # ---- what the call tells (a CallListener, on the loop)

    def call_state(self, epoch: int, state: CallState) -> None:
        self._call.heard(epoch, state)
        self._refresh()

    def call_doubted(self, epoch: int) -> None:
        self._call.doubted(epoch)

    def call_fingerprints(self, epoch: int, prints: Fingerprints) -> None:
        self._words.line_made(epoch, prints)

    def call_talk_open(self, epoch: int) -> None:
        self._words.channel_open(epoch)
        self._own.tell()
        if self._features != EVERY:
            self._call.talk(Offered(chat=Feature.CHAT in self._features, screen=Feature.SCREEN in self._features))
        self._chat.channel_open()

    def call_talk(self, epoch: int, text: str) -> None:
        self._client.heard(epoch, text)

    def call_device_trouble(self, kind: DeviceKind, trouble: DeviceTrouble) -> None:
        self.trouble.announce((kind, trouble))

    # ---- inside

    def _own_figures(self) -> tuple[CallStats, int | None] | None:
        return (self._call.stats(), self._line.server_ms) if self._standing.flowing else None

    def _set_identity(self, checked: bool) -> None:
        if checked is not self._identity_checked:
            self._identity_checked = checked
            self.identity_changed.announce(checked)

    def _begin_end(self, parting: Parting) -> None:
        if self._standing.ending or self._standing.over:
            return
        self._ending.begin(parting)
        self._standing.ending = True
        self._own.set_dark(True)
        self._refresh()

    def _finish(self, parting: Parting) -> None:
        if not self._standing.over:
            self._line.finished(parting)
            self.close()

    def _refresh(self) -> None:
        state = self._standing.state()
        if state is not self._state:
            self._state = state
            self.state_changed.announce(state)
