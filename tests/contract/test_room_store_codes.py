"""What every RoomStore must do with dictated codes and with what the page reports. Two handles on one store stand for two processes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from msgspec.structs import replace as with_fields

from app.domain.readiness import Check, Readiness, Step, Wish
from app.domain.secrets import hash_secret, new_id
from app.server.codes import WINDOW_S
from app.server.ports import NewSeat, RoomRow, RoomStore
from app.wire.codes import Code
from app.wire.messages import EndReason, RoomCard
from app.wire.readiness import Report, Wished
from tests.support.room_stores import NOW, OTHER, OWNER, Handles, handles, make_card, outcomes, refused, sit, store

__all__ = ["handles", "store"]

CODE = "c" * 43
START = NOW + 60


def coded(**values: object) -> RoomCard:
    """Open for a day, so that only the code's own times count."""
    return make_card(**{"code_hash": CODE, "opens_at": NOW - 86_400, "closes_at": NOW + 86_400, **values})


async def sit_by_code(store: RoomStore, room: str, now: int = START, code: str = CODE) -> RoomRow:
    return await store.take_seat(room, NewSeat(new_id(), hash_secret("s"), "de", code), now)


@pytest.mark.parametrize(
    ("offset", "holds"), [(-WINDOW_S - 1, False), (-WINDOW_S, True), (0, True), (WINDOW_S - 1, True), (WINDOW_S, False)]
)
async def test_a_code_holds_for_half_an_hour_around_the_start(store: RoomStore, offset: int, holds: bool) -> None:
    card = coded()
    await store.publish(OWNER, [card], NOW)
    found = await store.find_by_code(CODE, START + offset)
    assert (found.room if found else None) == (card.room if holds else None)
    if holds:
        assert (await sit_by_code(store, card.room, START + offset)).seats[-1].by_code
    else:
        assert await refused(sit_by_code(store, card.room, START + offset)) is Code.UNKNOWN_CODE


async def test_who_comes_by_the_link_is_not_marked(store: RoomStore) -> None:
    card = coded()
    await store.publish(OWNER, [card], NOW)
    seat = await sit(store, card.room)
    row = await store.find(card.room)
    assert row is not None
    assert not row.seat(seat).by_code  # type: ignore[union-attr]


async def test_a_code_leads_to_its_own_room_only(store: RoomStore) -> None:
    card, other = coded(), coded(code_hash="d" * 43)
    without = coded(code_hash=None)
    await store.publish(OWNER, [card, other, without], NOW)
    for room in (other.room, without.room):
        assert await refused(sit_by_code(store, room)) is Code.UNKNOWN_CODE
    assert await store.find_by_code("e" * 43, START) is None


async def test_the_first_admission_uses_it_up_and_a_new_one_brings_another_to_life(handles: Handles) -> None:
    card = coded()
    await handles.one.publish(OWNER, [card], NOW)
    waiting = (await sit_by_code(handles.one, card.room)).seats[-1].seat
    await handles.two.admit(OWNER, card.room, await sit(handles.two, card.room))
    assert await handles.one.find_by_code(CODE, START) is None
    assert await refused(sit_by_code(handles.one, card.room)) is Code.UNKNOWN_CODE
    row = await handles.one.resume_seat(card.room, waiting, hash_secret("s"), hash_secret("t"), START)
    assert row.seat(waiting).by_code  # type: ignore[union-attr]
    await handles.one.publish(OWNER, [card], NOW)
    assert await handles.two.find_by_code(CODE, START) is None
    await handles.two.publish(OWNER, [with_fields(card, code_hash="d" * 43)], NOW)
    assert (await handles.one.find_by_code("d" * 43, START)).room == card.room  # type: ignore[union-attr]


async def test_of_an_admission_and_a_code_at_the_same_time_one_is_first(handles: Handles) -> None:
    card = coded()
    await handles.one.publish(OWNER, [card], NOW)
    seat = await sit(handles.one, card.room)
    done, codes = await outcomes([handles.one.admit(OWNER, card.room, seat), *[sit_by_code(handles.turn(n), card.room) for n in range(4)]])
    assert done >= 1
    assert set(codes) <= {Code.UNKNOWN_CODE}
    row = await handles.two.find(card.room)
    assert row is not None
    assert row.code_spent


@pytest.mark.parametrize("over", [EndReason.COUNSELLOR, EndReason.REVOKED])
async def test_a_room_that_is_over_has_no_code(store: RoomStore, over: EndReason) -> None:
    card = coded()
    await store.publish(OWNER, [card], NOW)
    await (store.end if over is EndReason.COUNSELLOR else store.revoke)(OWNER, card.room)
    assert await store.find_by_code(CODE, START) is None
    assert await refused(sit_by_code(store, card.room)) is Code.UNKNOWN_CODE


# ---- two rooms with one code


async def test_who_has_a_code_first_keeps_it_and_the_other_is_told(handles: Handles) -> None:
    first, second = coded(), coded(starts_at=START + 2 * WINDOW_S - 1)
    await handles.one.publish(OTHER, [first], NOW)
    [row] = (await handles.two.publish(OWNER, [second], NOW)).rooms
    assert (row.code_taken, row.card.code_hash) == (True, None)
    assert (await handles.one.publish(OWNER, [second], NOW)).changed == ()
    assert (await handles.one.find_by_code(CODE, START)).room == first.room  # type: ignore[union-attr]
    [row] = (await handles.one.publish(OWNER, [with_fields(second, code_hash="d" * 43)], NOW)).rooms
    assert (row.code_taken, row.card.code_hash) == (False, "d" * 43)


