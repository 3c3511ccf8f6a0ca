"""Counters of the rate limits in memory. The library's own look through all of them with every hit: with ten thousand addresses that is
more work than serving them.
"""

from __future__ import annotations

import time

from limits.aio.storage.base import Storage

TIDY_AT = 1024
"""So many counters may stand before those that ran out are thrown away; then twice what is left."""


class Windows(Storage):
    """Storage of fixed windows; each begins with its first hit."""

    STORAGE_SCHEME = None

    def __init__(self) -> None:
        super().__init__()
        self._counts: dict[str, tuple[int, float]] = {}
        """Key -> hits, and the end of the window, Unix seconds."""
        self._tidy_at = TIDY_AT

    @property
    def base_exceptions(self) -> type[Exception]:
        return ValueError

    async def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        count, until = self._standing(key)
        self._counts[key] = (count + amount, until if count else time.time() + expiry)
        if len(self._counts) > self._tidy_at:
            self._tidy()
        return count + amount

    async def get(self, key: str) -> int:
        return self._standing(key)[0]

    async def get_expiry(self, key: str) -> float:
        return self._standing(key)[1]

    async def check(self) -> bool:
        return True

    async def reset(self) -> int:
        count = len(self._counts)
        self._counts.clear()
        return count

    async def clear(self, key: str) -> None:
        self._counts.pop(key, None)

    def _standing(self, key: str) -> tuple[int, float]:
        """Nothing for a window that ran out."""
        now = time.time()
        count, until = self._counts.get(key, (0, now))
        return (count, until) if until > now else (0, now)

    def _tidy(self) -> None:
        now = time.time()
        self._counts = {key: window for key, window in self._counts.items() if window[1] > now}
        self._tidy_at = max(TIDY_AT, 2 * len(self._counts))
