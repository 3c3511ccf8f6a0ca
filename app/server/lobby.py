"""Connections that cost something and do nothing: those that have not asked anything yet, and those whose peer reads no answer.

Knows transports and nothing of HTTP.
"""

from __future__ import annotations

import asyncio
import os
import socket
import struct
from collections.abc import Callable, Hashable

from app.server.rate_limits import network_of

SILENT_AT_ONCE = 256
"""Connections of one network that may wait with their first request at the same time. Who comes asks at once, so many may share one."""
UNREAD_S = 10.0
"""A peer that takes nothing of what lies there for it in this time is gone."""


class Lobby:
    """Where a connection is until its request's headers are there. When a network's places are taken, the one that waits longest goes, so
    that whoever floods it loses their own."""

    def __init__(self, most: int = SILENT_AT_ONCE) -> None:
        self._most = most
        self._places: dict[str, dict[Hashable, Callable[[], None]]] = {}
        self._of: dict[Hashable, str] = {}

    def enter(self, who: Hashable, address: str, end: Callable[[], None]) -> None:
        """`end` is called when the place is needed for somebody else."""
        network = self._of[who] = network_of(address)
        places = self._places.setdefault(network, {})
        places[who] = end
        if len(places) > self._most:
            oldest = next(iter(places))
            end_oldest = places[oldest]
            self.leave(oldest)
            end_oldest()

    def leave(self, who: Hashable) -> None:
        """Their headers came, or they are gone. May be called twice."""
        network = self._of.pop(who, None)
        if network is None:
            return
        places = self._places[network]
        del places[who]
        if not places:
            del self._places[network]


class Unread:
    """Ends a connection whose peer has stopped reading: what lies there for it would keep it open for ever, also when it is closed."""

    __slots__ = ("_before", "_gone", "_loop", "_timer", "_transport")

    def __init__(self, loop: asyncio.AbstractEventLoop, transport: asyncio.Transport) -> None:
        self._loop = loop
        self._transport = transport
        self._timer: asyncio.TimerHandle | None = None
        self._before = 0
        self._gone = False

    def watch(self) -> None:
        """From now on, if anything lies there."""
        if self._timer is None and not self._gone and (waiting := self._unsent()):
            self._before = waiting
            self._timer = self._loop.call_later(UNREAD_S, self._look)

    def stop(self) -> None:
        """The connection is gone, and its transport cannot be asked any more."""
        self._gone = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _unsent(self) -> int:
        try:
            return self._transport.get_write_buffer_size()
        except AttributeError:  # CPython 3.11: TLS that was closed twice has let go of what it would ask
            return 0

    def _look(self) -> None:
        self._timer = None
        if 0 < self._before <= self._unsent():
            _forget(self._transport)
        else:
            self.watch()


def _forget(transport: asyncio.Transport) -> None:
    """At once, and without what the system still keeps for the peer (SO_LINGER with no time: it hears a reset)."""
    if (bare := transport.get_extra_info("socket")) is not None:
        bare.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("hh" if os.name == "nt" else "ii", 1, 0))
    transport.abort()
