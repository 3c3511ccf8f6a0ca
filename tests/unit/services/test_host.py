"""The whole composition with the real server as a child: killed, started again, closed."""

from __future__ import annotations

import asyncio
import http.client
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import psutil

from app.domain.rooms import SeatState
from app.media.ports import DeviceChoice
from app.services.fakes import FakeEngine
from app.services.host import Services, services_running
from app.services.keys import KeyStore, MemoryKeyStore, rooms_key
from app.services.ports import Arrival, LinkState, SessionState
from app.services.profile import Profile
from app.services.room_record import RoomRecord
from app.services.rooms_kept import KeptRoom
from app.services.sealed_rooms import SealedRooms
from app.services.server_port import ServerState
from tests.support.page_client import PageClient
from tests.support.services import Browser, prints, until, until_told
from tests.support.session import on_this_machine

BACK_WITHIN_S = 2.0
"""From the death of the server to the next one that listens (docs/handbook/it.md)."""


class LastingKeys(MemoryKeyStore):
    """What a system's store is: there in the next run, too."""

    lasting = True


class Running:
    """Services with what they tell."""

    def __init__(self, services: Services, engine: FakeEngine) -> None:
        self.services, self.engine = services, engine
        self.desk = services.desk
        self.links: asyncio.Queue[LinkState] = asyncio.Queue()
        self.arrivals: asyncio.Queue[Arrival] = asyncio.Queue()
        self.changes: asyncio.Queue[object] = asyncio.Queue()
        self.ready = asyncio.Event()
        """A server listens; cleared by whoever is done with it."""
        services.server.ready.subscribe(lambda _server: self.ready.set())
        services.link.state_changed.subscribe(self.links.put_nowait)
        services.desk.arrived.subscribe(self.arrivals.put_nowait)
        services.desk.rooms_changed.subscribe(self.changes.put_nowait)

    async def connected(self) -> None:
        while await until_told(self.links) is not LinkState.CONNECTED:
            pass

    def page(self, link: str) -> PageClient:
        origin, _, token = link.partition("/r#")
        return PageClient(origin, token)


@asynccontextmanager
async def running(folder: Path, keys: KeyStore | None = None) -> AsyncIterator[Running]:
    crashes: list[tuple[str, BaseException]] = []
    engine, keys = FakeEngine(), keys or MemoryKeyStore()
    async with services_running(Profile(folder), engine, lambda name, error: crashes.append((name, error)), keys) as services:
        yield Running(services, engine)
    assert crashes == []


async def test_a_killed_server_comes_back_and_everybody_keeps_their_place(tmp_path: Path) -> None:
    async with running(tmp_path) as program:
        talk, wait = program.desk.create_now("", "de", 30), program.desk.create_now("", "de", 30)
        await program.connected()
        talker, waiter = program.page(talk.link), program.page(wait.link)
        async with talker.connected(), waiter.connected():
            await waiter.join()
            await until_told(program.arrivals)
            await talker.join()
            await until_told(program.arrivals)
            session = program.desk.admit(talk.room, talker.seat or "")
            await talker.line.expect("admitted")
            epoch = await talker.offer()
            await talker.line.expect("answer", epoch=epoch)
            Browser(program.engine.calls[0]).connect(epoch, prints(1, 2))
            await until(lambda: session.state is SessionState.RUNNING)
            pid = program.services.server.pid
            assert pid is not None
            program.ready.clear()
            killed = time.monotonic()
            os.kill(pid, signal.SIGKILL)
            async with asyncio.timeout(30):
                await program.ready.wait()
            assert time.monotonic() - killed < on_this_machine(BACK_WITHIN_S)
            await program.connected()
        assert program.services.server.pid != pid
        assert session.state is SessionState.RUNNING
        assert len(program.engine.calls) == 1

        seats = (talker.seat, waiter.seat)
        async with talker.connected(), waiter.connected():
            assert (await talker.join())["type"] == "admitted"
            resumed = await waiter.join()
            assert resumed["type"] == "waiting"
            assert (talker.seat, waiter.seat) == seats
            if not resumed["reached"]:  # the program may have been the quicker one
                await waiter.line.expect("reached")
            assert program.arrivals.empty()
            session.end_now()
            await talker.line.expect("ended", reason="counsellor")
    assert program.engine.closed


async def test_seats_are_reached_only_while_the_program_is_there(tmp_path: Path) -> None:
    async with running(tmp_path) as program:
        room = program.desk.create_now("", "de", 30)
        await program.connected()
        async with program.page(room.link).connected() as page:
            assert not (await page.join())["reached"]
            await page.line.expect("reached")
            (seat,) = program.desk.rooms[0].waiting
            assert (seat.seat, seat.state, seat.language) == (page.seat, SeatState.WAITING, "de")


