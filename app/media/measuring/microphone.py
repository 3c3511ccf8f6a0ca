"""The microphone that a check listens to, as it is: without echo cancelling, noise suppression and gain control."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np

from app.domain.check_rules import MicrophoneFigures
from app.domain.checks import Fault
from app.media.catalogue import is_hardware
from app.media.devices import Hardware
from app.media.measuring.faults import fault_of
from app.media.measuring.levels import SoundMeter
from app.media.measuring.opening import Turns
from app.media.measuring.permissions import refusal
from app.media.opus import Pcm
from app.media.ports import DeviceKind, DeviceTrouble
from app.media.routers import BLOCK, BLOCK_S
from app.media.sound_player import Timeline

KIND = DeviceKind.MICROPHONE

Feed = Callable[[Pcm, float], None]
"""Takes a block and its time in the sound's callback; has to copy it."""


class Ears:
    """Hands what a microphone hears to all that listen. Is what `Listener` and `BlockTaker` ask for."""

    wants_sound = True

    def __init__(self, *feeds: Feed) -> None:
        """`feeds` take all blocks from the beginning on."""
        self._feeds = feeds

    @contextmanager
    def heard_by(self, *feeds: Feed) -> Iterator[None]:
        """Let them take all blocks meanwhile."""
        self._feeds = (*self._feeds, *feeds)
        try:
            yield
        finally:
            self._feeds = tuple(feed for feed in self._feeds if feed not in feeds)

    def begin(self) -> None:
        """See `Listener`."""

    def end(self) -> None:
        """See `Listener`."""

    def captured(self, block: Pcm, at: float) -> None:
        """See `Listener`."""
        for feed in self._feeds:
            feed(block, at)

    def write(self, block: Pcm, at: float | None = None) -> None:
        """See `BlockTaker`."""
        self.captured(block, time.monotonic() - BLOCK_S if at is None else at)

    def skip(self, blocks: int) -> None:
        """See `BlockTaker`."""


class Recording:
    """What was heard, in memory only."""

    def __init__(self) -> None:
        self._blocks: list[Pcm] = []
        self.timeline = Timeline()

    def take(self, block: Pcm, at: float) -> None:
        """A feed."""
        self.timeline.note(at, len(self._blocks) * BLOCK)
        self._blocks.append(block.copy())

    def samples(self) -> Pcm:
        """All of it."""
        return np.concatenate(self._blocks) if self._blocks else np.zeros(0, np.int16)

    def forget(self) -> None:
        """Overwrite it."""
        for block in self._blocks:
            block.fill(0)
        self._blocks.clear()


class MeasuredMicrophone:
    """Implements `MicrophoneProbe`."""

    def __init__(self, hardware: Hardware, device: str) -> None:
        self._meter = SoundMeter()
        self.device, self.ears = device, Ears(self._meter.take)
        self._hardware, self._turns = hardware, Turns(hardware)
        self._running = hardware.bare_microphone(self.ears, device, self._vanished)
        self._trouble: Fault | None = None
        self._closed = False

    @property
    def trouble(self) -> Fault | None:
        """Why it is not heard."""
        stopped = self._running.health(time.monotonic()) if self._trouble is None and not self._closed else None
        return self._trouble or (self._fault(stopped) if stopped is DeviceTrouble.VANISHED else None)

    @property
    def usable(self) -> bool:
        """It is open and heard."""
        return not self._closed and self.trouble is None

    async def open(self) -> None:
        """Open it, or know why not."""
        self._trouble = refusal(KIND, self.device) if is_hardware(self.device) else None
        if self._trouble is None:
            trouble = await self._turns.start(self._running)
            self._trouble = trouble and self._fault(trouble)

    def level_dbfs(self) -> float:
        """See `MicrophoneProbe`."""
        return self._meter.level_dbfs()

    def figures(self) -> MicrophoneFigures:
        """See `MicrophoneProbe`."""
        return self._meter.figures(None if self._closed else self.trouble)

    async def close(self) -> None:
        """See `MicrophoneProbe`."""
        if not self._closed:
            self._closed = True
            await self._turns.close(self._running)
            self._meter.forget()

    def _vanished(self, trouble: DeviceTrouble) -> None:
        self._trouble = self._fault(trouble)

    def _fault(self, trouble: DeviceTrouble) -> Fault | None:
        simulated = None if is_hardware(self.device) else self._hardware.faults.opening(KIND)
        return simulated or fault_of(KIND, trouble)
