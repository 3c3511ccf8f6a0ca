"""Reports what held the Qt thread for longer than 50 ms. Imports Qt and structlog only.

The event dispatcher says when the thread wakes and when it is about to sleep; between the two it is busy. A thread of our own
looks every 20 ms and takes the Qt thread's stack as soon as one stretch has lasted too long.
"""

from __future__ import annotations

import sys
import threading
import time
import traceback
from dataclasses import dataclass

import structlog
from PySide6.QtCore import QAbstractEventDispatcher

LIMIT_S = 0.05
"""Nothing on the Qt thread takes longer."""
LOOK_EVERY_S = 0.02

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Block:
    """One stretch in which the Qt thread did not come back to its loop."""

    wall_ms: float
    """By the clock on the wall: what a person felt."""
    cpu_ms: float
    """Of processor time on the Qt thread: much less than `wall_ms` means that the machine was busy, not we."""
    places: tuple[str, ...]
    """`file:line function`, outermost first, taken at the first look after the limit; empty where the stretch ended before one."""


class Watchdog:
    """Create and start it on the Qt thread, after the application object."""

    def __init__(self) -> None:
        dispatcher = QAbstractEventDispatcher.instance()
        if dispatcher is None:
            raise RuntimeError("the Qt thread has no event dispatcher yet")
        self._dispatcher = dispatcher
        self._qt_thread = threading.get_ident()
        self._busy_since: float | None = None
        self._cpu_since = 0.0
        self._places: tuple[str, ...] = ()
        self._blocks = 0
        self._worst: Block | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, name="watchdog", daemon=True)

    @property
    def worst(self) -> Block | None:
        """The longest stretch over the limit since the start or `forget`."""
        return self._worst

    @property
    def blocks(self) -> int:
        """How many stretches were over the limit."""
        return self._blocks

    def start(self) -> None:
        """Watch from now on."""
        self._dispatcher.awake.connect(self._wake)
        self._dispatcher.aboutToBlock.connect(self._sleep)
        self._thread.start()

    def forget(self) -> None:
        """Begin anew, for instance after the start of the program."""
        self._blocks, self._worst = 0, None

    def close(self) -> None:
        """End the thread."""
        self._dispatcher.awake.disconnect(self._wake)
        self._dispatcher.aboutToBlock.disconnect(self._sleep)
        self._stop.set()
        self._thread.join()

    def _wake(self) -> None:
        self._finish()
        self._cpu_since = time.thread_time()
        self._busy_since = time.monotonic()

    def _sleep(self) -> None:
        self._finish()
        self._busy_since = None

    def _finish(self) -> None:
        if self._busy_since is None:
            return
        wall = time.monotonic() - self._busy_since
        if wall > LIMIT_S:
            self._report(Block(wall * 1000, (time.thread_time() - self._cpu_since) * 1000, self._places))
        self._places = ()

    def _report(self, block: Block) -> None:
        self._blocks += 1
        if self._worst is None or block.wall_ms > self._worst.wall_ms:
            self._worst = block
        _log.warning("window.blocked", wall_ms=round(block.wall_ms), cpu_ms=round(block.cpu_ms), places=block.places[-6:])

    def _look(self) -> None:
        while not self._stop.wait(LOOK_EVERY_S):
            since = self._busy_since
            if since is None or self._places or time.monotonic() - since <= LIMIT_S:
                continue
            frame = sys._current_frames().get(self._qt_thread)
            if frame is not None and self._busy_since == since:
                self._places = tuple(f"{f.filename}:{f.lineno} {f.name}" for f in traceback.extract_stack(frame))
