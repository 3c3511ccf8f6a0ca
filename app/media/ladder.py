"""Which size the picture is sent in: smaller when the computer does not keep up or the line is narrow, larger again with patience.

Pure rules, fed with measured times; no threads, no codecs.
"""

from __future__ import annotations

from app.media.ports import I420Frame
from app.media.scaling import resized

STEPS = (1.0, 0.75, 0.5)
"""Shares of the camera's width and height: 1280x720, 960x540, 640x360."""
NEEDED_KBPS = (600, 300, 0)
"""For each step the least bit rate at which 30 pictures a second look better than fewer pixels would."""
BUSY, IDLE = 0.75, 0.3
"""Shares of the time between two pictures that encoding takes: above the first it is too much, below the second there is room."""
FULL, ROOM = 0.9, 0.6
"""Shares of its time that the whole computer works: above the first everything on it stutters, below the second there is room."""
SETTLE_S = 6.0
"""After the start, and after each change, before the whole computer's load counts."""
DOWN_AFTER_S, UP_AFTER_S = 1.0, 8.0
LONGEST_UP_AFTER_S = 60.0
_MEMORY_S = 0.7
"""Time constant of the running mean."""


class Ladder:
    """Tell it of every coded picture; ask `scale` for the next."""

    def __init__(self) -> None:
        self._step = 0
        self._load = 0.0
        self._since: float | None = None
        """Since when the load calls for the same change, or for none."""
        self._wish = 0
        self._patience_s = UP_AFTER_S
        self._went_up_at = float("-inf")
        self._settled_at: float | None = None
        self._too_much = False
        self._weak = False

    @property
    def scale(self) -> float:
        """Of the camera's width and height."""
        return STEPS[self._step]

    @property
    def load(self) -> float:
        """Running mean of the share of time that encoding takes."""
        return self._load

    @property
    def weak(self) -> bool:
        """The picture is smaller than it could be because this computer did not keep up."""
        return self._weak

    def note(self, took_s: float, interval_s: float, bitrate: int, now: float, machine: float = 0.0) -> None:
        """A picture took `took_s` to encode and came `interval_s` after the one before; `bitrate` in bit/s is the present limit,
        `machine` the share of all processors' time that the whole computer works."""
        if self._settled_at is None:
            self._settled_at = now + SETTLE_S
        weight = min(1.0, interval_s / _MEMORY_S)
        self._load += weight * (min(1.0, took_s / max(interval_s, 1e-3)) - self._load)
        wish = self._wanted(bitrate / 1000, machine if now >= self._settled_at else (FULL + ROOM) / 2)
        if wish != self._wish or self._since is None:
            self._wish, self._since = wish, now
        elif wish > 0 and now - self._since >= DOWN_AFTER_S:
            self._down(now)
        elif wish < 0 and now - self._since >= self._patience_s:
            self._up(now)

    def _wanted(self, kbps: float, machine: float) -> int:
        """1 is smaller, -1 larger, 0 as it is."""
        # Other work takes one step only: what encoding still costs then does not make the difference.
        self._too_much = self._load > BUSY or (machine > FULL and self._step == 0)
        if self._step + 1 < len(STEPS) and (self._too_much or kbps < NEEDED_KBPS[self._step]):
            return 1
        if self._step > 0 and self._load < IDLE and machine < ROOM and kbps > 1.3 * NEEDED_KBPS[self._step - 1]:
            return -1
        return 0

    def _down(self, now: float) -> None:
        self._weak = self._weak or self._too_much
        self._step += 1
        if now - self._went_up_at < LONGEST_UP_AFTER_S:
            self._patience_s = min(LONGEST_UP_AFTER_S, 2 * self._patience_s)
        self._begin_again()

    def _up(self, now: float) -> None:
        self._step -= 1
        self._weak = self._weak and self._step > 0
        self._went_up_at = now
        self._begin_again()

    def _begin_again(self) -> None:
        self._load, self._since, self._settled_at = (BUSY + IDLE) / 2, None, None


def scaled(frame: I420Frame, scale: float) -> I420Frame:
    """The picture in that share of its width and height, in even numbers; the same object for 1."""
    if scale == 1:
        return frame
    width, height = max(2, int(frame.width * scale) & ~1), max(2, int(frame.height * scale) & ~1)
    return resized(frame, width, height)
