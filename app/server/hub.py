"""All connections of this process: opens them, asks them for signs of life, sweeps away what is gone."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import structlog
from starlette.websockets import WebSocket

from app.server import envelopes
from app.server.connection import Connection, Party
from app.server.control_link import ControlLink
from app.server.enrolment.desk import EnrolmentDesk
from app.server.enrolment.ports import SignIns
from app.server.exchange import PRESENCE_TTL_S, UNNUMBERED, Exchange
from app.server.identity import Identity
from app.server.meter import Side
from app.server.page_link import PageLink
from app.server.ports import Presence, StateUnavailable
from app.server.sweeper import Sweeper, all_client_seats
from app.server.wheel import Wheel
from app.wire.codes import CloseCode
from app.wire.handshake import owner_id
from app.wire.messages import CLIENT_SUBPROTOCOL, CONTROL_SUBPROTOCOL, Beat, Codec, page_codec, workstation_codec

log = structlog.get_logger(__name__)

PROTOCOL_ERROR = 1002
"""RFC 6455, section 7.4.1: no version in common."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often and how long, seconds (PROTOCOL.md, sections 2 and 4)."""

    beat: float = 5.0
    sweep: float = 5.0
    prove: float = 10.0
    """A workstation that has not proved itself by then is closed."""
    join: float = 60.0
    """A page that has no seat by then is closed; it connects at the tap and joins at once."""
    seat_away: int = 600
    """Seats of the waiting room that stay away for so long are deleted."""


