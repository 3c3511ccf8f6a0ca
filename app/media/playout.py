"""Between the line and the loudspeaker: a preallocated ring that starts with a small reserve and never lets delay grow. numpy only.

One thread writes (the engine's loop), one reads (the sound callback). The lock is held for copying at most 20 ms of sound.
"""

from __future__ import annotations

import threading

import numpy as np

from app.media.opus import SAMPLE_RATE, Pcm

RESERVE = SAMPLE_RATE * 40 // 1000
"""Samples collected before playing begins, and again after it ran dry."""
CEILING = SAMPLE_RATE * 120 // 1000
"""More than this is delay without use: the oldest samples are left out down to the reserve."""


class PlayoutBuffer:
    """Mono s16 at 48 kHz."""

    def __init__(self) -> None:
        self._ring = np.zeros(SAMPLE_RATE, np.int16)
        self._begin = 0
        self._count = 0
        self._playing = False
        self._lock = threading.Lock()
        self.ran_dry = 0
        """How often there was nothing left to play."""
        self.energy = 0.0
        """Of everything given out: squares of full scale times seconds (W3C webrtc-stats, `totalAudioEnergy`)."""

    def write(self, pcm: Pcm) -> None:
        """Add samples (at most 120 ms at once)."""
        with self._lock:
            place = (self._begin + self._count + np.arange(len(pcm))) % len(self._ring)
            self._ring[place] = pcm
            self._count += len(pcm)
            if self._count > CEILING:
                self._drop(self._count - RESERVE)
            self._playing = self._playing or self._count >= RESERVE

    def read(self, out: Pcm) -> None:
        """Fill `out`, with silence where there is nothing."""
        with self._lock:
            if not self._playing:
                out[:] = 0
                return
            take = min(len(out), self._count)
            out[:take] = self._ring[(self._begin + np.arange(take)) % len(self._ring)]
            out[take:] = 0
            played = out[:take].astype(np.float32)
            self.energy += float(np.dot(played, played)) / (32768**2 * SAMPLE_RATE)
            self._drop(take)
            if take < len(out):
                self._playing = False
                self.ran_dry += 1

    def delay_ms(self) -> float:
        """What waits to be played."""
        return self._count * 1000 / SAMPLE_RATE

    def _drop(self, count: int) -> None:
        self._begin = (self._begin + count) % len(self._ring)
        self._count -= count
