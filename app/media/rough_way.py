"""A way between two ends of one process that is as bad as a trainer wants it: nothing passes, some is lost, or it comes late.

Stands around the UDP sockets of one peer connection, both directions. Leans on private names of aioice; the packets are the real ones.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from typing import Any

from aiortc import RTCPeerConnection

from app.media.roughness import Roughness

_BURST_S = 0.1
"""So much of a narrow way's rate may come at once."""


class _Gate:
    """One direction."""

    def __init__(self, how: Callable[[], Roughness], loop: asyncio.AbstractEventLoop) -> None:
        self._how, self._loop = how, loop
        self._free, self._at = 0.0, loop.time()

    def pass_on(self, size: int, pass_it: Callable[[], None]) -> None:
        """Now, later or never."""
        how = self._how()
        if random.random() < how.loss or not self._fits(size, how.kbps):  # noqa: S311 (no secret)
            return
        late = how.delay_s + random.random() * how.sway_s  # noqa: S311 (as above)
        if late:
            self._loop.call_later(late, pass_it)
        else:
            pass_it()

    def _fits(self, size: int, kbps: float) -> bool:
        if not kbps:
            return True
        now, rate = self._loop.time(), kbps * 125.0
        self._free = min(rate * _BURST_S, self._free + (now - self._at) * rate)
        self._at = now
        if self._free < size:
            return False
        self._free -= size
        return True


class _Socket:
    """Takes the place of a UDP socket."""

    def __init__(self, real: Any, gate: _Gate) -> None:
        self._real, self._gate = real, gate

    def sendto(self, data: bytes, address: object) -> None:
        """As the real one, if the way is good enough."""
        self._gate.pass_on(len(data), lambda: None if self._real.is_closing() else self._real.sendto(data, address))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


def roughen(connection: RTCPeerConnection, how: Callable[[], Roughness]) -> None:
    """From now on `how` is asked for each packet of `connection`, whose candidates are gathered. On its loop."""
    loop = asyncio.get_running_loop()
    sctp: Any = connection.sctp
    transport = sctp.transport.transport
    for protocol in transport._connection._protocols:
        out, into = _Gate(how, loop), _Gate(how, loop)
        protocol.transport = _Socket(protocol.transport, out)
        protocol.datagram_received = _taking(protocol.datagram_received, into)


def _taking(take: Callable[[bytes, Any], None], gate: _Gate) -> Callable[[bytes, Any], None]:
    return lambda data, address: gate.pass_on(len(data), lambda: take(data, address))