class Hub:
    """The signalling of one server process."""

    def __init__(
        self, exchange: Exchange, identity: Identity, enrolment: EnrolmentDesk, rhythm: Rhythm, sign_ins: SignIns | None = None
    ) -> None:
        self._exchange = exchange
        self._identity = identity
        self._enrolment = enrolment
        self._rhythm = rhythm
        self._sign_ins = sign_ins
        self._links: dict[Connection, ControlLink] = {}
        self._here: Wheel[Connection] = Wheel()
        self._asking: set[asyncio.Task[None]] = set()
        self._sitting: dict[str, Connection] = {}
        """Seat -> whose page has it, of this process."""
        self._sweeper = Sweeper(exchange, self._sitting, rhythm.sweep, rhythm.seat_away)
        self._idle = asyncio.Event()
        self._idle.set()

    # ---- connections

    async def serve_page(self, socket: WebSocket) -> None:
        """One page, until it is gone."""
        if not await self._accepted(socket, CLIENT_SUBPROTOCOL):
            return
        connection = self._connection(socket, page_codec())
        page = PageLink(connection, self._exchange, self._sitting)
        await self._run(connection, page, Side.PAGE, self._rhythm.join)

    async def serve_control(self, socket: WebSocket) -> None:
        """One workstation, until it is gone."""
        if not await self._accepted(socket, CONTROL_SUBPROTOCOL):
            return
        connection = self._connection(socket, workstation_codec())
        link = ControlLink(connection, self._exchange, self._identity, self._enrolment, self._sign_ins)
        self._links[connection] = link
        try:
            await self._run(connection, link, Side.WORKSTATION, self._rhythm.prove)
        finally:
            del self._links[connection]

    async def _accepted(self, socket: WebSocket, subprotocol: str) -> bool:
        """Accept, unless no version is common. An unknown version is echoed, so that a browser sees the close code."""
        offered = socket.scope["subprotocols"]
        address = socket.client.host if socket.client else ""
        await socket.accept(subprotocol if subprotocol in offered else next(iter(offered), None))
        if subprotocol not in offered:
            await socket.close(PROTOCOL_ERROR)
            return False
        if not await self._exchange.limits.connection(subprotocol, address):
            await socket.close(CloseCode.SLOW_DOWN)
            return False
        return True

    def _connection(self, socket: WebSocket, codec: Codec) -> Connection:
        return Connection(socket, codec, self._exchange)

    async def _run(self, connection: Connection, party: Party, side: Side, patience: float) -> None:
        """Serve until it is gone; after `patience` seconds it must have done what it came for."""
        self._here.add(connection)
        self._exchange.meter.connected(side)
        self._idle.clear()
        deadline = asyncio.get_running_loop().call_later(patience, party.check)
        try:
            await connection.run(party)
        finally:
            deadline.cancel()
            self._here.remove(connection)
            self._exchange.meter.disconnected(side)
            if not self._here:
                self._idle.set()

    # ---- time

    async def run(self) -> None:
        """Beats and sweeps until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._here.turn(self._rhythm.beat, self.beat))
            group.create_task(self._here.turn(self._rhythm.sweep, self.check))
            group.create_task(self._every(self._rhythm.sweep, self.sweep))

    async def _every(self, seconds: float, work: Callable[[], Awaitable[None]]) -> None:
        loop = asyncio.get_running_loop()
        took = 0.0
        while True:
            await asyncio.sleep(max(seconds - took, seconds / 10))
            began = loop.time()
            try:
                await work()
            except StateUnavailable:
                log.error("state-unavailable")
            except Exception as error:
                self._exchange.meter.failed_inside()
                log.error("round-failed", exc_info=error)  # the next round may do better; without beats everybody would be lost
            took = loop.time() - began

    async def wake(self) -> None:
        """After a start: whoever was there before it gets the time to live to come back."""
        async for portion in all_client_seats(self._exchange.store):
            for there in portion:
                if not there.away:
                    self._exchange.fanout.touch(Presence.SEAT, there.seat, PRESENCE_TTL_S)

    def beat(self, connections: Sequence[Connection], turns: int) -> None:
        """Ask these connections for a sign of life."""
        for connection in connections:
            connection.send(Beat(seq=UNNUMBERED, n=turns))

    def check(self, connections: Sequence[Connection], turns: int) -> None:
        """Of these connections close the silent ones, and let the others see whether anything is different."""
        now, settled = self._exchange.clock(), self._exchange.fanout.settled
        envelope = envelopes.pack(envelopes.Swept() if settled else envelopes.LookAgain())
        unsure = []
        for connection in connections:
            if now - connection.last_heard >= PRESENCE_TTL_S:
                connection.end(CloseCode.GOING_AWAY)
            elif not settled or (rests := connection.at_rest) is False:
                connection.hint(envelope)
            elif rests is None:
                unsure.append(connection)
        if unsure:
            asking = asyncio.create_task(self._ask_for_programs(unsure))
            self._asking.add(asking)
            asking.add_done_callback(self._asking.discard)

    async def _ask_for_programs(self, connections: Sequence[Connection]) -> None:
        """Those whose program came or went, without anybody saying so, look for themselves."""
        of_each = [(connection, *connection.program) for connection in connections]
        present = await self._exchange.fanout.present_among(Presence.LINK, list({owner for _, owner, _ in of_each}))
        for connection, owner, seen in of_each:
            if (owner in present) is not seen:
                connection.hint(envelopes.pack(envelopes.Swept()))

    async def sweep(self) -> None:
        """Note who is away, delete what is past its time. Every page looks at once when the store is lost."""
        try:
            await self._sweeper.sweep()
        except StateUnavailable:
            for connection in self._here:
                connection.hint(envelopes.pack(envelopes.LinkChanged()))
            raise
        await self._show_out()

    async def _show_out(self) -> None:
        """Links of workstations that ended lately look whether they are still known; the news of it may have been lost."""
        ended = {owner_id(key) for key in await self._enrolment.ended_lately()}
        for connection, link in tuple(self._links.items()):
            if link.owner in ended:
                connection.hint(envelopes.pack(envelopes.LookWhetherKnown()))

    async def say_goodbye(self) -> None:
        """Close every connection because the server stops; who does not take the news within a second goes without it."""
        for connection in self._here:
            connection.end(CloseCode.GOING_AWAY)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1):
                await self._idle.wait()
