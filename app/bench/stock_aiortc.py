"""The counsellor's side on unchanged aiortc, for comparison: same devices, same answers, but aiortc's own sender, receiver and codecs.

A process runs either this or the product's engine: the product's changes to aiortc hold for the whole process.
"""

from __future__ import annotations

import asyncio
import fractions
import time

import av
import numpy as np
from aiortc import MediaStreamTrack
from aiortc.mediastreams import MediaStreamError

from app.media.engine import AiortcEngine
from app.media.epoch import Epoch, Plumbing
from app.media.frames import from_av, to_av
from app.media.meter import Counters
from app.media.routers import BLOCK, PictureRouter, SoundBlock, SoundPipe, SoundRouter

PICTURE_CLOCK = 90_000
SOUND_CLOCK = 48_000


class StockPictures(MediaStreamTrack):
    """The router's newest picture, 30 times a second."""

    kind = "video"

    def __init__(self, router: PictureRouter) -> None:
        super().__init__()
        self._router = router
        self._number = 0
        self._began = time.monotonic()

    async def recv(self) -> av.VideoFrame:
        """The next picture that differs from the one before."""
        while True:
            self._number, frame = self._router.wait_newer(self._number, 0)
            if frame is not None:
                break
            await asyncio.sleep(0.004)
        picture = to_av(frame)
        picture.pts = int((frame.captured_at - self._began) * PICTURE_CLOCK)
        picture.time_base = fractions.Fraction(1, PICTURE_CLOCK)
        return picture


class StockSound(MediaStreamTrack):
    """20 ms of the microphone at a time."""

    kind = "audio"

    def __init__(self, router: SoundRouter) -> None:
        super().__init__()
        self._pipe = SoundPipe()
        router.attach(self._pipe)

    async def recv(self) -> av.AudioFrame:
        """The next 20 ms."""
        loop = asyncio.get_running_loop()
        blocks: list[SoundBlock] = []
        while len(blocks) < 2:
            block = await loop.run_in_executor(None, self._pipe.read, 0.5)
            if block is not None:
                blocks.append(block)
        pcm = np.concatenate([block.pcm for block in blocks]).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(pcm, format="s16", layout="mono")
        frame.sample_rate = SOUND_CLOCK
        frame.pts = blocks[0].number * BLOCK
        frame.time_base = fractions.Fraction(1, SOUND_CLOCK)
        return frame


class StockEpoch(Epoch):
    """As a program written straight upon aiortc would do it."""

    def _add_media(self, plumbing: Plumbing) -> None:
        self._frames = 0
        self._size = (0, 0)
        self._plumbing = plumbing
        self._connection.addTrack(StockSound(plumbing.sound))
        self._connection.addTrack(StockPictures(plumbing.pictures))
        self._connection.on("track", self._take_track)

    def _prepare_media(self) -> None:
        """aiortc opens its encoder with the first picture."""

    def counters(self) -> Counters:
        """See `Epoch`; aiortc counts little."""
        return Counters(received_pictures=self._frames, received_size=self._size)

    def mute(self) -> None:
        """See `Epoch`."""
        for receiver in self._connection.getReceivers():
            receiver._enabled = False

    def _take_track(self, track: MediaStreamTrack) -> None:
        self._in_background(self._pump(track))

    async def _pump(self, track: MediaStreamTrack) -> None:
        try:
            while True:
                frame = await track.recv()
                if isinstance(frame, av.VideoFrame):
                    self._show(frame)
                elif isinstance(frame, av.AudioFrame):
                    self._play(frame)
        except MediaStreamError:
            return

    def _show(self, frame: av.VideoFrame) -> None:
        self._frames += 1
        self._size = (frame.width, frame.height)
        self._plumbing.show(from_av(frame))

    def _play(self, frame: av.AudioFrame) -> None:
        stereo = frame.to_ndarray().reshape(-1, 2)
        self._plumbing.play(stereo.mean(axis=1).astype(np.int16))


class StockEngine(AiortcEngine):
    """`Engine` without any of the product's changes to aiortc."""

    def __init__(self) -> None:
        super().__init__(prepare=lambda: None, make_epoch=StockEpoch)
