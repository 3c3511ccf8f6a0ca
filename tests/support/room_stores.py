"""Every RoomStore there is, for what each of them must do. Two handles on one store stand for two server processes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import Engine

from app.domain.rooms import SeatState
from app.domain.secrets import hash_secret, look_key, new_id, new_token
from app.server.lately import Lately
from app.server.ports import NewSeat, Refusal, RoomRow, RoomStore
from app.server.state.memory import MemoryRoomStore
from app.server.state.sql import SqlRoomStore
from app.wire.codes import Code
from app.wire.messages import RoomCard

NOW = 1_800_000_000
OWNER, OTHER = "owner00000000000000000", "other00000000000000000"


class AlwaysReads(SqlRoomStore):
    """Every operation starts from what is stored, as each of another process's does. Whatever it knew is a day old."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self._known = Lately(count(0.0, 86400.0).__next__)


@dataclass
class Handles:
    """Two ways to the same store."""

    one: RoomStore
    two: RoomStore

    def turn(self, number: int) -> RoomStore:
        return (self.one, self.two)[number % 2]


@pytest.fixture(params=["memory", "sqlite", "postgres"])
async def handles(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Handles]:
    if request.param == "memory":
        store = MemoryRoomStore()
        yield Handles(store, store)
        await store.close()
        return
    url = f"sqlite:///{tmp_path}/rooms.sqlite3" if request.param == "sqlite" else request.getfixturevalue("postgres").empty_tables()
    one, two = await SqlRoomStore.open(url), await SqlRoomStore.open(url)
    yield Handles(one, two)
    await one.close()
    await two.close()


@pytest.fixture
def store(handles: Handles) -> RoomStore:
    return handles.one


def make_card(**values: object) -> RoomCard:
    token = new_token()
    card = RoomCard(
        room=new_id(),
        site="musterstadt",
        label="Jobcenter Musterstadt",
        phone="0123 456-0",
        token_hash=hash_secret(token),
        look_hash=hash_secret(look_key(token)),
        starts_at=NOW + 60,
        minutes=30,
        opens_at=NOW,
        closes_at=NOW + 3600,
        language="de",
    )
    return msgspec.structs.replace(card, **values)


@pytest.fixture
async def room(store: RoomStore) -> str:
    card = make_card()
    await store.publish(OWNER, [card], NOW)
    return card.room


async def sit(store: RoomStore, room: str, secret: str = "first") -> str:
    """A seat in the waiting room; gives its id."""
    seat = new_id()
    await store.take_seat(room, NewSeat(seat, hash_secret(secret), "de"), NOW)
    return seat


async def state_of(store: RoomStore, room: str, seat: str) -> SeatState:
    row = await store.find(room)
    found = row.seat(seat) if row else None
    assert found is not None
    return found.state


async def resume(store: RoomStore, room: str, seat: str, secret: str, following: str) -> RoomRow:
    return await store.resume_seat(room, seat, hash_secret(secret), hash_secret(following), NOW)


async def refused(work: Awaitable[object]) -> Code:
    with pytest.raises(Refusal) as caught:
        await work
    return caught.value.code


async def outcomes(work: list[Awaitable[object]]) -> tuple[int, list[Code]]:
    """How many succeeded, and the codes of the others."""
    results = await asyncio.gather(*work, return_exceptions=True)
    codes = [r.code for r in results if isinstance(r, Refusal)]
    assert not [r for r in results if isinstance(r, BaseException) and not isinstance(r, Refusal)]
    return len(results) - len(codes), codes
