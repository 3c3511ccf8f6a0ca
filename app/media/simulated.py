"""The simulated devices of training and of a check without devices: a drawn person, a made voice, a loudspeaker that plays nowhere.

They have the faults that `SimulatedFaults` switches on, also in mid-use. No hardware is touched. Demonstration and measurements use those
of `app.media.synthetic`, which are always well.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from app.domain.checks import Fault
from app.media.clock import unix_ms
from app.media.frames import from_i420_rows
from app.media.opus import SAMPLE_RATE, Pcm
from app.media.persons import HEIGHT, WIDTH, Person
from app.media.playout import PlayoutBuffer
from app.media.ports import DeviceKind, DeviceTrouble
from app.media.priority import Urgency, raise_priority
from app.media.routers import BLOCK, BLOCK_S, BlockTaker, PictureRouter
from app.media.running import DeviceError, DeviceThread
from app.media.simulated_faults import OPENING, SimulatedFaults
from app.media.sound_player import Over, SilentPlayer
from app.media.synthetic import LATE_BLOCKS, SyntheticLoudspeaker
from app.media.voice import voice_block

RATE, SLOW_RATE = 25, 5
SLEEPS_S = 0.2
"""Between two looks whether a camera that ended or froze is well again."""
DARKENED = 0.06
QUIETENED = 0.015
"""-36 dB: a microphone on the other side of the room."""
OVERDRIVEN = 16.0
HUM_PEAK = 1200
"""In units of 16 bit, of the mains' wave; half as much at its double and triple: -31 dBFS together."""
ECHO_S = 0.06
ECHO_SHARE = 0.2
"""-14 dB: a loudspeaker beside the microphone."""
_KEPT = 30
"""Blocks in the air."""


class SimulatedAir:
    """Between a simulated loudspeaker and a simulated microphone. Without the fault of an echo the person wears a headset.

    Written and read on two threads."""

    def __init__(self, faults: SimulatedFaults) -> None:
        self._faults = faults
        self._blocks: deque[tuple[float, Pcm]] = deque(maxlen=_KEPT)

    def play(self, block: Pcm, at: float) -> None:
        """480 samples that are heard from `at` (`time.monotonic()`) on."""
        self._blocks.append((at, block))

    def heard(self, at: float) -> npt.NDArray[np.float64]:
        """480 samples of what arrives at the microphone from `at` on."""
        out = np.zeros(BLOCK)
        if self._faults.on(Fault.SPEAKER_ECHO):
            for played_at, block in list(self._blocks):
                late = round((played_at + ECHO_S - at) * SAMPLE_RATE)
                if -BLOCK < late < BLOCK:
                    out[max(0, late) : BLOCK + min(0, late)] += block[max(0, -late) : BLOCK - max(0, late)] * ECHO_SHARE
        return out


class _Faulty(DeviceThread):
    """Does not open, and ends, when it shall."""

    def __init__(self, kind: DeviceKind, faults: SimulatedFaults) -> None:
        super().__init__(f"simulated-{kind.value}")
        self._kind, self._faults = kind, faults

    def start(self) -> None:
        """Begin. Raises DeviceError."""
        _may_open(self._kind, self._faults)
        super().start()

    def health(self, now: float) -> DeviceTrouble | None:
        """See `RunningDevice`."""
        return DeviceTrouble.VANISHED if self._faults.opening(self._kind) else None


class SimulatedCamera(_Faulty):
    """A person who sits, blinks and speaks."""

    def __init__(self, router: PictureRouter, person: int, faults: SimulatedFaults, size: tuple[int, int] = (WIDTH, HEIGHT)) -> None:
        """`person`: 1 to 3; `size` as in `Person`."""
        super().__init__(DeviceKind.CAMERA, faults)
        self._router, self._number, self._size = router, person, size

    def _run(self) -> None:
        raise_priority(Urgency.PICTURE)
        person, rows = Person(self._number, *self._size), None
        due = time.monotonic()
        while not self._ended.wait(max(0.0, due - time.monotonic())):
            captured = time.monotonic()
            due = captured + SLEEPS_S
            if self._faults.opening(DeviceKind.CAMERA):
                continue
            if rows is None or not self._faults.on(Fault.CAMERA_FROZEN):
                rows = self._drawn(person)
            self._router.put(from_i420_rows(rows, captured))
            due = captured + 1 / (SLOW_RATE if self._faults.on(Fault.CAMERA_SLOW) else RATE)

    def _drawn(self, person: Person) -> npt.NDArray[np.uint8]:
        rows = person.draw(unix_ms(), self._faults.on(Fault.CAMERA_BACKLIGHT))
        if self._faults.on(Fault.CAMERA_DARK):
            luma = rows[: person.height]
            luma[:] = _DARK[luma]
        if self._faults.on(Fault.CAMERA_WRONG):
            _look_past(rows, person)
        return rows


