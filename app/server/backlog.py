"""Envelopes that wait for one connection. Many rooms may change in one moment; none of them may get lost, and none may fill the memory."""

from __future__ import annotations

MAX_BYTES = 16 * 1024 * 1024
"""All that may wait: the last state of every room of the largest workstation, or 256 messages of the largest size."""


class Backlog:
    """A queue in which equal envelopes stand once: "look at this room" need not be said twice to who has not looked yet."""

    __slots__ = ("_size", "_waiting")

    def __init__(self) -> None:
        self._waiting: dict[bytes, None] = {}
        self._size = 0

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def put(self, envelope: bytes) -> bool:
        """Queue an envelope. False, and nothing is queued, if too much waits already."""
        if envelope in self._waiting:
            return True
        if self._size + len(envelope) > MAX_BYTES:
            return False
        self._waiting[envelope] = None
        self._size += len(envelope)
        return True

    def pop(self) -> bytes:
        """The envelope that waits longest; only while there is one."""
        envelope = next(iter(self._waiting))
        del self._waiting[envelope]
        self._size -= len(envelope)
        return envelope
