"""Asks a relay as any client may ask it, one question after the other, and gives the codes of its answers."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from aioice import stun, turn

from app.media.relay_places import places_of
from app.wire.messages import IceServer

WANTED: dict[str, object] = {"REQUESTED-TRANSPORT": turn.UDP_TRANSPORT}
"""Of an allocation."""
REFUSED_BY_QUOTA, NO_PORT_LEFT = 486, 508
"""RFC 8656, section 19."""


async def opened(server: IceServer) -> turn.TurnClientUdpProtocol:
    """A socket to the relay, before its first question."""
    (place,) = places_of(server)
    _, client = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: turn.TurnClientUdpProtocol(place.address, place.username, place.credential, 600, 500), remote_addr=place.address
    )
    return client


@contextlib.asynccontextmanager
async def asking(server: IceServer) -> AsyncIterator[turn.TurnClientUdpProtocol]:
    """What was allocated is given back at the end."""
    client = await opened(server)
    try:
        yield client
    finally:
        await give_back(client)
        client.transport.close()


async def allocate(client: turn.TurnClientUdpProtocol, **further: object) -> int:
    return await code(client, stun.Method.ALLOCATE, WANTED | further)


async def refresh(client: turn.TurnClientUdpProtocol) -> int:
    return await code(client, stun.Method.REFRESH, {"LIFETIME": 600})


async def give_back(client: turn.TurnClientUdpProtocol) -> int:
    return await code(client, stun.Method.REFRESH, {"LIFETIME": 0})


async def code(client: turn.TurnClientUdpProtocol, method: stun.Method, attributes: dict[str, object]) -> int:
    """0 for yes, otherwise the error's code."""
    request = stun.Message(message_method=method, message_class=stun.Class.REQUEST, attributes=dict(attributes))
    try:
        await client.request_with_retry(request)
    except stun.TransactionFailed as refused:
        return int(refused.response.attributes["ERROR-CODE"][0])
    return 0
