"""The shown screen on its way out: sharp first, as often as line and computer allow, repeated until it is sharp. No aiortc here.

A screen stands still most of the time, and its source may then deliver nothing. What was sent last is therefore coded again: five
times a second until it no longer becomes better, then once a second, which costs next to nothing because unchanged blocks are skipped.
"""

from __future__ import annotations

import time

from app.media.budget import Budget
from app.media.feeds import EncodedUnit, VideoFeed
from app.media.ladder import scaled
from app.media.ports import I420Frame
from app.media.routers import PictureRouter

MAX_WIDTH, MAX_HEIGHT = 1920, 1080
LEAST_PAUSE_S = 1 / 15
REFINE_PAUSE_S = 0.2
REFINEMENTS = 8
REST_PAUSE_S = 1.0
LARGEST_LOAD = 0.4
"""Share of the time that encoding may take: the camera and the sound need the rest."""
HASTE = 1.5
"""A large picture goes out this much faster than the mean rate."""
LONGEST_SPREAD_S = 2.0


class ScreenFeed(VideoFeed):
    """Encodes what the router holds, while it holds something."""

    def __init__(self, router: PictureRouter, budget: Budget) -> None:
        super().__init__("screen-feed", router, budget)
        self._frame: I420Frame | None = None
        self._repeats = 0
        self._free_at = 0.0
        """When the next picture may be coded at the earliest, `time.monotonic()` seconds."""

    def want_key_frame(self) -> None:
        """The other side lost the picture; it may stand still, so nothing else would bring it."""
        super().want_key_frame()
        self._router.wake()

    def _encode_all(self) -> None:
        number = 0
        while not self._ended.wait(max(0.0, self._free_at - time.monotonic())):
            number, _ = self._router.wait_newer(number, self._patience())
            frame = self._router.newest
            if frame is None:
                self._frame = None
            elif not self._ended.is_set():
                self._send(frame)

    def _patience(self) -> float:
        """How long to wait for something newer before the same is coded again."""
        return REFINE_PAUSE_S if self._repeats < REFINEMENTS else REST_PAUSE_S

    def _send(self, frame: I420Frame) -> None:
        began = time.monotonic()
        again = frame is self._frame
        self._repeats = self._repeats + 1 if again else 0
        self._frame = frame
        captured_at = began if again else frame.captured_at
        bitrate = self._budget.screen
        rtp_time = self._rtp_time(captured_at)
        data = self._coded(scaled(frame, _fitting(frame)), rtp_time, bitrate, screen=True)
        ended = time.monotonic()
        bits_s = len(data) * 8 / bitrate
        self._free_at = began + max(LEAST_PAUSE_S, (ended - began) / LARGEST_LOAD, bits_s)
        if data:
            self.frames += 1
            self._deliver(EncodedUnit(data, rtp_time & 0xFFFFFFFF, captured_at, spread_s=min(LONGEST_SPREAD_S, bits_s / HASTE)))


def _fitting(frame: I420Frame) -> float:
    """The share of its size in which it is not larger than 1920x1080."""
    return min(1.0, MAX_WIDTH / frame.width, MAX_HEIGHT / frame.height)
