"""Signs of life: who comes back at the moment of a sweep, who is gone for good, who was refused."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import ClassVar, cast

import pytest
from starlette.websockets import WebSocket

from app.domain.rooms import SeatKind
from app.domain.secrets import hash_secret, new_id, new_token
from app.server import envelopes
from app.server.connection import Connection
from app.server.exchange import PRESENCE_TTL_S
from app.server.hub import Hub, Rhythm
from app.server.identity import Identity
from app.server.page_link import PageLink
from app.server.ports import Clock, NewSeat, Presence, Refusal, RoomRow, SeatRow
from app.server.rules import MAX_WAITING
from app.server.state.memory import MemoryFanout, MemoryRoomStore
from app.wire.codes import Code
from app.wire.messages import Join, RoomCard, page_codec
from tests.support.page_client import Appointment
from tests.support.server import enrolment_desk, exchange_over

OWNER = "owner00000000000000000"


class SweptStore(MemoryRoomStore):
    """Somebody sweeps as soon as a return is stored."""

    def __init__(self) -> None:
        super().__init__()
        self.sweep: Callable[[], Awaitable[None]] | None = None

    async def resume_seat(self, room: str, seat: str, presented_hash: str, next_hash: str, now: int) -> RoomRow:
        row = await super().resume_seat(room, seat, presented_hash, next_hash, now)
        if self.sweep is not None:
            await self.sweep()
        return row


class ListingFanout(MemoryFanout):
    """Lists whose sign of life came."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.touched: list[str] = []

    def touch(self, presence: Presence, key: str, ttl: float) -> None:
        self.touched.append(key)
        super().touch(presence, key, ttl)


class Socket:
    """A WebSocket that nobody reads."""

    client = None
    scope: ClassVar[dict[str, object]] = {}


class Desk:
    """A room with its store, the sweeper, and pages that open its link."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0
        self.store, self.fanout = SweptStore(), ListingFanout(self.clock)
        self.exchange = exchange_over(self.store, self.fanout, self.clock)
        self.hub = Hub(self.exchange, Identity.new(), enrolment_desk(self.clock), Rhythm())
        self.appointment = Appointment(int(self.now))
        self.heard: list[bytes] = []
        """What the workstation was told."""

    def clock(self) -> float:
        return self.now

    async def joined(self, **seat: str) -> PageLink:
        """A page that took or resumed a seat, as far as the server."""
        link = PageLink(Connection(cast(WebSocket, Socket()), page_codec(), self.exchange), self.exchange, {})
        await link.on_message(Join(seq=1, token=self.appointment.token, language="de", **seat))
        return link

    async def seats(self) -> list[SeatRow]:
        """Of the clients."""
        row = await self.store.find(self.appointment.room)
        return [seat for seat in row.seats if seat.kind is SeatKind.CLIENT] if row else []


@pytest.fixture
async def desk() -> Desk:
    desk = Desk()
    await desk.store.publish(OWNER, [RoomCard(**desk.appointment.card())], int(desk.now))
    await desk.fanout.subscribe(envelopes.owner_topic(OWNER), desk.heard.append)
    return desk


async def test_a_sweep_right_after_the_return_is_put_right_at_the_next_look(desk: Desk) -> None:
    """The sign of life of somebody who comes back counts only once their secret was found right."""
    seat, secret = new_id(), new_token()
    await desk.store.take_seat(desk.appointment.room, NewSeat(seat, hash_secret(secret), "de"), int(desk.now))
    await desk.hub.sweep()
    assert [seat.away_since for seat in await desk.seats()] == [desk.now]
    desk.store.sweep = desk.hub.sweep
    link = await desk.joined(seat=seat, secret=secret)
    desk.heard.clear()
    await link.on_hint(envelopes.pack(envelopes.LinkChanged()))
    assert [seat.away_since for seat in await desk.seats()] == [None]
    row = await desk.store.find(desk.appointment.room)
    assert row is not None
    assert desk.heard == [envelopes.pack(envelopes.Changed(room=row.room, revision=row.revision))]


async def test_who_is_gone_stays_away_though_their_connection_still_looks(desk: Desk) -> None:
    link = await desk.joined()
    desk.now += PRESENCE_TTL_S
    await desk.hub.sweep()
    await link.on_hint(envelopes.pack(envelopes.LinkChanged()))
    assert [seat.away_since for seat in await desk.seats()] == [desk.now]


async def test_a_refused_join_leaves_no_sign_of_life(desk: Desk) -> None:
    for _ in range(MAX_WAITING):
        await desk.joined()
    desk.fanout.touched.clear()
    await desk.joined()
    assert len(desk.fanout.touched) == 1
    with pytest.raises(Refusal) as refused:
        await desk.joined(seat=new_id(), secret=new_token())
    assert refused.value.code is Code.UNKNOWN_SEAT
    assert len(await desk.seats()) == MAX_WAITING
    assert [await desk.fanout.is_present(Presence.SEAT, seat) for seat in desk.fanout.touched] == [False]
