"""The two long-lived switches between devices and the line: pictures and sound go through here, whatever device feeds them.

A device writes; encoders of one or two epochs read. Nobody waits for a reader, and nothing piles up. numpy only.
"""

from __future__ import annotations

import queue
import threading
import time
from typing import NamedTuple, Protocol

import numpy as np

from app.media.opus import Pcm
from app.media.ports import FrameSlot, I420Frame

BLOCK = 480
"""Samples in 10 ms at 48 kHz, the size in which sound devices deliver and take."""
BLOCK_S = 0.01
_PIPE_BLOCKS = 16
_LEVEL_BLOCKS = 5


class SoundBlock(NamedTuple):
    """10 ms of sound as it goes through a pipe."""

    number: int
    """In the sound's own time; lost ones count."""
    pcm: Pcm
    at: float
    """`time.monotonic()` seconds at which its first sample was captured, or will be heard."""


class BlockTaker(Protocol):
    """Takes what a simulated microphone makes: the router of a call, or a device check."""

    def write(self, block: Pcm, at: float | None = None) -> None:
        """One block of 480 samples, captured at `at` (`time.monotonic()`; None is 10 ms ago)."""
        ...

    def skip(self, blocks: int) -> None:
        """The device lost that many blocks."""
        ...


class PictureRouter:
    """Holds the newest picture of the camera, or of a shown screen, and wakes the encoders. One's own picture is shown from here."""

    def __init__(self) -> None:
        self.own = FrameSlot[I420Frame]()
        self._condition = threading.Condition()
        self._frame: I420Frame | None = None
        self._number = 0

    @property
    def size(self) -> tuple[int, int] | None:
        """Width and height of the newest picture, None before the first."""
        frame = self._frame
        return None if frame is None else (frame.width, frame.height)

    def put(self, frame: I420Frame, show: bool = True) -> None:
        """A new picture; `show` is False for the black one that stands for a camera that is off."""
        if show:
            self.own.put(frame)
        with self._condition:
            self._frame, self._number = frame, self._number + 1
            self._condition.notify_all()

    @property
    def newest(self) -> I420Frame | None:
        """The newest picture; None before the first and after `clear`."""
        return self._frame

    def clear(self) -> None:
        """There is no picture any more."""
        with self._condition:
            self._frame, self._number = None, self._number + 1
            self._condition.notify_all()

    def wait_newer(self, number: int, timeout: float) -> tuple[int, I420Frame | None]:
        """Wait up to `timeout` seconds for a picture after `number`; gives the newest number and, if newer, its picture."""
        with self._condition:
            self._condition.wait_for(lambda: self._number != number, timeout)
            return self._number, self._frame if self._number != number else None

    def wake(self) -> None:
        """Let waiting encoders look around, for instance because they shall end."""
        with self._condition:
            self._number += 1
            self._condition.notify_all()


class SoundPipe:
    """10 ms blocks on their way from a sound callback to one reader. When the reader is late the oldest blocks are lost."""

    def __init__(self) -> None:
        self._blocks: queue.SimpleQueue[SoundBlock | None] = queue.SimpleQueue()
        self._time = 0
        """Number of the next block in the sound's own time; lost ones count."""

    def write(self, block: Pcm, at: float = 0.0) -> None:
        """One block of 480 samples and its time. Called in the callback: copies and signals, nothing else."""
        if self._blocks.qsize() >= _PIPE_BLOCKS:
            self._take(0)
        self._blocks.put(SoundBlock(self._time, block.copy(), at))
        self._time += 1

    def read(self, timeout: float) -> SoundBlock | None:
        """The next block, or None if none came in time."""
        block = self._take(timeout)
        if block is not None and self._blocks.qsize() >= _PIPE_BLOCKS // 2:
            while self._blocks.qsize() > 1:
                block = self._take(0)
        return block

    def skip(self, blocks: int) -> None:
        """That many blocks were lost before they came here; the sound's time goes on over them."""
        self._time += blocks

    def wake(self) -> None:
        """Let the reader look around, for instance because it shall end."""
        self._blocks.put(None)

    def _take(self, timeout: float) -> SoundBlock | None:
        try:
            return self._blocks.get(timeout=timeout)
        except queue.Empty:
            return None


class SoundRouter:
    """Passes the microphone's blocks to the encoders and keeps its level. Switched off it passes silence."""

    def __init__(self) -> None:
        self.on = True
        self._pipes: tuple[SoundPipe, ...] = ()
        self._silence = np.zeros(BLOCK, np.int16)
        self._levels = [0.0] * _LEVEL_BLOCKS
        self._count = 0
        self._last_block = 0.0

    def attach(self, pipe: SoundPipe) -> None:
        """Begin to write into `pipe`."""
        self._pipes = (*self._pipes, pipe)

    def detach(self, pipe: SoundPipe) -> None:
        """Write into it no more."""
        self._pipes = tuple(p for p in self._pipes if p is not pipe)

    def write(self, block: Pcm, at: float | None = None) -> None:
        """One block of 480 samples, captured at `at` (`time.monotonic()`; None is 10 ms ago)."""
        out = block if self.on else self._silence
        now = time.monotonic()
        captured = now - BLOCK_S if at is None else at
        for pipe in self._pipes:
            pipe.write(out, captured)
        peak = max(int(out.max()), -int(out.min())) / 32768
        self._levels[self._count % _LEVEL_BLOCKS] = peak
        self._count += 1
        self._last_block = now

    def skip(self, blocks: int) -> None:
        """The device lost that many blocks."""
        for pipe in self._pipes:
            pipe.skip(blocks)

    def level(self) -> float:
        """Peak of the last 50 ms, 0 to 1; 0 when the device fell silent altogether."""
        return max(self._levels) if time.monotonic() - self._last_block < 0.2 else 0.0
