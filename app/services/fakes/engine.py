"""An engine without media: it keeps what it was told and says what a test lets happen. Imports `app.media.ports` and `app.wire` only."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from app.media.ports import (
    CallError,
    CallListener,
    CallState,
    CallStats,
    DeviceChoice,
    DeviceKind,
    DeviceTrouble,
    FrameSlot,
    I420Frame,
    PictureLimit,
    ScreenSource,
)
from app.wire.messages import IceServer
from app.wire.safety_words import Fingerprints

SCREEN_LINE = "a=screen"
"""In a made-up description: its screen line is active."""


@dataclass(frozen=True, slots=True)
class GivenCandidate:
    """A candidate of the browser as the call got it."""

    epoch: int
    candidate: str
    mid: str | None
    line: int | None


class FakeCall:
    """One call; the test plays the network and the browser."""

    def __init__(self, listener: CallListener, choice: DeviceChoice, ice_servers: Sequence[IceServer]) -> None:
        self._listener = listener
        self.choice = choice
        self.ice_servers = tuple(ice_servers)
        self.microphone_on = True
        self.camera_on = True
        self.screen: ScreenSource | None = None
        """What is shown; started and stopped as a real call does it."""
        self.limit = PictureLimit()
        self.figures = CallStats()
        """What `stats` gives."""
        self.closed = False
        self.offers: list[tuple[int, str]] = []
        """Epoch and SDP of every offer taken."""
        self.candidates: list[GivenCandidate] = []
        self.sent: list[str] = []
        """What went out on the data channel, unparsed."""
        self.talk_epoch: int | None = None
        """The epoch whose channel is open."""
        self._remote_picture: FrameSlot[I420Frame] = FrameSlot()
        self._own_picture: FrameSlot[I420Frame] = FrameSlot()
        self._remote_screen: FrameSlot[I420Frame] = FrameSlot()
        self._own_screen: FrameSlot[I420Frame] = FrameSlot()

    # ---- what the program uses

    @property
    def remote_picture(self) -> FrameSlot[I420Frame]:
        return self._remote_picture

    @property
    def own_picture(self) -> FrameSlot[I420Frame]:
        return self._own_picture

    @property
    def remote_screen(self) -> FrameSlot[I420Frame]:
        return self._remote_screen

    @property
    def carries_screen(self) -> bool:
        """The newest offer names a screen line as `SCREEN_LINE` does."""
        return bool(self.offers) and SCREEN_LINE in self.offers[-1][1]

    def take_offer(self, epoch: int, sdp: str) -> Future[str]:
        answer: Future[str] = Future()
        if self.closed or "v=0" not in sdp:
            answer.set_exception(CallError("closed" if self.closed else "not a session description"))
            return answer
        self.offers.append((epoch, sdp))
        answer.set_result(f"v=0\r\ns=answer {epoch}\r\n")
        self._listener.call_state(epoch, CallState.CONNECTING)
        return answer

    def add_candidate(self, epoch: int, candidate: str, mid: str | None, line: int | None) -> None:
        self.candidates.append(GivenCandidate(epoch, candidate, mid, line))

    def talk(self, text: str) -> bool:
        if self.talk_epoch is None or self.closed:
            return False
        self.sent.append(text)
        return True

    def set_microphone(self, on: bool) -> None:
        self.microphone_on = on

    def set_camera(self, on: bool) -> None:
        self.camera_on = on

    def choose_devices(self, choice: DeviceChoice) -> None:
        self.choice = choice

    def share_screen(self, source: ScreenSource | None) -> None:
        if self.screen is not None:
            self.screen.stop()
        self.screen = None
        if source is not None:
            source.start(self._own_screen)
        self.screen = source

    def limit_picture(self, limit: PictureLimit) -> None:
        self.limit = limit

    def set_ice_servers(self, servers: Sequence[IceServer]) -> None:
        self.ice_servers = tuple(servers)

    def stats(self) -> CallStats:
        return self.figures

    def microphone_level(self) -> float:
        return 0.0

    def close(self) -> None:
        if not self.closed:
            self.closed = True
            self.talk_epoch = None
            self.share_screen(None)
            self._listener.call_state(self.offers[-1][0] if self.offers else 0, CallState.CLOSED)

    # ---- what a test lets happen

    def connect(self, epoch: int, prints: Fingerprints) -> None:
        """The epoch's DTLS handshake succeeds, packets arrive, the data channel opens."""
        self._listener.call_fingerprints(epoch, prints)
        self._listener.call_state(epoch, CallState.CONNECTED)
        self.talk_epoch = epoch
        self._listener.call_talk_open(epoch)

    def stall(self, epoch: int) -> None:
        """No packet for 2 s. Channel messages written now are lost with the epoch."""
        self._listener.call_state(epoch, CallState.STALLED)

    def doubt(self, epoch: int) -> None:
        """Nothing comes and the path does not answer, for 0.8 s."""
        self._listener.call_doubted(epoch)

    def resume(self, epoch: int) -> None:
        """Packets arrive again by themselves."""
        self._listener.call_state(epoch, CallState.CONNECTED)

    def drop_channel(self) -> None:
        """The data channel is gone."""
        self.talk_epoch = None

    def hear(self, epoch: int, text: str) -> None:
        """The browser sends on the data channel."""
        self._listener.call_talk(epoch, text)

    def fail_device(self, kind: DeviceKind, trouble: DeviceTrouble) -> None:
        """A device of ours makes trouble."""
        self._listener.call_device_trouble(kind, trouble)


class FakeEngine:
    """Builds `FakeCall`s and keeps them for the test to look at."""

    def __init__(self) -> None:
        self.calls: list[FakeCall] = []
        self.changed: list[DeviceKind] = []
        """What the system told of its devices."""
        self.started = False
        self.closed = False

    def start(self) -> None:
        self.started = True

    def open_call(self, listener: CallListener, choice: DeviceChoice, ice_servers: Sequence[IceServer]) -> FakeCall:
        call = FakeCall(listener, choice, ice_servers)
        self.calls.append(call)
        return call

    def devices_changed(self, kind: DeviceKind) -> None:
        self.changed.append(kind)

    def close(self) -> None:
        self.closed = True
        for call in self.calls:
            call.close()
