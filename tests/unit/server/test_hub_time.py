"""Beats, presence, sweeps and goodbyes, with a clock that the tests move."""

from __future__ import annotations

import asyncio
from pathlib import Path

import websockets

from app.server.ports import NewSeat, RoomRow, Swept
from app.server.state.memory import MemoryRoomStore
from tests.support.page_client import Json, PageClient
from tests.support.server import RunningServer, running_server


def away(seats: list[Json]) -> bool:
    return [s["present"] for s in seats] == [False]


async def test_beats_come_and_are_numbered(server: RunningServer) -> None:
    page = PageClient(server.url, "x" * 43)
    async with page.connected():
        await page.line.until(lambda: len(page.line.beats) >= 3)
        assert page.line.beats == sorted(set(page.line.beats))


async def test_a_ping_is_answered_at_once_and_one_too_soon_passed_over(server: RunningServer) -> None:
    room = server.appointment()
    page = server.page(room)
    async with server.workstation(room) as work, page.connected():
        for line in (page.line, work.line):
            await line.send("ping", n=7)
            await line.expect("pong", n=7)
            await line.send("ping", n=8)
            await line.sign_of_life()
            await server.clock.pass_time(1, line)
            await line.send("ping", n=9)
            await line.expect("pong", n=9)
            assert [m["n"] for m in line.received if m["type"] == "pong"] == [7, 9]
        assert (await page.join())["type"] == "waiting"


async def test_a_vanished_client_is_gone_within_twenty_seconds_and_not_before_fifteen(server: RunningServer) -> None:
    room = server.appointment()
    page = server.page(room)
    async with server.workstation(room) as work:
        async with page.connected():
            await page.join()
            await page.line.fall_silent()
            page.line.abort()
        await work.state(room.room, lambda seats: len(seats) == 1)
        await server.clock.pass_time(14, work.line)
        await server.swept(work)
        assert [s["present"] for s in await work.state_now(room.room)] == [True]
        await server.clock.pass_time(1, work.line)
        await work.state(room.room, away)


async def test_a_reload_within_the_time_changes_nothing(server: RunningServer) -> None:
    room = server.appointment()
    page = server.page(room)
    async with server.workstation(room) as work:
        async with page.connected():
            await page.join()
            await page.line.fall_silent()
        await server.clock.pass_time(14, work.line)
        async with page.connected():
            await page.join()
            await server.clock.pass_time(10, work.line, page.line)
            await server.swept(work)
            assert all(s["present"] for m in work.line.received if m["type"] == "room-state" for s in m["seats"])


async def test_coming_back_later_is_seen_at_once(server: RunningServer) -> None:
    room = server.appointment()
    page = server.page(room)
    async with server.workstation(room) as work:
        async with page.connected():
            await page.join()
            await page.line.fall_silent()
        await server.clock.pass_time(15, work.line)
        await work.state(room.room, away)
        async with page.connected():
            assert (await page.join())["type"] == "waiting"
            await work.state(room.room, lambda seats: seats[0]["present"])


async def test_a_silent_page_is_closed_and_may_come_back(server: RunningServer) -> None:
    room = server.appointment()
    page = server.page(room)
    async with server.workstation(room) as work, page.connected():
        await page.join()
        await page.line.fall_silent()
        await server.clock.pass_time(15, work.line)
        assert await page.line.closed() == 4005
        await work.state(room.room, away)


async def test_a_workstation_that_vanishes_silently_is_noticed(server: RunningServer) -> None:
    room = server.appointment()
    page = server.page(room)
    async with server.workstation(room) as work, page.connected():
        await page.join()
        await work.line.send("reached", room=room.room, seat=page.seat)
        await page.line.expect("reached")
        await work.line.fall_silent()
        await server.clock.pass_time(15, page.line)
        assert (await page.line.expect("reached"))["reached"] is False