async def test_everything_is_closed_and_the_profile_kept(tmp_path: Path) -> None:
    async with running(tmp_path) as program:
        await program.connected()
        pid = program.services.server.pid
        assert pid is not None
        ports = program.services.settings.public_port, program.services.settings.control_port
        program.services.desk.devices_chosen.announce(DeviceChoice("cam", None, "", headphones=True))
    assert not psutil.pid_exists(pid)
    assert program.engine.closed
    assert program.services.server.state is ServerState.STOPPED
    async with running(tmp_path) as again:
        assert (again.services.settings.public_port, again.services.settings.control_port) == ports
        assert again.services.settings.devices.choice() == DeviceChoice("cam", None, "", headphones=True)
        await again.connected()


async def test_a_program_that_is_started_again_withdraws_no_link(tmp_path: Path) -> None:
    keys = LastingKeys()
    async with running(tmp_path, keys) as program:
        room = program.desk.create_now("Frau M.", "de", 30)
        gone = program.desk.create_now("Herr G.", "de", 30)
        await program.connected()
        program.desk.revoke(gone.room)
        page = program.page(room.link)
        async with page.connected():
            await page.join()
            await until_told(program.arrivals)
    seat = page.seat
    async with running(tmp_path, keys) as again:
        assert [(entry.room, entry.title, entry.link) for entry in again.desk.rooms] == [(room.room, "Frau M.", room.link)]
        await again.connected()
        async with page.connected():
            assert (await page.join())["type"] == "waiting"
            assert page.seat == seat
            assert await until_told(again.arrivals) == Arrival(room.room, seat or "")
        assert again.services.rooms_put_aside is None
        again.desk.revoke(room.room)
    assert not Profile(tmp_path).rooms_file.exists()


async def test_rooms_that_cannot_be_opened_are_put_aside_and_work_goes_on(tmp_path: Path) -> None:
    keys = LastingKeys()
    Profile(tmp_path).rooms_file.write_bytes(b"broken")
    async with running(tmp_path, keys) as program:
        assert program.services.rooms_put_aside == tmp_path / "rooms.broken-1.sealed"
        assert program.desk.rooms == []
        room = program.desk.create_now("", "de", 30).room
    async with running(tmp_path, keys) as again:
        assert again.services.rooms_put_aside is None
        assert [entry.room for entry in again.desk.rooms] == [room]


async def test_a_conversation_that_ran_is_known_before_the_server_is_there(tmp_path: Path) -> None:
    keys = LastingKeys()
    key = rooms_key(keys)
    assert key is not None
    for ran in (None, "s" * 22):
        record = RoomRecord.starting_now(Profile(tmp_path).load(), "", "de", 30, int(time.time()))
        kept = SealedRooms(Profile(tmp_path).rooms_file, key)
        kept.save([KeptRoom(card=record.card, title="", link=record.link, ran=ran)])
        kept.close()
        async with running(tmp_path, keys) as program:
            assert program.services.interrupted is (ran is not None)


async def test_without_a_lasting_key_nothing_is_kept(tmp_path: Path) -> None:
    async with running(tmp_path) as program:
        program.desk.create_now("", "de", 30)
    assert not Profile(tmp_path).rooms_file.exists()


async def test_a_proxy_of_the_settings_is_believed_whom_it_speaks_for(tmp_path: Path) -> None:
    profile = Profile(tmp_path)
    profile.save(msgspec.structs.replace(profile.load(), trusted_proxies=("127.0.0.1",)))
    async with running(tmp_path) as program:
        await program.connected()
        port = program.services.settings.public_port

        def look(client: str) -> int:
            request = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            request.request("POST", "/api/look", b"{}", {"X-Forwarded-For": client})
            status = request.getresponse().status
            request.close()
            return status

        assert {await asyncio.to_thread(look, "192.0.2.1") for _ in range(31)} == {404, 429}
        assert await asyncio.to_thread(look, "192.0.2.2") == 404


async def test_links_and_titles_do_not_show(tmp_path: Path) -> None:
    async with running(tmp_path) as program:
        entry = program.desk.create_now("Frau Geheim", "de", 30)
        record = RoomRecord.starting_now(program.services.settings, "Frau Geheim", "de", 30, 0)
        for shown in (repr(entry), repr(record)):
            assert "Geheim" not in shown
            assert "/r#" not in shown


async def test_a_policy_stands_above_the_settings_and_is_not_written_into_them(tmp_path: Path) -> None:
    profile = Profile(tmp_path)
    profile.save(msgspec.structs.replace(profile.load(), label="Own", phone="1"))
    crashes: list[str] = []
    policy = {"label": "Jobcenter Musterstadt", "retention_days": 7}
    async with services_running(profile, FakeEngine(), lambda name, _: crashes.append(name), MemoryKeyStore(), policy=policy) as services:
        assert (services.settings.label, services.settings.retention_days, services.settings.phone) == ("Jobcenter Musterstadt", 7, "1")
        services.keeper.change(self_view="top-left")
        await services.keeper.settle()
    assert (profile.load().label, profile.load().retention_days, profile.load().self_view) == ("Own", 30, "top-left")
    assert crashes == []
