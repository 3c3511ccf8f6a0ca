"""A browser's side of a call made of aiortc, on the test's own loop, and a listener that tests can wait for."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

from aiortc import RTCBundlePolicy, RTCConfiguration, RTCPeerConnection, RTCSessionDescription

from app.media.feeds import PictureFeed, SoundFeed
from app.media.opus import Pcm
from app.media.ports import CallState, DeviceKind, DeviceTrouble, FrameSlot, I420Frame
from app.media.routers import PictureRouter, SoundRouter
from app.media.sound_receiver import SoundReceiver
from app.media.synthetic import SyntheticCamera, SyntheticMicrophone
from app.wire.safety_words import Fingerprints

PATIENCE_S = 30.0
SIZES = {(1280, 720), (960, 540), (640, 360)}
"""What the engine sends of a picture of 1280x720, as the computer keeps up."""


class Diary:
    """A `CallListener` that keeps everything and can be waited for from any thread or loop."""

    def __init__(self) -> None:
        self.states: list[tuple[int, CallState]] = []
        self.doubts: list[tuple[int, CallState]] = []
        """The epoch, and the last state that was told by then."""
        self.prints: dict[int, Fingerprints] = {}
        self.talk_open: list[int] = []
        self.heard: list[tuple[int, str]] = []
        self.troubles: list[tuple[DeviceKind, DeviceTrouble]] = []
        self._changed = threading.Condition()

    def call_state(self, epoch: int, state: CallState) -> None:
        self._note(lambda: self.states.append((epoch, state)))

    def call_doubted(self, epoch: int) -> None:
        self._note(lambda: self.doubts.append((epoch, self.states[-1][1])))

    def call_fingerprints(self, epoch: int, prints: Fingerprints) -> None:
        self._note(lambda: self.prints.update({epoch: prints}))

    def call_talk_open(self, epoch: int) -> None:
        self._note(lambda: self.talk_open.append(epoch))

    def call_talk(self, epoch: int, text: str) -> None:
        self._note(lambda: self.heard.append((epoch, text)))

    def call_device_trouble(self, kind: DeviceKind, trouble: DeviceTrouble) -> None:
        self._note(lambda: self.troubles.append((kind, trouble)))

    def _note(self, write: Callable[[], None]) -> None:
        with self._changed:
            write()
            self._changed.notify_all()

    def wait(self, holds: Callable[[Diary], bool]) -> None:
        """Until `holds`, or fail."""
        with self._changed:
            assert self._changed.wait_for(lambda: holds(self), PATIENCE_S), vars(self)

    async def until(self, holds: Callable[[Diary], bool]) -> None:
        """The same for coroutines."""
        await asyncio.get_running_loop().run_in_executor(None, self.wait, holds)


async def picture(slot: FrameSlot[I420Frame], wanted: Callable[[I420Frame], bool]) -> I420Frame:
    """The first picture in the slot that is wanted."""
    loop, changed = asyncio.get_running_loop(), asyncio.Event()
    unwatch = slot.watch(lambda: loop.call_soon_threadsafe(changed.set) and None)
    try:
        async with asyncio.timeout(PATIENCE_S):
            while True:
                changed.clear()
                _, frame = slot.newest()
                if frame is not None and wanted(frame):
                    return frame
                await changed.wait()
    finally:
        unwatch()


class _Deaf:
    """Takes the place of a socket that sends nothing more, or answers to checks of the path alone."""

    def __init__(self, real: Any, but_for_checks: bool) -> None:
        self.real = real
        self._but_for_checks = but_for_checks

    def sendto(self, data: bytes, address: object) -> None:
        """Lost, unless it is STUN (RFC 7983, section 7)."""
        if self._but_for_checks and data[0] < 4:
            self.real.sendto(data, address)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)


class Peer:
    """Offers what the page offers: sound, camera, an inactive screen line, the negotiated channel."""

    def __init__(self, bundle: RTCBundlePolicy = RTCBundlePolicy.MAX_BUNDLE) -> None:
        self.seen = FrameSlot[I420Frame]()
        self.sound: list[Pcm] = []
        self.messages: asyncio.Queue[str] = asyncio.Queue()
        self.connection = RTCPeerConnection(RTCConfiguration(iceServers=[], bundlePolicy=bundle))
        pictures, sound = PictureRouter(), SoundRouter()
        self._devices = (SyntheticCamera(pictures), SyntheticMicrophone(sound))
        audio = self.connection.addTransceiver("audio")
        audio.sender.feed, audio.receiver.sound = SoundFeed(sound), SoundReceiver(self.sound.append)
        video = self.connection.addTransceiver("video")
        video.sender.feed, video.receiver.picture_sink = PictureFeed(pictures), self.seen.put
        self.connection.addTransceiver("video", direction="inactive")
        self.channel = self.connection.createDataChannel("talk", negotiated=True, id=0)
        self.channel.on("message", self.messages.put_nowait)
        self.opened = asyncio.Event()
        self.channel.on("open", self.opened.set)
        for device in self._devices:
            device.start()

    async def offer(self) -> str:
        """The description with its candidates."""
        await self.connection.setLocalDescription(await self.connection.createOffer())
        return str(self.connection.localDescription.sdp)

    async def take_answer(self, sdp: str) -> None:
        await self.connection.setRemoteDescription(RTCSessionDescription(sdp, "answer"))

    def deafen(self, deaf: bool = True, but_for_checks: bool = False) -> None:
        """Send nothing more, as if the line were cut; or again. `but_for_checks`: the line stands, and nobody says anything."""
        ice = self.connection.sctp.transport.transport._connection
        for protocol in ice._protocols:
            now = protocol.transport
            protocol.transport = _Deaf(now, but_for_checks) if deaf else now.real

    async def close(self) -> None:
        await self.connection.close()
        for device in self._devices:
            await asyncio.get_running_loop().run_in_executor(None, device.close)
