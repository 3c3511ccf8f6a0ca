"""One conversation with one client: implements `app.services.ports.Session` over a `Call`. No Qt, no sockets.

Runs on the loop; what the engine's thread tells comes through a `CallRelay`. Media go on while the server is away.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import Protocol

import structlog

from app.domain.rooms import SeatState
from app.media.ports import (
    CallError,
    CallState,
    CallStats,
    DeviceChoice,
    DeviceKind,
    DeviceTrouble,
    Engine,
    FrameSlot,
    I420Frame,
)
from app.services.call_relay import CallRelay
from app.services.chat import ChatLog
from app.services.clock import Cancellable, Clock
from app.services.events import Event
from app.services.offer_requests import OfferRequests
from app.services.own_side import OwnSide
from app.services.ports import ChatLine, RemoteMedia, RoomEntry, SafetyWords, SessionState
from app.services.session_state import Standing
from app.services.words import WordsExchange
from app.wire.codes import WireError
from app.wire.messages import Candidate, IceServer, Offer, OfferReason
from app.wire.safety_words import Fingerprints
from app.wire.talk import Chat, ChatSeen, MediaState, Talk, encode_talk, parse_talk

_log = structlog.get_logger(__name__)

UNDO_S = 10.0
"""So long `undo_end` works."""


class SessionLine(Protocol):
    """What a session needs of the desk: its room, the way to its client's browser, and a word at the end."""

    @property
    def room(self) -> RoomEntry: ...

    def answer(self, epoch: int, sdp: str) -> None: ...

    def need_offer(self, epoch: int, reason: OfferReason) -> None: ...

    def devices_chosen(self, choice: DeviceChoice) -> None:
        """Worth remembering for the next session."""
        ...

    def finished(self, goodbye: bool) -> None:
        """The session is over on our side: True to end the conversation for good, False to send the client back to the waiting room."""
        ...


@dataclass(frozen=True, slots=True)
class CallPlan:
    """With what a call is opened."""

    engine: Engine
    devices: DeviceChoice
    ice_servers: Sequence[IceServer]


