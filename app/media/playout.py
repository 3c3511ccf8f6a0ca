"""Between the line and the loudspeaker: a preallocated ring that holds as little as the line allows. numpy only.

One thread writes (the engine's loop), one reads (the sound callback). The lock is held for copying at most 20 ms of sound. Sound is
played a little slower or faster where the two clocks differ or the reserve does not fit the line; nothing is cut where it is heard.
"""

from __future__ import annotations

import threading
import time

import numpy as np
import numpy.typing as npt

from app.media.opus import SAMPLE_RATE, Pcm
from app.media.pace import KEEP_MIN, Pace

RESERVE = SAMPLE_RATE * 20 // 1000
"""Samples collected before playing begins on a line that is not known yet: one packet. It grows with what the line needs. The first
read after that still gets silence, so that what shall be left in the worst moment is there from the beginning."""
CEILING = SAMPLE_RATE * 120 // 1000
"""More than this is delay without use: the oldest samples are left out down to half of it."""
BEND = 0.005
"""Speech may be played so much faster or slower: a twelfth of a semitone. Side by side the ear tells pure tones 0.2 to 0.3 % apart
(Moore, 1973); beside running speech there is nothing to compare it with."""
BEND_QUIET = 0.5
"""The same where there is nothing but background."""
QUIET = 150
"""Peak of a block, in units of 16 bit, that is background: -47 dB of full scale, 25 dB below speech."""
FADE = SAMPLE_RATE * 5 // 1000
"""Samples over which sound comes and goes, so that nothing clicks."""
_RISE: npt.NDArray[np.float32] = np.linspace(0, 1, FADE, dtype=np.float32)
_LEVELS = 10


class PlayoutBuffer:
    """Mono s16 at 48 kHz."""

    def __init__(self) -> None:
        self._ring = np.zeros(SAMPLE_RATE, np.int16)
        self._begin = 0
        self._count = 0
        self._phase = 0.0
        self._playing = False
        self._hushed = False
        self._rising = False
        self._waited = False
        self._last = 0.0
        self._pace = Pace()
        self._lock = threading.Lock()
        self._levels = [0.0] * _LEVELS
        self._reads = 0
        self._read_at = 0.0
        self.ran_dry = 0
        """How often there was nothing left to play."""
        self.energy = 0.0
        """Of everything given out: squares of full scale times seconds (W3C webrtc-stats, `totalAudioEnergy`)."""

    def write(self, pcm: Pcm) -> None:
        """Add samples (at most 120 ms at once)."""
        with self._lock:
            self._ring[self._places(self._count, len(pcm))] = pcm
            self._count += len(pcm)
            if self._count > CEILING:
                self._leap(self._count - CEILING // 2)
            if not self._playing and self._count >= RESERVE + self._pace.keep - KEEP_MIN:
                self._playing = self._rising = True
                self._waited = False

    def read(self, out: Pcm) -> None:
        """Fill `out` (at least 5 ms), with silence where there is nothing."""
        with self._lock:
            if self._playing and self._waited and not self._hushed:
                self._play(out)
            else:
                self._fall_silent(out, 0)
                self._waited = True
            self._measure(out)

    def hush(self) -> None:
        """The loudspeaker ends: the next read fades out, and then there is silence until `begin`."""
        self._hushed = True

    def begin(self) -> None:
        """A loudspeaker begins to read."""
        with self._lock:
            self._hushed = self._playing = False
            self._leap(max(0, self._count - RESERVE))
            self._pace.begin_anew()

    def delay_ms(self) -> float:
        """What waits to be played."""
        return self._count * 1000 / SAMPLE_RATE

    def level(self) -> float:
        """Peak of the last 100 ms, 0 to 1; 0 when nobody reads."""
        return max(self._levels) if time.monotonic() - self._read_at < 0.2 else 0.0

    # ---- with the lock held

    def _play(self, out: Pcm) -> None:
        bend = self._bend(len(out))
        needed = len(out) + bend
        if self._count < needed + 3:
            bend = self._phase = 0.0
        take = min(len(out), self._count)
        if bend or self._phase:
            self._resample(out, 1 + bend / len(out))
        else:
            out[:take] = self._ring[self._places(0, take)]
            self._drop(take)
        if take < len(out):
            self._fall_silent(out, take)
            self._playing, self._phase = False, 0.0
            self.ran_dry += 1
            self._pace.ran_dry()
        else:
            self._pace.note(self._count, len(out))
            self._last = float(out[-1])
        if self._rising:
            self._rising = False
            out[:FADE] = out[:FADE] * _RISE

    def _bend(self, samples: int) -> float:
        """How many more (or fewer) samples than `samples` this read shall take."""
        owed = self._pace.owed
        if not owed:
            self._phase = 0.0
            return 0.0
        quiet = self._peak(samples) < QUIET
        most = samples * (BEND_QUIET if quiet else BEND)
        bend = min(max(owed, -most), most)
        self._pace.owed = owed - bend
        return bend

    def _resample(self, out: Pcm, step: float) -> None:
        """Cubic (Catmull-Rom) through four neighbours: in speech's band its error lies 60 dB below the sound."""
        at = self._phase + np.arange(len(out)) * step
        whole = at.astype(np.int64)
        part = (at - whole).astype(np.float32)
        size = int(whole[-1]) + 4
        line = self._ring[self._places(-1, size)].astype(np.float32)
        a, b, c, d = (line[whole + shift] for shift in range(4))
        bent = b + 0.5 * part * (c - a + part * (2 * a - 5 * b + 4 * c - d + part * (3 * (b - c) + d - a)))
        out[:] = np.clip(np.rint(bent), -32768, 32767)
        end = self._phase + len(out) * step
        self._phase = end - int(end)
        self._drop(int(end))

    def _leap(self, count: int) -> None:
        """Leave out that many samples, blending over."""
        blend = min(FADE, self._count - count)
        if count and blend > 0:
            here, there = self._places(0, blend), self._places(count, blend)
            old, new = self._ring[here].astype(np.float32), self._ring[there].astype(np.float32)
            self._ring[there] = old + (new - old) * _RISE[:blend]
        self._drop(count)

    def _fall_silent(self, out: Pcm, begin: int) -> None:
        """From `begin` on let the last sample die away instead of breaking off."""
        last = float(out[begin - 1]) if begin else self._last
        out[begin:] = 0
        tail = min(FADE, len(out) - begin)
        out[begin : begin + tail] = last * (1 - _RISE[:tail])
        self._last = 0.0

    def _measure(self, out: Pcm) -> None:
        played = out.astype(np.float32)
        self.energy += float(np.dot(played, played)) / (32768**2 * SAMPLE_RATE)
        self._levels[self._reads % _LEVELS] = float(np.abs(played).max()) / 32768
        self._reads += 1
        self._read_at = time.monotonic()

    def _peak(self, samples: int) -> int:
        waiting = self._ring[self._places(0, min(samples, self._count))].astype(np.int32)
        return int(np.abs(waiting).max()) if len(waiting) else 0

    def _places(self, first: int, count: int) -> npt.NDArray[np.int64]:
        return (self._begin + first + np.arange(count)) % len(self._ring)

    def _drop(self, count: int) -> None:
        self._begin = (self._begin + count) % len(self._ring)
        self._count -= count
