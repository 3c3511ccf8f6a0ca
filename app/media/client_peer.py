"""The media of a simulated client: the browser's half of a call, with a drawn person and a made voice. For training; uses aiortc.

Lives on a thread and a loop of its own, as the engine does. It offers what the page offers (PROTOCOL.md, section 5): sound, camera, a
screen line, the negotiated channel. No hardware is touched, and nothing it hears is played.
"""

from __future__ import annotations

import asyncio
import contextlib
import selectors
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog
from aiortc import RTCBundlePolicy, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.sdp import candidate_from_sdp

from app.media import descriptions, patches
from app.media.budget import Budget, Wishes
from app.media.feeds import PictureFeed, SoundFeed
from app.media.opus import Pcm
from app.media.patches.live_sender import LiveSender
from app.media.ports import FrameSlot, I420Frame
from app.media.rough_way import roughen
from app.media.roughness import CUT, SMOOTH, Roughness
from app.media.routers import PictureRouter, SoundRouter
from app.media.running import DeviceError
from app.media.screen_feed import ScreenFeed
from app.media.simulated import SimulatedAir, SimulatedCamera, SimulatedMicrophone
from app.media.simulated_faults import SimulatedFaults
from app.media.sound_receiver import SoundReceiver
from app.wire.safety_words import Fingerprints

log = structlog.get_logger(__name__)

SIZE = (640, 360)
"""Of the drawn picture: two ends share this computer."""
OPEN_AGAIN_S = 0.5
CLOSE_S = 3.0
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Seen:
    """Figures of the newest connection, as the client sees them."""

    loss: float = 0.0
    round_trip_s: float | None = None
    pictures: int = 0
    """Decoded so far."""
    sound: int = 0
    """Blocks of sound that came so far."""


