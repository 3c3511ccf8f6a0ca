"""The limit told to the browser."""

from __future__ import annotations

import random

from app.media.receive_rate import MAX_BITRATE, MIN_BITRATE, ReceiveRate

TICKS = (1 << 18) / 1000


class Line:
    """A line of a certain width, simulated: packets queue before it. Times in ms."""

    def __init__(self, kbps: float, busy_ms: float = 0.0) -> None:
        self.rate, self.kbps, self.busy_ms = ReceiveRate(), kbps, busy_ms
        self.free_at = self.now = 0.0
        self.limits: list[int] = []
        self.chance = random.Random(3)

    def run(self, seconds: float, sent_kbps: float) -> None:
        """1200 bytes at a time."""
        end = self.free_at + seconds * 1000
        while self.free_at < end:
            self.now += 9600 / sent_kbps
            self.free_at = max(self.free_at, self.now) + 9600 / self.kbps
            arrival = self.free_at + self.chance.random() * self.busy_ms
            self.rate.add(int(arrival) + 70_000_000, int(self.now * TICKS) & 0xFFFFFF, 1200)
            limit = self.rate.due(self.free_at / 1000)
            if limit is not None:
                self.limits.append(limit)


def test_a_good_line_is_not_throttled() -> None:
    line = Line(20_000)
    line.run(20, 2500)
    assert set(line.limits) == {MAX_BITRATE}


def test_a_busy_computer_is_not_taken_for_a_narrow_line() -> None:
    line = Line(20_000, busy_ms=120)
    line.run(20, 2500)
    assert set(line.limits) == {MAX_BITRATE}


def test_a_narrow_line_is_noticed_within_two_seconds() -> None:
    line = Line(1000)
    line.run(2, 2500)
    assert line.limits[-1] < 1100 * 1000


def test_it_recovers_when_the_line_does() -> None:
    line = Line(800)
    line.run(2, 2500)
    line.kbps = 20_000
    line.run(15, 600)
    assert line.limits[-1] == MAX_BITRATE


def test_it_never_falls_below_what_a_picture_needs() -> None:
    line = Line(20)
    line.run(20, 300)
    assert min(line.limits) == MIN_BITRATE


def test_a_pause_changes_nothing() -> None:
    rate = ReceiveRate()
    assert [rate.due(second) for second in (0.0, 0.1, 1.0, 30.0)] == [MAX_BITRATE, None, MAX_BITRATE, MAX_BITRATE]
