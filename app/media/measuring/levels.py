"""What samples say about a microphone: level, clipping, hum. numpy only, no device; every array of s16 gives figures, never NaN.

Levels are dBFS: RMS or peak against full scale, 0 is a square wave that fills it, -100 stands for silence and all below.
"""

from __future__ import annotations

import math
import threading
from collections import deque
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from app.domain.check_rules import MicrophoneFigures
from app.domain.checks import Fault
from app.media.opus import SAMPLE_RATE, Pcm
from app.media.routers import BLOCK

FULL_SCALE = 32768
FLOOR_DBFS = -100.0
FULL = 32760
"""From here on a sample counts as one at full scale: converters stop a little before their last step."""
KEPT_BLOCKS = 3000
"""30 s."""
WARM_BLOCKS = 20
"""Devices crack when they are opened, and count from 0.2 s on."""
LOUD_SHARE = 10
"""Speech is the loudest tenth of all blocks."""
METER_BLOCKS = 10
SEGMENT_BLOCKS = 20
"""0.2 s, in which the mains' multiples are told apart to 5 Hz."""
QUIET_SHARE = 5
"""Between the words is the quietest fifth of all segments."""
MAINS_HZ = 50
HUM_MULTIPLES = 12
"""Up to 600 Hz: what rectifiers and poor earthing bring in lies there."""
LOWEST_HZ = 20
"""What is lower nobody hears: wind, and a converter's offset."""
AUDIBLE_DBFS = -70.0
"""What is quieter between the words disturbs nobody, whatever it is."""


def dbfs(rms: float) -> float:
    """Of a value in units of 16 bit; FLOOR_DBFS at least."""
    return 20 * math.log10(max(rms / FULL_SCALE, 10 ** (FLOOR_DBFS / 20)))


class Segment(NamedTuple):
    """0.2 s of sound, in units of 16 bit squared."""

    power: float
    """Mean, from LOWEST_HZ on."""
    hum: float
    """The part of it that lies at the mains' multiples."""


class _Block(NamedTuple):
    power: float
    peak: int
    clipped: int


_WINDOW = np.hanning(SEGMENT_BLOCKS * BLOCK + 1)[:-1]
_STEP_HZ = SAMPLE_RATE / (SEGMENT_BLOCKS * BLOCK)
_HUM_PLACES = np.array([int(MAINS_HZ * n / _STEP_HZ) + beside for n in range(1, HUM_MULTIPLES + 1) for beside in (-1, 0, 1)])
"""A window of that shape spreads a tone over its own place and both beside it."""


def segment(samples: npt.NDArray[np.int16]) -> Segment:
    """Of 9600 samples."""
    wave = (samples - np.mean(samples, dtype=np.float64)) * _WINDOW
    powers = np.abs(np.fft.rfft(wave)) ** 2
    powers *= 2 / (len(wave) * float(np.sum(_WINDOW**2)))  # Parseval, both halves of the spectrum
    total = float(powers[int(LOWEST_HZ / _STEP_HZ) :].sum())
    return Segment(total, min(total, float(powers[_HUM_PLACES].sum())))


def _block(samples: Pcm) -> _Block:
    wide = np.abs(samples.astype(np.int32))
    return _Block(float(np.mean(wide.astype(np.float64) ** 2)), int(wide.max()), int(np.count_nonzero(wide >= FULL)))


def speech_dbfs(powers: npt.NDArray[np.float64]) -> float:
    """RMS of the loudest tenth of blocks of 10 ms, by their mean squares."""
    count = max(1, len(powers) // LOUD_SHARE)
    return dbfs(float(np.sqrt(np.mean(np.partition(powers, -count)[-count:]))))


def hum_share(segments: list[Segment]) -> float:
    """Of what sounds between the words, 0 to 1. 0 where that is too quiet to be heard."""
    quiet = sorted(segments)[: max(1, len(segments) // QUIET_SHARE)]
    power = sum(segment.power for segment in quiet)
    if dbfs(float(np.sqrt(power / len(quiet)))) < AUDIBLE_DBFS:
        return 0.0
    return sum(segment.hum for segment in quiet) / power


class SoundMeter:
    """Takes blocks in the sound's callback, works them out when somebody asks, and keeps figures only: what was said is not held."""

    def __init__(self) -> None:
        self._waiting: deque[Pcm] = deque(maxlen=KEPT_BLOCKS)
        self._lock = threading.Lock()
        self._warm = WARM_BLOCKS
        self._blocks: deque[_Block] = deque(maxlen=KEPT_BLOCKS)
        self._segments: deque[Segment] = deque(maxlen=KEPT_BLOCKS // SEGMENT_BLOCKS)
        self._segment: list[Pcm] = []

    def take(self, block: Pcm, at: float = 0.0) -> None:
        """480 samples; only copies."""
        self._waiting.append(block.copy())

    def level_dbfs(self) -> float:
        """RMS of the last tenth of a second."""
        with self._lock:
            self._work()
            last = list(self._blocks)[-METER_BLOCKS:]
        return dbfs(float(np.sqrt(np.mean([block.power for block in last])))) if last else FLOOR_DBFS

    def figures(self, trouble: Fault | None = None) -> MicrophoneFigures:
        """Of the last 30 s at most; what could not be measured yet is None. From any thread."""
        with self._lock:
            self._work()
            blocks, segments = list(self._blocks), list(self._segments)
        if not blocks:
            return MicrophoneFigures(trouble=trouble)
        return MicrophoneFigures(
            trouble=trouble,
            peak_dbfs=dbfs(max(block.peak for block in blocks)),
            speech_dbfs=speech_dbfs(np.array([block.power for block in blocks])),
            clipped_share=sum(block.clipped for block in blocks) / (len(blocks) * BLOCK),
            hum_share=hum_share(segments) if segments else None,
        )

    def forget(self) -> None:
        """All that was heard."""
        with self._lock:
            for kept in (self._waiting, self._blocks, self._segments, self._segment):
                kept.clear()

    def _work(self) -> None:
        while self._waiting:
            samples = self._waiting.popleft()
            if self._warm:
                self._warm -= 1
                continue
            self._blocks.append(_block(samples))
            self._segment.append(samples)
            if len(self._segment) == SEGMENT_BLOCKS:
                self._segments.append(segment(np.concatenate(self._segment)))
                self._segment.clear()
