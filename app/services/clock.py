"""Time as the services see it: the wall clock for people, the loop's timers for later. Imports nothing of `app`."""

from __future__ import annotations

import asyncio
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


class LoopClock:
    """The real one: the running asyncio loop's timers."""

    def unix(self) -> int:
        return int(time.time())

    def call_later(self, seconds: float, action: Callable[[], None]) -> Cancellable:
        return asyncio.get_running_loop().call_later(seconds, action)
