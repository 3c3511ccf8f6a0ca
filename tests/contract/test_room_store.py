"""What every RoomStore must do. Two handles on one store stand for two server processes."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

from app.domain.rooms import SeatKind, SeatState
from app.domain.secrets import hash_secret, look_key, new_id, new_token
from app.server.ports import NewSeat, Refusal, RoomRow, RoomStore
from app.server.rules import KNOCK_PAUSE_S, MAX_SEATS
from app.server.state.memory import MemoryRoomStore
from app.server.state.sql import SqlRoomStore
from app.wire.codes import Code
from app.wire.messages import EndReason, Notice, RoomCard

NOW = 1_800_000_000
OWNER, OTHER = "owner00000000000000000", "other00000000000000000"


@dataclass
class Handles:
    """Two ways to the same store."""

    one: RoomStore
    two: RoomStore

    def turn(self, number: int) -> RoomStore:
        return (self.one, self.two)[number % 2]


@pytest.fixture(params=["memory", "sqlite"])
async def handles(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Handles]:
    if request.param == "memory":
        store = MemoryRoomStore()
        yield Handles(store, store)
        await store.close()
        return
    url = f"sqlite:///{tmp_path}/rooms.sqlite3"
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


async def test_seats_without_anybody_do_not_fill_the_room(store: RoomStore, room: str) -> None:
    for _ in range(5):
        seat = await sit(store, room)
        await store.note_presence(room, seat, False, NOW)
    await sit(store, room)
    assert len(await store.live_rooms()) == 1


async def test_one_link_cannot_make_the_server_keep_ever_more(store: RoomStore, room: str) -> None:
    for _ in range(MAX_SEATS - 1):
        await store.remove(OWNER, room, await sit(store, room))
    assert await refused(sit(store, room)) is Code.ROOM_FULL


# ---- coming back


async def resume(store: RoomStore, room: str, seat: str, secret: str, following: str) -> RoomRow:
    return await store.resume_seat(room, seat, hash_secret(secret), hash_secret(following), NOW)


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
    assert not await store.live_rooms()


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
