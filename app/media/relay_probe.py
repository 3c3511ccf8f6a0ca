"""Asks the agency's STUN and TURN servers as picture and sound would use them: UDP both ways, and a packet through the relay.

aioice speaks the protocols (RFC 8489, RFC 8656). Imports ports and `app.wire`.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import ssl
import time
from collections.abc import Sequence

import structlog
from aioice import stun, turn

from app.media.check_ports import RelayFigures
from app.media.relay_places import Place, places_of, trust_of_the_system
from app.wire.messages import IceServer

log = structlog.get_logger(__name__)

TRAIN = {False: 60, True: 20}
"""Questions over UDP, by whether it is to be brief; nobody sends them again, so that what is lost stays lost."""
EVERY_S = 0.02
"""As sound is sent."""
ANSWER_S = 1.0
"""After the last question."""
RELAY_S = {False: 5.0, True: 2.5}
"""For two allocations and a packet from one to the other."""
AGAIN_S = 0.1
"""The first packets of a channel may be lost until the other side has bound it."""
GIVE_BACK_S = 1.0
PAYLOAD = b"videoberatung/check"


class IceRelayProbe:
    """`RelayProbe`."""

    def __init__(self, trust: ssl.SSLContext | None = None) -> None:
        """`trust` is what `turns:` is checked against; without it, what the engine takes."""
        self._trust = trust or trust_of_the_system()

    async def measure(self, servers: Sequence[IceServer], *, brief: bool = False) -> RelayFigures:
        """See `RelayProbe`."""
        places = [place for server in servers for place in places_of(server)]
        over_udp = next((place for place in places if place.transport == "udp"), None)
        trips, relay = await asyncio.gather(
            self._train(over_udp, TRAIN[brief]), self._relayed([place for place in places if place.relays], RELAY_S[brief])
        )
        udp = None if over_udp is None else bool(trips)
        if not trips:
            return RelayFigures(udp=udp, relay=relay)
        gaps = [abs(late - early) for early, late in itertools.pairwise(trips)]
        return RelayFigures(
            udp=udp,
            relay=relay,
            round_trip_ms=round(min(trips) * 1000, 1),
            jitter_ms=round(sum(gaps) / len(gaps) * 1000, 1) if gaps else None,
            loss=round(1 - (len(trips) / TRAIN[brief]) ** 0.5, 4),
        )

    async def _train(self, place: Place | None, number: int) -> list[float]:
        """Seconds of each round trip that came back, in the order of the questions."""
        if place is None:
            return []
        try:
            transport, train = await asyncio.get_running_loop().create_datagram_endpoint(Train, remote_addr=place.address)
        except OSError as error:
            log.info("relay_probe_no_udp", error=type(error).__name__)
            return []
        try:
            for _ in range(number):
                train.ask()
                await asyncio.sleep(EVERY_S)
            async with asyncio.timeout(ANSWER_S):
                await train.all_back()
        except TimeoutError:
            pass  # those were lost
        finally:
            transport.close()
        return train.trips()

    async def _relayed(self, places: Sequence[Place], seconds: float) -> bool | None:
        """Whether a packet came back through one of them; None without any."""
        if not places:
            return None
        tries = [asyncio.ensure_future(self._through(place)) for place in places]
        try:
            async with asyncio.timeout(seconds):
                for done in asyncio.as_completed(tries):
                    if await done:
                        return True
        except TimeoutError:
            log.info("relay_probe_late")
        finally:
            for one in tries:
                one.cancel()
            await asyncio.gather(*tries, return_exceptions=True)
        return False

    async def _through(self, place: Place) -> bool:
        ends: list[End] = []
        try:
            for _ in range(2):
                ends.append(await self._allocated(place))  # noqa: PERF401  what there is before an error is given back
            return await _reaches(*ends)
        except (OSError, stun.TransactionError, ValueError) as error:
            log.info("relay_probe_refused", error=type(error).__name__)
            return False
        finally:
            await asyncio.shield(_given_back(ends))

    async def _allocated(self, place: Place) -> End:
        transport, end = await turn.create_turn_endpoint(
            End,
            server_addr=place.address,
            username=place.username,
            password=place.credential,
            ssl=self._trust if place.secure else None,
            transport=place.transport,
        )
        end.transport = transport
        return end


async def _reaches(first: End, second: End) -> bool:
    """Both bind a channel for the other, then a packet of the first reaches the second."""
    while not second.came.is_set():
        second.send_to(first)
        first.send_to(second)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(second.came.wait(), AGAIN_S)
    return True


async def _given_back(ends: Sequence[End]) -> None:
    """The server frees what was allocated, or does so by itself after a while."""
    for end in ends:
        end.close()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(GIVE_BACK_S):
            for end in ends:
                await end.over.wait()


class Train(asyncio.DatagramProtocol):
    """STUN binding requests, each sent once."""

    def __init__(self) -> None:
        self._sent: dict[bytes, float] = {}
        self._trips: dict[bytes, float] = {}
        self._back = asyncio.Event()
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]

    def ask(self) -> None:
        """One more."""
        question = stun.Message(message_method=stun.Method.BINDING, message_class=stun.Class.REQUEST)
        self._sent[question.transaction_id] = time.monotonic()
        if self._transport is not None:
            self._transport.sendto(bytes(question))

    def datagram_received(self, data: bytes, _: tuple[str | bytes, int]) -> None:
        came = time.monotonic()
        try:
            answer = stun.parse_message(data)
        except ValueError:
            return
        sent = self._sent.get(answer.transaction_id)
        if sent is not None and answer.message_class is not stun.Class.REQUEST:
            self._trips.setdefault(answer.transaction_id, came - sent)
            self._back.set()

    def error_received(self, error: Exception) -> None:
        """Nobody listens there; so nothing comes back."""

    async def all_back(self) -> None:
        """Comes back when every question was answered."""
        while len(self._trips) < len(self._sent):
            self._back.clear()
            await self._back.wait()

    def trips(self) -> list[float]:
        """Seconds, of those that were answered."""
        return [self._trips[one] for one in self._sent if one in self._trips]


class End(asyncio.DatagramProtocol):
    """Of a relayed way."""

    def __init__(self) -> None:
        self.transport: turn.TurnTransport | None = None
        self.came = asyncio.Event()
        """A packet of the other end arrived."""
        self.over = asyncio.Event()

    def send_to(self, other: End) -> None:
        """To where the relay takes in packets for the other end."""
        if self.transport is not None and other.transport is not None:
            self.transport.sendto(PAYLOAD, other.transport.get_extra_info("sockname"))

    def close(self) -> None:
        """Begin to give the allocation back."""
        if self.transport is not None:
            self.transport.close()

    def datagram_received(self, data: bytes, _: tuple[str | bytes, int]) -> None:
        if data == PAYLOAD:
            self.came.set()

    def error_received(self, error: Exception) -> None:
        """A packet that could not be sent; the next one may."""

    def connection_lost(self, error: Exception | None) -> None:
        self.over.set()
