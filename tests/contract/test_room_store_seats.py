"""What every RoomStore must do with seats: taken, come back to, kept safe by secrets. Two handles on one store stand for two processes."""

from __future__ import annotations

import pytest

from app.domain.rooms import SeatKind, SeatState
from app.domain.secrets import hash_secret, new_id
from app.server.ports import NewSeat, RoomStore
from app.server.rules import MAX_SEATS
from app.server.state import sql
from app.server.sweeper import all_client_seats
from app.wire.codes import Code
from tests.support.room_stores import NOW, OWNER, Handles, handles, make_card, outcomes, refused, resume, room, sit, state_of, store

__all__ = ["handles", "room", "store"]


# ---- taking a seat


@pytest.mark.parametrize(
    ("offset", "code"),
    [(-1, Code.TOO_EARLY), (3600, Code.EXPIRED_LINK), (3599, None), (0, None)],
    ids=["early", "closed", "last second", "first"],
)
async def test_the_waiting_room_is_open_within_its_time(store: RoomStore, room: str, offset: int, code: Code | None) -> None:
    taking = store.take_seat(room, NewSeat(new_id(), hash_secret("s"), "de"), NOW + offset)
    if code is None:
        assert len((await taking).seats) == 2
    else:
        assert await refused(taking) is code


async def test_a_room_that_is_over_says_why(store: RoomStore) -> None:
    ended, revoked = make_card(), make_card()
    await store.publish(OWNER, [ended, revoked], NOW)
    await store.end(OWNER, ended.room)
    await store.revoke(OWNER, revoked.room)
    assert await refused(sit(store, ended.room)) is Code.EXPIRED_LINK
    assert await refused(sit(store, revoked.room)) is Code.REVOKED_LINK
    assert await refused(sit(store, new_id())) is Code.UNKNOWN_LINK


async def test_of_fifty_at_the_same_time_five_wait(handles: Handles, room: str) -> None:
    done, codes = await outcomes([sit(handles.turn(n), room) for n in range(50)])
    assert done == 5
    assert codes == [Code.ROOM_FULL] * 45
    row = await handles.two.find(room)
    assert row is not None
    assert [s.kind for s in row.seats] == [SeatKind.COUNSELLOR, *[SeatKind.CLIENT] * 5]
    assert row.revision == 6


async def test_a_seat_that_is_taken_is_not_taken_again(store: RoomStore, room: str) -> None:
    seat = new_id()
    row = await store.take_seat(room, NewSeat(seat, hash_secret("first"), "de"), NOW)
    assert await refused(store.take_seat(room, NewSeat(seat, hash_secret("second"), "en"), NOW)) is Code.CONFLICT
    assert await store.find(room) == row


async def test_seats_without_anybody_do_not_fill_the_room(store: RoomStore, room: str) -> None:
    for _ in range(5):
        seat = await sit(store, room)
        await store.note_presence(room, seat, False, NOW)
    await sit(store, room)
    assert sorted(seat.away for seat in await store.client_seats()) == [False, *[True] * 5]


async def test_a_sweep_sees_every_clients_seat_of_rooms_that_are_not_over(store: RoomStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sql, "SEATS_AT_ONCE", 2)
    cards = [make_card() for _ in range(3)]
    await store.publish(OWNER, cards, NOW)
    seats = {await sit(store, card.room): card.room for card in (*cards, *cards, cards[0])}
    gone = next(iter(seats))
    row = await store.note_presence(seats[gone], gone, False, NOW)
    await store.end(OWNER, cards[2].room)
    portions = [portion async for portion in all_client_seats(store)]
    found = [seat for portion in portions for seat in portion]
    assert [seat.seat for seat in found] == sorted(seat.seat for seat in found)
    assert {seat.seat: seat.room for seat in found} == {seat: room for seat, room in seats.items() if room != cards[2].room}
    assert len(found) == 5
    assert {seat.seat for seat in found if seat.away} == {gone}
    assert {(seat.owner, seat.revision) for seat in found if seat.room == row.room} == {(OWNER, row.revision)}


