"""Consent to send (RFC 7675, section 5.1): nothing goes any more to an address that has not answered for 30 s.

aioice counts questions instead of seconds: six of them take 33 s, at most 39 s, and an answer that is under way for more than half a
second counts as none.
"""
# mypy: disable-error-code="attr-defined,has-type,method-assign"
# (private names of aioice, which the checker does not know or does not let be replaced)

from __future__ import annotations

import asyncio
import random

import aioice.ice
from aioice import stun

EXPIRY_S = 30.0
"""After the last question that was answered."""
INTERVAL_S = 5.0
"""Between two questions, give or take a fifth."""
RETRANSMISSIONS = 2
"""Of one question; with aioice's pauses an answer may take 3.5 s."""
RETRANSMISSIONS_IN_DOUBT = 1
"""Of one that is asked out of turn: an answer may take 1.5 s, and meanwhile others are asked."""


async def _query_consent(self: aioice.ice.Connection) -> None:
    """Until nobody answers any more; then the connection is closed, and its sockets with it."""
    loop = asyncio.get_running_loop()
    ends_at = loop.time() + EXPIRY_S
    while (left := ends_at - loop.time()) > 0:
        await asyncio.sleep(min(left, INTERVAL_S * random.uniform(0.8, 1.2)))  # noqa: S311  RFC 7675 spreads the load, it hides nothing
        asked_at = loop.time()
        try:
            async with asyncio.timeout(max(0.0, ends_at - asked_at)):
                await asyncio.gather(*(_ask(self, pair) for pair in self._nominated.values()))
        except (stun.TransactionError, TimeoutError):
            continue
        ends_at = asked_at + EXPIRY_S
    self._query_consent_task = None
    await self.close()


async def answered(connection: aioice.ice.Connection) -> bool:
    """Ask once out of turn, when there is doubt whether the path in use still carries; False also where none is in use."""
    pairs = list(connection._nominated.values())
    try:
        await asyncio.gather(*(_ask(connection, pair, RETRANSMISSIONS_IN_DOUBT) for pair in pairs))
    except (stun.TransactionError, ConnectionError):
        return False
    return bool(pairs)


async def _ask(self: aioice.ice.Connection, pair: aioice.ice.CandidatePair, retransmissions: int = RETRANSMISSIONS) -> None:
    """Raises stun.TransactionError."""
    await pair.protocol.request(
        self.build_request(pair, nominate=False),
        pair.remote_addr,
        integrity_key=str(self.remote_password).encode(),
        retransmissions=retransmissions,
    )


def install() -> None:
    """Change aioice in this process. May be called twice."""
    aioice.ice.Connection.query_consent = _query_consent
