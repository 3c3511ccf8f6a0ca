"""When the store is asked and when not: what was seen is not looked at again, and what was missed is found by the next sweep."""

from __future__ import annotations

import asyncio
from typing import ClassVar, cast

import pytest
from starlette.websockets import WebSocket

from app.domain.rooms import SeatState
from app.server import envelopes
from app.server.connection import Connection
from app.server.hub import Hub, Rhythm
from app.server.identity import Identity
from app.server.page_link import PageLink
from app.server.ports import ClientSeat, Presence, RoomRow
from app.server.state.memory import MemoryFanout, MemoryRoomStore
from app.server.sweeper import Sweeper
from app.wire.messages import Candidate, Join, RoomCard, page_codec
from tests.support.page_client import Appointment
from tests.support.server import enrolment_desk, exchange_over

OWNER = "owner00000000000000000"


class CountingStore(MemoryRoomStore):
    """Counts the looks at a room."""

    def __init__(self) -> None:
        super().__init__()
        self.looks = 0

    async def find(self, room: str) -> RoomRow | None:
        self.looks += 1
        return await super().find(room)


class Socket:
    """A WebSocket that nobody reads."""

    client = None
    scope: ClassVar[dict[str, object]] = {}


class Desk:
    """One page that waits, and the hub that sweeps."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0
        self.store, self.fanout = CountingStore(), MemoryFanout(self.clock)
        self.exchange = exchange_over(self.store, self.fanout, self.clock)
        self.hub = Hub(self.exchange, Identity.new(), enrolment_desk(self.clock), Rhythm())
        self.appointment = Appointment(int(self.now))
        self.page = PageLink(Connection(cast(WebSocket, Socket()), page_codec(), self.exchange), self.exchange, {})
        self.said: list[bytes] = []

    def clock(self) -> float:
        return self.now

    async def looks_at(self, envelope: envelopes.Envelope) -> int:
        """How often the page asked the store because of this."""
        before = self.store.looks
        await self.page.on_hint(envelopes.pack(envelope))
        return self.store.looks - before

    async def row(self) -> RoomRow:
        row = await self.store.find(self.appointment.room)
        assert row is not None
        return row

    @property
    def seat(self) -> str:
        return self.page.seat


@pytest.fixture
async def desk() -> Desk:
    desk = Desk()
    await desk.store.publish(OWNER, [RoomCard(**desk.appointment.card())], int(desk.now))
    await desk.page.on_message(Join(seq=1, token=desk.appointment.token, language="de"))
    await desk.fanout.subscribe(envelopes.room_topic(desk.appointment.room), desk.said.append)
    return desk


async def test_a_revision_that_was_seen_is_not_looked_at_again(desk: Desk) -> None:
    room, revision = desk.appointment.room, (await desk.row()).revision
    assert await desk.looks_at(envelopes.Changed(room=room, revision=revision)) == 0
    assert await desk.looks_at(envelopes.Changed(room=room, revision=revision + 1)) == 1
    assert await desk.looks_at(envelopes.Changed(room=room)) == 1, "a server of the version before does not say which"


async def test_a_sweep_asks_the_store_only_when_the_program_came_or_went(desk: Desk) -> None:
    assert await desk.looks_at(envelopes.Swept()) == 0
    desk.fanout.touch(Presence.LINK, OWNER, 15)
    assert await desk.looks_at(envelopes.Swept()) == 1
    assert await desk.looks_at(envelopes.Swept()) == 0
    desk.now += 15
    assert await desk.looks_at(envelopes.Swept()) == 1, "its sign of life ran out, and nobody said so"


async def test_a_change_whose_hint_was_lost_is_said_with_the_next_sweep_and_only_then(desk: Desk) -> None:
    await desk.hub.sweep()
    desk.said.clear()
    row = await desk.store.admit(OWNER, desk.appointment.room, desk.seat)
    await desk.hub.sweep()
    assert desk.said == [envelopes.pack(envelopes.Changed(room=row.room, revision=row.revision))]
    await desk.hub.sweep()
    assert len(desk.said) == 1


async def test_the_end_of_a_room_whose_hint_was_lost_is_said_too(desk: Desk) -> None:
    await desk.hub.sweep()
    desk.said.clear()
    await desk.store.end(OWNER, desk.appointment.room)
    await desk.hub.sweep()
    assert desk.said == [envelopes.pack(envelopes.Changed(room=desk.appointment.room))]


async def test_a_change_of_this_very_process_is_not_read_from_the_store_once_more(desk: Desk) -> None:
    row = await desk.store.admit(OWNER, desk.appointment.room, desk.seat)
    await desk.exchange.announce(row)
    assert await desk.looks_at(envelopes.Changed(room=row.room, revision=row.revision)) == 0
    row = await desk.store.send_back(OWNER, row.room, desk.seat, int(desk.now))
    assert await desk.looks_at(envelopes.Changed(room=row.room, revision=row.revision)) == 1, "it was another process"
    assert await desk.looks_at(envelopes.LookAgain()) == 1, "then nobody knows what is the newest"


async def test_a_sweep_leaves_alone_who_rests(desk: Desk) -> None:
    assert desk.page.at_rest
    desk.fanout.touch(Presence.LINK, OWNER, 15)
    assert not desk.page.at_rest, "the program came"
    await desk.page.on_hint(envelopes.pack(envelopes.Swept()))
    assert desk.page.at_rest


async def test_signalling_asks_the_store_once_for_an_epoch(desk: Desk) -> None:
    row = await desk.store.admit(OWNER, desk.appointment.room, desk.seat)
    await desk.looks_at(envelopes.Changed(room=row.room, revision=row.revision))
    before = desk.store.looks
    for number in range(3):
        await desk.page.on_message(Candidate(seq=2 + number, room=row.room, epoch=1, candidate="candidate:1"))
    assert desk.store.looks == before


async def test_a_sweep_that_meets_many_more_seats_than_the_last_one_takes_no_longer(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    class Portions(MemoryRoomStore):
        """One seat in each."""

        seats = 2

        async def client_seats(self, after: str = "") -> list[ClientSeat]:
            number = int(after or "0") + 1
            return [ClientSeat("room", OWNER, 1, str(number), SeatState.WAITING, True)] if number <= self.seats else []

    paused: list[float] = []
    store, sleep = Portions(), asyncio.sleep

    async def pause(seconds: float) -> None:
        paused.append(seconds)
        await sleep(0)

    monkeypatch.setattr(asyncio, "sleep", pause)
    sweeper = Sweeper(exchange_over(store, desk.fanout, desk.clock), {}, 5, 600)
    await sweeper.sweep()
    paused.clear()
    store.seats = 100
    await sweeper.sweep()
    assert 0 < sum(paused) <= 5 / 2
