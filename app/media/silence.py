"""When a silent line is doubted: the rule of the watch on a call, over plain figures. Imports nothing of the program.

Sound comes fifty times a second, so half a second without any packet is no loss, but it may be a side that has nothing to send. So the
path itself is asked (RFC 7675, section 5.1, at a quicker pace): whoever answers is there, and the line is only quiet. Where nobody
answers either, the next way is prepared long before the line counts as stalled; the old one stays until the new one stands.
"""

from __future__ import annotations

import enum

ASK_S = 0.4
"""Silence after which the path is asked, at each look."""
DOUBT_S = 0.8
"""Silence, unanswered questions included, after which the line is doubted. Outages of 0.7 s pass; see docs/decisions/0038."""
PAUSE_S = 10.0
"""After a doubt that was wrong, because the line spoke again, there is none for this time: a new way costs the relay and both sides
something each time."""
LONGEST_LOOK_S = 0.3
"""A look that comes later than this after the last one found this program standing still, which is no silence of the line."""


class Verdict(enum.Enum):
    """What a look comes to."""

    NOTHING = "nothing"
    """To be done: something came, or not long ago, or the doubt was told."""
    ASK = "ask"
    """The path is to be asked whether it carries."""
    DOUBT = "doubt"
    """Told once in a silence: another way is to be prepared."""


class Silence:
    """Of one line after the other. Times are `time.monotonic()` seconds."""

    def __init__(self) -> None:
        self._signs = (0, 0, 0)
        self._looked_at = 0.0
        self._silent_s = 0.0
        self._told = False
        self._trusted_until = 0.0

    @property
    def long(self) -> bool:
        """Nothing came for so long that the path was asked."""
        return self._silent_s >= ASK_S

    def look(self, line: int, packets: int, answers: int, now: float) -> Verdict:
        """`packets` came on this line so far, and `answers` to questions about its path; both rise, and begin anew with another line."""
        signs, passed = (line, packets, answers), now - self._looked_at
        self._looked_at = now
        if signs != self._signs:
            if self._told and line == self._signs[0]:
                self._trusted_until = now + PAUSE_S
            self._signs, self._silent_s, self._told = signs, 0.0, False
            return Verdict.NOTHING
        self._silent_s += min(passed, LONGEST_LOOK_S)
        if self._silent_s >= DOUBT_S and not self._told and now >= self._trusted_until:
            self._told = True
            return Verdict.DOUBT
        return Verdict.ASK if self.long and not self._told else Verdict.NOTHING
