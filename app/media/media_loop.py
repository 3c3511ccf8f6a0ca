"""The loop of picture and sound: asyncio's own, whose UDP sockets keep to the ports that the agency's firewall lets through.

aioice asks for "any port" of each address and has no setting for a range; the system then takes one of its own (RFC 6056). Here any port
is one of the range. Sockets that only speak to a server (the relay's) have no address of their own to give and stay as they are.
Imports `app.domain` only.
"""

from __future__ import annotations

import asyncio
import errno
import random
import selectors
from collections.abc import Iterator
from typing import Any

import structlog

from app.domain.udp_ports import UdpPorts

log = structlog.get_logger(__name__)

TAKEN = frozenset({errno.EADDRINUSE, errno.EACCES})
"""Another program has the port; Windows keeps whole ranges back for itself, and says so with the second one."""


def ports_of(setting: str) -> UdpPorts | None:
    """Those of a setting, None for any. What cannot be understood there takes any, too, and the log says so."""
    try:
        return UdpPorts.parse(setting) if setting else None
    except ValueError:
        log.warning("udp_ports_not_understood")
        return None


class MediaLoop(asyncio.SelectorEventLoop):
    """A selector loop everywhere: Windows' proactor loop dies of ICMP errors, which ICE provokes."""

    def __init__(self, ports: UdpPorts | None = None) -> None:
        """`ports` are those that may be taken; None takes any."""
        super().__init__(selectors.DefaultSelector())
        self._ports = ports

    async def create_datagram_endpoint(self, protocol_factory: Any, local_addr: Any = None, *further: Any, **named: Any) -> Any:
        """As asyncio's. Raises OSError as well where the whole range is taken."""
        if self._ports is None or local_addr is None or local_addr[1] != 0:
            return await super().create_datagram_endpoint(protocol_factory, local_addr, *further, **named)
        for port in _from_anywhere(self._ports):
            try:
                return await super().create_datagram_endpoint(protocol_factory, (local_addr[0], port), *further, **named)
            except OSError as error:
                if error.errno not in TAKEN:
                    raise
        log.warning("udp_ports_taken")
        raise OSError(errno.EADDRINUSE, "every port of the range is taken")


def _from_anywhere(ports: UdpPorts) -> Iterator[int]:
    """All of them, from a place that nobody can guess on."""
    start = random.SystemRandom().randrange(len(ports))
    return (ports.first + (start + step) % len(ports) for step in range(len(ports)))
