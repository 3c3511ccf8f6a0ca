"""Simulated devices. They are the demo and training mode of the product, and what tests measure with. No hardware is touched.

Camera: a moving landscape of 1280x720 at 30 pictures a second with the picture clock of `app.media.clock`.
Microphone: 600 Hz bursts of 80 ms that begin at every full and half second of Unix time, soft noise-free silence between.
Loudspeaker: plays nowhere, but tells the level and the loudest tone of what it was given, and when it last became loud.
"""

from __future__ import annotations

import functools
import time

import cv2
import numpy as np
import numpy.typing as npt

from app.media.clock import draw_clock, unix_ms
from app.media.frames import from_i420_rows
from app.media.opus import SAMPLE_RATE, Pcm
from app.media.playout import PlayoutBuffer
from app.media.priority import Urgency, raise_priority
from app.media.routers import BLOCK, BlockTaker, PictureRouter
from app.media.running import DeviceThread

WIDTH, HEIGHT, RATE = 1280, 720, 30
TONE_HZ = 600
BURST_S = 0.08
BURST_EVERY_S = 0.5
AMPLITUDE = 9000
_PERIOD = int(BURST_EVERY_S * SAMPLE_RATE)
"""Samples after which everything repeats: a whole number of the tone's waves."""
LOUD = 600
"""In units of 16 bit: sound, not noise."""
QUIET_BLOCKS = 20
LATE_BLOCKS = 10
"""A computer that was asleep for longer than this does not make good for it."""


