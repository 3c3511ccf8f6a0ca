"""One contract for every `Desk`: the fake that windows are tested with, and the real one over a link with a small server inside."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from app.domain.rooms import SeatState
from app.services.ports import OPEN_AFTER_S, SESSION_RUNS, Arrival, LinkState, RoomEntry, SessionState, WordsState
from app.wire.messages import Notice
from tests.support.desk_table import Opener, both, entry
from tests.support.services import until


@both
async def test_a_new_room_is_listed_with_its_link(opened: Opener) -> None:
    async with opened() as table:
        told: list[object] = []
        table.desk.rooms_changed.subscribe(told.append)
        later = table.desk.create_now("Frau M.", "de", 30)
        assert told
        assert table.desk.rooms == [later]
        assert (later.title, later.language, later.minutes, later.over) == ("Frau M.", "de", 30, False)
        address, _, token = later.link.partition("/r#")
        assert address.startswith("http")
        assert len(token) == 43
        table.clock.advance(60)
        second = table.desk.create_now("", "en", 15, save_data=True)
        assert (later.save_data, second.save_data) == (False, True)
        assert [r.room for r in table.desk.rooms] == [later.room, second.room]
        assert second.link != later.link


@both
async def test_an_arrival_is_told_once_for_each_seat(opened: Opener) -> None:
    async with opened() as table:
        arrivals: list[Arrival] = []
        table.desk.arrived.subscribe(arrivals.append)
        room = table.desk.create_now("", "de", 30).room
        seat = table.arrives(room)
        table.is_there(room, seat, False)
        assert entry(table, room).waiting == ()
        table.is_there(room, seat, True)
        assert [s.seat for s in entry(table, room).waiting] == [seat]
        assert arrivals == [Arrival(room, seat)]


@both
async def test_a_second_browser_is_another_device(opened: Opener) -> None:
    async with opened() as table:
        room = table.desk.create_now("", "de", 30).room
        first = table.arrives(room)
        assert not entry(table, room).waiting[0].other_device
        second = table.arrives(room)
        assert [(s.seat, s.other_device) for s in entry(table, room).waiting] == [(first, True), (second, True)]


@both
async def test_admitting_opens_one_session(opened: Opener) -> None:
    async with opened() as table:
        room = table.desk.create_now("", "de", 30).room
        seat = table.arrives(room)
        assert table.desk.session(room) is None
        session = table.desk.admit(room, seat)
        assert session.state is SessionState.WAITING_FOR_CLIENT
        assert table.desk.session(room) is session
        await until(lambda: entry(table, room).admitted is not None)
        assert entry(table, room).waiting == ()
        assert session.room == entry(table, room)


@both
async def test_another_device_takes_the_place_in_the_same_session(opened: Opener) -> None:
    async with opened() as table:
        room = table.desk.create_now("", "de", 30).room
        first = table.arrives(room)
        session = table.desk.admit(room, first)
        await until(lambda: entry(table, room).admitted is not None)
        second = table.arrives(room)
        assert entry(table, room).waiting[0].other_device
        assert table.desk.admit(room, second, replaces=first) is session
        await until(lambda: [s.seat for s in entry(table, room).seats] == [second])
        assert entry(table, room).seats[0].state is SeatState.ADMITTED
        assert table.desk.session(room) is session
        assert session.state is not SessionState.OVER


@both
async def test_a_goodbye_uses_the_room_up(opened: Opener) -> None:
    async with opened() as table:
        room = table.desk.create_now("", "de", 30).room
        session = table.desk.admit(room, table.arrives(room))
        session.end_now()
        assert session.state is SessionState.OVER
        assert table.desk.session(room) is None
        await until(lambda: entry(table, room).over)
        assert entry(table, room).seats == ()


@both
async def test_the_end_may_be_undone_for_ten_seconds(opened: Opener) -> None:
    async with opened() as table:
        room = table.desk.create_now("", "de", 30).room
        session = table.desk.admit(room, table.arrives(room))
        session.end()
        table.clock.advance(9.9)
        session.undo_end()
        table.clock.advance(60)
        assert session.state is SessionState.WAITING_FOR_CLIENT
        session.end()
        table.clock.advance(10)
        assert session.state is SessionState.OVER
        await until(lambda: entry(table, room).over)


@both
async def test_sending_back_leads_to_the_waiting_room_and_in_again(opened: Opener) -> None:
    async with opened() as table:
        arrivals: list[Arrival] = []
        table.desk.arrived.subscribe(arrivals.append)
        room = table.desk.create_now("", "de", 30).room
        seat = table.arrives(room)
        session = table.desk.admit(room, seat)
        await until(lambda: entry(table, room).admitted is not None)
        session.send_back()
        assert session.state is SessionState.OVER
        await until(lambda: [s.seat for s in entry(table, room).waiting] == [seat])
        assert not entry(table, room).over
        assert table.desk.admit(room, seat) is not session
        assert arrivals == [Arrival(room, seat)]


@both
async def test_a_removed_seat_is_gone(opened: Opener) -> None:
    async with opened() as table:
        room = table.desk.create_now("", "de", 30).room
        seat = table.arrives(room)
        table.desk.remove(room, seat)
        await until(lambda: entry(table, room).seats == ())
        assert not entry(table, room).over


@both
async def test_removing_who_is_in_the_conversation_ends_the_session(opened: Opener) -> None:
    async with opened() as table:
        room = table.desk.create_now("", "de", 30).room
        seat = table.arrives(room)
        session = table.desk.admit(room, seat)
        await until(lambda: entry(table, room).admitted is not None)
        table.desk.remove(room, seat)
        await until(lambda: session.state is SessionState.OVER)
        assert table.desk.session(room) is None
        assert not entry(table, room).over


@both
async def test_a_revoked_room_is_over_and_so_is_its_session(opened: Opener) -> None:
    async with opened() as table:
        room = table.desk.create_now("", "de", 30).room
        session = table.desk.admit(room, table.arrives(room))
        table.desk.revoke(room)
        await until(lambda: entry(table, room).over)
        assert session.state is SessionState.OVER
        assert table.desk.session(room) is None


@both
async def test_a_refused_admission_is_told_and_ends_the_session(opened: Opener) -> None:
    async with opened() as table:
        refused: list[str] = []
        table.desk.refused.subscribe(refused.append)
        room = table.desk.create_now("", "de", 30).room
        seat = table.arrives(room)
        table.server_refuses()
        session = table.desk.admit(room, seat)
        await until(lambda: bool(refused))
        assert refused == ["app.refused.conflict"]
        assert session.state is SessionState.OVER
        assert table.desk.session(room) is None
        assert [s.seat for s in entry(table, room).waiting] == [seat]


@both
async def test_the_link_is_told(opened: Opener) -> None:
    async with opened() as table:
        told: list[LinkState] = []
        table.desk.link_changed.subscribe(told.append)
        table.link_is(up=False)
        assert table.desk.link is LinkState.LOST
        table.link_is(up=True)
        assert told == [LinkState.LOST, LinkState.CONNECTED]
        assert table.desk.link is LinkState.CONNECTED


@both
async def test_unknown_rooms_and_seats_are_our_mistake(opened: Opener) -> None:
    async with opened() as table:
        room = table.desk.create_now("", "de", 30).room
        with pytest.raises(LookupError):
            table.desk.admit(room, "nobody")
        with pytest.raises(LookupError):
            table.desk.remove("nowhere", "nobody")
        assert table.desk.session("nowhere") is None


@both
async def test_one_conversation_at_a_time(opened: Opener) -> None:
    async with opened() as table:
        refused: list[str] = []
        table.desk.refused.subscribe(refused.append)
        first, second = (table.desk.create_now("", "de", 30).room for _ in range(2))
        a, b = table.arrives(first), table.arrives(second)
        running = table.desk.admit(first, a)
        assert running is not None
        await until(lambda: entry(table, first).admitted is not None)
        running.end()
        assert table.desk.admit(second, b) is None  # also while the end can be undone
        running.undo_end()
        assert table.desk.admit(second, b) is None
        assert refused == [SESSION_RUNS] * 2
        assert table.desk.session(second) is None
        assert [s.seat for s in entry(table, second).waiting] == [b]
        assert running.state is SessionState.WAITING_FOR_CLIENT
        running.send_back()
        assert table.desk.admit(second, b) is table.desk.session(second) is not None
        await until(lambda: entry(table, second).admitted is not None)
        assert refused == [SESSION_RUNS] * 2


@both
async def test_at_another_device_the_identity_is_to_be_checked_again(opened: Opener) -> None:
    async with opened() as table:
        room = table.desk.create_now("", "de", 30).room
        first = table.arrives(room)
        session = table.desk.admit(room, first)
        assert session is not None
        await until(lambda: entry(table, room).admitted is not None)
        session.confirm_identity()
        table.desk.admit(room, table.arrives(room), replaces=first)
        await until(lambda: not session.identity_checked)


@both
async def test_who_knocks_arrives_again(opened: Opener) -> None:
    async with opened() as table:
        arrivals: list[Arrival] = []
        table.desk.arrived.subscribe(arrivals.append)
        room = table.desk.create_now("", "de", 30).room
        seat = table.arrives(room)
        assert entry(table, room).waiting[0].knocked_at == 0
        table.knocks(room, seat)
        table.is_there(room, seat, True)
        assert arrivals == [Arrival(room, seat), Arrival(room, seat, again=True)]
        assert entry(table, room).waiting[0].knocked_at > 0


@both
async def test_a_notice_stands_at_the_seat_until_the_admission(opened: Opener) -> None:
    async with opened() as table:
        room = table.desk.create_now("", "de", 30).room
        seat = table.arrives(room)
        assert entry(table, room).waiting[0].notice is None
        table.desk.notify(room, seat, Notice.FIVE_MINUTES)
        await until(lambda: entry(table, room).waiting[0].notice is Notice.FIVE_MINUTES)
        table.desk.admit(room, seat)
        await until(lambda: entry(table, room).admitted is not None)
        admitted = entry(table, room).admitted
        assert admitted is not None
        assert admitted.notice is None
        with pytest.raises(LookupError):
            table.desk.notify(room, "nobody", Notice.TEN_MINUTES)


@both
async def test_a_notice_that_is_refused_is_told(opened: Opener) -> None:
    async with opened() as table:
        refused: list[str] = []
        table.desk.refused.subscribe(refused.append)
        room = table.desk.create_now("", "de", 30).room
        seat = table.arrives(room)
        table.server_refuses()
        table.desk.notify(room, seat, Notice.FIVE_MINUTES)
        await until(lambda: bool(refused))
        assert refused == ["app.refused.conflict"]
        assert entry(table, room).waiting[0].notice is None


@both
async def test_after_a_kill_the_conversation_is_taken_up_again(opened: Opener) -> None:
    async with opened() as table:
        room = table.desk.create_now("Frau M.", "de", 30).room
        other = table.desk.create_now("", "de", 30).room
        seat = table.arrives(room)
        waiting = table.arrives(other)
        assert table.desk.resumable == []
        with pytest.raises(LookupError):
            table.desk.resume(room)
        table.desk.admit(room, seat)
        await until(lambda: entry(table, room).admitted is not None)
        assert table.desk.resumable == []
        before = entry(table, room)
        table.restarted(room)
        assert [r.room for r in table.desk.resumable] == [room]
        assert (entry(table, room).title, entry(table, room).link) == (before.title, before.link)
        assert [s.seat for s in entry(table, other).waiting] == [waiting]
        assert table.desk.session(room) is None
        session = table.desk.resume(room)
        assert session is not None
        assert session is table.desk.session(room)
        assert session.state is SessionState.RECOVERING
        assert session.words.state is WordsState.COMPARE_AGAIN
        assert not session.identity_checked
        assert table.desk.resumable == []


@both
async def test_letting_somebody_else_in_leaves_nothing_to_resume(opened: Opener) -> None:
    async with opened() as table:
        room = table.desk.create_now("", "de", 30).room
        other = table.desk.create_now("", "de", 30).room
        seat, waiting = table.arrives(room), table.arrives(other)
        table.desk.admit(room, seat)
        await until(lambda: entry(table, room).admitted is not None)
        table.restarted(room)
        assert table.desk.admit(other, waiting) is not None
        assert table.desk.resumable == []
        refused: list[str] = []
        table.desk.refused.subscribe(refused.append)
        assert table.desk.resume(room) is None
        assert refused == [SESSION_RUNS]


@both
async def test_admitting_the_seat_that_was_left_behind_resumes(opened: Opener) -> None:
    async with opened() as table:
        room = table.desk.create_now("", "de", 30).room
        seat = table.arrives(room)
        table.desk.admit(room, seat)
        await until(lambda: entry(table, room).admitted is not None)
        table.restarted(room)
        session = table.desk.admit(room, seat)
        assert session is not None
        assert session.state is SessionState.RECOVERING


@both
async def test_a_room_leaves_when_its_time_is_over_unless_somebody_talks_in_it(opened: Opener) -> None:
    async with opened() as table:
        ended, unused, talk = (table.desk.create_now("", "de", 30).room for _ in range(3))
        table.desk.revoke(ended)
        session = table.desk.admit(talk, table.arrives(talk))
        assert session is not None
        await until(lambda: entry(table, ended).over and entry(table, talk).admitted is not None)
        told: list[Sequence[RoomEntry]] = []
        table.desk.rooms_changed.subscribe(told.append)
        table.clock.advance(30 * 60 + OPEN_AFTER_S - 60)
        assert [r.room for r in table.desk.rooms] == [ended, unused, talk]
        table.clock.advance(120)
        assert [r.room for r in table.desk.rooms] == [talk]
        assert [r.room for r in told[-1]] == [talk]
        assert session.state is SessionState.WAITING_FOR_CLIENT
        table.desk.revoke(unused)  # asked before, answered after
        session.end_now()
        await until(lambda: entry(table, talk).over)
        table.clock.advance(24 * 3600)
        assert table.desk.rooms == []
