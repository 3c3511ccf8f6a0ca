"""A voice made by rule for the simulated persons: it speaks no language, but sounds like somebody who does. numpy only.

Syllables and short pauses that follow from a fixed pattern repeat every six seconds of Unix time, so that picture and sound of one moment
belong together wherever they are made. Each syllable is a sum of harmonics under two formants; soft noise lies below.
"""

from __future__ import annotations

import functools

import numpy as np
import numpy.typing as npt

from app.media.opus import SAMPLE_RATE, Pcm
from app.media.routers import BLOCK

PERIOD_S = 6
_PERIOD = PERIOD_S * SAMPLE_RATE
PITCH_HZ = 150.0
PEAK = 9000
"""In units of 16 bit: -11 dBFS."""
NOISE = 6.0
"""RMS of a quiet room, in units of 16 bit: -75 dBFS."""
_STEP_S = 0.01
_RHYTHM = "ao.ei.au-oa.i.eu-.ai.oe.a-ui.eo.a-i.oa-.eu.a.io-."
"""A letter is a syllable of 0.15 s, a dot 0.05 s and a dash 0.25 s without one."""
_FORMANTS = {"a": (800, 1300), "e": (450, 2100), "i": (300, 2300), "o": (450, 850), "u": (320, 750)}
"""Hz, of German vowels, rounded."""
_LENGTHS = {".": 0.05, "-": 0.25}
_SYLLABLE_S = 0.15
_Wave = npt.NDArray[np.float64]


def voice_block(first_sample: int) -> Pcm:
    """480 samples from sample number `first_sample` of Unix time (48000 a second) on."""
    begin = first_sample % _PERIOD
    return _spoken()[begin : begin + BLOCK].copy()


def openness(ms: int) -> float:
    """How far the mouth is open at Unix time `ms`, 0 to 1."""
    loudness = _loudness()
    return float(loudness[int(ms / 1000 / _STEP_S) % len(loudness)])


@functools.cache
def _spoken() -> Pcm:
    """One period, and a block more so that every piece of a block's length can be cut out."""
    wave = np.zeros(_PERIOD)
    at = 0.0
    for sign in _RHYTHM:
        length = _LENGTHS.get(sign, _SYLLABLE_S)
        if sign in _FORMANTS and at + length < PERIOD_S:
            begin = int(at * SAMPLE_RATE)
            sound = _syllable(*_FORMANTS[sign], length, at)
            wave[begin : begin + len(sound)] += sound
        at += length
    wave *= PEAK / np.abs(wave).max()
    wave += np.random.default_rng(7).normal(0, NOISE, _PERIOD)
    spoken = np.rint(wave).astype(np.int16)
    return np.concatenate((spoken, spoken[:BLOCK]))


def _syllable(first_hz: int, second_hz: int, length: float, at: float) -> _Wave:
    t = np.arange(int(length * SAMPLE_RATE)) / SAMPLE_RATE
    phase = 2 * np.pi * PITCH_HZ * (t * (1.1 + 0.15 * np.sin(at * 2)) - 0.4 * t**2)
    wave = np.zeros(len(t))
    for harmonic in range(1, 24):
        hz = harmonic * PITCH_HZ
        strength = sum(1 / (1 + ((hz - formant) / 110) ** 2) for formant in (first_hz, second_hz)) + 0.02
        wave += strength / harmonic**0.5 * np.sin(harmonic * phase)
    return wave * np.sin(np.pi * t / length) ** 0.7


@functools.cache
def _loudness() -> _Wave:
    steps = _spoken()[:_PERIOD].astype(np.float64).reshape(-1, int(_STEP_S * SAMPLE_RATE))
    rms = np.sqrt(np.mean(steps**2, axis=1))
    return np.asarray(np.clip(rms / np.percentile(rms, 95), 0, 1))
