"""How many questions an operation is to the database: each one is a round trip to another machine."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event

from app.domain.secrets import hash_code, hash_secret, new_code, new_id
from app.server.ports import NewSeat
from app.server.state.sql import SqlRoomStore
from tests.support.room_stores import NOW, OWNER, make_card


@pytest.fixture(params=["sqlite", "postgres"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[SqlRoomStore]:
    url = f"sqlite:///{tmp_path}/rooms.sqlite3" if request.param == "sqlite" else request.getfixturevalue("postgres").empty_tables()
    store = await SqlRoomStore.open(url)
    yield store
    await store.close()


class Questions:
    """The statements of a store, by their first word, and whether a transaction was around them."""

    def __init__(self, store: SqlRoomStore) -> None:
        self._asked: list[tuple[str, bool]] = []
        event.listen(store._engine, "after_cursor_execute", self._note)

    def _note(self, connection: Connection, _: object, statement: str, *__: object) -> None:
        self._asked.append((statement.split(maxsplit=1)[0], _within(connection.connection.dbapi_connection)))

    def so_far(self) -> list[tuple[str, bool]]:
        """Those since the last time."""
        asked, self._asked = self._asked, []
        return asked


def _within(driver: Any) -> bool:
    return driver.in_transaction if hasattr(driver, "in_transaction") else bool(driver.info.transaction_status)


async def test_reading_is_one_statement_without_a_transaction(store: SqlRoomStore) -> None:
    code = hash_code(new_code())
    card = make_card(code_hash=code)
    await store.publish(OWNER, [card, make_card()], NOW)
    row = await store.take_seat(card.room, NewSeat(new_id(), hash_secret("a"), "de"), NOW)
    asked = Questions(store)
    assert await store.find(card.room) == await store.find_by_token(card.token_hash) == await store.find_by_look(card.look_hash) == row
    assert await store.find_by_code(code, NOW) == row
    assert await store.find(new_id()) is None
    assert len(await store.rooms_of(OWNER)) == 2
    assert len(await store.client_seats()) == 1
    assert asked.so_far() == [("SELECT", False)] * 7


async def test_a_transaction_after_it_is_one_again(store: SqlRoomStore) -> None:
    card, seat = make_card(), new_id()
    await store.publish(OWNER, [card], NOW)
    await store.find(card.room)
    asked = Questions(store)
    await store.take_seat(card.room, NewSeat(seat, hash_secret("a"), "de"), NOW)
    assert {within for _, within in asked.so_far()} == {True}
