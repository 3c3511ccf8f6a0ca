"""How fast to play: two computers' clocks differ, and lines get better and worse. Pure numbers; no sound here.

What counts is the least that was left after a read: that much could have come later without being missed. It is held at a few
milliseconds, more after each time that nothing was left, so that delay is spent only where the line needs it.
"""

from __future__ import annotations

from collections import deque

RATE = 48_000
KEEP_MIN = RATE * 10 // 1000
"""Samples that shall be left in the worst moment on a quiet line: one block of the sound device, because a packet that just misses a
read costs a whole one."""
KEEP_MAX = RATE * 80 // 1000
KEEP_STEP = RATE * 10 // 1000
"""More after each time that nothing was left: one block."""
CALM_S = 60
"""After so long without that, one step less: a line that stumbles more often than that keeps its reserve."""
WINDOW = RATE // 2
"""Samples played between two decisions."""
WINDOWS = 16
"""A surplus must have lasted for so many windows (8 s): what was needed once in that time is needed again."""
TOLERANCE = RATE * 5 // 1000
"""A surplus below this is left alone, so that nothing is done about ordinary jitter."""


class Pace:
    """Told after each read what is left; tells how many samples should go or come."""

    def __init__(self) -> None:
        self.keep = KEEP_MIN
        """Samples that shall be left in the worst moment."""
        self.owed = 0.0
        """Samples to be left out (positive) or added (negative), whenever it is not heard."""
        self._least: deque[int] = deque(maxlen=WINDOWS)
        self._low = RATE
        self._played = 0
        self._calm = 0

    def note(self, left: int, played: int) -> None:
        """After a read of `played` samples, `left` wait."""
        self._low = min(self._low, left)
        self._played += played
        self._calm += played
        if self._calm > CALM_S * RATE:
            self._calm = 0
            self.keep = max(KEEP_MIN, self.keep - KEEP_STEP)
        if self._played >= WINDOW:
            self._decide()

    def ran_dry(self) -> None:
        """Nothing was left to play: keep more from now on."""
        self.keep = min(KEEP_MAX, self.keep + KEEP_STEP)
        self._calm = 0
        self.begin_anew()

    def begin_anew(self) -> None:
        """What was seen so far says nothing about what comes."""
        self._least.clear()
        self._low, self._played, self.owed = RATE, 0, 0.0

    def _decide(self) -> None:
        self._least.append(self._low)
        low, self._low, self._played = self._low, RATE, 0
        surplus = min(self._least) - self.keep
        if low < self.keep:
            self.owed = float(low - self.keep)
            self._least.clear()
        elif len(self._least) == WINDOWS and surplus > TOLERANCE:
            self.owed = float(surplus)
            self._least.clear()
        elif self.owed < 0:
            self.owed = 0.0
