"""Time as the services see it: the wall clock for people, the loop's timers for later. Imports nothing of `app`."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from typing import Protocol


class Cancellable(Protocol):
    """Something that was planned."""

    def cancel(self) -> None: ...


class Clock(Protocol):
    """Port: implemented by `LoopClock`, and by `app.services.fakes.ManualClock` where a test turns the hands."""

    def unix(self) -> int:
        """Unix seconds, UTC."""
        ...

    def call_later(self, seconds: float, action: Callable[[], None]) -> Cancellable:
        """Call `action` once, on the loop's thread."""
        ...

    def hand_over(self, action: Callable[[], None]) -> None:
        """Call `action` soon on the loop's thread. May be called from any thread; dropped in silence once the loop has closed."""
        ...


class LoopClock:
    """The real one: an asyncio loop's timers."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop

    def unix(self) -> int:
        return int(time.time())

    def call_later(self, seconds: float, action: Callable[[], None]) -> Cancellable:
        return self._loop.call_later(seconds, action)

    def hand_over(self, action: Callable[[], None]) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has closed
            self._loop.call_soon_threadsafe(action)
