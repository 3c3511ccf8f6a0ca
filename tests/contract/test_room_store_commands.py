"""What every RoomStore must do with the workstation's commands, notices and knocks. Two handles on one store stand for two processes."""

from __future__ import annotations

import asyncio

from app.domain.rooms import SeatState
from app.domain.secrets import hash_secret, new_id
from app.server.ports import NewSeat, RoomRow, RoomStore
from app.server.rules import KNOCK_PAUSE_S
from app.wire.codes import Code
from app.wire.messages import EndReason, Notice
from tests.support.room_stores import NOW, OTHER, OWNER, Handles, handles, make_card, outcomes, refused, resume, room, sit, state_of, store

__all__ = ["handles", "room", "store"]


# ---- the workstation's commands


async def test_of_fifty_admissions_one_wins(handles: Handles, room: str) -> None:
    seat = await sit(handles.one, room)
    done, codes = await outcomes([handles.turn(n).admit(OWNER, room, seat) for n in range(50)])
    assert done == 1
    assert codes == [Code.CONFLICT] * 49
    assert await state_of(handles.two, room, seat) is SeatState.ADMITTED


async def test_of_several_devices_admitted_at_the_same_time_one_wins(handles: Handles, room: str) -> None:
    seats = [await sit(handles.one, room) for _ in range(5)]
    done, codes = await outcomes([handles.turn(n).admit(OWNER, room, seat) for n, seat in enumerate(seats)])
    assert (done, codes) == (1, [Code.CONFLICT] * 4)


async def test_another_device_comes_in_only_in_place_of_the_first(store: RoomStore, room: str) -> None:
    first, second = await sit(store, room, "a"), await sit(store, room)
    await store.admit(OWNER, room, first)
    assert await refused(store.admit(OWNER, room, second)) is Code.CONFLICT
    before = await store.find(room)
    after = await store.admit(OWNER, room, second, replaces=first)
    assert before is not None
    assert after.revision == before.revision + 1
    assert [s.state for s in after.seats[1:]] == [SeatState.REPLACED, SeatState.ADMITTED]
    assert await refused(resume(store, room, first, "a", "x")) is Code.UNKNOWN_SEAT


async def test_replacing_itself_nobody_or_somebody_gone_changes_nothing(store: RoomStore, room: str) -> None:
    seat, gone = await sit(store, room), await sit(store, room)
    before = await store.remove(OWNER, room, gone)
    assert await refused(store.admit(OWNER, room, seat, replaces=seat)) is Code.CONFLICT
    assert await refused(store.admit(OWNER, room, seat, replaces=gone)) is Code.CONFLICT
    assert await refused(store.admit(OWNER, room, seat, replaces=new_id())) is Code.UNKNOWN_SEAT
    assert await refused(store.admit(OWNER, room, seat, replaces=before.counsellor.seat)) is Code.UNKNOWN_SEAT
    assert await store.find(room) == before


async def test_send_back(store: RoomStore, room: str) -> None:
    seat = await sit(store, room, "a")
    assert await refused(store.send_back(OWNER, room, seat, NOW)) is Code.CONFLICT
    await store.admit(OWNER, room, seat)
    await store.send_back(OWNER, room, seat, NOW)
    assert await state_of(store, room, seat) is SeatState.WAITING
    await store.admit(OWNER, room, seat)
    await store.leave(room, seat)
    await store.send_back(OWNER, room, seat, NOW)
    await resume(store, room, seat, "a", "b")
    assert await state_of(store, room, seat) is SeatState.WAITING


async def test_who_comes_from_the_conversation_waits_from_then_on(handles: Handles, room: str) -> None:
    talked, other = await sit(handles.one, room, "a"), await sit(handles.one, room)
    admitted = await handles.one.admit(OWNER, room, talked)
    assert waits_since(admitted, talked) == NOW
    back = await handles.two.send_back(OWNER, room, talked, NOW + 2100)
    assert back == await handles.one.find(room)
    assert [waits_since(back, seat) for seat in (talked, other)] == [NOW + 2100, NOW]
    await handles.one.admit(OWNER, room, talked)
    await handles.one.leave(room, talked)
    assert waits_since(await handles.two.send_back(OWNER, room, talked, NOW + 2200), talked) == NOW + 2200


async def test_who_returns_after_another_was_admitted_waits_from_then_on(store: RoomStore, room: str) -> None:
    talked, other = await sit(store, room, "a"), await sit(store, room)
    await store.admit(OWNER, room, talked)
    await store.leave(room, talked)
    await store.admit(OWNER, room, other)
    back = await store.resume_seat(room, talked, hash_secret("a"), hash_secret("b"), NOW + 300)
    assert waits_since(back, talked) == NOW + 300


