"""The short sound that says "somebody waits". Made by the program: no file, nobody else's work. Imports Qt and numpy.

Qt's multimedia library is loaded at the first sound.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject

RATE = 48_000
_NOTES = ((523.25, 0.0), (659.25, 0.16), (783.99, 0.32))
"""(hertz, seconds from the start): C5, E5, G5, friendly and short."""
_SECONDS = 0.9


class Chime(Protocol):
    """Something that can be heard."""

    def play(self) -> None:
        """Sound once; returns at once. A machine without a loudspeaker stays silent."""
        ...


class SilentChime:
    """For simulated devices and tests; counts instead."""

    def __init__(self) -> None:
        self.played = 0

    def play(self) -> None:
        self.played += 1


class Sink(Protocol):
    """What a sound is played through once."""

    def start(self, sound: QIODevice) -> None: ...

    def deleteLater(self) -> None:
        """Fall silent and go."""
        ...


class ToneChime(QObject):
    """Plays through the system's default loudspeaker, which may be another one each time."""

    def __init__(self, make_sink: Callable[[QObject], Sink | None] | None = None) -> None:
        """`make_sink` gives a sink that belongs to the object, or None where nothing can be heard; None takes the system's."""
        super().__init__()
        self._make_sink = make_sink or _default_loudspeaker
        self._buffer = QBuffer(self)
        self._buffer.setData(QByteArray(samples()))
        self._buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        self._sink: Sink | None = None

    def play(self) -> None:
        """See `Chime`."""
        if self._sink is not None:
            self._sink.deleteLater()
        self._sink = self._make_sink(self)
        if self._sink is not None:
            self._buffer.seek(0)
            self._sink.start(self._buffer)


def _default_loudspeaker(parent: QObject) -> Sink | None:
    from PySide6.QtMultimedia import QAudioFormat, QAudioSink, QMediaDevices

    device = QMediaDevices.defaultAudioOutput()
    if device.isNull():
        return None
    sound = QAudioFormat()
    sound.setSampleRate(RATE)
    sound.setChannelCount(1)
    sound.setSampleFormat(QAudioFormat.SampleFormat.Int16)
    return QAudioSink(device, sound, parent)


def samples() -> bytes:
    """Mono, 16 bit, at `RATE`: three notes that fade away."""
    time = np.arange(int(_SECONDS * RATE)) / RATE
    wave = np.zeros_like(time)
    for hertz, begin in _NOTES:
        after = time - begin
        fade = np.where(after >= 0, np.minimum(after / 0.01, 1.0) * np.exp(-6.0 * np.maximum(after, 0.0)), 0.0)
        wave += 0.2 * fade * np.sin(2 * np.pi * hertz * after)
    return np.asarray(wave * 32767 * 0.8, np.int16).tobytes()
