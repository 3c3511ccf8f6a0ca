"""A sound that is played once, on both sides where the device has two: through PortAudio like a call's, or nowhere. No asyncio."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import sounddevice

from app.media.opus import SAMPLE_RATE, Pcm
from app.media.ports import DeviceKind, DeviceTrouble
from app.media.routers import BLOCK, BLOCK_S
from app.media.running import DeviceThread, RunningDevice
from app.media.sound_devices import UNHURRIED_S, SoundLine
from app.media.turns import SoundSystem

Over = Callable[[], None]
"""Told on any thread, once, when the last sample was heard."""


class Timeline:
    """When the first sample of a sound was heard or captured: each block tells it anew, some of them wrongly."""

    STEADY_S = 0.005

    def __init__(self) -> None:
        self._told: list[float] = []

    def note(self, at: float, place: int) -> None:
        """The sample at `place` belongs to `at` (`time.monotonic()` seconds)."""
        self._told.append(at - place / SAMPLE_RATE)

    def begins_at(self) -> float | None:
        """`time.monotonic()` seconds; the median of what was told. None before the first."""
        return float(np.median(self._told)) if self._told else None

    def steady(self) -> bool:
        """Most blocks agree. They do not where a stream has just begun, the computer is too busy, or blocks were lost."""
        if not self._told:
            return False
        low, high = np.percentile(self._told, (20, 80))
        return bool(high - low < self.STEADY_S)


class SoundPlayer(RunningDevice, Protocol):
    """Plays from `start` on."""

    @property
    def timeline(self) -> Timeline:
        """When it was heard."""
        ...


class PortAudioPlayer:
    """A device with one channel plays both sides mixed."""

    def __init__(
        self, sound: npt.NDArray[np.int16], device: str, over: Over, vanished: Callable[[DeviceTrouble], None], system: SoundSystem
    ) -> None:
        """`sound`: (samples, 2) at 48 kHz."""
        self._sound, self._over = sound, over
        self._mono = np.mean(sound, axis=1).astype(np.int16)
        self._place, self._told = 0, False
        self.timeline = Timeline()
        self._line = SoundLine(DeviceKind.LOUDSPEAKER, device, vanished, system)

    def start(self) -> None:
        """Open and begin. Raises DeviceError."""
        self._line.open(sounddevice.OutputStream, self._give, channels=2, latency=UNHURRIED_S)

    def close(self) -> None:
        """End at once. May be called twice."""
        self._line.close()

    def health(self, now: float) -> DeviceTrouble | None:
        """See `RunningDevice`."""
        return self._line.health(now)

    def _give(self, data: npt.NDArray[np.int16], frames: int, times: Any, status: Any) -> None:
        now = self._line.called()
        part = self._sound[self._place : self._place + frames]
        if data.shape[1] == 1:
            data[: len(part), 0] = self._mono[self._place : self._place + frames]
        else:
            data[: len(part)] = part
        data[len(part) :] = 0
        if len(part):
            self.timeline.note(now + self._line.delay(times.outputBufferDacTime - times.currentTime), self._place)
        self._place += frames
        if not self._told and self._place - len(self._sound) > self._line.latency_s * SAMPLE_RATE + BLOCK:
            self._told = True
            self._over()


class SilentPlayer(DeviceThread):
    """Plays nowhere, in the sound's own time; `air` is told of each block of 480 samples (mono) and when it would have been heard."""

    def __init__(self, sound: npt.NDArray[np.int16], over: Over, air: Callable[[Pcm, float], None] = lambda block, at: None) -> None:
        super().__init__("silent-player")
        self._mono = np.mean(sound, axis=1).astype(np.int16)
        self._over, self._air = over, air
        self.timeline = Timeline()

    def _run(self) -> None:
        began = time.monotonic()
        for number in range(-(-len(self._mono) // BLOCK)):
            due = began + number * BLOCK_S
            if self._ended.wait(max(0.0, due - time.monotonic())):
                return
            part = self._mono[number * BLOCK : (number + 1) * BLOCK]
            self.timeline.note(due, number * BLOCK)
            self._air(np.pad(part, (0, BLOCK - len(part))), due)
        if not self._ended.wait(BLOCK_S):
            self._over()
