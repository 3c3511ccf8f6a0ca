"""How good the way to the server is, on WebSockets that join nothing (PROTOCOL.md, sections 2 and 10). Imports `app.wire`.

TCP hides what is lost: a lost packet only comes late, by at least the smallest time after which TCP sends again. So what is sent one after
the other and comes back that late was lost on one of the two ways.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from urllib.parse import urlsplit

import structlog
from msgspec.structs import replace
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Origin, Subprotocol

from app.services.checks.reach import Trust
from app.wire.codes import Code, WireError
from app.wire.fields import MAX_MESSAGE_BYTES
from app.wire.messages import CLIENT_SUBPROTOCOL, Beat, Message, Ping, Pong, Probe, encode, page_side_codec

_log = structlog.get_logger(__name__)
_BROKEN = (OSError, WebSocketException, WireError)
"""What a WebSocket comes to; TimeoutError is an OSError."""

OPEN_S = 5.0
PONG_S = 4.0
SMALL = 16
"""Probes on one connection; the server takes no more."""
CONNECTIONS = {False: 3, True: 1}
"""Of small probes, by whether it is to be brief."""
WALK_S = {False: 8.0, True: 2.5}
"""So long they may take in all."""
WEIGHTS = 8
WEIGHT = 24 * 1024
"""Characters. As the page measures it."""
WEIGH_S = 8.0
RESENT_S = 0.18
"""Later than the quickest by that much is sent again: TCP waits 200 ms at least (Linux; RFC 6298 says 1 s, others 300 ms)."""
CALM_S = 0.04
"""Where those that were not sent again sway by more than that, being late proves nothing."""
LEAST_LATE = 3
"""Two may be one busy moment of this machine."""


class Blocked(Exception):
    """No WebSocket comes about, or nothing passes through it."""


@dataclass(frozen=True, slots=True)
class Way:
    """What was measured; None where it was not."""

    round_trip_ms: float
    jitter_ms: float | None = None
    loss: float | None = None
    """Share, one way."""
    down_kbps: float | None = None
    up_kbps: float | None = None


class ProbeSocket:
    """One connection that answers beats and asks one thing after the other."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._codec = page_side_codec()
        self._numbers = itertools.count(1)

    async def send(self, message: Message) -> None:
        """Numbered."""
        await self._socket.send(encode(replace(message, seq=next(self._numbers))))

    async def heard(self) -> Message:
        """The next answer. Raises WebSocketException, WireError."""
        while True:
            try:
                message = self._codec.parse(await self._socket.recv())
            except WireError as error:
                if error.code is not Code.UNKNOWN_TYPE:
                    raise
                continue  # a newer server may say more than we understand
            if isinstance(message, Beat):
                await self.send(Beat(seq=1, n=message.n))
            elif isinstance(message, Pong | Probe):
                return message

    async def trip(self, question: Message) -> float:
        """Seconds until it was answered."""
        sent = time.monotonic()
        await self.send(question)
        await self.heard()
        return time.monotonic() - sent


def opened(url: str, trust: Trust) -> connect:
    """A WebSocket as the page at `url` would open it, through the system's proxy where there is one."""
    parts = urlsplit(url)
    scheme = "wss" if parts.scheme == "https" else "ws"
    return connect(
        f"{scheme}://{parts.netloc}/ws/client",
        origin=Origin(url),
        subprotocols=[Subprotocol(CLIENT_SUBPROTOCOL)],
        ssl=trust() if scheme == "wss" else None,
        compression=None,
        max_size=MAX_MESSAGE_BYTES,
        ping_interval=None,
        open_timeout=OPEN_S,
        close_timeout=1,
    )


async def measure_way(url: str, trust: Trust, brief: bool) -> Way:
    """All of it; `brief` leaves out how much passes. Raises Blocked."""
    try:
        async with opened(url, trust) as connection:
            socket = ProbeSocket(connection)
            async with asyncio.timeout(PONG_S):
                first = await socket.trip(Ping(seq=1, n=1))
    except _BROKEN as error:
        raise Blocked(type(error).__name__) from error
    trips = await _walk(url, trust, brief)
    quickest, (jitter, loss) = min([first, *trips]), judged(trips)
    if brief:
        return Way(round(quickest * 1000, 1), jitter, loss)
    up = await _weigh(url, trust, quickest, Probe(seq=1, n=1, filler="a" * WEIGHT, back=0))
    down = await _weigh(url, trust, quickest, Probe(seq=1, n=1, filler="", back=WEIGHT))
    return Way(round(quickest * 1000, 1), jitter, loss, down, up)


async def _walk(url: str, trust: Trust, brief: bool) -> list[float]:
    """Round trips, seconds, one after the other."""
    trips: list[float] = []
    try:
        async with asyncio.timeout(WALK_S[brief]):
            for _ in range(CONNECTIONS[brief]):
                async with opened(url, trust) as connection:
                    socket = ProbeSocket(connection)
                    for n in range(1, SMALL + 1):
                        trips.append(await socket.trip(Probe(seq=1, n=n, filler="")))  # noqa: PERF401  what came before an error counts
    except _BROKEN:
        _log.info("check.walk_ended_early")  # a long or a bad way: what came back by then is enough
    return trips


async def _weigh(url: str, trust: Trust, round_trip_s: float, weight: Probe) -> float | None:
    """kbit/s of weights that go one way. Who is slow is measured by what was answered in time."""
    try:
        async with opened(url, trust) as connection:
            return await _weighed(ProbeSocket(connection), round_trip_s, weight)
    except _BROKEN:
        return None


async def _weighed(socket: ProbeSocket, round_trip_s: float, weight: Probe) -> float:
    began = time.monotonic()
    ended = began + WEIGH_S
    returned = 0
    sending = asyncio.ensure_future(_send_weights(socket, weight))
    try:
        async with asyncio.timeout(WEIGH_S):
            while returned < WEIGHTS:
                await socket.heard()
                returned += 1
            ended = time.monotonic()
    except TimeoutError:
        _log.info("check.weighed_in_part", returned=returned)
    finally:
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
    return round(returned * WEIGHT * 8 / 1000 / max(0.001, ended - began - round_trip_s), 1)


async def _send_weights(socket: ProbeSocket, weight: Probe) -> None:
    for n in range(1, WEIGHTS + 1):
        await socket.send(replace(weight, n=n))


def judged(trips: Sequence[float]) -> tuple[float | None, float | None]:
    """Jitter in ms and loss of round trips in seconds; None where too few came back to tell."""
    if len(trips) < LEAST_LATE:
        return None, None
    quickest = min(trips)
    calm = [trip for trip in trips if trip < quickest + RESENT_S]
    if max(_jitter(calm), median(calm) - quickest) > CALM_S:
        return round(_jitter(trips) * 1000, 1), None
    late = len(trips) - len(calm)
    lost = late / len(trips) if late >= LEAST_LATE else 0.0
    return round(_jitter(calm) * 1000, 1), round(one_way(lost), 4)


def one_way(lost: float) -> float:
    """Loss of each way, of the share of round trips that were lost, if both are alike."""
    return float(1 - (1 - lost) ** 0.5)


def _jitter(trips: Sequence[float]) -> float:
    """Mean deviation of neighbours (RFC 3550, section 6.4.1, without the smoothing)."""
    gaps = [abs(late - early) for early, late in itertools.pairwise(trips)]
    return sum(gaps) / len(gaps) if gaps else 0.0
