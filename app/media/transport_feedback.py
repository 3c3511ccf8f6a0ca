"""Tells a browser when each of its packets arrived, from which it learns how much the line carries. No network, no aiortc.

RTCP feedback as in draft-holmer-rmcat-transport-wide-cc-extensions-01, section 3.1.
"""

from __future__ import annotations

import math
import struct

INTERVAL_S = 0.05
KEPT_S = 0.5
"""Arrivals are remembered for this long, so that a report about a late packet is right about its neighbours."""
MOST = 400
"""Packets in one report; it fits into one datagram."""

_TICK_S = 0.00025
_TICKS_OF_REFERENCE = 256
_MISSING, _SMALL, _LARGE = 0, 1, 2
"""Packet status symbols: not received; received, with a delta of one byte; of two."""
_LONGEST_RUN = 0x1FFF
_VECTOR = 7
"""Two-bit symbols in one status vector chunk."""


class Arrivals:
    """Of all packets of a transport that carry a transport-wide number."""

    def __init__(self) -> None:
        self._at: dict[int, int] = {}
        """In ticks of 250 us, by unwrapped number."""
        self._untold: set[int] = set()
        self._next: int | None = None
        self._highest: int | None = None
        self._told_at = -math.inf
        self._reports = 0

    def add(self, number: int, at: float) -> None:
        """One packet: its 16 bit number, and when it came (seconds of any steady clock)."""
        if self._highest is None:
            self._highest = number + 0x10000
        unwrapped = self._highest + (number - self._highest + 0x8000) % 0x10000 - 0x8000
        self._highest = max(self._highest, unwrapped)
        if unwrapped not in self._at:
            self._at[unwrapped] = int(at / _TICK_S)
            self._untold.add(unwrapped)

    def due(self, now: float, sender: int, media: int) -> bytes | None:
        """The RTCP packet to send now, if the last one is long enough ago; `sender` and `media` are sources (SSRC)."""
        if not self._untold or now - self._told_at < INTERVAL_S:
            return None
        self._told_at = now
        first, symbols, content = self._report()
        self._forget(now, first + len(symbols))
        content += bytes(-len(content) % 4)
        self._reports += 1
        return struct.pack("!BBHLL", 0x8F, 205, 2 + len(content) // 4, sender, media) + content

    def _report(self) -> tuple[int, list[int], bytes]:
        """The first number, the symbols of it and those that follow, and the feedback control information."""
        earliest = min(self._untold)
        first = earliest if self._next is None else min(self._next, earliest)
        first = max(first, earliest - MOST // 2)
        reference = before = self._at[earliest] // _TICKS_OF_REFERENCE * _TICKS_OF_REFERENCE
        symbols, deltas = [], b""
        for number in range(first, min(max(self._untold) + 1, first + MOST)):
            at = self._at.get(number)
            delta = 0 if at is None else at - before
            if not -0x8000 <= delta < 0x8000:
                break  # told in the next report, with a reference of its own
            small = 0 <= delta <= 0xFF
            symbols.append(_MISSING if at is None else _SMALL if small else _LARGE)
            if at is not None:
                deltas += struct.pack("!B" if small else "!h", delta)
                before = at
        time = (reference // _TICKS_OF_REFERENCE & 0xFFFFFF) << 8 | self._reports & 0xFF
        return first, symbols, struct.pack("!HHL", first & 0xFFFF, len(symbols), time) + _chunks(symbols) + deltas

    def _forget(self, now: float, told_to: int) -> None:
        self._next = told_to
        self._untold = {number for number in self._untold if number >= told_to}
        oldest = int((now - KEPT_S) / _TICK_S)
        self._at = {number: at for number, at in self._at.items() if at >= oldest or number in self._untold}


def _chunks(symbols: list[int]) -> bytes:
    """Run length chunks for seven equal symbols and more, and at the end; status vectors for the rest (sections 3.1.3, 3.1.4)."""
    chunks, place = b"", 0
    while place < len(symbols):
        symbol, end = symbols[place], place + 1
        while end < len(symbols) and symbols[end] == symbol and end - place < _LONGEST_RUN:
            end += 1
        if end - place >= _VECTOR or end == len(symbols):
            chunks += struct.pack("!H", symbol << 13 | end - place)
            place = end
            continue
        vector = 0b11
        for symbol in (symbols[place : place + _VECTOR] + [_MISSING] * _VECTOR)[:_VECTOR]:
            vector = vector << 2 | symbol
        chunks += struct.pack("!H", vector)
        place += _VECTOR
    return chunks
