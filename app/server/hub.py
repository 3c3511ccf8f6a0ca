"""All connections of this process: opens them, asks them for signs of life, sweeps away what is gone."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import structlog
from starlette.websockets import WebSocket

from app.domain.rooms import SeatKind, SeatState
from app.server import envelopes
from app.server.connection import Connection, Party
from app.server.control_link import ControlLink
from app.server.enrolment.desk import EnrolmentDesk
from app.server.exchange import PRESENCE_TTL_S, UNNUMBERED, Exchange, room_state
from app.server.identity import Identity
from app.server.meter import Side
from app.server.page_link import PageLink
from app.server.ports import Presence, Refusal, RoomRow, StateUnavailable
from app.wire.codes import CloseCode, Code
from app.wire.handshake import owner_id
from app.wire.messages import CLIENT_SUBPROTOCOL, CONTROL_SUBPROTOCOL, Beat, Codec, page_codec, workstation_codec

log = structlog.get_logger(__name__)

AT_ONCE = 200
"""Rooms that a sweep looks at together."""
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

    def __init__(self, exchange: Exchange, identity: Identity, enrolment: EnrolmentDesk, rhythm: Rhythm) -> None:
        self._exchange = exchange
        self._identity = identity
        self._enrolment = enrolment
        self._rhythm = rhythm
        self._connections: set[Connection] = set()
        self._links: dict[Connection, ControlLink] = {}
        self._idle = asyncio.Event()
        self._idle.set()
        self._beats = 0

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

        await self._run(connection, page, Side.PAGE, self._rhythm.join, check_seat)

    async def serve_control(self, socket: WebSocket) -> None:
        """One workstation, until it is gone."""
        if not await self._accepted(socket, CONTROL_SUBPROTOCOL):
            return
        connection = self._connection(socket, workstation_codec())
        link = ControlLink(connection, self._exchange, self._identity, self._enrolment)

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
        self._connections.add(connection)
        self._exchange.meter.connected(side)
        self._idle.clear()
        deadline = asyncio.get_running_loop().call_later(patience, check)
        try:
            await connection.run(party)
        finally:
            deadline.cancel()
            self._connections.discard(connection)
            self._exchange.meter.disconnected(side)
            if not self._connections:
                self._idle.set()

    # ---- time

    async def run(self) -> None:
        """Beats and sweeps until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._every(self._rhythm.beat, self.beat))
            group.create_task(self._every(self._rhythm.sweep, self.sweep))

    async def _every(self, seconds: float, work: Callable[[], Awaitable[None]]) -> None:
        while True:
            await asyncio.sleep(seconds)
            try:
                await work()
            except StateUnavailable:
                log.error("state-unavailable")
            except Exception as error:
                self._exchange.meter.failed_inside()
                log.error("round-failed", exc_info=error)  # the next round may do better; without beats everybody would be lost

    async def wake(self) -> None:
        """After a start: whoever was there before it gets the time to live to come back."""
        for row in await self._exchange.store.live_rooms():
            for seat in row.seats:
                if seat.kind is SeatKind.CLIENT and seat.away_since is None:
                    await self._exchange.fanout.touch(Presence.SEAT, seat.seat, PRESENCE_TTL_S)

    async def beat(self) -> None:
        """Ask every connection for a sign of life."""
        self._beats += 1
        for connection in tuple(self._connections):
            connection.send(Beat(seq=UNNUMBERED, n=self._beats))

    async def sweep(self) -> None:
        """Close silent connections, note who is away, delete what is past its time."""
        now = self._exchange.clock()
        look = envelopes.LinkChanged() if self._exchange.fanout.settled else envelopes.LookAgain()
        for connection in tuple(self._connections):
            if now - connection.last_heard >= PRESENCE_TTL_S:
                connection.end(CloseCode.GOING_AWAY)
            else:
                connection.hint(envelopes.pack(look))
        rows = await self._exchange.store.live_rooms()
        self._count(rows)
        for first in range(0, len(rows), AT_ONCE):  # a broker answers many questions in one go
            await asyncio.gather(*map(self._note_absent, rows[first : first + AT_ONCE]))
        await self._delete_expired()
        await self._show_out()

    async def _show_out(self) -> None:
        """Links of workstations that ended lately look whether they are still known; the news of it may have been lost."""
        ended = {owner_id(key) for key in await self._enrolment.ended_lately()}
        for connection, link in tuple(self._links.items()):
            if link.owner in ended:
                connection.hint(envelopes.pack(envelopes.LookWhetherKnown()))

    def _count(self, rows: Sequence[RoomRow]) -> None:
        clients = [[seat for seat in row.seats if seat.kind is SeatKind.CLIENT] for row in rows]
        waiting = [seat for seats in clients for seat in seats if seat.state is SeatState.WAITING]
        away = sum(seat.away_since is not None for seat in waiting)
        sessions = sum(any(seat.state is SeatState.ADMITTED for seat in seats) for seats in clients)
        self._exchange.meter.seats(len(waiting), away, sessions)

    async def _note_absent(self, row: RoomRow) -> None:
        exchange = self._exchange
        for seat in row.seats:
            if seat.kind is not SeatKind.CLIENT or seat.away_since is not None:
                continue
            if await exchange.fanout.is_present(Presence.SEAT, seat.seat):
                continue
            try:
                await exchange.announce(await exchange.store.note_presence(row.room, seat.seat, False, exchange.now))
            except Refusal:
                continue  # the seat is gone meanwhile

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
        for connection in tuple(self._connections):
            connection.end(CloseCode.GOING_AWAY)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1):
                await self._idle.wait()
