"""Who may touch the hardware when: what all calls of a process share. No devices here.

Cameras and sound devices mostly open only once, so what one call gives back must be free before the next call opens it.
"""

from __future__ import annotations

import atexit
import heapq
import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

import structlog

log = structlog.get_logger(__name__)


class _Job(NamedTuple):
    due: float
    """`time.monotonic()` seconds; 0 is at once."""
    number: int
    work: Callable[[], None]


class DeviceTurns:
    """Carries out the openings and closings of all calls, in the order in which they were asked for, on one thread."""

    def __init__(self) -> None:
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._number = 0
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin with what was put so far. May be called twice, from any thread."""
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="devices", daemon=True)
                self._thread.start()

    def put(self, job: Callable[[], None]) -> None:
        """From any thread; returns at once."""
        self._jobs.put(_Job(0, 0, job))

    def later(self, seconds: float, job: Callable[[], None]) -> None:
        """Called in a job: do this one after so many seconds; not at all if all ends before that."""
        self._number += 1
        self._jobs.put(_Job(time.monotonic() + seconds, self._number, job))

    def close(self, seconds: float | None = None) -> None:
        """Do what is left, then end. Waits at most that long: a driver may hang. May be called twice."""
        if self._thread is not None:
            self._jobs.put(None)
            self._thread.join(seconds)
            self._thread = None

    def _work(self) -> None:
        waiting: list[_Job] = []
        while self._turn(waiting):
            pass

    def _turn(self, waiting: list[_Job]) -> bool:
        """One job at most; False at the end. What was done is held no longer: it may be the last that knows a call and its pictures."""
        try:
            job = self._jobs.get(timeout=max(0.0, waiting[0].due - time.monotonic()) if waiting else None)
        except queue.Empty:
            self._do(heapq.heappop(waiting))
            return True
        if job is None:
            return False
        if job.due:
            heapq.heappush(waiting, job)
        else:
            self._do(job)
        return True

    def _do(self, job: _Job) -> None:
        """A driver may raise whatever it likes; the others' turns come all the same."""
        try:
            job.work()
        except Exception:
            log.exception("device_job_failed")


class SoundSystem:
    """One turn after another at PortAudio, and how many of its streams are open. One object for a process, because PortAudio is.

    PortAudio is told to look for devices anew by ending and starting it, which kills every open stream: so never while there is one.
    """

    def __init__(self, start_anew: Callable[[], None] | None = None) -> None:
        """`start_anew` is another one in tests."""
        self.renewed: Callable[[], None] = lambda: None
        """Called on the devices' thread when other devices were looked for in the middle of a call."""
        self._start_anew = start_anew or _start_portaudio_anew
        self._lock = threading.RLock()
        self._streams = 0
        self._left_behind: list[object] = []

    @contextmanager
    def turn(self, seconds: float = -1) -> Iterator[bool]:
        """For everything that asks PortAudio something, opens or closes. The callbacks of streams need none.

        Gives False if it did not come in so many seconds; without a number it is waited for.
        """
        came = self._lock.acquire(timeout=seconds)
        try:
            yield came
        finally:
            if came:
                self._lock.release()

    def opened(self) -> None:
        """A stream was made; call in the turn that made it."""
        self._streams += 1

    def closed(self) -> None:
        """It is gone; call in the turn that closed it."""
        self._streams -= 1

    def leave_behind(self, stream: object) -> None:
        """A stream hangs in PortAudio, or died in its start with a lock in its hand. It counts as open for ever.

        PortAudio is not ended under it, not even with the process: it would abort the program over that lock (PaUnixMutex_Terminate).
        """
        if not self._left_behind:
            _keep_portaudio_at_the_exit()
        self._left_behind.append(stream)

    def renew(self) -> None:
        """Look again which devices there are, if no stream is open."""
        with self._lock:
            if not self._streams:
                self._start_anew()


def _keep_portaudio_at_the_exit() -> None:
    import sounddevice

    atexit.unregister(sounddevice._exit_handler)


def _start_portaudio_anew() -> None:
    import sounddevice  # loads the system's sound at once, so not before somebody wants it

    try:
        sounddevice._terminate()
        sounddevice._initialize()
    except sounddevice.PortAudioError as error:
        log.warning("sound_not_renewed", error=type(error).__name__)
