"""A room to measure echo in: speech-like signals, a loudspeaker, the way through the room, a microphone. Pure numpy, the same every time.

Nothing here is anybody's voice: the speech is a sum of harmonics with the formants of five vowels, and noise for the consonants.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

SAMPLE_RATE = 48_000
Signal = npt.NDArray[np.float32]
"""Samples at 48 kHz, full scale is 1."""

_VOWELS = ((730, 1090, 2440), (270, 2290, 3010), (300, 870, 2240), (530, 1840, 2480), (570, 840, 2410))
"""Formants in Hz of a, i, u, e, o as men speak them (Peterson and Barney, 1952)."""
_BANDWIDTH = 90.0
_SPEECH_LEVEL = 0.08
"""Root mean square while speaking: -22 dB of full scale, what a headset delivers at a usual distance (ITU-T P.56 names -26 dBov)."""


@dataclass(frozen=True, slots=True)
class Room:
    """From the loudspeaker's buffer to the microphone's."""

    delay_ms: float = 60.0
    """Of playing, air and recording together, before the first sound arrives."""
    echo_db: float = -10.0
    """Level of the echo against what is played; -10 dB is a loud desk loudspeaker."""
    reverberation_s: float = 0.4
    """Until the tail has fallen by 60 dB; 0.3 to 0.6 s is a furnished office (DIN 18041 for small rooms)."""
    noise_db: float = -70.0
    """The microphone's own noise against full scale."""
    delay_change_ms: float = 0.0
    """By so much the delay grows in the middle, as when a system enlarges its buffers."""

    def echo(self, played: Signal, seed: int = 3) -> Signal:
        """What of `played` reaches the microphone; as long as `played`."""
        driven = np.tanh(played * 1.5) / 1.5  # a small loudspeaker bends what is loud
        heard = _convolved(driven, self._response(seed))
        heard *= 10 ** (self.echo_db / 20) * _level(played) / max(_level(heard), 1e-9)
        early, late = _delayed(heard, self.delay_ms), _delayed(heard, self.delay_ms + self.delay_change_ms)
        middle = len(played) // 2
        return np.concatenate((early[:middle], late[middle:]))

    def delay_at(self, share: float) -> float:
        """What the sound system would tell of its delay, in ms, after that share of the time."""
        return self.delay_ms + (self.delay_change_ms if share >= 0.5 else 0.0)

    def noise(self, samples: int, seed: int = 4) -> Signal:
        """Of the microphone alone."""
        level = 10 ** (self.noise_db / 20)
        return (np.random.default_rng(seed).standard_normal(samples) * level).astype(np.float32)

    def _response(self, seed: int) -> Signal:
        """Direct sound, seven early reflections within 35 ms, and a tail of noise that dies away exponentially."""
        random = np.random.default_rng(seed)
        time = np.arange(int(self.reverberation_s * SAMPLE_RATE)) / SAMPLE_RATE
        response = random.standard_normal(len(time)) * 10 ** (-3 * time / self.reverberation_s) * 0.02
        response[: int(0.005 * SAMPLE_RATE)] = 0
        response[0] = 1
        for at in random.uniform(0.002, 0.035, 7):
            response[int(at * SAMPLE_RATE)] += random.choice((-1, 1)) * 0.5 * 10 ** (-at / 0.04)
        return response.astype(np.float32)


def speech(seconds: float, seed: int, pitch_hz: float = 120.0) -> Signal:
    """Phrases of one to three seconds with pauses of about half a second."""
    random = np.random.default_rng(seed)
    pieces: list[Signal] = []
    left = int(seconds * SAMPLE_RATE)
    while left > 0:
        phrase = [_syllable(random, pitch_hz) for _ in range(random.integers(5, 14))]
        phrase.append(np.zeros(int(random.uniform(0.3, 0.8) * SAMPLE_RATE), np.float32))
        pieces += phrase
        left -= sum(len(piece) for piece in phrase)
    whole = np.concatenate(pieces)[: int(seconds * SAMPLE_RATE)]
    loud = whole[np.abs(whole) > 1e-4]
    spoken: Signal = np.clip(whole * (_SPEECH_LEVEL / _level(loud)), -1, 1).astype(np.float32)
    return spoken


def blocks(signal: Signal, size: int) -> npt.NDArray[np.int16]:
    """As a sound device delivers it: (blocks, size) samples of 16 bit; an incomplete last one is left out."""
    count = len(signal) // size
    return (np.clip(signal[: count * size], -1, 1) * 32767).astype(np.int16).reshape(count, size)


def _syllable(random: np.random.Generator, pitch_hz: float) -> Signal:
    """A consonant of noise, then a vowel whose pitch falls a little."""
    count = int(random.uniform(0.12, 0.26) * SAMPLE_RATE)
    pitch = pitch_hz * random.uniform(0.85, 1.25) * np.linspace(1.05, 0.92, count)
    phase = 2 * np.pi * np.cumsum(pitch) / SAMPLE_RATE
    vowel = np.zeros(count)
    formants = _VOWELS[random.integers(len(_VOWELS))]
    for harmonic in range(1, int(4000 / pitch_hz)):
        frequency = harmonic * pitch_hz
        strength = sum(1 / (1 + ((frequency - formant) / _BANDWIDTH) ** 2) for formant in formants) + 0.02
        vowel += strength / harmonic**0.5 * np.sin(harmonic * phase)
    consonant = np.diff(random.standard_normal(int(random.uniform(0.03, 0.08) * SAMPLE_RATE)), prepend=0) * 0.3
    return np.concatenate((consonant * np.hanning(len(consonant)), vowel * np.hanning(count) ** 0.4)).astype(np.float32)


def _convolved(signal: Signal, response: Signal) -> Signal:
    size = len(signal) + len(response)
    return np.fft.irfft(np.fft.rfft(signal, size) * np.fft.rfft(response, size), size)[: len(signal)].astype(np.float32)


def _delayed(signal: Signal, ms: float) -> Signal:
    shift = int(ms * SAMPLE_RATE / 1000)
    return np.concatenate((np.zeros(shift, np.float32), signal))[: len(signal)]


def _level(signal: Signal) -> float:
    return float(np.sqrt(np.mean(np.square(signal, dtype=np.float64)))) if len(signal) else 0.0