async def test_who_leaves_the_waiting_room_and_comes_back_keeps_their_place_in_the_queue(store: RoomStore, room: str) -> None:
    seat = await sit(store, room, "a")
    await store.leave(room, seat)
    back = await store.resume_seat(room, seat, hash_secret("a"), hash_secret("b"), NOW + 60)
    assert waits_since(back, seat) == NOW


def waits_since(row: RoomRow, seat: str) -> int:
    found = row.seat(seat)
    assert found is not None
    return found.since


async def test_who_was_removed_returns_only_by_admission(store: RoomStore, room: str) -> None:
    seat = await sit(store, room, "a")
    await store.admit(OWNER, room, seat)
    await store.remove(OWNER, room, seat)
    assert await refused(resume(store, room, seat, "a", "b")) is Code.UNKNOWN_SEAT
    assert await refused(store.admit(OWNER, room, seat)) is Code.CONFLICT
    assert await refused(store.remove(OWNER, room, seat)) is Code.CONFLICT
    new = await sit(store, room)
    assert await state_of(store, room, new) is SeatState.WAITING
    await store.admit(OWNER, room, new)
    assert await state_of(store, room, new) is SeatState.ADMITTED


async def test_the_counsellors_seat_takes_no_commands(store: RoomStore, room: str) -> None:
    before = await store.find(room)
    assert before is not None
    seat = before.counsellor.seat
    for command in (store.admit, store.remove, store.mark_reached):
        assert await refused(command(OWNER, room, seat)) is Code.UNKNOWN_SEAT
    assert await refused(store.send_back(OWNER, room, seat, NOW)) is Code.UNKNOWN_SEAT
    assert await store.find(room) == before


# ---- notices, knocks, the telephone


async def test_the_newest_notice_stays_until_admission(handles: Handles, room: str) -> None:
    seat = await sit(handles.one, room)
    await handles.one.notify(OWNER, room, seat, Notice.FIVE_MINUTES, NOW + 1)
    row = await handles.two.notify(OWNER, room, seat, Notice.TEN_MINUTES, NOW + 60)
    assert row == await handles.one.find(room)
    assert told(row, seat) == (Notice.TEN_MINUTES, NOW + 60)
    back = await handles.one.resume_seat(room, seat, hash_secret("first"), hash_secret("second"), NOW + 61)
    assert told(back, seat) == (Notice.TEN_MINUTES, NOW + 60)
    assert told(await handles.two.admit(OWNER, room, seat), seat) == (None, 0)
    assert told(await handles.one.send_back(OWNER, room, seat, NOW + 62), seat) == (None, 0)


def told(row: RoomRow, seat: str) -> tuple[Notice | None, int]:
    found = row.seat(seat)
    assert found is not None
    return found.notice, found.notice_at


async def test_only_who_waits_is_told_something(store: RoomStore, room: str) -> None:
    seat = await sit(store, room)
    assert await refused(store.notify(OTHER, room, seat, Notice.PHONE_CALL, NOW)) is Code.NOT_YOURS
    assert await refused(store.notify(OWNER, room, new_id(), Notice.PHONE_CALL, NOW)) is Code.UNKNOWN_SEAT
    await store.admit(OWNER, room, seat)
    assert await refused(store.notify(OWNER, room, seat, Notice.PHONE_CALL, NOW)) is Code.CONFLICT
    await store.leave(room, seat)
    assert await refused(store.notify(OWNER, room, seat, Notice.PHONE_CALL, NOW)) is Code.CONFLICT
    await store.end(OWNER, room)
    assert await refused(store.notify(OWNER, room, seat, Notice.PHONE_CALL, NOW)) is Code.CONFLICT


async def test_a_seat_knocks_at_most_once_in_thirty_seconds(handles: Handles, room: str) -> None:
    seat, beside = await sit(handles.one, room), await sit(handles.one, room, "other")
    for number, offset in enumerate((0, KNOCK_PAUSE_S, 3 * KNOCK_PAUSE_S)):
        row = await handles.turn(number).knock(room, seat, NOW + offset)
        assert [s.knocked_at for s in row.seats[1:]] == [NOW + offset, 0]
        assert await refused(handles.turn(number + 1).knock(room, seat, NOW + offset + KNOCK_PAUSE_S - 1)) is Code.TOO_MANY
        assert await handles.one.find(room) == row
    await handles.one.knock(room, beside, NOW)


async def test_of_fifty_knocks_at_the_same_time_one_counts(handles: Handles, room: str) -> None:
    seat = await sit(handles.one, room)
    succeeded, codes = await outcomes([handles.turn(n).knock(room, seat, NOW) for n in range(50)])
    assert (succeeded, codes) == (1, [Code.TOO_MANY] * 49)


