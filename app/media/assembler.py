"""RTP packets in any order in, complete coded pictures in order out (RFC 3550, RFC 7741). No clock, no network, no aiortc.

A picture leaves at once when its packets are complete up to the marker bit. Over a gap nothing leaves until it is filled, except
that a complete key frame behind it makes everything before it worthless.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

CAPACITY = 1024
"""Packets held at most; more than that behind a gap, and the oldest are given up."""
MAX_JUMP = 3000
"""A sequence number farther off than this begins anew (a restarted sender)."""


class MediaPacket(NamedTuple):
    """What the assembler needs of one RTP packet."""

    sequence: int
    """16 bit."""
    timestamp: int
    marker: bool
    starts: bool
    """First packet of a picture (S = 1, partition 0)."""
    key: bool
    """First packet of a key frame."""
    data: bytes
    """Without payload descriptor."""


@dataclass(frozen=True, slots=True)
class CodedPicture:
    """One complete picture."""

    data: bytes
    timestamp: int
    key: bool


class FrameAssembler:
    """Sequence numbers are kept unwrapped inside."""

    def __init__(self) -> None:
        self._packets: dict[int, MediaPacket] = {}
        self._next: int | None = None
        """First number of the next picture to leave."""
        self._scan = 0
        """First number not yet seen to be contiguous from `_next`."""
        self._highest = 0
        self._broken = True
        """True until a key frame came; then again when packets were given up."""

    @property
    def needs_key_frame(self) -> bool:
        """Nothing can leave before a key frame."""
        return self._broken

    @property
    def first_missing(self) -> int | None:
        """Unwrapped number of the oldest packet that holds the rest up, or None."""
        if self._next is None or self._scan > self._highest:
            return None
        return self._scan

    def missing(self, limit: int = 64) -> list[int]:
        """16 bit numbers of packets to ask for again, oldest first."""
        if self._next is None:
            return []
        gap = (number for number in range(self._scan, self._highest) if number not in self._packets)
        return [number & 0xFFFF for number, _ in zip(gap, range(limit), strict=False)]

    def add(self, packet: MediaPacket) -> list[CodedPicture]:
        """Take one packet; gives every picture that is complete now."""
        number = self._unwrap(packet)
        if self._next is None or number < self._next or number in self._packets:
            return []
        self._packets[number] = packet
        self._highest = max(self._highest, number)
        if len(self._packets) > CAPACITY:
            self.give_up()
        if number in self._packets and number != self._scan:
            self._leap_to_key(number)
        return self._complete()

    def give_up(self) -> None:
        """The gap will not be filled: only a key frame helps now."""
        self._broken = True
        keys = [n for n, p in self._packets.items() if p.key]
        self._forget_before(max(keys) if keys else self._highest + 1)

    def _unwrap(self, packet: MediaPacket) -> int:
        if self._next is None:
            self._next = self._scan = self._highest = packet.sequence + 0x10000
        delta = (packet.sequence - self._highest + 0x8000) % 0x10000 - 0x8000
        if abs(delta) > MAX_JUMP:
            self._packets.clear()
            self._broken = True
            self._next = self._scan = self._highest = packet.sequence + 0x10000
            return self._next
        return self._highest + delta

    def _first_of_key(self, number: int) -> int | None:
        """The first packet of the key frame that this packet belongs to, if all between are here."""
        timestamp = self._packets[number].timestamp
        while (packet := self._packets.get(number)) is not None and packet.timestamp == timestamp:
            if packet.key:
                return number
            number -= 1
        return None

    def _leap_to_key(self, number: int) -> None:
        """If the key frame around `number` is complete and something before it is missing, begin there."""
        first = self._first_of_key(number)
        if first is None or self._next is None or first <= self._scan:
            return
        while (packet := self._packets.get(number)) is not None and packet.timestamp == self._packets[first].timestamp:
            if packet.marker:
                self._forget_before(first)
                return
            number += 1

    def _forget_before(self, number: int) -> None:
        self._packets = {n: p for n, p in self._packets.items() if n >= number}
        self._next = self._scan = number
        self._highest = max(self._highest, number)

    def _complete(self) -> list[CodedPicture]:
        cut: list[CodedPicture | None] = []
        while (packet := self._packets.get(self._scan)) is not None:
            begun = self._packets.get(self._next) if self._next is not None else None
            if begun is not None and begun.timestamp != packet.timestamp:
                cut.append(self._cut())  # a sender that sets no marker
            self._scan += 1
            if packet.marker:
                cut.append(self._cut())
        return [picture for picture in cut if picture is not None]

    def _cut(self) -> CodedPicture | None:
        """Take the packets from `_next` to `_scan` out as one picture; None for one that cannot be decoded."""
        start = self._next if self._next is not None else self._scan
        packets = [self._packets.pop(number) for number in range(start, self._scan)]
        self._next = self._scan
        if not packets[0].starts or (self._broken and not packets[0].key):
            self._broken = self._broken or not packets[0].starts
            return None
        self._broken = False
        return CodedPicture(b"".join(p.data for p in packets), packets[0].timestamp, packets[0].key)