async def test_one_link_cannot_make_the_server_keep_ever_more(store: RoomStore, room: str) -> None:
    for _ in range(MAX_SEATS - 1):
        await store.remove(OWNER, room, await sit(store, room))
    assert await refused(sit(store, room)) is Code.ROOM_FULL


# ---- coming back


async def test_each_use_rotates_the_secret_and_the_one_before_lasts_until_confirmed(store: RoomStore, room: str) -> None:
    seat = await sit(store, room, "a")
    await resume(store, room, seat, "a", "b")
    await resume(store, room, seat, "a", "c")  # the message with b was lost
    assert await refused(resume(store, room, seat, "b", "x")) is Code.UNKNOWN_SEAT
    await store.confirm_secret(room, seat, hash_secret("c"))
    assert await refused(resume(store, room, seat, "a", "x")) is Code.UNKNOWN_SEAT
    row = await resume(store, room, seat, "c", "d")
    assert row.seat(seat).state is SeatState.WAITING  # type: ignore[union-attr]


async def test_a_late_confirmation_of_an_older_secret_does_nothing(store: RoomStore, room: str) -> None:
    seat = await sit(store, room, "a")
    await resume(store, room, seat, "a", "b")
    await resume(store, room, seat, "a", "c")
    await store.confirm_secret(room, seat, hash_secret("b"))
    await resume(store, room, seat, "a", "d")
    assert await state_of(store, room, seat) is SeatState.WAITING


async def test_of_many_uses_of_one_secret_all_leave_a_way_back(handles: Handles, room: str) -> None:
    seat = await sit(handles.one, room, "a")
    done, _ = await outcomes([resume(handles.turn(n), room, seat, "a", f"next{n}") for n in range(10)])
    assert done == 10
    await resume(handles.one, room, seat, "a", "b")


async def test_wrong_secrets_foreign_seats_and_the_counsellors_seat_do_not_open(store: RoomStore, room: str) -> None:
    seat, other = await sit(store, room, "a"), await sit(store, room, "b")
    row = await store.find(room)
    assert row is not None
    for target, secret in ((seat, "b"), (other, "a"), (new_id(), "a"), (row.counsellor.seat, "a")):
        assert await refused(resume(store, room, target, secret, "x")) is Code.UNKNOWN_SEAT
    assert await store.find(room) == row


async def test_who_left_comes_back_to_where_they_were(store: RoomStore, room: str) -> None:
    waiting, admitted = await sit(store, room, "w"), await sit(store, room, "a")
    await store.admit(OWNER, room, admitted)
    for seat, secret, state in ((waiting, "w", SeatState.WAITING), (admitted, "a", SeatState.ADMITTED)):
        await store.leave(room, seat)
        await store.leave(room, seat)
        assert await state_of(store, room, seat) is SeatState.LEFT
        await resume(store, room, seat, secret, "x")
        assert await state_of(store, room, seat) is state


async def test_who_left_waits_if_somebody_else_was_admitted_meanwhile(store: RoomStore, room: str) -> None:
    first, second = await sit(store, room, "a"), await sit(store, room, "b")
    await store.admit(OWNER, room, first)
    await store.leave(room, first)
    await store.admit(OWNER, room, second)
    await resume(store, room, first, "a", "x")
    assert await state_of(store, room, first) is SeatState.WAITING


async def test_coming_back_ends_being_away(store: RoomStore, room: str) -> None:
    seat = await sit(store, room, "a")
    gone = await store.note_presence(room, seat, False, NOW)
    assert gone.seat(seat).away_since == NOW  # type: ignore[union-attr]
    assert await store.note_presence(room, seat, False, NOW + 5) == gone
    back = await resume(store, room, seat, "a", "b")
    assert back.seat(seat).away_since is None  # type: ignore[union-attr]
