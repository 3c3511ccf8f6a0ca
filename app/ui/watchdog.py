"""Reports what held the Qt thread for longer than 50 ms. Imports Qt and structlog only.

A timer beats on the Qt thread every 20 ms. A thread of our own takes the Qt thread's stack as soon as a beat is overdue; the next
beat then says how long it was. (The event dispatcher's `awake` and `aboutToBlock` cannot serve: under Unix timers run outside of them.)
"""

from __future__ import annotations

import contextlib
import faulthandler
import os
import re
import tempfile
import threading
import time
from dataclasses import dataclass

import structlog
from PySide6.QtCore import QObject, Qt, QTimer

LIMIT_S = 0.05
"""Nothing on the Qt thread takes longer."""
BEAT_MS = 20
LOOK_EVERY_S = 0.02

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Block:
    """One stretch in which the Qt thread did not come back to its loop."""

    wall_ms: float
    """By the clock on the wall: what a person felt. Up to 10 ms too short."""
    cpu_ms: float
    """Of processor time on the Qt thread; the rest was waiting."""
    starved_ms: float
    """In which the thread could have run but got no processor (Linux; 0 elsewhere): the machine's fault, not ours."""
    places: tuple[str, ...]
    """`file:line function`, outermost first, taken at the first look after the limit; empty where the stretch ended before one."""

    @property
    def own_ms(self) -> float:
        """What we have to answer for."""
        return self.wall_ms - self.starved_ms


class Watchdog(QObject):
    """Create and start it on the Qt thread."""

    def __init__(self) -> None:
        super().__init__()
        self._qt_thread = threading.get_ident()
        self._delay = RunDelay()
        self._last_beat = time.monotonic()
        self._cpu = time.thread_time()
        self._starved = 0.0
        self._places: tuple[str, ...] = ()
        self._blocks = 0
        self._worst: Block | None = None
        self._timer = QTimer(self, interval=BEAT_MS)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, name="watchdog", daemon=True)

    @property
    def worst(self) -> Block | None:
        """The stretch over the limit with the largest `own_ms` since the start or `forget`."""
        return self._worst

    @property
    def blocks(self) -> int:
        """How many stretches were over the limit since the start or `forget`."""
        return self._blocks

    def start(self) -> None:
        """Watch from now on."""
        self._last_beat, self._cpu, self._starved = time.monotonic(), time.thread_time(), self._delay.seconds()
        self._timer.start()
        self._thread.start()

    def forget(self) -> None:
        """Begin anew, for instance after the start of the program."""
        self._blocks, self._worst = 0, None

    def close(self) -> None:
        """End the thread. Does nothing if it was not started."""
        self._timer.stop()
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()
        self._delay.close()

    def _beat(self) -> None:
        now, cpu, starved = time.monotonic(), time.thread_time(), self._delay.seconds()
        late = now - self._last_beat - BEAT_MS / 1000
        if late > LIMIT_S:
            self._weigh(Block(late * 1000, (cpu - self._cpu) * 1000, (starved - self._starved) * 1000, self._places))
        self._last_beat, self._cpu, self._starved, self._places = now, cpu, starved, ()

    def _weigh(self, block: Block) -> None:
        if block.own_ms <= LIMIT_S * 1000:
            return
        self._blocks += 1
        if self._worst is None or block.own_ms > self._worst.own_ms:
            self._worst = block
        figures = {name: round(getattr(block, name)) for name in ("wall_ms", "cpu_ms", "starved_ms")}
        _log.warning("window.blocked", **figures, places=block.places[-6:])

    def _look(self) -> None:
        while not self._stop.wait(LOOK_EVERY_S):
            beat = self._last_beat
            if self._places or time.monotonic() - beat <= LIMIT_S + BEAT_MS / 1000:
                continue
            places = _places_of(self._qt_thread)
            if self._last_beat == beat:
                self._places = places


class RunDelay:
    """How long the calling thread has waited for a processor so far: `/proc/thread-self/schedstat`, second figure, nanoseconds
    (Linux, Documentation/scheduler/sched-stats). To be made and read on the same thread."""

    def __init__(self) -> None:
        self._file: int | None = None
        if hasattr(os, "pread"):  # Windows has none, even where a disk of it has such a file
            with contextlib.suppress(OSError):
                self._file = os.open("/proc/thread-self/schedstat", os.O_RDONLY)

    def seconds(self) -> float:
        """Seconds since the thread's start; 0 where the system does not say."""
        if self._file is None:
            return 0.0
        return int(os.pread(self._file, 100, 0).split()[1]) / 1e9

    def close(self) -> None:
        """Read no more."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


def _places_of(thread: int) -> tuple[str, ...]:
    """Where that thread is, outermost first.

    Read by faulthandler, which holds no frame. A frame held here would keep its locals beyond the end of their function and free
    them on this thread; with a QPainter among them Qt crashes.
    """
    with tempfile.TemporaryFile() as file:
        faulthandler.dump_traceback(file, all_threads=True)
        file.seek(0)
        text = file.read().decode("utf-8", "replace")
    for stack in text.split("\n\n"):
        heading, _, lines = stack.partition("\n")
        if f"0x{thread:016x} " in heading:
            found = re.findall(r'^  File "(.*)", line (\d+) in (.*)$', lines, re.MULTILINE)
            return tuple(f"{_short(path)}:{line} {name}" for path, line, name in reversed(found))
    return ()


def _short(path: str) -> str:
    """File and folder; what stands before may name a person."""
    return "/".join(path.replace("\\", "/").split("/")[-2:])
