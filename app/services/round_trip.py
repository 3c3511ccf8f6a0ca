"""How far the server is: the round trips of `ping` and `pong` (PROTOCOL.md, section 2). Imports nothing of `app`."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

PING_EVERY_S = 3.0
_NEWEST = 3
"""So many round trips count; the smallest, so that one busy moment makes no far server."""


class RoundTrip:
    """Of one connection."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        """`now` in seconds."""
        self._now = now
        self._number = 0
        self._sent_at = 0.0
        self._trips: deque[float] = deque(maxlen=_NEWEST)

    @property
    def ms(self) -> int | None:
        """Milliseconds; None before the first answer."""
        return round(min(self._trips) * 1000) if self._trips else None

    def next_ping(self) -> int:
        """Its number; it goes out now."""
        self._number += 1
        self._sent_at = self._now()
        return self._number

    def pong(self, number: int) -> None:
        """An answer; one that is late, for an older ping, is passed over."""
        if number == self._number:
            self._trips.append(self._now() - self._sent_at)
