"""Several ways to the relay instead of one, and the short way of media through it.

aiortc takes the first TURN server of a list and gives up when it does not answer. Here UDP goes first; where nothing comes back soon, as
behind a firewall that drops it, TCP and TLS are tried beside it, and whoever answers first is taken.
"""
# mypy: disable-error-code="assignment,attr-defined,has-type,method-assign"
# (private names of aioice and aiortc, which the checker does not know or does not let be replaced)

from __future__ import annotations

import asyncio
import ssl
import struct
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, TypeVar

import aioice.ice
import structlog
from aioice import stun, turn
from aioice.ice import Candidate, Connection, StunProtocol, TransportPolicy
from aiortc import RTCIceGatherer, RTCIceServer

from app.media.patches.packet_path import is_media
from app.media.relay_places import Place, relays_of, trust_of_the_system
from app.wire.messages import IceServer

log = structlog.get_logger(__name__)

HEAD_START_S = 0.3
"""Of UDP. Two round trips make an allocation, so this suffices up to 150 ms; over a longer way TLS may win, which works as well."""
HEAD_START_IN_HURRY_S = 0.1
"""The same where the way before has just gone silent, most likely one over UDP."""
ALONE_S = 3.0
"""Where the relay is the only way."""
BESIDE_S = 1.5
"""Where other addresses are there already and the answer waits for the relay's."""
RESERVE_S = 3.0
"""A way that was opened in reserve is kept so long for an epoch that wants it."""
GIVE_BACK_S = 0.5
"""For the relay's last word when a way is given back. One that cannot be reached any more would hold up the end of a call for 40 s."""
MOST_QUEUED = 48 * 1024
"""Bytes that may wait in a TCP connection. Media beyond it is dropped, as a router does with UDP: late pictures help nobody."""

T = TypeVar("T")
Relayed = tuple[Candidate, StunProtocol]
_original_sendto = turn.TurnTransport.sendto
_original_delete = turn.TurnClientMixin.delete
_original_gatherer = RTCIceGatherer.__init__


async def first_of(
    places: Sequence[Place],
    ask: Callable[[Place], Awaitable[T]],
    seconds: float,
    unwanted: Callable[[T], None],
    head_start: float = HEAD_START_S,
    begun: Iterable[asyncio.Task[T]] = (),
) -> T | None:
    """What the first of these places that answers gives, UDP with a head start; None if none does in time. Answers that came beside it
    are handed to `unwanted`. `begun` are tries that are under way already."""
    by_udp = [place for place in places if place.transport == "udp"]
    others = [place for place in places if place.transport != "udp"]
    tries: set[asyncio.Task[T]] = {*begun, *(asyncio.ensure_future(_asked(ask, place)) for place in by_udp)}
    try:
        async with asyncio.timeout(seconds):
            if tries and (found := await _first_good(tries, head_start if others else None)) is not None:
                return found.result()
            tries |= {asyncio.ensure_future(_asked(ask, place)) for place in others}
            found = await _first_good(tries, None)
            return None if found is None else found.result()
    except TimeoutError:
        log.info("relay_not_reached", places=len(places))
        return None
    finally:
        await _end(tries, unwanted)


async def _asked(ask: Callable[[Place], Awaitable[T]], place: Place) -> T:
    return await ask(place)


async def _first_good(tries: set[asyncio.Task[T]], seconds: float | None) -> asyncio.Task[T] | None:
    """The first that succeeds; None when all failed or the time is over. It is taken out of `tries`, what failed too."""
    end = None if seconds is None else time.monotonic() + seconds
    while tries:
        left = None if end is None else end - time.monotonic()
        if left is not None and left <= 0:
            return None
        done, _ = await asyncio.wait(tries, timeout=left, return_when=asyncio.FIRST_COMPLETED)
        tries -= done
        good = [one for one in done if _succeeded(one)]
        if good:
            tries |= set(good[1:])
            return good[0]
    return None


def _succeeded(one: asyncio.Task[Any]) -> bool:
    error = one.exception()
    if error is None:
        return True
    if not isinstance(error, OSError | stun.TransactionError | ValueError):  # ssl.SSLError is an OSError
        raise error
    code = error.response.error_code if isinstance(error, stun.TransactionFailed) else None
    log.info("relay_refused", error=type(error).__name__, code=code)
    return False


async def _end(tries: Iterable[asyncio.Task[T]], unwanted: Callable[[T], None]) -> None:
    tries = list(tries)
    for one in tries:
        one.cancel()
    for result in await asyncio.gather(*tries, return_exceptions=True):
        if not isinstance(result, BaseException):
            unwanted(result)


