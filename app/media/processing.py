"""Takes echo and noise out of the microphone's sound and evens its level, on a thread of its own. numpy; livekit at the first use.

The callbacks of microphone and loudspeaker only put copies into one queue, so that their order is kept. The work takes 0.3 ms for each
10 ms (at most 2 ms, measured), which is too much for a callback that has 10 ms for everything. Where the library is missing or fails,
sound goes on unprocessed.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import NamedTuple, Protocol

import numpy as np
import structlog

from app.media.opus import SAMPLE_RATE, Pcm
from app.media.priority import Urgency, raise_priority
from app.media.routers import BLOCK, SoundRouter

log = structlog.get_logger(__name__)

MAX_DELAY_MS = 500
"""The most that the echo canceller is told; what is longer is a clock that lies (WebRTC's own limit)."""


BACKLOG = 100
"""Blocks of both kinds that wait at most (half a second), and are then made up for in their order. On a busy computer the thread may
come late; a block left out would teach the canceller a wrong delay."""


class ProcessingError(Exception):
    """The library is missing or refused. For us and the log; the person is heard unprocessed."""


class _Block(NamedTuple):
    played: bool
    """By the loudspeaker; otherwise captured by the microphone."""
    number: int
    """Of a captured one, in the sound's own time; lost ones count."""
    pcm: Pcm
    at: float
    """`time.monotonic()` seconds at which its first sample was captured, or will be heard."""


class Processing(Protocol):
    """What is done to 10 ms blocks. One object belongs to one thread."""

    def far(self, block: Pcm) -> None:
        """What the loudspeaker plays; left as it is."""
        ...

    def near(self, block: Pcm, delay_ms: int) -> None:
        """What the microphone heard, changed in place. `delay_ms`: from the last `far` block's sound to this block's."""
        ...


class WebRtcProcessing:
    """Echo cancellation (if wanted), noise suppression, high-pass filter and gain control of WebRTC, out of livekit's library."""

    def __init__(self, cancel_echo: bool) -> None:
        """Raises ProcessingError."""
        try:
            from livekit.rtc.apm import AudioProcessingModule
            from livekit.rtc.audio_frame import AudioFrame

            self._module = AudioProcessingModule(
                echo_cancellation=cancel_echo, noise_suppression=True, high_pass_filter=True, auto_gain_control=True
            )
        except Exception as error:  # a native library may fail in any way that its binding knows
            raise ProcessingError(type(error).__name__) from error
        self._cancel_echo = cancel_echo
        memory = bytearray(BLOCK * 2)
        self._samples = np.frombuffer(memory, np.int16)
        self._frame = AudioFrame(memory, SAMPLE_RATE, 1, BLOCK)

    def far(self, block: Pcm) -> None:
        """See `Processing`. Raises ProcessingError."""
        if self._cancel_echo:
            self._samples[:] = block
            self._call(self._module.process_reverse_stream, self._frame)

    def near(self, block: Pcm, delay_ms: int) -> None:
        """See `Processing`. Raises ProcessingError."""
        self._samples[:] = block
        if self._cancel_echo:
            self._call(self._module.set_stream_delay_ms, delay_ms)
        self._call(self._module.process_stream, self._frame)
        block[:] = self._samples

    def _call(self, function: Callable[..., None], argument: object) -> None:
        try:
            function(argument)
        except Exception as error:  # as above
            raise ProcessingError(type(error).__name__) from error


def warm() -> None:
    """Load the library (0.3 s) before a conversation begins, so that joining does not wait for it. Without it nothing happens."""
    try:
        WebRtcProcessing(cancel_echo=True)
    except ProcessingError as error:
        log.warning("sound_processing_missing", error=str(error))


class SoundProcessor:
    """Between the microphone's callback and the router. Runs while at least one microphone has begun."""

    def __init__(self, router: SoundRouter, make: Callable[[bool], Processing] = WebRtcProcessing) -> None:
        """`make` gives the processing, with echo cancellation or without; another one in tests."""
        self.cancel_echo = True
        """False while the other side is heard in headphones; may be set at any time."""
        self._router = router
        self._make = make
        self._users = 0
        self._thread: threading.Thread | None = None
        self._blocks: queue.SimpleQueue[_Block | None] = queue.SimpleQueue()
        self._captured = 0
        self._processing: Processing | None = None
        self._cancels = False
        self._failed = False
        self._heard_at = 0.0

    @property
    def wants_sound(self) -> bool:
        """The person's own switch is on."""
        return self._router.on

    def begin(self) -> None:
        """A microphone begins. Called on the thread of the devices, like `end`."""
        self._users += 1
        if self._users == 1:
            self._blocks, self._captured = queue.SimpleQueue(), 0
            self._thread = threading.Thread(target=self._run, args=(self._blocks,), name="sound-processor", daemon=True)
            self._thread.start()

    def end(self) -> None:
        """It has ended; waits for the thread after the last one."""
        self._users -= 1
        if self._users == 0 and self._thread is not None:
            self._blocks.put(None)
            self._thread.join()
            self._thread = None

    def captured(self, block: Pcm, at: float) -> None:
        """480 samples whose first one was captured at `at` (`time.monotonic()`). In the microphone's callback."""
        self._put(_Block(False, self._captured, block.copy(), at))
        self._captured += 1

    def played(self, block: Pcm, at: float) -> None:
        """480 samples whose first one will be heard at `at`. In the loudspeaker's callback."""
        if self._users:
            self._put(_Block(True, 0, block.copy(), at))

    def _put(self, block: _Block) -> None:
        if self._blocks.qsize() < BACKLOG:
            self._blocks.put(block)

    def _run(self, blocks: queue.SimpleQueue[_Block | None]) -> None:
        raise_priority(Urgency.SOUND)
        expected = 0
        while (block := blocks.get()) is not None:
            self._process(block)
            if not block.played:
                self._router.skip(max(0, block.number - expected))
                self._router.write(block.pcm, block.at)
                expected = block.number + 1

    def _process(self, block: _Block) -> None:
        """Change the block in place, or leave it as it is."""
        if self._failed:
            return
        try:
            self._work(self._ready(), block)
        except ProcessingError as error:
            self._processing, self._failed = None, True
            log.warning("sound_unprocessed", error=str(error))

    def _ready(self) -> Processing:
        """The processing as it is wanted now; making one takes 2 ms, the first one 0.3 s."""
        if self._processing is None or self._cancels != self.cancel_echo:
            self._cancels = self.cancel_echo
            self._processing = self._make(self._cancels)
        return self._processing

    def _work(self, processing: Processing, block: _Block) -> None:
        if block.played:
            processing.far(block.pcm)
            self._heard_at = block.at
        else:
            ahead_ms = (self._heard_at - block.at) * 1000
            processing.near(block.pcm, int(min(max(ahead_ms, 0), MAX_DELAY_MS)))
