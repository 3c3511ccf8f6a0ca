"""What picture and sound offer to the rest of the program, and what they need from it. No Qt, no aiortc in this file.

An `Engine` owns a thread and an asyncio loop of its own. Commands may come from any thread and return at once; what happens is
told to a `CallListener`, **on the engine's thread**: a listener must hand over to its own loop and return within a millisecond.
Pictures are not events: the newest one lies in a `FrameSlot` that anybody may read.
"""

from __future__ import annotations

import enum
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from app.wire.messages import IceServer
from app.wire.safety_words import Fingerprints


class DeviceKind(enum.Enum):
    """What a device is for."""

    CAMERA = "camera"
    MICROPHONE = "microphone"
    LOUDSPEAKER = "loudspeaker"


@dataclass(frozen=True, slots=True)
class Device:
    """One device as a person chooses it."""

    kind: DeviceKind
    id: str
    """Stable over restarts where the system has such a thing. `synthetic:…` and `file:PATH` name simulated ones."""
    name: str
    """As the system shows it."""
    is_default: bool = False


class DeviceCatalogue(Protocol):
    """Port: lists devices. `ui` implements it with QMediaDevices (which also tells of plugging in and out), `media` with simulated ones."""

    def devices(self, kind: DeviceKind) -> Sequence[Device]:
        """The devices of that kind, the default first; empty if there is none."""
        ...


class ScreenSource(Protocol):
    """Port: pictures of a screen or one window. Implemented by `ui`."""

    def start(self, slot: FrameSlot[I420Frame]) -> None:
        """Put pictures into the slot until `stop`."""
        ...

    def stop(self) -> None:
        """No more pictures."""
        ...


@dataclass(frozen=True, slots=True)
class DeviceChoice:
    """What a call captures from and plays to. An empty id is the system's default, None is no device."""

    camera: str | None = ""
    microphone: str | None = ""
    loudspeaker: str | None = ""
    headphones: bool = False
    """The other side is heard in a headset, so that nothing of it reaches the microphone: no echo is taken out."""


@dataclass(frozen=True, slots=True)
class PictureLimit:
    """The most that the other side wishes to receive; 0 is no limit."""

    height: int = 0
    """Pixels of the camera's picture."""
    kbps: int = 0
    """kbit/s of picture and sound together."""


@dataclass(frozen=True, slots=True, eq=False)
class I420Frame:
    """One picture in planar YUV 4:2:0, 8 bit, limited range, BT.601 (what VP8 carries)."""

    y: npt.NDArray[np.uint8]
    """(height, width)"""
    u: npt.NDArray[np.uint8]
    """(height/2, width/2), rounded up"""
    v: npt.NDArray[np.uint8]
    """like `u`"""
    captured_at: float
    """`time.monotonic()` seconds: of capture for own pictures, of decoding for the other side's."""

    @property
    def width(self) -> int:
        return int(self.y.shape[1])

    @property
    def height(self) -> int:
        return int(self.y.shape[0])


T = TypeVar("T")


class FrameSlot(Generic[T]):
    """Holds the newest picture only. Writers replace, readers look; nobody waits and nothing piles up."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._frame: T | None = None
        self._number = 0
        self._watchers: tuple[Callable[[], None], ...] = ()

    def put(self, frame: T) -> None:
        """Replace the picture."""
        with self._lock:
            self._frame = frame
            self._number += 1
            watchers = self._watchers
        for watcher in watchers:
            watcher()

    def newest(self) -> tuple[int, T | None]:
        """The number of pictures so far and the newest one (None before the first, and after `clear`)."""
        with self._lock:
            return self._number, self._frame

    def clear(self) -> None:
        """Forget the picture, for instance when a camera was switched off."""
        with self._lock:
            self._frame = None
            self._number += 1
            watchers = self._watchers
        for watcher in watchers:
            watcher()

    def watch(self, watcher: Callable[[], None]) -> Callable[[], None]:
        """Call `watcher` after each `put` and `clear`, on the writer's thread, within a millisecond. The result ends that."""
        with self._lock:
            self._watchers = (*self._watchers, watcher)

        def unwatch() -> None:
            with self._lock:
                self._watchers = tuple(w for w in self._watchers if w is not watcher)

        return unwatch


class CallState(enum.Enum):
    """Where a call stands, as a person would say it."""

    IDLE = "idle"
    """No offer yet."""
    CONNECTING = "connecting"
    CONNECTED = "connected"
    """Packets arrive."""
    STALLED = "stalled"
    """No packet for 2 s; the program asks for a new epoch, if it has not yet done so in doubt."""
    CLOSED = "closed"


class DeviceTrouble(enum.Enum):
    """What can be wrong with a device of ours."""

    NOT_FOUND = "not-found"
    BUSY = "busy"
    VANISHED = "vanished"
    """Ended in mid-call. The call goes on without it and takes it, or the system's default, when it is there again."""
    RETURNED = "returned"
    """No trouble any more: the device, or the default in its place, is in use (again)."""
    SILENT = "silent"
    """A microphone that is on delivers nothing but silence."""


