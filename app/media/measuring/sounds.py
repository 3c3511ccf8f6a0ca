"""The sounds that a check plays, and how the measuring sound is found again in what the microphone heard. numpy only, no device.

The measuring sound rises through four and a half octaves in 0.8 s. What was heard is divided by it, frequency by frequency: what is left
is the room's own answer, a peak where the sound came back and noise everywhere else (Farina 2000, "Simultaneous measurement of impulse
response and distortion with a swept-sine technique").
"""

from __future__ import annotations

import functools
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from app.media.check_ports import Ear
from app.media.opus import SAMPLE_RATE

Sound = npt.NDArray[np.int16]
"""(samples, 2): left and right, 48 kHz."""
_Wave = npt.NDArray[np.float64]

TONE_HZ = 440.0
TONE_S = 1.0
TONE_PEAK = 0.18
"""Of full scale: clearly heard at a usual volume, and harmless in a headset that is turned up."""
FADE_S = 0.05
SWEEP_S = 0.8
SWEEP_HZ = (250.0, 6000.0)
"""What the smallest loudspeaker plays and what a telephone headset hears."""
SWEEP_PEAK = 0.18
LEAD_S = 0.4
LATEST_S = 1.0
"""An echo is looked for up to this delay; Bluetooth takes up to 0.3 s."""
EARLIEST_S = -0.2
"""Sound systems that do not know their own delay let it seem to come before it was played."""
TAIL_S = 0.06
"""The echo's strength is gathered over so long after its peak: the first reflections of a room belong to it."""
CERTAIN = 12.0
"""So many times the usual height must a peak have. In noise the highest of 58000 places reaches about 5."""
BROAD = 0.04
"""So much of the sweep's band must have come back. Through a loudspeaker that plays 400 Hz of it this is 0.07, of a beep or a ringing
telephone 0.01."""


class Echo(NamedTuple):
    """What came back of the measuring sound."""

    delay_s: float
    level_db: float
    """Energy in the sound's own band, against what was played; 0 is as loud."""


def tone(ear: Ear) -> Sound:
    """One second of a soft a', faded in and out, with an octave above it so that poor loudspeakers play something of it."""
    n = np.arange(int(TONE_S * SAMPLE_RATE))
    wave = np.sin(2 * np.pi * TONE_HZ * n / SAMPLE_RATE) + 0.3 * np.sin(4 * np.pi * TONE_HZ * n / SAMPLE_RATE)
    mono = _to_s16(_faded(wave) * TONE_PEAK / 1.3)
    silent = np.zeros_like(mono)
    return np.stack((silent if ear is Ear.RIGHT else mono, silent if ear is Ear.LEFT else mono), axis=1)


@functools.cache
def sweep() -> Sound:
    """The measuring sound on both sides; not to be changed."""
    low, high = SWEEP_HZ
    t = np.arange(int(SWEEP_S * SAMPLE_RATE)) / SAMPLE_RATE
    growth = np.log(high / low) / SWEEP_S
    mono = _to_s16(_faded(np.sin(2 * np.pi * low * np.expm1(growth * t) / growth)) * SWEEP_PEAK)
    sound = np.stack((mono, mono), axis=1)
    sound.flags.writeable = False
    return sound


def measuring_sound() -> Sound:
    """The sweep after LEAD_S of silence, in which devices wake up, and before so much that its latest echo is played too: what is still
    on its way is lost where a loudspeaker is closed."""
    lead, tail = (np.zeros((int(seconds * SAMPLE_RATE), 2), np.int16) for seconds in (LEAD_S, LATEST_S))
    return np.concatenate((lead, sweep(), tail))


def find_echo(heard: npt.NDArray[np.int16], begins_s: float) -> Echo | None:
    """The sweep in what was heard (mono, 48 kHz), whose first sample was captured `begins_s` after the sweep's first was played.

    None if it cannot be recognised: nobody hears an echo then, or everything else is louder. A beep is none, whenever it sounds.
    """
    played = sweep()[:, 0].astype(np.float64)
    size = len(heard) + len(played)
    divisor = np.fft.rfft(played, size)
    answer = _divided(np.fft.rfft(heard.astype(np.float64), size), divisor, size)
    places = np.arange(size)
    lags = np.where(places < len(heard), places, places - size)  # a negative lag stands at the end
    delays = lags / SAMPLE_RATE + begins_s
    looked = np.flatnonzero((delays >= EARLIEST_S) & (delays <= LATEST_S))
    height = np.abs(answer[looked])
    if not len(looked) or not height.any():
        return None
    usual = float(np.median(height)) / 0.6745  # of a normal distribution, as a standard deviation
    peak = int(looked[np.argmax(height)])
    if height.max() < CERTAIN * usual or _breadth(_around(answer, peak)) < BROAD:
        return None
    energy = max(_gathered(answer, peak) - usual**2 * _span(), np.finfo(np.float64).tiny)
    return Echo(float(delays[peak]), float(10 * np.log10(energy / _own_energy(size))))


def _divided(heard: npt.NDArray[np.complex128], played: npt.NDArray[np.complex128], size: int) -> _Wave:
    """With a small share of the band's mean added below, so that frequencies that were not played add nothing."""
    power = np.abs(played) ** 2
    band = np.fft.rfftfreq(size, 1 / SAMPLE_RATE)
    within = (band >= SWEEP_HZ[0]) & (band <= SWEEP_HZ[1])
    return np.fft.irfft(heard * np.conj(played) / (power + 0.01 * float(power[within].mean())), size)


def _span() -> int:
    return int(TAIL_S * SAMPLE_RATE) + _BEFORE


_BEFORE = SAMPLE_RATE // 200
"""The peak has a width: 5 ms before its middle."""


def _around(answer: _Wave, peak: int) -> _Wave:
    return answer[(peak - _BEFORE + np.arange(_span())) % len(answer)]


def _gathered(answer: _Wave, peak: int) -> float:
    return float(np.sum(_around(answer, peak) ** 2))


def _breadth(piece: _Wave) -> float:
    """Over how much of the sweep's band its energy spreads, 0 to 1: the inverse participation ratio, so that a room's hills and valleys
    count little and a single line almost nothing."""
    band = np.fft.rfftfreq(len(piece), 1 / SAMPLE_RATE)
    powers = np.abs(np.fft.rfft(piece)[(band >= SWEEP_HZ[0]) & (band <= SWEEP_HZ[1])]) ** 2
    largest = float(powers.max())
    if not largest > 0:
        return 0.0
    shares = powers / largest
    return float(shares.sum() ** 2 / np.sum(shares**2) / len(shares))


@functools.lru_cache(maxsize=4)
def _own_energy(size: int) -> float:
    """What the sweep itself gives."""
    spectrum = np.fft.rfft(sweep()[:, 0].astype(np.float64), size)
    return _gathered(_divided(spectrum, spectrum, size), 0)


def _faded(wave: _Wave) -> _Wave:
    count = int(FADE_S * SAMPLE_RATE)
    rise = 0.5 - 0.5 * np.cos(np.pi * np.arange(count) / count)
    wave = wave.copy()
    wave[:count] *= rise
    wave[-count:] *= rise[::-1]
    return wave


def _to_s16(wave: _Wave) -> npt.NDArray[np.int16]:
    return np.clip(np.rint(wave * 32767), -32768, 32767).astype(np.int16)
