"""ICE gathering that never makes a person wait: adapters that are up, link-local addresses left out, a deadline of 500 ms, and
several ways to the relay (`relay_path`). One that is given up, or closed meanwhile, leaves no socket open."""
# mypy: disable-error-code="attr-defined,has-type,method-assign"
# (private names of aiortc, which the checker does not know or does not let be replaced)

from __future__ import annotations

import asyncio
import ipaddress
import socket

import aioice.ice
import psutil

from app.media.patches import relay_path

DEADLINE_S = 0.5
"""For STUN servers; aioice's own is 5 s, which each adapter without a way to the server would cost."""

_original = aioice.ice.Connection.get_component_candidates
_original_close = aioice.ice.Connection.close
_made = aioice.ice.StunProtocol.connection_made


def host_addresses(use_ipv4: bool, use_ipv6: bool) -> list[str]:
    """Addresses of adapters that are up. Loopback only where there is nothing else (a machine without a network shows the demo)."""
    up = {name for name, state in psutil.net_if_stats().items() if state.isup}
    found: list[str] = []
    for name, addresses in psutil.net_if_addrs().items():
        if name not in up:
            continue
        for entry in addresses:
            wanted = (entry.family == socket.AF_INET and use_ipv4) or (entry.family == socket.AF_INET6 and use_ipv6)
            if wanted and not entry.address.startswith("fe80:"):
                found.append(entry.address)
    reachable = [a for a in found if not ipaddress.ip_address(a).is_loopback and not ipaddress.ip_address(a).is_link_local]
    return reachable or [a for a in found if ipaddress.ip_address(a).is_loopback]


async def _with_deadline(
    self: aioice.ice.Connection,
    component: int,
    addresses: list[str],
    timeout: int = 0,  # noqa: ASYNC109  aioice's parameter
) -> list[aioice.Candidate]:
    if self._closing:
        return []
    self.now_gathering = gathered = asyncio.ensure_future(_gathered(self, component, addresses))
    try:
        return await gathered
    except asyncio.CancelledError:
        if self._closing and gathered.cancelled():
            return []
        raise
    finally:
        if self._closing or gathered.cancelled():
            _end(self)


def _end(connection: aioice.ice.Connection) -> None:
    """aioice itself knows of its sockets only in the end, and of none that came after its `close`."""
    for protocol in [*getattr(connection, "sockets_made", ()), *connection._protocols]:
        protocol.transport.close()
        for question in list(protocol.transactions.values()):
            question._Transaction__future.cancel()


async def _close(self: aioice.ice.Connection) -> None:
    gathered: asyncio.Future[object] | None = getattr(self, "now_gathering", None)
    if gathered is not None:
        gathered.cancel()
    await _original_close(self)


async def _gathered(self: aioice.ice.Connection, component: int, addresses: list[str]) -> list[aioice.Candidate]:
    places = getattr(self, "relay_places", ())
    direct = _original(self, component, addresses, timeout=DEADLINE_S)  # type: ignore[arg-type]  # a part of a second does as well
    if not places:
        return await direct
    candidates, found = await asyncio.gather(direct, relay_path.relayed(self, component, places))
    if found is not None:
        candidate, protocol = found
        self._protocols.append(protocol)
        candidates.append(candidate)
    return candidates


def _note(self: aioice.ice.StunProtocol, transport: asyncio.BaseTransport) -> None:
    _made(self, transport)
    vars(self.receiver).setdefault("sockets_made", []).append(self)


def install() -> None:
    """Change aioice in this process. May be called twice."""
    aioice.ice.StunProtocol.connection_made = _note
    aioice.ice.get_host_addresses = host_addresses
    aioice.ice.Connection.get_component_candidates = _with_deadline
    aioice.ice.Connection.close = _close