@dataclass(frozen=True, slots=True)
class CallStats:
    """Figures of the current epoch. Rates are means over the last second or longer."""

    round_trip_ms: float | None = None
    sent_kbps: float = 0.0
    received_kbps: float = 0.0
    sent_loss: float = 0.0
    """Share of our packets that the other side reports lost, 0 to 1."""
    received_loss: float = 0.0
    received_width: int = 0
    received_height: int = 0
    received_fps: float = 0.0
    sent_width: int = 0
    sent_height: int = 0
    sent_fps: float = 0.0
    audio_frames_per_s: float = 0.0
    """20 ms frames played per second, concealed ones included; 50 is perfect."""
    audio_concealed_share: float = 0.0
    audio_delay_ms: float = 0.0
    """From arrival to the loudspeaker's buffer."""
    played_energy: float = 0.0
    """Of all that the loudspeaker got in this call: squares of full scale times seconds (W3C webrtc-stats, `totalAudioEnergy`)."""
    device_limited: bool = False
    """This computer cannot encode what the line would carry."""
    network_limited: bool = False
    """The line carries less than the picture would need."""
    remote_level: float = 0.0
    """Loudness of the other side in the last 100 ms, 0 to 1: the peak of what was played, as `microphone_level` is that of our own."""
    extra: dict[str, float] = field(default_factory=dict)


class CallListener(Protocol):
    """Told on the engine's thread."""

    def call_state(self, epoch: int, state: CallState) -> None: ...

    def call_doubted(self, epoch: int) -> None:
        """This epoch, the newest, counts as connected, but nothing comes and its path does not answer: prepare the next one."""
        ...

    def call_fingerprints(self, epoch: int, prints: Fingerprints) -> None:
        """Both certificates of the epoch, once its DTLS handshake is done."""
        ...

    def call_talk_open(self, epoch: int) -> None:
        """The data channel of that epoch can carry messages."""
        ...

    def call_talk(self, epoch: int, text: str) -> None:
        """A message of the other side on the data channel, unparsed."""
        ...

    def call_device_trouble(self, kind: DeviceKind, trouble: DeviceTrouble) -> None: ...


class Call(Protocol):
    """One conversation through all its epochs. Closing it frees the devices."""

    @property
    def remote_picture(self) -> FrameSlot[I420Frame]:
        """The other side's newest decoded picture; kept over a change of epoch."""
        ...

    @property
    def own_picture(self) -> FrameSlot[I420Frame]:
        """Our camera's newest picture."""
        ...

    @property
    def remote_screen(self) -> FrameSlot[I420Frame]:
        """The newest picture of the screen that the other side shows; cleared when it ends."""
        ...

    @property
    def carries_screen(self) -> bool:
        """Whether the newest epoch's screen line is active; if not, sharing needs a new epoch."""
        ...

    def take_offer(self, epoch: int, sdp: str) -> Future[str]:
        """Open `epoch` with the browser's offer; gives the answer's SDP with all own candidates. The older epoch goes on until this one
        is connected. The future fails with CallError for an offer that cannot be answered; the older epoch is then untouched."""
        ...

    def add_candidate(self, epoch: int, candidate: str, mid: str | None, line: int | None) -> None:
        """A trickled candidate of the browser; empty is the end of candidates. Of another epoch than the open ones: passed over."""
        ...

    def talk(self, text: str) -> bool:
        """Send on the newest open data channel; False if none is open."""
        ...

    def set_microphone(self, on: bool) -> None: ...

    def set_camera(self, on: bool) -> None: ...

    def choose_devices(self, choice: DeviceChoice) -> None:
        """Change devices in mid-call; the connection stays."""
        ...

    def share_screen(self, source: ScreenSource | None) -> None:
        """Send the source's pictures on the screen line of this and every later epoch that has one; None ends that. The call starts and
        stops the source, on the thread that calls this, `close` or the engine's `close`. What `start` raises comes through, and then
        nothing is shared."""
        ...

    def limit_picture(self, limit: PictureLimit) -> None:
        """From now on, in every epoch."""
        ...

    def set_ice_servers(self, servers: Sequence[IceServer]) -> None:
        """For epochs to come."""
        ...

    def stats(self) -> CallStats:
        """The newest figures; never waits."""
        ...

    def microphone_level(self) -> float:
        """Of the last 50 ms, 0 to 1 (1 is full scale); never waits."""
        ...

    def close(self) -> None:
        """End all epochs, free the devices. May be called twice."""
        ...


class CallError(Exception):
    """An offer that cannot be answered, or a call that is closed. For us and the log; the person hears of the state instead."""


class Engine(Protocol):
    """Builds calls. One engine in a program."""

    def start(self) -> None: ...

    def open_call(self, listener: CallListener, choice: DeviceChoice, ice_servers: Sequence[IceServer]) -> Call:
        """A call with its devices opening in the background, so that an offer finds them warm."""
        ...

    def devices_changed(self, kind: DeviceKind) -> None:
        """The system has other devices of that kind, or another default: every call takes what it wanted and did not have, and follows
        the default. From any thread; returns at once."""
        ...

    def close(self) -> None:
        """Close every call and end the thread; returns within 3 s."""
        ...
