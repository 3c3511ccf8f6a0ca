"""What the line sends: one encoder thread for each sender, fed by a router, delivering to the engine's loop. No aiortc here.

A feed never has more than one finished unit waiting: when the line is slow, newer pictures replace older ones before they are
encoded, so that no queue builds up.
"""

from __future__ import annotations

import asyncio
import math
import threading
import time
from dataclasses import dataclass

import numpy as np
import structlog

from app.media.budget import Budget, useful_bps
from app.media.ladder import Ladder, scaled
from app.media.machine import MachineLoad
from app.media.opus import OpusEncoder
from app.media.ports import I420Frame
from app.media.priority import Urgency, raise_priority
from app.media.routers import BLOCK, PictureRouter, SoundBlock, SoundPipe, SoundRouter
from app.media.vp8 import CLOCK_RATE, Vp8Encoder

log = structlog.get_logger(__name__)

SLOW_CAMERA_S = 0.4
"""Pictures farther apart (the black ones of a camera that is off) say nothing about the computer."""


@dataclass(frozen=True, slots=True)
class EncodedUnit:
    """One coded picture or 20 ms of sound."""

    data: bytes
    rtp_time: int
    """In units of the codec's RTP clock, from the feed's beginning."""
    captured_at: float
    """`time.monotonic()` seconds."""
    level_dbov: int | None = None
    """Loudness for RFC 6464: 0 is full scale, 127 silence. None for pictures."""
    spread_s: float = 0.0
    """The time over which its packets are to be spread, so that a large one does not flood the line."""


class Feed:
    """The part that both kinds share: a thread, and a slot for one finished unit that the loop takes."""

    urgency = Urgency.PICTURE

    def __init__(self, name: str) -> None:
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._units: asyncio.Queue[EncodedUnit] = asyncio.Queue()
        self._taken = threading.Semaphore(1)
        self._ended = threading.Event()
        self._line_is_up = threading.Event()

    def prepare(self) -> None:
        """Let the encoder warm up while the line is still being set up."""
        self._thread.start()

    def start(self) -> None:
        """Begin to encode. Called on the engine's loop."""
        self._loop = asyncio.get_running_loop()
        if self._thread.ident is None:
            self._thread.start()
        self._line_is_up.set()

    async def next(self) -> EncodedUnit:
        """The next unit to send."""
        unit = await self._units.get()
        self._taken.release()
        return unit

    def close(self) -> None:
        """End the thread soon; returns at once. May be called twice."""
        self._ended.set()
        self._line_is_up.set()
        self._taken.release()

    async def closed(self) -> None:
        """When the thread has ended after `close`."""
        if self._thread.is_alive():
            await asyncio.get_running_loop().run_in_executor(None, self._thread.join)

    def _run(self) -> None:
        raise_priority(self.urgency)
        try:
            self._warm_up()
            self._line_is_up.wait()
            self._work()
        except Exception:
            log.exception("feed_crashed", feed=self._thread.name)

    def _warm_up(self) -> None:
        """What can be done before the line is up."""

    def _work(self) -> None:
        raise NotImplementedError

    def _deliver(self, unit: EncodedUnit) -> None:
        """Hand over to the loop; wait while the unit before has not been taken."""
        self._taken.acquire()
        if self._ended.is_set() or self._loop is None:
            return
        try:
            self._loop.call_soon_threadsafe(self._units.put_nowait, unit)
        except RuntimeError:  # the loop is closed
            self._ended.set()


class VideoFeed(Feed):
    """What camera and screen share: key frames on request, what the line carries, and the time."""

    def __init__(self, name: str, router: PictureRouter, budget: Budget | None = None) -> None:
        super().__init__(name)
        self._router = router
        self._budget = budget or Budget()
        self._encoder: Vp8Encoder | None = None
        self._key_wanted = threading.Event()
        self._first_at: float | None = None
        self._last_time = -1
        self.frames = 0
        self.size = (0, 0)

    def want_key_frame(self) -> None:
        """The other side lost the picture."""
        self._key_wanted.set()

    def limit(self, bitrate: int) -> None:
        """What the other side can take of everything that we send, bit/s."""
        self._budget.told(bitrate)

    def lost(self, share: float) -> None:
        """Share of our packets that the other side reported lost, 0 to 1."""
        self._budget.reported(share, time.monotonic())

    def close(self) -> None:
        super().close()
        self._router.wake()

    def _work(self) -> None:
        try:
            self._encode_all()
        finally:
            if self._encoder is not None:
                self._encoder.close()

    def _encode_all(self) -> None:
        """Until the end."""
        raise NotImplementedError

    def _rtp_time(self, captured_at: float) -> int:
        """Counted from the first picture; always rising, even when another camera's clock begins earlier."""
        if self._first_at is None:
            self._first_at = captured_at
        self._last_time = max(self._last_time + 1, int((captured_at - self._first_at) * CLOCK_RATE))
        return self._last_time

    def _coded(self, picture: I420Frame, rtp_time: int, bitrate: int, screen: bool = False) -> bytes:
        """A key frame if one is wanted; empty if the rate control left the picture out."""
        encoder = self._encoder_for(picture, bitrate, screen)
        key = self._key_wanted.is_set()
        self._key_wanted.clear()
        data, is_key = encoder.encode(picture, rtp_time, key)
        if key and not is_key:
            self._key_wanted.set()
        return data

    def _encoder_for(self, frame: I420Frame, bitrate: int, screen: bool) -> Vp8Encoder:
        encoder = self._encoder
        if encoder is None or encoder.size != (frame.width, frame.height):
            if encoder is not None:
                encoder.close()
            encoder = self._encoder = Vp8Encoder(frame.width, frame.height, bitrate, screen=screen)
            self.size = encoder.size
        elif abs(encoder.bitrate - bitrate) > encoder.bitrate // 20:
            encoder.set_bitrate(bitrate)
        return encoder