class Landscape:
    """Draws the pictures: hills that glide by, a sun, a balloon. About 1 ms for each picture."""

    def __init__(self, width: int = WIDTH, height: int = HEIGHT) -> None:
        self.width, self.height = width, height
        self._wide = self._panorama()

    def draw(self, ms: int) -> npt.NDArray[np.uint8]:
        """The picture of Unix time `ms` as I420 rows (height * 3 / 2, width), with its clock."""
        width, height = self.width, self.height
        shift = (ms // 20) % width & ~1
        rows = np.empty((height * 3 // 2, width), np.uint8)
        y, u, v = self._wide
        rows[:height] = y[:, shift : shift + width]
        chroma = rows[height:].reshape(2, height // 2, width // 2)
        chroma[0] = u[:, shift // 2 : (shift + width) // 2]
        chroma[1] = v[:, shift // 2 : (shift + width) // 2]
        self._balloon(rows[:height], chroma, ms)
        draw_clock(rows[:height], ms)
        return rows

    def _balloon(self, luma: npt.NDArray[np.uint8], chroma: npt.NDArray[np.uint8], ms: int) -> None:
        x = int(self.width * (0.5 + 0.3 * np.sin(ms / 2100)))
        y = int(self.height * (0.38 + 0.12 * np.sin(ms / 1300)))
        radius = self.height // 9
        cv2.circle(luma, (x, y), radius, 110, -1)
        cv2.circle(luma, (x - radius // 3, y - radius // 3), radius // 4, 170, -1)
        cv2.rectangle(luma, (x - radius // 4, y + radius + 10), (x + radius // 4, y + radius + 30), 70, -1)
        cv2.circle(chroma[0], (x // 2, y // 2), radius // 2, 100, -1)
        cv2.circle(chroma[1], (x // 2, y // 2), radius // 2, 200, -1)

    def _panorama(self) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
        """Twice as wide as the picture; its halves are equal, so that it can glide for ever."""
        width, height = self.width, self.height
        picture = np.zeros((height, width, 3), np.uint8)
        picture[:] = np.linspace((235, 206, 150), (250, 240, 225), height, dtype=np.uint8)[:, None, :]
        x = np.arange(width)
        for level, swing, waves, colour in (
            (0.62, 0.06, 2, (140, 170, 120)),
            (0.74, 0.05, 3, (90, 150, 90)),
            (0.86, 0.04, 5, (60, 120, 70)),
        ):
            edge = (height * (level + swing * np.sin(2 * np.pi * waves * x / width))).astype(np.int32)
            outline = np.concatenate((np.stack((x, edge), 1), [[width - 1, height], [0, height]])).astype(np.int32)
            cv2.fillPoly(picture, [outline], colour)
        for tree in range(0, width, width // 16):
            cv2.circle(picture, (tree + width // 40, int(height * 0.8)), height // 28, (50, 105 + tree % 50, 55), -1)
        cv2.circle(picture, (width // 5, height // 4), height // 12, (120, 215, 250), -1)
        wide = cv2.cvtColor(np.hstack((picture, picture)), cv2.COLOR_BGR2YUV_I420)
        u, v = wide[height:].reshape(2, height // 2, width)
        return np.asarray(wide[:height], np.uint8), np.asarray(u, np.uint8), np.asarray(v, np.uint8)


class SyntheticCamera(DeviceThread):
    """Puts the landscape into the router."""

    def __init__(self, router: PictureRouter) -> None:
        super().__init__("synthetic-camera")
        self._router = router
        self._landscape = Landscape()

    def _run(self) -> None:
        raise_priority(Urgency.PICTURE)
        due = time.monotonic()
        while not self._ended.wait(max(0.0, due - time.monotonic())):
            captured = time.monotonic()
            self._router.put(from_i420_rows(self._landscape.draw(unix_ms()), captured))
            due = max(due + 1 / RATE, captured)


class SyntheticMicrophone(DeviceThread):
    """Writes tone bursts, or silence, into the router, a block every 10 ms."""

    def __init__(self, router: BlockTaker, silent: bool = False) -> None:
        super().__init__("synthetic-microphone")
        self._router = router
        self._silent = silent

    def _run(self) -> None:
        raise_priority(Urgency.SOUND)
        block_s = BLOCK / SAMPLE_RATE
        number = int(time.time() / block_s) + 1
        while not self._ended.wait(max(0.0, number * block_s - time.time())):
            self._router.write(np.zeros(BLOCK, np.int16) if self._silent else tone_block((number - 1) * BLOCK))
            number += 1
            late = int(time.time() / block_s) - LATE_BLOCKS - number
            if late > 0:
                self._router.skip(late)
                number += late


def tone_block(first_sample: int) -> Pcm:
    """480 samples from sample number `first_sample` of Unix time (48000 a second) on."""
    begin = first_sample % _PERIOD
    return _tones()[begin : begin + BLOCK].copy()


@functools.cache
def _tones() -> Pcm:
    """One period, and a block more so that every piece of a block's length can be cut out."""
    n = np.arange(_PERIOD + BLOCK) % _PERIOD
    tone = AMPLITUDE * np.sin(2 * np.pi * TONE_HZ * n / SAMPLE_RATE)
    return np.where(n < BURST_S * SAMPLE_RATE, tone, 0).astype(np.int16)


_WINDOW = np.hanning(SAMPLE_RATE // 2).astype(np.float32)


class SyntheticLoudspeaker(DeviceThread):
    """Takes a block every 10 ms as a real one would, and remembers what it heard."""

    def __init__(self, playout: PlayoutBuffer) -> None:
        super().__init__("synthetic-loudspeaker")
        self._playout = playout
        self._heard = np.zeros(SAMPLE_RATE // 2, np.int16)
        self._quiet_blocks = 0
        self.burst_at: float | None = None
        """Unix time, seconds, at which the newest sound after 0.2 s of silence began."""

    def level(self) -> float:
        """Peak of the last half second, 0 to 1."""
        return float(np.abs(self._heard.astype(np.int32)).max()) / 32768

    def tone_hz(self) -> float | None:
        """The strongest frequency of the last half second, None in silence. Exact to 2 Hz."""
        heard = self._heard.astype(np.float32)
        if np.abs(heard).max() < 300:
            return None
        spectrum = np.abs(np.fft.rfft(heard * _WINDOW))
        return float(np.argmax(spectrum)) * SAMPLE_RATE / len(heard)

    def _run(self) -> None:
        raise_priority(Urgency.SOUND)
        self._playout.begin()
        block = np.zeros(BLOCK, np.int16)
        due = time.monotonic()
        while not self._ended.wait(max(0.0, due - time.monotonic())):
            self._playout.read(block)
            self._listen(block)
            due = max(due + BLOCK / SAMPLE_RATE, time.monotonic() - 0.1)

    def _listen(self, block: Pcm) -> None:
        self._heard = np.concatenate((self._heard[BLOCK:], block))
        loud = np.flatnonzero(np.abs(block.astype(np.int32)) > LOUD)
        if len(loud) and self._quiet_blocks > QUIET_BLOCKS:
            self.burst_at = time.time() + float(loud[0]) / SAMPLE_RATE
        self._quiet_blocks = 0 if len(loud) else self._quiet_blocks + 1
