"""How much the browser may send us (REMB): from the loss and from how long packets queue on the way. No network, no aiortc.

The measure is robust against a busy computer: not each packet's delay counts but the least delay within half a second, compared
with the least delay of the last ten seconds. A line that is really too narrow raises even the least delay.
"""

from __future__ import annotations

from collections import deque

MIN_BITRATE = 150_000
MAX_BITRATE = 3_000_000
"""Bit/s. A little above what a browser uses for 1280x720, so that a good line is no limit."""
INTERVAL_S = 0.5
QUEUE_MS = 80
"""More than this above the base delay is a queue on the way."""
BASE_INTERVALS = 20

_TICKS_PER_MS = (1 << 18) / 1000
"""abs-send-time counts 1/2**18 s and wraps after 64 s."""
_WRAP_MS = 64_000


class ReceiveRate:
    """Feed every packet; ask `due` now and then."""

    def __init__(self) -> None:
        self.limit = MAX_BITRATE
        self._bytes = 0
        self._least: float | None = None
        self._bases: deque[float] = deque(maxlen=BASE_INTERVALS)
        self._since: float | None = None
        self._reference: tuple[int, float] | None = None

    def add(self, arrival_ms: int, abs_send_time: int, size: int) -> None:
        """One packet: local arrival in ms, the sender's 24 bit time, bytes of payload."""
        sent_ms = abs_send_time / _TICKS_PER_MS
        if self._reference is None:
            self._reference = (arrival_ms, sent_ms)
        since_arrival = arrival_ms - self._reference[0]
        since_sent = sent_ms - self._reference[1]
        delay = (since_arrival - since_sent + _WRAP_MS / 2) % _WRAP_MS - _WRAP_MS / 2
        self._least = delay if self._least is None else min(self._least, delay)
        self._bytes += size

    def due(self, now: float) -> int | None:
        """The limit to tell, bit/s, every half second; None in between. `now` is `time.monotonic()` seconds."""
        if self._since is None:
            self._since = now
            return self.limit
        elapsed = now - self._since
        if elapsed < INTERVAL_S:
            return None
        self._update(self._bytes * 8 / elapsed, elapsed)
        self._since, self._bytes, self._least = now, 0, None
        return self.limit

    def _update(self, received: float, elapsed: float) -> None:
        if self._least is None:
            return
        self._bases.append(self._least)
        if self._least - min(self._bases) > QUEUE_MS:
            self.limit = int(max(MIN_BITRATE, 0.85 * received))
        else:
            self.limit = int(min(MAX_BITRATE, self.limit * (1 + 0.25 * elapsed)))