async def test_only_who_waits_knocks(store: RoomStore, room: str) -> None:
    seat = await sit(store, room)
    assert await refused(store.knock(room, new_id(), NOW)) is Code.UNKNOWN_SEAT
    await store.admit(OWNER, room, seat)
    assert await refused(store.knock(room, seat, NOW)) is Code.CONFLICT
    await store.end(OWNER, room)
    assert await refused(store.knock(room, seat, NOW)) is Code.CONFLICT


async def test_a_conversation_that_goes_on_by_phone_is_over_for_this_reason(store: RoomStore, room: str) -> None:
    seat = await sit(store, room)
    row = await store.end(OWNER, room, by_phone=True)
    assert row.over is EndReason.PHONE
    assert await state_of(store, room, seat) is SeatState.ENDED
    assert (await store.end(OWNER, room)).over is EndReason.PHONE
    assert (await store.revoke(OWNER, room)) == row
    assert await refused(store.take_seat(room, NewSeat(new_id(), hash_secret("x"), "de"), NOW)) is Code.EXPIRED_LINK


async def test_end_and_revoke_end_every_seat_once(store: RoomStore, room: str) -> None:
    await sit(store, room)
    await store.admit(OWNER, room, await sit(store, room))
    ended = await store.end(OWNER, room)
    assert ended.over is EndReason.COUNSELLOR
    assert {s.state for s in ended.seats} == {SeatState.ENDED}
    assert await store.end(OWNER, room) == ended
    assert await store.revoke(OWNER, room) == ended
    assert not await store.client_seats()


async def test_nobody_else_commands_a_room(store: RoomStore, room: str) -> None:
    seat = await sit(store, room)
    before = await store.find(room)
    for command in (store.admit, store.remove, store.mark_reached):
        assert await refused(command(OTHER, room, seat)) is Code.NOT_YOURS
        assert await refused(command(OWNER, new_id(), seat)) is Code.NOT_YOURS
    assert await refused(store.send_back(OTHER, room, seat, NOW)) is Code.NOT_YOURS
    for whole in (store.end, store.revoke):
        assert await refused(whole(OTHER, room)) is Code.NOT_YOURS
    assert await store.find(room) == before


async def test_reached_lasts_until_the_workstation_connects_anew(store: RoomStore, room: str) -> None:
    seat = await sit(store, room)
    row = await store.mark_reached(OWNER, room, seat)
    assert row.seat(seat).reached  # type: ignore[union-attr]
    await store.forget_reached(OTHER)
    assert await store.find(room) == row
    await store.forget_reached(OWNER)
    after = await store.find(room)
    assert after is not None
    assert not after.seat(seat).reached  # type: ignore[union-attr]
    assert after.counsellor.reached


async def test_epochs_only_rise_and_only_inside(handles: Handles, room: str) -> None:
    seat = await sit(handles.one, room)
    assert await refused(handles.one.note_epoch(room, seat, 1)) is Code.NOT_ADMITTED
    assert await refused(handles.one.note_epoch(room, new_id(), 1)) is Code.NOT_ADMITTED
    await handles.one.admit(OWNER, room, seat)
    done, codes = await outcomes([handles.turn(n).note_epoch(room, seat, 7) for n in range(20)])
    assert (done, codes) == (1, [Code.CONFLICT] * 19)
    assert await refused(handles.one.note_epoch(room, seat, 6)) is Code.CONFLICT
    row = await handles.two.note_epoch(room, seat, 8)
    assert row.seat(seat).epoch == 8  # type: ignore[union-attr]


async def test_rooms_pass_over_to_another_workstation_with_who_waits_in_them(handles: Handles, room: str) -> None:
    seat = await sit(handles.one, room)
    await handles.one.mark_reached(OWNER, room, seat)
    [row] = await handles.two.pass_over(OWNER, OTHER)
    assert (row.owner, row.revision) == (OTHER, (await handles.one.find(room)).revision)  # type: ignore[union-attr]
    assert [s.reached for s in row.seats if s.seat == seat] == [False]
    assert await refused(handles.one.admit(OWNER, room, seat)) is Code.NOT_YOURS
    await handles.one.admit(OTHER, room, seat)
    assert await handles.one.pass_over(OWNER, OTHER) == []


async def test_of_two_who_take_the_same_rooms_over_one_has_them_all(handles: Handles) -> None:
    cards = [make_card() for _ in range(4)]
    await handles.one.publish(OWNER, cards, NOW)
    third = "third0000000000000000"
    first, second = await asyncio.gather(handles.one.pass_over(OWNER, OTHER), handles.two.pass_over(OWNER, third))
    owners = {card.room: (await handles.one.find(card.room)).owner for card in cards}  # type: ignore[union-attr]
    assert {row.room: row.owner for row in (*first, *second)} == owners
    assert len(owners) == 4