class ClientPeer:
    """Made once for a client, closed once. Coroutines are awaited on any loop; events are called on the peer's own thread."""

    def __init__(self, faults: SimulatedFaults, person: int = 1) -> None:
        """`faults` are those of the client's devices; `person`: 1 to 3."""
        self.heard: Callable[[str], None] = lambda text: None
        """A message on the channel."""
        self.opened: Callable[[], None] = lambda: None
        """The channel of the newest connection can be talked on."""
        self.seen: FrameSlot[I420Frame] = FrameSlot()
        """What comes of the other side's camera."""
        self.screen: FrameSlot[I420Frame] = FrameSlot()
        """What comes of the other side's screen."""
        self._faults = faults
        self._pictures, self._sound = PictureRouter(), SoundRouter()
        self._air = SimulatedAir(faults)
        self._camera, self._microphone = self._devices(person)
        self._started: set[int] = set()
        self._roughness, self._cut = SMOOTH, False
        self._connection: RTCPeerConnection | None = None
        self._channel: Any = None
        self._blocks = 0
        self._adding: asyncio.Future[None] | None = None
        self._loop = asyncio.SelectorEventLoop(selectors.DefaultSelector())
        self._thread = threading.Thread(target=self._run, name="client-peer", daemon=True)
        self._opening: asyncio.Task[None] | None = None

    def start(self) -> None:
        """The person sits down. Returns at once."""
        patches.install()
        self._thread.start()
        self._soon(self._begin_to_open)

    # ---- from any thread

    async def offer(self, screen: bool) -> str:
        """A new connection beside the old one, which goes when this one is answered; gives its description with all candidates."""
        return await self._on_loop(self._offer(screen))

    async def answer(self, sdp: str) -> Fingerprints:
        """The other side's description; gives both certificates. Raises CallError, ValueError."""
        return await self._on_loop(self._answer(sdp))

    def candidate(self, line: str, mid: str | None, index: int | None) -> None:
        """A trickled one."""
        if line:
            self._soon(lambda: self._take(line, mid, index))

    def say(self, text: str) -> None:
        """On the newest channel, if it is open."""
        self._soon(lambda: self._say(text))

    def speak(self, on: bool) -> None:
        """The person speaks, or is silent."""
        self._sound.on = on

    def roughen(self, how: Roughness) -> None:
        """The way to the other side is like that from now on."""
        self._roughness = how

    @property
    def figures(self) -> Seen:
        """Never waits."""
        connection = self._connection
        if connection is None:
            return Seen()
        picture: Any = connection.getTransceivers()[1]
        decoder = picture.receiver.decoder
        round_trip = picture.sender.round_trip_s
        return Seen(picture.receiver.loss, round_trip, decoder.frames if decoder else 0, self._blocks)

    async def hang_up(self, silently: bool = False) -> None:
        """End the connection; `silently` as a phone does whose network is gone: nobody is told."""
        self._cut = silently
        await self._on_loop(self._hang_up())

    def close(self) -> None:
        """End everything, within 3 s."""
        with contextlib.suppress(TimeoutError, RuntimeError):
            asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(CLOSE_S)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(CLOSE_S)
        for number in self._started:
            (self._camera, self._microphone)[number].close()

    # ---- on the peer's loop

    async def _offer(self, screen: bool) -> str:
        before, self._cut = self._connection, False
        self._connection = connection = self._made(screen)
        if before is not None:
            await before.close()
        await connection.setLocalDescription(await connection.createOffer())
        roughen(connection, lambda: CUT if self._cut else self._roughness)
        return str(connection.localDescription.sdp)

    def _made(self, screen: bool) -> RTCPeerConnection:
        connection = RTCPeerConnection(RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))
        budget = Budget(Wishes())
        sound: Any = connection.addTransceiver("audio")
        _sender(sound).feed = SoundFeed(self._sound)
        sound.receiver.sound = SoundReceiver(self._hear)
        picture: Any = connection.addTransceiver("video")
        _sender(picture).feed, picture.receiver.picture_sink = PictureFeed(self._pictures, budget), self.seen.put
        shown: Any = connection.addTransceiver("video", direction="sendrecv" if screen else "inactive")
        if screen:
            _sender(shown).feed = ScreenFeed(PictureRouter(), budget)
            shown.receiver.picture_sink, shown.receiver.leader = self.screen.put, picture.receiver
        else:
            self.screen.clear()
        self._channel = channel = connection.createDataChannel("talk", negotiated=True, id=0)
        channel.on("message", lambda text: self.heard(text) if isinstance(text, str) else None)
        channel.on("open", self._tell_opened)
        return connection

    async def _answer(self, sdp: str) -> Fingerprints:
        connection = self._connection
        if connection is None:
            raise ValueError("nothing was offered")
        await connection.setRemoteDescription(RTCSessionDescription(sdp, "answer"))
        return Fingerprints(descriptions.sha256_fingerprint(connection.localDescription.sdp), descriptions.sha256_fingerprint(sdp))

    def _take(self, line: str, mid: str | None, index: int | None) -> None:
        if self._connection is None:
            return
        with contextlib.suppress(ValueError, AssertionError, IndexError):
            candidate = candidate_from_sdp(line.removeprefix("candidate:"))
            candidate.sdpMid, candidate.sdpMLineIndex = mid, index
            self._adding = asyncio.ensure_future(self._connection.addIceCandidate(candidate))

    def _say(self, text: str) -> None:
        if self._channel is not None and self._channel.readyState == "open":
            self._channel.send(text)

    def _tell_opened(self) -> None:
        self.opened()

    def _hear(self, pcm: Pcm) -> None:
        self._blocks += 1

    async def _hang_up(self) -> None:
        connection, self._connection, self._channel = self._connection, None, None
        if connection is not None:
            await connection.close()
        self.seen.clear()
        self.screen.clear()

    async def _close(self) -> None:
        if self._opening is not None:
            self._opening.cancel()
        await self._hang_up()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    # ---- devices and threads

    def _devices(self, person: int) -> tuple[SimulatedCamera, SimulatedMicrophone]:
        return SimulatedCamera(self._pictures, person, self._faults, SIZE), SimulatedMicrophone(self._sound, self._faults, self._air)

    def _begin_to_open(self) -> None:
        self._opening = asyncio.ensure_future(self._open_devices())

    async def _open_devices(self) -> None:
        """Those that have a fault are tried again until it is gone."""
        while len(self._started) < 2:
            for number, device in enumerate((self._camera, self._microphone)):
                if number not in self._started:
                    with contextlib.suppress(DeviceError):
                        device.start()
                        self._started.add(number)
            await asyncio.sleep(OPEN_AGAIN_S)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()
        self._loop.close()

    def _soon(self, work: Callable[[], object]) -> None:
        with contextlib.suppress(RuntimeError):  # closed
            self._loop.call_soon_threadsafe(work)

    async def _on_loop(self, work: Coroutine[Any, Any, T]) -> T:
        done: Future[T] = asyncio.run_coroutine_threadsafe(work, self._loop)
        return await asyncio.wrap_future(done)


def _sender(line: Any) -> LiveSender:
    sender: LiveSender = line.sender
    return sender
