"""How busy the whole computer is, with everything that runs on it. psutil only."""

from __future__ import annotations

from collections.abc import Callable

import psutil

WINDOW_S = 3.0
"""Time over which the mean is taken; looked at three times as often."""


def processor_times() -> tuple[float, float]:
    """(seconds spent working, seconds in all) of all processors together since some moment."""
    times = psutil.cpu_times()
    virtual = getattr(times, "guest", 0.0) + getattr(times, "guest_nice", 0.0)  # already counted as user time (proc(5))
    total = sum(times) - virtual
    return total - times.idle - getattr(times, "iowait", 0.0), total


class MachineLoad:
    """Of one thread."""

    def __init__(self, read: Callable[[], tuple[float, float]] = processor_times) -> None:
        self._read = read
        self._looks: list[tuple[float, float, float]] = []
        self.share = 0.0
        """Of all processors' time that was worked in the last window, 0 to 1; 0 before the first one has passed."""

    def look(self, now: float) -> float:
        """The share at `now` (`time.monotonic()` seconds); may be asked as often as one likes."""
        if not self._looks or now - self._looks[-1][0] >= WINDOW_S / 3:
            self._looks.append((now, *self._read()))
            old = [look for look in self._looks if now - look[0] >= WINDOW_S]
            if old:
                self._looks = self._looks[len(old) - 1 :]
                (_, worked, total), (_, worked_now, total_now) = self._looks[0], self._looks[-1]
                self.share = (worked_now - worked) / max(total_now - total, 1e-9)
        return self.share