class LiveSession:
    """A session over a real call. The desk feeds it with `take_offer`, `add_candidate` and `seat_changed`."""

    def __init__(self, line: SessionLine, plan: CallPlan, words: Sequence[str], clock: Clock) -> None:
        """`words` are the 2048 safety words of the appointment's language."""
        self.state_changed: Event[SessionState] = Event()
        self.remote_media_changed: Event[RemoteMedia] = Event()
        self.identity_changed: Event[bool] = Event()
        self.trouble: Event[tuple[DeviceKind, DeviceTrouble]] = Event()
        self._line = line
        self._plan = plan
        self._clock = clock
        self._chat = ChatLog(self._talk, clock)
        self._words = WordsExchange(self._talk, words, clock)
        self._own = OwnSide(self._talk, plan.devices)
        self._requests = OfferRequests(self._ask, clock)
        self.own_media_changed: Event[RemoteMedia] = self._own.changed
        self.chat_changed: Event[Sequence[ChatLine]] = self._chat.changed
        self.words_changed: Event[SafetyWords] = self._words.changed
        self._standing = Standing()
        self._state = self._standing.state()
        self._remote_media = RemoteMedia()
        self._remote_picture: FrameSlot[I420Frame] = FrameSlot()
        self._own_picture: FrameSlot[I420Frame] = FrameSlot()
        self._identity_checked = False
        self._undo: Cancellable | None = None
        self._unwatch: list[Callable[[], None]] = []
        self._open_call()

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
        return self._remote_media

    @property
    def own_media(self) -> RemoteMedia:
        return self._own.media

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
        if not self._standing.over:
            self._chat.say(text)

    def set_microphone(self, on: bool) -> None:
        self._own.set(microphone=on)

    def set_camera(self, on: bool) -> None:
        self._own.set(camera=on)

    def choose_devices(self, choice: DeviceChoice) -> None:
        self._own.choose(choice)
        self._line.devices_chosen(choice)

    def stats(self) -> CallStats:
        return self._call.stats()

    def microphone_level(self) -> float:
        return self._call.microphone_level()

    def send_back(self) -> None:
        self._finish(goodbye=False)

    def end(self) -> None:
        if self._standing.ending or self._standing.over:
            return
        self._standing.ending = True
        self._own.set_dark(True)
        self._undo = self._clock.call_later(UNDO_S, self.end_now)
        self._refresh()

    def undo_end(self) -> None:
        if self._state is SessionState.ENDING:
            self._cancel_undo()
            self._standing.ending = False
            self._own.set_dark(False)
            self._refresh()

    def end_now(self) -> None:
        self._finish(goodbye=True)

    # ---- what the desk tells

    def take_offer(self, offer: Offer) -> None:
        """The browser opens an epoch. An older one than the newest is passed over."""
        if self._standing.over or offer.epoch <= self._standing.newest_epoch:
            return
        self._standing.newest_epoch = offer.epoch
        self._requests.soon()
        relay = self._relay
        answer = self._call.take_offer(offer.epoch, offer.sdp)
        answer.add_done_callback(lambda done: self._clock.hand_over(lambda: self._answered(relay, offer.epoch, done)))
        self._refresh()

    def add_candidate(self, candidate: Candidate) -> None:
        """A trickled candidate of the browser."""
        self._call.add_candidate(candidate.epoch, candidate.candidate, candidate.mid, candidate.line)

    def seat_changed(self, state: SeatState, present: bool) -> None:
        """What the server knows of the client's seat now."""
        was_reachable = self._standing.reachable
        self._standing.seat_state, self._standing.present = state, present
        if self._standing.reachable and not was_reachable:
            self._requests.soon()  # it offers by itself when it comes back
        self._refresh()

    def use_ice_servers(self, servers: Sequence[IceServer]) -> None:
        """For epochs to come."""
        self._plan = replace(self._plan, ice_servers=servers)
        self._call.set_ice_servers(servers)

    def another_device(self) -> None:
        """The client sits at another device from now on, and may be somebody else. The old one is cut off at once, the chat stays."""
        if self._standing.over:
            return
        self._close_call()
        self._standing.new_browser()
        self._words.new_page()
        self._set_identity(False)
        self._open_call()
        self._refresh()

    def close(self) -> None:
        """Over, without telling the server: it knows, or the program ends."""
        if self._standing.over:
            return
        self._standing.over = True
        self._cancel_undo()
        self._requests.rest()
        self._words.close()
        self._close_call()
        self._refresh()

    # ---- what the call tells (a CallListener, on the loop)

    def call_state(self, epoch: int, state: CallState) -> None:
        self._standing.heard(epoch, state)
        if self._standing.flowing:
            self._requests.rest()
        elif state is CallState.STALLED and epoch == self._standing.newest_epoch:
            self._requests.now()
        self._refresh()

    def call_fingerprints(self, epoch: int, prints: Fingerprints) -> None:
        self._words.line_made(epoch, prints)

    def call_talk_open(self, epoch: int) -> None:
        self._words.channel_open(epoch)
        self._own.tell()
        self._chat.channel_open()

    def call_talk(self, epoch: int, text: str) -> None:
        try:
            message = parse_talk(text)
        except WireError as error:
            _log.info("session.talk_not_understood", code=error.code.value)
            return
        if isinstance(message, Chat | ChatSeen):
            self._chat.heard(message)
        elif isinstance(message, MediaState):
            self._remote_media = RemoteMedia(message.microphone, message.camera)
            self.remote_media_changed.announce(self._remote_media)
        else:
            self._words.heard(epoch, message)

    def call_device_trouble(self, kind: DeviceKind, trouble: DeviceTrouble) -> None:
        self.trouble.announce((kind, trouble))

    # ---- inside

    def _open_call(self) -> None:
        self._relay = CallRelay(self, self._clock)
        self._call = self._plan.engine.open_call(self._relay, self._own.devices, self._plan.ice_servers)
        self._unwatch = [
            _mirror(self._call.remote_picture, self._remote_picture),
            _mirror(self._call.own_picture, self._own_picture),
        ]
        self._own.use(self._call)
        self._requests.soon()

    def _close_call(self) -> None:
        self._relay.cut()
        self._own.release()
        for unwatch in self._unwatch:
            unwatch()
        self._call.close()
        self._remote_picture.clear()
        self._own_picture.clear()

    def _answered(self, relay: CallRelay, epoch: int, answer: Future[str]) -> None:
        if relay is not self._relay or self._standing.over or answer.cancelled():
            return
        error = answer.exception()
        if error is None:
            self._line.answer(epoch, answer.result())
        elif isinstance(error, CallError):
            _log.warning("session.offer_not_answered", epoch=epoch)
            self._requests.soon()
        else:
            raise error

    def _talk(self, message: Talk) -> None:
        self._call.talk(encode_talk(message))

    def _ask(self) -> None:
        if self._standing.reachable and not self._standing.flowing:
            reason = OfferReason.STALLED if self._standing.newest_epoch else OfferReason.ADMITTED
            self._line.need_offer(self._standing.newest_epoch, reason)

    def _set_identity(self, checked: bool) -> None:
        if checked is not self._identity_checked:
            self._identity_checked = checked
            self.identity_changed.announce(checked)

    def _cancel_undo(self) -> None:
        if self._undo is not None:
            self._undo.cancel()
            self._undo = None

    def _finish(self, goodbye: bool) -> None:
        if not self._standing.over:
            self._line.finished(goodbye)
            self.close()

    def _refresh(self) -> None:
        state = self._standing.state()
        if state is not self._state:
            self._state = state
            self.state_changed.announce(state)


def _mirror(source: FrameSlot[I420Frame], target: FrameSlot[I420Frame]) -> Callable[[], None]:
    """Show in `target` what lies in `source`, so that a window may watch one slot through several calls. The result ends that."""

    def copy() -> None:
        frame = source.newest()[1]
        if frame is None:
            target.clear()
        else:
            target.put(frame)

    return source.watch(copy)