async def test_waiting_seats_that_stay_away_are_deleted_after_ten_minutes(server: RunningServer) -> None:
    room = server.appointment(minutes=480)
    waiting, admitted = server.page(room), server.page(room)
    async with server.workstation(room) as work:
        for page in (waiting, admitted):
            async with page.connected():
                await page.join()
                await page.line.fall_silent()
        await work.command("admit", room=room.room, seat=admitted.seat)
        await server.clock.pass_time(20, work.line)
        await work.state(room.room, lambda seats: not any(s["present"] for s in seats))
        await server.clock.pass_time(600, work.line)
        [left] = await work.state(room.room, lambda seats: len(seats) == 1)
        assert left["seat"] == admitted.seat


async def test_a_room_ends_with_its_time(server: RunningServer) -> None:
    room = server.appointment(minutes=1)
    page = server.page(room)
    async with server.workstation(room) as work, page.connected():
        await page.join()
        await server.clock.pass_time(55, work.line, page.line)
        await server.clock.pass_time(5)  # the end may come before a sign of life would
        assert (await page.line.expect("ended"))["reason"] == "expired"
        assert await page.line.closed() == 4000
        [seat] = await work.state(room.room, lambda seats: [s["state"] for s in seats] == ["ended"])
        assert seat["seat"] == page.seat
    look = await server.look(room.look)
    assert look.status == 404


async def test_a_server_that_stops_says_so(tmp_path: Path) -> None:
    async with running_server(tmp_path) as server:
        page = PageClient(server.url, "x" * 43)
        url = server.url.replace("http", "ws") + "/ws/client"
        socket = await websockets.connect(url, origin=server.url, subprotocols=["videoberatung-client.v1"], proxy=None)  # type: ignore[arg-type, list-item]
        async with page.connected():
            await page.line.sign_of_life()
    await socket.wait_closed()
    assert socket.close_code == 4005


async def test_waiting_clients_survive_the_death_of_the_server(tmp_path: Path) -> None:
    """The database is all that lives on; the workstation publishes, the page resumes."""
    async with running_server(tmp_path, database=None) as server:
        room = server.appointment()
        page = server.page(room)
        async with server.workstation(room) as work, page.connected():
            await page.join()
            await work.state(room.room, lambda seats: len(seats) == 1)
    key = server.key
    async with running_server(tmp_path, database=None, key=key) as server:
        async with server.workstation(room) as work:
            [seat] = await work.state_now(room.room)
            assert (seat["seat"], seat["present"]) == (page.seat, True)
            page.origin = server.url
            async with page.connected():
                assert (await page.join())["seat"] == seat["seat"]
                await work.command("admit", room=room.room, seat=page.seat)
                await page.line.expect("admitted")
        async with server.workstation(room) as work:
            await server.clock.pass_time(15, work.line)
            await work.state(room.room, away)


class SweptAtOnce(MemoryRoomStore):
    """Every new seat meets a whole sweep before its page has been told of it."""

    def __init__(self) -> None:
        super().__init__()
        self.swept = asyncio.Event()

    async def take_seat(self, room: str, new: NewSeat, now: int) -> RoomRow:
        row = await super().take_seat(room, new, now)
        for _ in range(2):  # the first one may have begun before the seat was there
            self.swept.clear()
            await self.swept.wait()
        return row

    async def delete_expired(self, now: int, away_limit: int) -> Swept:
        self.swept.set()
        return await super().delete_expired(now, away_limit)


async def test_a_sweep_at_the_moment_of_sitting_down_finds_the_new_seat_present(tmp_path: Path) -> None:
    async with running_server(tmp_path, store=SweptAtOnce()) as server:
        room = server.appointment()
        page = server.page(room)
        async with server.workstation(room) as work, page.connected():
            await page.join()
            assert [s["present"] for s in await work.state_now(room.room)] == [True]


async def test_who_was_noted_as_away_too_early_is_there_again_with_the_next_sweep(tmp_path: Path) -> None:
    store = MemoryRoomStore()
    async with running_server(tmp_path, store=store) as server:
        room = server.appointment()
        page = server.page(room)
        async with server.workstation(room) as work, page.connected():
            await page.join()
            (seat,) = await work.state_now(room.room)
            row = await store.note_presence(room.room, seat["seat"], False, int(server.clock()))
            assert row.seat(seat["seat"]).away_since is not None
            await server.swept(work)
            assert [s["present"] for s in await work.state_now(room.room)] == [True]
            again = await store.find(room.room)
            assert again.seat(seat["seat"]).away_since is None
