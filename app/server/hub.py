"""All connections of this process: opens them, asks them for signs of life, sweeps away what is gone."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import structlog
from starlette.websockets import WebSocket

from app.domain.rooms import SeatState
from app.server import envelopes
from app.server.connection import Connection, Party
from app.server.control_link import ControlLink
from app.server.enrolment.desk import EnrolmentDesk
from app.server.enrolment.ports import SignIns
from app.server.exchange import PRESENCE_TTL_S, UNNUMBERED, Exchange, room_state
from app.server.identity import Identity
from app.server.meter import Side
from app.server.page_link import PageLink
from app.server.ports import ClientSeat, Presence, Refusal, StateUnavailable
from app.server.wheel import Wheel
from app.wire.codes import CloseCode, Code
from app.wire.handshake import owner_id
from app.wire.messages import CLIENT_SUBPROTOCOL, CONTROL_SUBPROTOCOL, Beat, Codec, page_codec, workstation_codec

log = structlog.get_logger(__name__)

AT_ONCE = 200
"""Seats that a sweep looks at together; between two such portions it lets others go first."""
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
        self._beating: Wheel[Connection] = Wheel(rhythm.beat)
        self._checking: Wheel[Connection] = Wheel(rhythm.sweep)
        self._pages: dict[Connection, PageLink] = {}
        self._seen: dict[str, ClientSeat] = {}
        """Room -> a client's seat in it, at the last sweep."""
        self._idle = asyncio.Event()
        self._idle.set()

    # ---- connections

    async def serve_page(self, socket: WebSocket) -> None:
        """One page, until it is gone."""
        if not await self._accepted(socket, CLIENT_SUBPROTOCOL):
            return
        connection = self._connection(socket, page_codec())
        page = PageLink(connection, self._exchange)

        def check_seat() -> None:
            if not page.seated:
                connection.end(CloseCode.GOING_AWAY)

        self._pages[connection] = page
        try:
            await self._run(connection, page, Side.PAGE, self._rhythm.join, check_seat)
        finally:
            del self._pages[connection]

    async def serve_control(self, socket: WebSocket) -> None:
        """One workstation, until it is gone."""
        if not await self._accepted(socket, CONTROL_SUBPROTOCOL):
            return
        connection = self._connection(socket, workstation_codec())
        link = ControlLink(connection, self._exchange, self._identity, self._enrolment, self._sign_ins)

        def check_proof() -> None:
            if not link.proved:
                connection.refuse(Code.UNAUTHORISED, close=CloseCode.REFUSED)

        self._links[connection] = link
        try:
            await self._run(connection, link, Side.WORKSTATION, self._rhythm.prove, check_proof)
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

    async def _run(self, connection: Connection, party: Party, side: Side, patience: float, check: Callable[[], None]) -> None:
        """Serve until it is gone; after `patience` seconds `check` looks whether it did what it came for."""
        self._beating.add(connection)
        self._checking.add(connection)
        self._exchange.meter.connected(side)
        self._idle.clear()
        deadline = asyncio.get_running_loop().call_later(patience, check)
        try:
            await connection.run(party)
        finally:
            deadline.cancel()
            self._beating.remove(connection)
            self._checking.remove(connection)
            self._exchange.meter.disconnected(side)
            if not self._beating:
                self._idle.set()

    # ---- time

    async def run(self) -> None:
        """Beats and sweeps until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._beating.turn(self.beat))
            group.create_task(self._checking.turn(self.check))
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
        for there in await self._exchange.store.client_seats():
            if not there.away:
                await self._exchange.fanout.touch(Presence.SEAT, there.seat, PRESENCE_TTL_S)

    def beat(self, connections: Sequence[Connection], turns: int) -> None:
        """Ask these connections for a sign of life."""
        for connection in connections:
            connection.send(Beat(seq=UNNUMBERED, n=turns))

    def check(self, connections: Sequence[Connection], turns: int) -> None:
        """Of these connections close the silent ones, and let the others see whether anything is different."""
        now = self._exchange.clock()
        envelope = envelopes.pack(envelopes.Swept() if self._exchange.fanout.settled else envelopes.LookAgain())
        for connection in connections:
            if now - connection.last_heard >= PRESENCE_TTL_S:
                connection.end(CloseCode.GOING_AWAY)
            else:
                connection.hint(envelope)

    async def sweep(self) -> None:
        """Note who is away, delete what is past its time. Every page looks at once when the store is lost."""
        try:
            seats = await self._exchange.store.client_seats()
        except StateUnavailable:
            for connection in self._beating:
                connection.hint(envelopes.pack(envelopes.LinkChanged()))
            raise
        self._count(seats)
        await self._say_again(seats)
        here = self._heard_here()
        there = [seat for seat in seats if not seat.away and seat.seat not in here]
        portions = [there[first : first + AT_ONCE] for first in range(0, len(there), AT_ONCE)]
        for portion in portions:  # a broker answers many questions in one go
            await asyncio.gather(*(self._note_absent(seat.room, seat.seat) for seat in portion))
            await asyncio.sleep(self._rhythm.sweep / 2 / len(portions) if len(portions) > 1 else 0)
        await self._delete_expired()
        await self._show_out()

    async def _show_out(self) -> None:
        """Links of workstations that ended lately look whether they are still known; the news of it may have been lost."""
        ended = {owner_id(key) for key in await self._enrolment.ended_lately()}
        for connection, link in tuple(self._links.items()):
            if link.owner in ended:
                connection.hint(envelopes.pack(envelopes.LookWhetherKnown()))

    def _count(self, seats: Sequence[ClientSeat]) -> None:
        waiting = [seat.away for seat in seats if seat.state is SeatState.WAITING]
        sessions = {seat.room for seat in seats if seat.state is SeatState.ADMITTED}
        self._exchange.meter.seats(len(waiting), sum(waiting), len(sessions))

    def _heard_here(self) -> set[str]:
        """Seats whose sign of life this very process got lately: nobody has to be asked about them."""
        since = self._exchange.clock() - PRESENCE_TTL_S
        return {page.seat for connection, page in self._pages.items() if connection.last_heard > since and not connection.ending}

    async def _say_again(self, seats: Sequence[ClientSeat]) -> None:
        """Rooms that are different from what the last sweep saw: who missed the hint looks now, and who did not knows the revision."""
        exchange, before = self._exchange, self._seen
        self._seen = {seat.room: seat for seat in seats}
        for room, seat in self._seen.items():
            if room not in before or before[room].revision != seat.revision:
                await exchange.say_changed(room, seat.owner, seat.revision)
        for room in before.keys() - self._seen.keys():
            await exchange.say_changed(room, before[room].owner, 0)

    async def _note_absent(self, room: str, seat: str) -> None:
        exchange = self._exchange
        if await exchange.fanout.is_present(Presence.SEAT, seat):
            return
        with contextlib.suppress(Refusal):  # the seat is gone meanwhile
            await exchange.announce(await exchange.store.note_presence(room, seat, False, exchange.now))

    async def _delete_expired(self) -> None:
        exchange = self._exchange
        swept = await exchange.store.delete_expired(exchange.now, self._rhythm.seat_away)
        for row in swept.closed:
            await exchange.to_owner(row, room_state(row))
            await exchange.announce_to_pages(row)
        for row in swept.thinned:
            await exchange.announce(row)
        if swept.closed:
            log.info("rooms-deleted", count=len(swept.closed))

    async def say_goodbye(self) -> None:
        """Close every connection because the server stops; who does not take the news within a second goes without it."""
        for connection in self._beating:
            connection.end(CloseCode.GOING_AWAY)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1):
                await self._idle.wait()
