"""What every RoomStore must do when a deputy takes a room over. Two handles on one store stand for two processes."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from app.domain.rooms import SeatKind, SeatState
from app.domain.secrets import new_id, new_token
from app.server.ports import RoomRow, RoomStore, StandIn
from app.wire.codes import Code
from app.wire.messages import EndReason, Notice, RoomCard
from tests.support.room_stores import NOW, OTHER, OWNER, Handles, handles, make_card, outcomes, refused, resume, room, sit, store

__all__ = ["handles", "room", "store"]

SITE = "musterstadt"


async def there(store: RoomStore, room: str) -> RoomRow:
    row = await store.find(room)
    assert row is not None
    return row


async def card_of(store: RoomStore, room: str) -> RoomCard:
    return (await there(store, room)).card


async def deputy(store: RoomStore, room: str, owner: str = OTHER, holder: str = OWNER, site: str = SITE) -> StandIn:
    """Somebody who was told the link."""
    return StandIn(owner, holder, site, (await card_of(store, room)).token_hash)


async def test_a_deputy_gets_the_room_with_all_who_wait_there(store: RoomStore, room: str) -> None:
    seat, away = await sit(store, room), await sit(store, room, "b")
    await store.mark_reached(OWNER, room, seat)
    await store.leave(room, away)
    before = await there(store, room)
    after = await store.take_over(room, await deputy(store, room), NOW + 5)
    assert (after.owner, after.revision, after.card) == (OTHER, before.revision + 1, before.card)
    assert [(s.seat, s.state, s.since, s.secret_hash) for s in after.seats] == [
        (s.seat, s.state, s.since, s.secret_hash) for s in before.seats
    ]
    told = {s.seat: (s.reached, s.notice, s.notice_at) for s in after.seats if s.kind is SeatKind.CLIENT}
    assert told == {seat: (False, Notice.COLLEAGUE, NOW + 5), away: (False, None, 0)}
    assert await there(store, room) == after
    await store.admit(OTHER, room, seat)
    assert await refused(store.end(OWNER, room)) is Code.NOT_YOURS


async def test_repeating_it_changes_nothing(store: RoomStore, room: str) -> None:
    await sit(store, room)
    by = await deputy(store, room)
    after = await store.take_over(room, by, NOW)
    assert await store.take_over(room, by, NOW + 9) == after


async def test_of_many_deputies_one_wins(handles: Handles, room: str) -> None:
    deputies = [await deputy(handles.one, room, owner=new_id()) for _ in range(20)]
    done, codes = await outcomes([handles.turn(n).take_over(room, by, NOW) for n, by in enumerate(deputies)])
    assert (done, codes) == (1, [Code.CONFLICT] * 19)
    assert (await there(handles.two, room)).owner in {by.owner for by in deputies}


async def test_of_a_deputy_and_an_admission_one_wins(handles: Handles, room: str) -> None:
    seat = await sit(handles.one, room)
    by = await deputy(handles.one, room)
    done, codes = await outcomes([handles.two.take_over(room, by, NOW), handles.one.admit(OWNER, room, seat)])
    assert done == 1
    after = await there(handles.one, room)
    admitted = after.seats[1].state is SeatState.ADMITTED
    assert (codes, after.owner) == (([Code.CONFLICT], OWNER) if admitted else ([Code.NOT_YOURS], OTHER))


@pytest.mark.parametrize("left", [False, True])
async def test_a_conversation_is_not_taken_away(store: RoomStore, room: str, left: bool) -> None:
    seat = await sit(store, room)
    before = await store.admit(OWNER, room, seat)
    if left:
        before = await store.leave(room, seat)  # may come back to it at any moment
    assert await refused(store.take_over(room, await deputy(store, room), NOW)) is Code.CONFLICT
    assert await there(store, room) == before
    await store.remove(OWNER, room, seat)
    await store.take_over(room, await deputy(store, room), NOW)


async def test_whoever_may_not_take_it_learns_nothing(store: RoomStore, room: str) -> None:
    before = await there(store, room)
    by = await deputy(store, room)
    strangers = [StandIn(OTHER, OWNER, "nachbarstadt", by.token_hash), StandIn(OTHER, OWNER, SITE, new_token())]
    assert [await refused(store.take_over(room, one, NOW)) for one in strangers] == [Code.NOT_YOURS] * 2
    assert await refused(store.take_over(new_id(), by, NOW)) is Code.NOT_YOURS
    assert await there(store, room) == before


async def test_a_room_that_is_over_or_somebody_elses_is_not_taken(store: RoomStore, room: str) -> None:
    by = await deputy(store, room)
    assert await refused(store.take_over(room, replace(by, holder=new_id()), NOW)) is Code.CONFLICT
    assert await refused(store.take_over(room, by, (await card_of(store, room)).closes_at)) is Code.EXPIRED_LINK
    await store.revoke(OWNER, room)
    assert await refused(store.take_over(room, by, NOW)) is Code.REVOKED_LINK


async def test_what_the_deputy_publishes_revokes_it_only_once_it_was_named(store: RoomStore, room: str) -> None:
    own, card = make_card(), await card_of(store, room)
    await store.take_over(room, await deputy(store, room), NOW)
    await store.publish(OTHER, [own], NOW)
    assert (await there(store, room)).over is None
    named = await store.publish(OTHER, [own, msgspec.structs.replace(card, label="Jobcenter")], NOW)
    assert [row.card.label for row in named.rooms] == ["Jobcenter Musterstadt", "Jobcenter"]
    assert (await store.publish(OTHER, [own, msgspec.structs.replace(card, label="Jobcenter")], NOW)).changed == ()
    await store.publish(OTHER, [own], NOW)
    assert (await there(store, room)).over is EndReason.REVOKED


async def test_for_who_had_it_before_it_is_left_out_and_all_others_count(store: RoomStore, room: str) -> None:
    card, other = await card_of(store, room), make_card()
    await store.take_over(room, await deputy(store, room), NOW)
    before = await there(store, room)
    published = await store.publish(OWNER, [msgspec.structs.replace(card, minutes=45), other], NOW)
    assert [(row.room, row.owner) for row in published.rooms] == [(card.room, OTHER), (other.room, OWNER)]
    assert [row.room for row in published.changed] == [other.room]
    await store.publish(OWNER, [other], NOW)
    assert await there(store, room) == before
    stranger = msgspec.structs.replace(card, token_hash=new_token(), look_hash=new_token())
    assert await refused(store.publish(OWNER, [stranger, other], NOW)) is Code.NOT_YOURS
    assert await refused(store.publish(OWNER, [msgspec.structs.replace(card, site="nachbarstadt")], NOW)) is Code.NOT_YOURS


async def test_it_can_be_taken_back_and_goes_on_to_others(store: RoomStore, room: str) -> None:
    seat = await sit(store, room, "a")
    third = new_id()
    for owner, holder in ((OTHER, OWNER), (third, OTHER), (OWNER, third)):
        row = await store.take_over(room, await deputy(store, room, owner, holder), NOW)
        assert row.owner == owner
    again = await resume(store, room, seat, "a", "b")
    assert (again.seats[1].seat, again.seats[1].state) == (seat, SeatState.WAITING)
    assert [r.owner for r in (await store.publish(OTHER, [row.card], NOW)).rooms] == [OWNER]


async def test_the_code_goes_along(store: RoomStore) -> None:
    card = make_card(code_hash=new_token())
    await store.publish(OWNER, [card], NOW)
    await store.take_over(card.room, await deputy(store, card.room), NOW)
    await store.publish(OTHER, [card], NOW)
    found = await store.find_by_code(card.code_hash or "", NOW)
    assert found is not None
    assert (found.owner, found.code_taken) == (OTHER, False)
