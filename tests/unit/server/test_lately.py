"""What was changed here a moment ago is known without the database, and never for long."""

from __future__ import annotations

from dataclasses import replace

from app.server.lately import KEPT, KEPT_S, Lately
from app.server.ports import RoomRow
from app.server.rules import publish
from tests.support.room_stores import NOW, OWNER, make_card


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


def test_it_is_forgotten_after_a_moment_and_then_an_earlier_revision_is_news_again() -> None:
    clock = Clock()
    lately, [row] = Lately(clock), rows(1)
    lately.note(row)
    clock.now += KEPT_S
    assert lately.known(row.room, 5) is None
    anew = replace(row, revision=1)
    lately.note(anew)
    assert lately.known(row.room, 1) == anew


def test_it_is_bounded_and_the_oldest_goes_first() -> None:
    lately, many = Lately(), rows(KEPT + 1)
    for row in many:
        lately.note(row)
    assert [row.room for row in many if lately.known(row.room, 5) is None] == [many[0].room]