def _look_past(rows: npt.NDArray[np.uint8], person: Person) -> None:
    """Turn the camera so far that half of the person is cut off at the left border and the rest is wall."""
    width, height = person.width, person.height
    chroma = rows[height:].reshape(2, height // 2, width // 2)
    for plane in (rows[:height], *chroma):
        half = plane.shape[1] // 2
        plane[:, :half] = plane[:, half:].copy()
        plane[:, half:] = plane[:, -1:].copy()


_DARK = (16 + (np.maximum(np.arange(256), 16) - 16) * DARKENED).astype(np.uint8)


class SimulatedMicrophone(_Faulty):
    """The person's voice, and what comes out of the simulated loudspeaker."""

    def __init__(self, taker: BlockTaker, faults: SimulatedFaults, air: SimulatedAir) -> None:
        super().__init__(DeviceKind.MICROPHONE, faults)
        self._taker, self._air = taker, air

    def health(self, now: float) -> DeviceTrouble | None:
        """See `RunningDevice`."""
        return super().health(now) or (DeviceTrouble.SILENT if self._faults.on(Fault.MIC_SILENT) else None)

    def _run(self) -> None:
        raise_priority(Urgency.SOUND)
        number = int(time.time() / BLOCK_S) + 1
        while not self._ended.wait(max(0.0, number * BLOCK_S - time.time())):
            if not self._faults.opening(DeviceKind.MICROPHONE):
                at = time.monotonic() - (time.time() - (number - 1) * BLOCK_S)
                self._taker.write(self._block((number - 1) * BLOCK, at), at)
            number += 1
            late = int(time.time() / BLOCK_S) - LATE_BLOCKS - number
            if late > 0:
                self._taker.skip(late)
                number += late

    def _block(self, first_sample: int, at: float) -> Pcm:
        if self._faults.on(Fault.MIC_SILENT):
            return np.zeros(BLOCK, np.int16)
        wave = voice_block(first_sample) + self._air.heard(at)
        if self._faults.on(Fault.MIC_QUIET):
            wave = wave * QUIETENED
        if self._faults.on(Fault.MIC_CLIPPING):
            wave = wave * OVERDRIVEN
        if self._faults.on(Fault.MIC_HUM):
            wave = wave + _hum(first_sample)
        return np.clip(np.rint(wave), -32768, 32767).astype(np.int16)


def _hum(first_sample: int) -> npt.NDArray[np.float64]:
    phase = 2 * np.pi * 50 / SAMPLE_RATE * (first_sample % SAMPLE_RATE + np.arange(BLOCK))
    return HUM_PEAK * np.asarray(np.sin(phase) + 0.5 * np.sin(2 * phase) + 0.5 * np.sin(3 * phase))


class SimulatedLoudspeaker(SyntheticLoudspeaker):
    """Plays nowhere, unless it is not there."""

    def __init__(self, playout: PlayoutBuffer, faults: SimulatedFaults) -> None:
        super().__init__(playout)
        self._faults = faults

    def start(self) -> None:
        """Begin. Raises DeviceError."""
        _may_open(DeviceKind.LOUDSPEAKER, self._faults)
        super().start()

    def health(self, now: float) -> DeviceTrouble | None:
        """See `RunningDevice`."""
        return DeviceTrouble.VANISHED if self._faults.opening(DeviceKind.LOUDSPEAKER) else None


class SimulatedPlayer(SilentPlayer):
    """A sound that is played once, into the simulated air."""

    def __init__(self, sound: npt.NDArray[np.int16], over: Over, faults: SimulatedFaults, air: Callable[[Pcm, float], None]) -> None:
        super().__init__(sound, over, air)
        self._faults = faults

    def start(self) -> None:
        """Begin. Raises DeviceError."""
        _may_open(DeviceKind.LOUDSPEAKER, self._faults)
        super().start()


def _may_open(kind: DeviceKind, faults: SimulatedFaults) -> None:
    fault = faults.opening(kind)
    if fault is not None:
        trouble = OPENING[kind][fault]
        raise DeviceError(DeviceTrouble.NOT_FOUND if trouble is DeviceTrouble.VANISHED else trouble)