async def test_rooms_at_other_times_and_rooms_without_a_living_code_are_no_rivals(store: RoomStore) -> None:
    rivals = [coded(starts_at=START + 2 * WINDOW_S), coded(), coded(starts_at=START + 4 * WINDOW_S)]
    await store.publish(OTHER, rivals, NOW)
    await store.admit(OTHER, rivals[1].room, await sit(store, rivals[1].room))
    await store.end(OTHER, rivals[0].room)
    [row] = (await store.publish(OWNER, [coded(starts_at=START)], NOW)).rooms
    assert not row.code_taken
    assert row.card.code_hash == CODE


async def test_an_older_room_of_the_same_workstation_keeps_its_code(store: RoomStore) -> None:
    older, newer = coded(), coded()
    await store.publish(OWNER, [older], NOW)
    rows = (await store.publish(OWNER, [newer, older], NOW)).rooms
    assert [row.code_taken for row in rows] == [True, False]


async def test_two_that_stand_side_by_side_nevertheless_are_both_not_found(store: RoomStore) -> None:
    """A room that is moved to the time of another one: from that moment it has no code; before that both were at their own times."""
    first, moved = coded(), coded(starts_at=START + 2 * WINDOW_S)
    await store.publish(OWNER, [first, moved], NOW)
    rows = (await store.publish(OWNER, [first, with_fields(moved, starts_at=START)], NOW)).rooms
    assert [row.code_taken for row in rows] == [False, True]
    assert (await store.find_by_code(CODE, START)).room == first.room  # type: ignore[union-attr]


# ---- readiness


async def test_what_the_page_reports_is_kept_until_the_next_says_otherwise(handles: Handles) -> None:
    card = make_card(opens_at=NOW + 30)  # too early for the waiting room, not for a report
    await handles.one.publish(OWNER, [card], NOW)
    await handles.one.note_report(card.room, Report(camera=Check.OK, microphone=Check.FAILED, step=Step.PERMISSION, reason="denied"), NOW)
    await handles.two.note_report(card.room, Report(microphone=Check.OK, camera=Check.UNKNOWN), NOW + 1)
    row = await handles.one.note_report(card.room, Report(wish=Wished.CALL_ME), NOW + 2)
    known = Readiness(
        opened_at=NOW + 2, camera=Check.OK, microphone=Check.OK, wish=Wish.CALL_ME, step="permission", reason="denied", at=NOW + 2
    )
    assert row.readiness == known
    assert row == await handles.two.find(card.room)
    row = await handles.two.note_report(card.room, Report(wish=Wished.NOTHING, step=Step.PREVIEW), NOW + 3)
    assert row.readiness == replace(known, opened_at=NOW + 3, at=NOW + 3, wish=None, step="preview", reason="")
    assert row.revision == 5


async def test_publishing_again_keeps_it_and_forgetting_deletes_it(store: RoomStore) -> None:
    card = make_card()
    await store.publish(OWNER, [card], NOW)
    known = (await store.note_report(card.room, Report(network=Check.WEAK), NOW)).readiness
    [row] = (await store.publish(OWNER, [with_fields(card, minutes=45)], NOW)).rooms
    assert row.readiness == known
    assert await refused(store.forget_readiness(OTHER, card.room)) is Code.NOT_YOURS
    ended = await store.end(OWNER, card.room)
    assert ended.readiness == known
    assert (await store.forget_readiness(OWNER, card.room)).readiness == Readiness()
    assert (await store.find(card.room)).readiness == Readiness()  # type: ignore[union-attr]


async def test_what_is_called_off_is_not_known_any_more(store: RoomStore) -> None:
    revoked, unpublished, ended = make_card(), make_card(), make_card()
    await store.publish(OWNER, [revoked, unpublished, ended], NOW)
    for card in (revoked, unpublished, ended):
        await store.note_report(card.room, Report(camera=Check.FAILED), NOW)
    assert (await store.end(OWNER, ended.room)).readiness.camera is Check.FAILED, "the workstation may not have heard of it yet"
    assert (await store.revoke(OWNER, revoked.room)).readiness == Readiness()
    await store.publish(OWNER, [revoked, ended], NOW)
    for card in (revoked, unpublished):
        assert (await store.find(card.room)).readiness == Readiness()  # type: ignore[union-attr]


async def test_a_room_that_is_over_takes_no_report(store: RoomStore) -> None:
    ended, revoked, late = make_card(), make_card(), make_card()
    await store.publish(OWNER, [ended, revoked, late], NOW)
    await store.end(OWNER, ended.room)
    await store.revoke(OWNER, revoked.room)
    assert await refused(store.note_report(ended.room, Report(), NOW)) is Code.EXPIRED_LINK
    assert await refused(store.note_report(revoked.room, Report(), NOW)) is Code.REVOKED_LINK
    assert await refused(store.note_report(late.room, Report(), late.closes_at)) is Code.EXPIRED_LINK
    assert await refused(store.note_report(new_id(), Report(), NOW)) is Code.UNKNOWN_LINK
