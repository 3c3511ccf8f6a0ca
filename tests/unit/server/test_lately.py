"""What was changed here a moment ago is known without the database, and never for long."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.secrets import hash_secret, new_id
from app.server import envelopes
from app.server.lately import KEPT, KEPT_S, Lately
from app.server.ports import Fanout, NewSeat, RoomRow
from app.server.rules import publish
from app.server.state.memory import MemoryFanout, MemoryRoomStore
from tests.support.room_stores import NOW, OWNER, make_card
from tests.support.server import running_server


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def rows(count: int) -> list[RoomRow]:
    return [replace(row, revision=5) for row in publish({}, OWNER, [make_card() for _ in range(count)], NOW, [])]


def test_a_room_is_known_in_its_revision_and_in_those_before() -> None:
    lately, [row] = Lately(), rows(1)
    lately.note(row)
    assert lately.known(row.room, 5) == lately.known(row.room, 4) == row
    assert lately.known(row.room, 6) is None
    assert lately.known(row.room, 0) is None, "who wants to know how it stands asks the store"
    lately.note(replace(row, revision=4))
    assert lately.known(row.room, 5) == row, "an older one that comes late changes nothing"


def test_who_read_it_again_knows_it_for_a_moment_more_and_as_it_was_read() -> None:
    clock = Clock()
    lately, [row] = Lately(clock), rows(1)
    lately.note(row)
    clock.now += KEPT_S / 2
    other = replace(row, code_spent=True)  # in a database that lost a commit when it moved
    lately.note(other)
    clock.now += KEPT_S / 2
    assert lately.known(row.room, 5) == other


def test_who_takes_it_is_the_only_one() -> None:
    clock = Clock()
    lately, [row, other] = Lately(clock), rows(2)
    lately.note(row)
    lately.note(other)
    assert [lately.take(row.room), lately.take(row.room)] == [row, None]
    clock.now += KEPT_S
    assert lately.take(other.room) is None


def test_it_is_forgotten_after_a_moment_and_then_an_earlier_revision_is_news_again() -> None:
    clock = Clock()
    lately, [row] = Lately(clock), rows(1)
    lately.note(row)
    clock.now += KEPT_S
    assert lately.known(row.room, 5) is None
    anew = replace(row, revision=1)
    lately.note(anew)
    assert lately.known(row.room, 1) == anew


def test_a_room_that_was_deleted_and_published_anew_takes_the_place_of_the_old_one() -> None:
    lately, [row] = Lately(), rows(1)
    lately.note(row)
    [anew] = publish({}, OWNER, [row.card], NOW, [])
    lately.note(anew)
    assert lately.known(row.room, 1) == anew
    assert lately.known(row.room, 2) is None


async def test_what_another_server_changes_in_a_room_published_anew_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store, fanout = MemoryRoomStore(), MemoryFanout(lambda: float(NOW))

    async def of_both(*_: object) -> Fanout:
        return fanout

    monkeypatch.setattr("app.server.serving.open_fanout", of_both)
    async with running_server(tmp_path, store=store) as server:
        room = server.appointment()
        async with server.workstation(room) as work, server.page(room).connected() as page:
            await page.join()
            await work.command("admit", room=room.room, seat=page.seat)
            await store.delete_expired(room.card()["closes_at"], 600)
            await work.publish(room)
            seat = new_id()
            row = await store.take_seat(room.room, NewSeat(seat, hash_secret("secret"), "de"), NOW)
            fanout.publish(envelopes.owner_topic(work.owner), envelopes.pack(envelopes.Changed(room=row.room, revision=row.revision)))
            await work.state(room.room, lambda seats: [s["seat"] for s in seats] == [seat])


def test_it_is_bounded_and_the_oldest_goes_first() -> None:
    lately, many = Lately(), rows(KEPT + 1)
    for row in many:
        lately.note(row)
    assert [row.room for row in many if lately.known(row.room, 5) is None] == [many[0].room]