class PictureFeed(VideoFeed):
    """Encodes the camera's newest picture whenever there is one."""

    def __init__(self, router: PictureRouter, budget: Budget | None = None) -> None:
        super().__init__("picture-feed", router, budget)
        self._ladder = Ladder()
        self._machine = MachineLoad()
        self._captured_at: float | None = None

    @property
    def load(self) -> float:
        """Share of the time that encoding takes, 0 to 1."""
        return self._ladder.load

    @property
    def device_limited(self) -> bool:
        """See `CallStats`."""
        return self._ladder.weak

    def _warm_up(self) -> None:
        """The first picture takes six times as long as the next one, so let it be one that nobody waits for."""
        _, frame = self._router.wait_newer(0, 0)
        if frame is not None:
            self._encoder_for(frame, self._budget.camera, False).encode(frame, self._rtp_time(frame.captured_at), key=True)
            self._key_wanted.set()

    def _encode_all(self) -> None:
        number = 0
        while not self._ended.is_set():
            number, frame = self._router.wait_newer(number, 0.5)
            if frame is not None and not self._too_soon(frame.captured_at):
                self._encode(frame)

    def _too_soon(self, captured_at: float) -> bool:
        pause = self._budget.camera_pause_s
        return self._captured_at is not None and 0 <= captured_at - self._captured_at < 0.9 * pause

    def _encode(self, frame: I420Frame) -> None:
        began = time.monotonic()
        rtp_time = self._rtp_time(frame.captured_at)
        picture = scaled(frame, min(self._ladder.scale, self._budget.camera_scale(frame.height)))
        data = self._coded(picture, rtp_time, min(self._budget.camera, useful_bps(picture.width * picture.height)))
        self._note(time.monotonic() - began, frame.captured_at)
        if data:
            self.frames += 1
            self._deliver(EncodedUnit(data, rtp_time & 0xFFFFFFFF, frame.captured_at))

    def _note(self, took_s: float, captured_at: float) -> None:
        """Beside a screen the camera's small picture says nothing about computer and line."""
        before, self._captured_at = self._captured_at, captured_at
        if before is not None and captured_at - before < SLOW_CAMERA_S and not self._budget.camera_pause_s:
            machine = self._machine.look(captured_at)
            self._ladder.note(took_s, captured_at - before, self._budget.camera, captured_at, machine)


class SoundFeed(Feed):
    """Encodes 20 ms of the microphone at a time."""

    urgency = Urgency.SOUND

    def __init__(self, router: SoundRouter) -> None:
        super().__init__("sound-feed")
        self._router = router
        self._pipe = SoundPipe()

    def start(self) -> None:
        self._router.attach(self._pipe)
        super().start()

    def close(self) -> None:
        self._router.detach(self._pipe)
        super().close()
        self._pipe.wake()

    def _work(self) -> None:
        encoder = OpusEncoder()
        try:
            while not self._ended.is_set():
                first = self._pipe.read(0.2)
                second = self._pipe.read(0.2) if first else None
                if first and second:
                    self._encode(encoder, first, second)
        finally:
            encoder.close()

    def _encode(self, encoder: OpusEncoder, first: SoundBlock, second: SoundBlock) -> None:
        pcm = np.concatenate((first.pcm, second.pcm))
        samples = pcm.astype(np.float32)
        rms = math.sqrt(float(np.dot(samples, samples)) / len(samples)) / 32768
        level = min(127, int(-20 * math.log10(rms))) if rms > 1e-6 else 127
        self._deliver(EncodedUnit(encoder.encode(pcm), first.number * BLOCK & 0xFFFFFFFF, first.at, level))
