"""What every RoomStore must do with rooms: publishing, and forgetting them in time. Two handles on one store stand for two processes."""

from __future__ import annotations

import asyncio
import itertools

import msgspec

from app.domain.rooms import SeatKind, SeatState
from app.domain.secrets import new_id
from app.server.ports import RoomStore
from app.wire.codes import Code
from app.wire.messages import EndReason
from tests.support.room_stores import NOW, OTHER, OWNER, Handles, handles, make_card, outcomes, refused, room, sit, state_of, store

__all__ = ["handles", "room", "store"]


# ---- publish


async def test_a_published_room_has_the_counsellors_seat_and_is_found_by_its_hashes(store: RoomStore) -> None:
    card = make_card()
    published = await store.publish(OWNER, [card], NOW)
    [row] = published.rooms
    assert published.changed == (row,)
    assert (row.card, row.owner, row.revision, row.over) == (card, OWNER, 1, None)
    assert [(s.kind, s.state) for s in row.seats] == [(SeatKind.COUNSELLOR, SeatState.ADMITTED)]
    assert await store.find(card.room) == await store.find_by_token(card.token_hash) == await store.find_by_look(card.look_hash) == row
    assert list(await store.rooms_of(OWNER)) == [row]
    assert not await store.rooms_of(OTHER)


async def test_nothing_is_found_by_what_is_not_there(store: RoomStore, room: str) -> None:
    row = await store.find(room)
    assert row is not None
    assert await store.find(new_id()) is None
    assert await store.find_by_token(row.card.look_hash) is None
    assert await store.find_by_look(row.card.token_hash) is None


async def test_publishing_again_changes_nothing(handles: Handles) -> None:
    cards = [make_card(), make_card()]
    first = await handles.one.publish(OWNER, cards, NOW)
    seat = await sit(handles.one, cards[0].room)
    await handles.one.admit(OWNER, cards[0].room, seat)
    before = await handles.one.find(cards[0].room)
    again = await handles.two.publish(OWNER, cards, NOW + 5)
    assert again.rooms == (before, first.rooms[1])
    assert again.changed == ()


async def test_a_changed_card_is_taken_over_and_a_missing_room_revoked(store: RoomStore) -> None:
    card, missing = make_card(), make_card()
    await store.publish(OWNER, [card, missing], NOW)
    seat = await sit(store, missing.room)
    later = msgspec.structs.replace(card, closes_at=card.closes_at + 600)
    published = await store.publish(OWNER, [later], NOW)
    assert [(r.card, r.revision) for r in published.rooms] == [(later, 2)]
    assert {r.room for r in published.changed} == {card.room, missing.room}
    revoked = await store.find(missing.room)
    assert revoked is not None
    assert revoked.over is EndReason.REVOKED
    assert await state_of(store, missing.room, seat) is SeatState.ENDED


async def test_a_room_that_is_over_is_not_opened_by_publishing(store: RoomStore) -> None:
    card = make_card()
    await store.publish(OWNER, [card], NOW)
    ended = await store.end(OWNER, card.room)
    assert (await store.publish(OWNER, [msgspec.structs.replace(card, minutes=45)], NOW)).rooms == (ended,)


async def test_a_foreign_room_or_token_is_refused_and_nothing_changes(store: RoomStore) -> None:
    theirs = make_card()
    await store.publish(OTHER, [theirs], NOW)
    mine = make_card()
    assert await refused(store.publish(OWNER, [mine, theirs], NOW)) is Code.NOT_YOURS
    stolen = make_card(token_hash=theirs.token_hash)
    assert await refused(store.publish(OWNER, [mine, stolen], NOW)) is Code.CONFLICT
    assert await refused(store.publish(OWNER, [mine, mine], NOW)) is Code.CONFLICT
    assert not await store.rooms_of(OWNER)
    assert len(await store.rooms_of(OTHER)) == 1


async def test_publishing_at_the_same_time_makes_each_room_once(handles: Handles) -> None:
    cards = [make_card() for _ in range(5)]
    done, codes = await outcomes([handles.turn(n).publish(OWNER, cards, NOW) for n in range(10)])
    assert done + len(codes) == 10
    assert done >= 1
    assert set(codes) <= {Code.CONFLICT}
    assert sorted(r.room for r in await handles.one.rooms_of(OWNER)) == sorted(c.room for c in cards)
    assert all(len(r.seats) == 1 for r in await handles.one.rooms_of(OWNER))


# ---- forgetting


async def test_a_room_is_deleted_when_its_time_is_over_and_nothing_else_is(store: RoomStore) -> None:
    short, long = make_card(), make_card(closes_at=NOW + 7200)
    await store.publish(OWNER, [short, long], NOW)
    await sit(store, short.room)
    assert not (await store.delete_expired(NOW + 3599, 600)).closed
    swept = await store.delete_expired(NOW + 3600, 600)
    assert [(r.room, r.over) for r in swept.closed] == [(short.room, EndReason.EXPIRED)]
    assert {s.state for s in swept.closed[0].seats} == {SeatState.ENDED}
    assert [r.room for r in await store.rooms_of(OWNER)] == [long.room]
    assert await store.find_by_token(short.token_hash) is None
    assert not (await store.delete_expired(NOW + 3600, 600)).closed


async def test_a_room_is_swept_by_one_process_only(handles: Handles, room: str) -> None:
    results = await asyncio.gather(*(handles.turn(n).delete_expired(NOW + 3600, 600) for n in range(8)))
    assert [r.room for r in itertools.chain.from_iterable(s.closed for s in results)] == [room]


async def test_seats_that_stay_away_are_deleted_but_never_the_conversations(store: RoomStore, room: str) -> None:
    waiting, admitted, left_waiting, left_admitted, removed, here = [await sit_away(store, room) for _ in range(6)]
    for seat in (left_admitted, admitted):
        await store.admit(OWNER, room, seat)
        if seat is left_admitted:
            await store.leave(room, seat)
    await store.leave(room, left_waiting)
    await store.remove(OWNER, room, removed)
    await store.note_presence(room, here, True, NOW)
    assert not (await store.delete_expired(NOW + 599, 600)).thinned
    [row] = (await store.delete_expired(NOW + 600, 600)).thinned
    assert {s.seat for s in row.seats if s.kind is SeatKind.CLIENT} == {admitted, left_admitted, here}
    assert waiting not in {s.seat for s in row.seats}
    assert await store.find(room) == row


async def sit_away(store: RoomStore, room: str) -> str:
    seat = await sit(store, room)
    await store.note_presence(room, seat, False, NOW)
    return seat