async def relayed(connection: Connection, component: int, places: Sequence[Place]) -> Relayed | None:
    """A candidate at the first relay that gives one."""
    alone = connection._transport_policy == TransportPolicy.RELAY
    trust: ssl.SSLContext | None = await asyncio.to_thread(trust_of_the_system) if any(place.secure for place in places) else None

    async def ask(place: Place) -> Relayed:
        return await aioice.ice.relayed_candidate(
            component=component,
            hide_related_address=alone,
            protocol_factory=lambda: StunProtocol(connection),
            turn_server=place.address,
            turn_username=place.username,
            turn_password=place.credential,
            turn_ssl=trust if place.secure else None,  # type: ignore[arg-type]  # handed on to asyncio, which takes a context
            turn_transport=place.transport,
        )

    head_start = getattr(connection, "relay_head_start", HEAD_START_S)
    reserve: Reserve | None = getattr(connection, "relay_reserve", None)
    begun = [] if reserve is None else [asyncio.ensure_future(reserve.handed_to(connection))]
    return await first_of(places, ask, ALONE_S if alone else BESIDE_S, _close, head_start, begun)


def _close(found: Relayed) -> None:
    found[1].transport.close()


def hurry(connection: Connection, reserve: Reserve | None) -> None:
    """To be called before it gathers: UDP gets hardly any head start, and what is in reserve takes part."""
    connection.relay_head_start = HEAD_START_IN_HURRY_S
    connection.relay_reserve = reserve


class Reserve:
    """A way at the relay that is opened while the browser is still asked for its offer."""

    def __init__(self, servers: Sequence[IceServer]) -> None:
        alone = any(server.relay_only for server in servers)
        nobody = Connection(ice_controlling=False, transport_policy=TransportPolicy.RELAY if alone else TransportPolicy.ALL)
        hurry(nobody, None)
        self._begun_at = time.monotonic()
        self._taken = False
        self._opening = asyncio.ensure_future(relayed(nobody, 1, relays_of(servers)))

    @property
    def old(self) -> bool:
        """Nobody came for it."""
        return time.monotonic() - self._begun_at > RESERVE_S

    async def handed_to(self, connection: Connection) -> Relayed:
        """To whom it belongs from now on. Raises ConnectionError if there is none."""
        try:
            found = await asyncio.shield(self._opening)
        except asyncio.CancelledError:
            self.give_back()
            raise
        if found is None or self._taken:
            raise ConnectionError("no way in reserve")
        self._taken = True
        found[1].receiver = connection
        return found

    def give_back(self) -> None:
        """Unless it was handed on. May be called twice."""
        if not self._taken:
            self._taken = True
            self._opening.cancel()
            self._opening.add_done_callback(_closed)


def _closed(opening: asyncio.Task[Relayed | None]) -> None:
    if not opening.cancelled() and opening.exception() is None and (found := opening.result()) is not None:
        _close(found)


def _sendto(self: turn.TurnTransport, data: bytes, addr: tuple[str, int]) -> None:
    """Without a task for each packet where the channel stands; media that a slow TCP connection cannot take is dropped."""
    inner = self._TurnTransport__inner_protocol
    channel = inner.peer_to_channel.get(addr)
    stands = channel is not None and addr not in inner.peer_connect_waiters and time.time() <= inner.channel_refresh_at[channel]
    if not stands or self._TurnTransport__close_task is not None or inner.transport.is_closing():
        _original_sendto(self, data, addr)
    elif not (is_media(data) and isinstance(inner.transport, asyncio.WriteTransport) and _full(inner.transport)):
        inner._send(struct.pack("!HH", channel, len(data)) + data)


def _full(transport: asyncio.WriteTransport) -> bool:
    return transport.get_write_buffer_size() > MOST_QUEUED


async def _delete(self: turn.TurnClientMixin) -> None:
    """Given back, or left to end by itself. No TLS farewell either: the other end may be gone."""
    try:
        async with asyncio.timeout(GIVE_BACK_S):
            await _original_delete(self)
    except TimeoutError:
        log.info("relay_not_given_back")
    finally:
        self.transport.abort()


def _gatherer(self: RTCIceGatherer, iceServers: list[RTCIceServer] | None = None, **further: Any) -> None:
    """It asks all relays of the list, instead of the first by itself."""
    _original_gatherer(self, iceServers, **further)
    servers = [_as_told(server) for server in iceServers or ()]
    self._connection.turn_server = None
    self._connection.relay_places = relays_of(servers)


def _as_told(server: RTCIceServer) -> IceServer:
    urls = [server.urls] if isinstance(server.urls, str) else list(server.urls)
    return IceServer(urls=urls, username=server.username or "", credential=server.credential or "")


def install() -> None:
    """Change aioice and aiortc in this process. May be called twice."""
    turn.TurnTransport.sendto = _sendto
    turn.TurnClientMixin.delete = _delete
    RTCIceGatherer.__init__ = _gatherer
