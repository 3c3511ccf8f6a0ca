"""Rate limits by the library `limits`: requests, connections failures and proofs of an address, messages of a connection.

Addresses are kept only as a keyed hash with a key that lives as long as the process, and for as long as their window lasts.
"""

from __future__ import annotations

import hashlib
import ipaddress
import secrets
from dataclasses import dataclass

from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import FixedWindowRateLimiter


@dataclass(frozen=True, slots=True)
class Rates:
    """How much is allowed, in the notation of `limits`. Many clients may share one address, so only failures are counted tightly."""

    requests: str = "1800/minute"
    """HTTP requests of one address."""
    connections: str = "240/minute"
    """WebSockets of one address."""
    failures: str = "30/minute"
    """Links that do not exist, seats without the right secret: of one address."""
    proofs: str = "30/minute"
    """Workstations that are not known: of one address. Of its own, so that clients behind the same proxy lock no workstation out."""
    messages: str = "300/10 second"
    """Messages on one connection; a browser's candidates come in bursts of some dozens."""


class RateLimits:
    """Counts and says whether it is enough."""

    def __init__(self, rates: Rates) -> None:
        self._limiter = FixedWindowRateLimiter(MemoryStorage())
        self._requests = parse(rates.requests)
        self._connections = parse(rates.connections)
        self._failures = parse(rates.failures)
        self._proofs = parse(rates.proofs)
        self._messages = parse(rates.messages)
        self._key = secrets.token_bytes(16)

    async def request(self, address: str) -> bool:
        """Count an HTTP request; False if it is one too many."""
        return await self._hit(self._requests, "requests", self._hidden(address))

    async def connection(self, listener: str, address: str) -> bool:
        """Count a WebSocket of a listener; False if it is one too many."""
        return await self._hit(self._connections, "connections", listener, self._hidden(address))

    async def message(self, connection: str) -> bool:
        """Count a message on a connection; False if it is one too many."""
        return await self._hit(self._messages, "messages", connection)

    async def failure(self, address: str) -> None:
        """Count a failure of this address."""
        await self._hit(self._failures, "failures", self._hidden(address))

    async def failed_too_often(self, address: str) -> bool:
        """True when this address has used up its failures."""
        return not await self._limiter.test(self._failures, "failures", self._hidden(address))

    async def failed_proof(self, address: str) -> None:
        """Count a workstation's proof from this address that did not hold."""
        await self._hit(self._proofs, "proofs", self._hidden(address))

    async def failed_proof_too_often(self, address: str) -> bool:
        """True when this address has used up its proofs."""
        return not await self._limiter.test(self._proofs, "proofs", self._hidden(address))

    async def _hit(self, item: RateLimitItem, *who: str) -> bool:
        return await self._limiter.hit(item, *who)

    def _hidden(self, address: str) -> str:
        return hashlib.blake2b(_network(address).encode(), key=self._key, digest_size=12).hexdigest()


def _network(address: str) -> str:
    """The address, or for IPv6 its /64: one household has a whole network of those."""
    try:
        ip = ipaddress.ip_address(address.split("%", 1)[0])
    except ValueError:
        return address
    if isinstance(ip, ipaddress.IPv6Address):
        return str(ip.ipv4_mapped or ipaddress.ip_network((ip, 64), strict=False))
    return str(ip)
