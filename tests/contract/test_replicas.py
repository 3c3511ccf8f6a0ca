"""Two servers over one PostgreSQL and one Redis: any of them serves anybody, and what happens to one costs nobody a seat."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.server.hub import Rhythm
from app.services.agency.enrolling import enrol
from app.services.keys import WorkstationKey
from app.wire.codes import CloseCode
from tests.support.enrolments import it_asks
from tests.support.page_client import Appointment, Json, PageClient, Workstation, public_key
from tests.support.postgres import Postgres
from tests.support.redis_server import RedisServer
from tests.support.server import QUICK, RunningServer, running_server

ROOT = Path(__file__).parents[2]
MANY = 20


@dataclass
class Behind:
    """What all replicas share."""

    folder: Path
    key: Ed25519PrivateKey
    database: str
    redis: str

    @contextlib.asynccontextmanager
    async def replica(self, rhythm: Rhythm = QUICK) -> AsyncIterator[RunningServer]:
        async with running_server(self.folder, rhythm=rhythm, key=self.key, database=self.database, redis=self.redis) as server:
            yield server

    @contextlib.asynccontextmanager
    async def process(self) -> AsyncIterator[tuple[asyncio.subprocess.Process, Json]]:
        """A replica in a process of its own, with what it said when it was ready."""
        (self.folder.parent / "redis-url").write_text(self.redis)
        environment = {
            "VB_DATA_DIR": str(self.folder),
            "VB_WORKSTATION_KEYS": public_key(self.key),
            "VB_DATABASE_URL": self.database,
            "VB_REDIS_URL_FILE": str(self.folder.parent / "redis-url"),
        }
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-W", "error", "-m", "app.server", "serve"),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd=ROOT,
            env={**os.environ, **environment},
        )
        assert process.stdout is not None
        try:
            yield process, json.loads(await asyncio.wait_for(process.stdout.readline(), 60))["ready"]
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.communicate()


@pytest.fixture
def behind(tmp_path: Path, postgres: Postgres, redis_server: RedisServer) -> Behind:
    return Behind(tmp_path / "data", Ed25519PrivateKey.generate(), postgres.empty_tables(), redis_server.empty())


@contextlib.asynccontextmanager
async def waiting(url: str, rooms: list[Appointment]) -> AsyncIterator[list[PageClient]]:
    """A client in the waiting room of each."""
    pages = [PageClient(url, room.token) for room in rooms]
    async with contextlib.AsyncExitStack() as stack:
        for page in pages:
            await stack.enter_async_context(page.connected())
        for answer in await asyncio.gather(*(page.join() for page in pages)):
            assert answer["type"] == "waiting"
        yield pages


@contextlib.asynccontextmanager
async def moved(url: str, pages: list[PageClient]) -> AsyncIterator[list[Json]]:
    """The same tabs at another server."""
    async with contextlib.AsyncExitStack() as stack:
        for page in pages:
            page.origin = url
            await stack.enter_async_context(page.connected())
        yield list(await asyncio.gather(*(page.join() for page in pages)))


async def test_a_client_of_one_server_is_admitted_and_speaks_through_the_other(behind: Behind) -> None:
    async with behind.replica() as near, behind.replica() as far:
        room = near.appointment()
        async with far.workstation(room) as work, near.page(room).connected() as page:
            assert (await page.join())["type"] == "waiting"
            [seat] = await work.state(room.room, lambda seats: [s["state"] for s in seats] == ["waiting"])
            assert (await work.command("admit", room=room.room, seat=seat["seat"]))["type"] == "done"
            assert (await page.line.expect("admitted")).get("peer_present", True)
            epoch = await page.offer()
            offer = await work.line.expect("offer", room=room.room)
            await work.line.send("answer", room=room.room, to=offer["from"], epoch=epoch, sdp="v=0\r\n")
            assert (await page.line.expect("answer"))["epoch"] == epoch


async def test_of_fifty_admissions_of_one_seat_through_two_servers_one_counts(behind: Behind) -> None:
    """A program that moves in the middle of it asks both; the first one's link ends when the second stands."""
    async with behind.replica() as near, behind.replica() as far:
        room = near.appointment()
        async with near.workstation(room) as old, near.page(room).connected() as page:
            await page.join()
            new = Workstation(far.ready.control_port, behind.key)
            async with new.connected():
                early = {await old.line.send("admit", room=room.room, seat=page.seat) for _ in range(25)}
                await new.prove()
                await new.line.expect("welcome")
                await new.publish(room)
                late = {await new.line.send("admit", room=room.room, seat=page.seat) for _ in range(25)}
                await new.line.until(lambda: late <= {m.get("re") for m in new.line.received})
                await page.line.expect("admitted")
                await page.line.sign_of_life()
                done = [
                    m
                    for line, asked in ((old.line, early), (new.line, late))
                    for m in line.received
                    if m["type"] == "done" and m["re"] in asked
                ]
                assert len(done) <= 1, "the answer may be lost with the first link"
                assert len([m for m in page.line.received if m["type"] == "admitted"]) == 1
                assert [s["state"] for s in await new.state_now(room.room)] == ["admitted"]


async def test_a_tab_that_comes_to_another_server_keeps_its_seat_and_the_older_line_closes(behind: Behind) -> None:
    async with behind.replica() as near, behind.replica() as far:
        room = near.appointment()
        async with far.workstation(room) as work, near.page(room).connected() as page:
            await page.join()
            before, older = page.seat, page.line
            page.origin = far.url
            async with page.connected():
                assert (await page.join())["seat"] == before
                assert await older.closed() == CloseCode.TAKEN_OVER
                await page.line.sign_of_life()
                assert [s["seat"] for s in await work.state_now(room.room)] == [before]


async def test_the_program_moves_to_another_server_and_is_there_without_a_gap(behind: Behind) -> None:
    async with behind.replica() as near, behind.replica() as far:
        room = near.appointment()
        far.clock.now += 1
        async with near.workstation(room) as older, near.page(room).connected() as page:
            await page.join()
            async with far.workstation(room) as work:
                assert await older.line.closed() == CloseCode.TAKEN_OVER
                [seat] = await work.state_now(room.room)
                assert (await work.command("admit", room=room.room, seat=seat["seat"]))["type"] == "done"
                assert (await page.line.expect("admitted")).get("peer_present", True)


async def test_a_server_that_stops_sends_everybody_to_the_other(behind: Behind) -> None:
    async with contextlib.AsyncExitStack() as stack, behind.replica() as far:
        near = await stack.enter_async_context(behind.replica())
        rooms = [near.appointment() for _ in range(MANY)]
        async with far.workstation(*rooms) as work, waiting(near.url, rooms) as pages:
            seats = [page.seat for page in pages]
            older = [page.line for page in pages]
            await stack.aclose()
            assert {await line.closed() for line in older} == {CloseCode.GOING_AWAY}
            async with moved(far.url, pages) as answers:
                assert [answer["type"] for answer in answers] == ["waiting"] * MANY
                assert [answer["seat"] for answer in answers] == seats
                for room, seat in zip(rooms, seats, strict=True):
                    assert [(s["seat"], s["present"]) for s in await work.state_now(room.room)] == [(seat, True)]


async def test_a_server_that_is_killed_costs_nobody_the_seat_and_nobody_is_admitted_twice(behind: Behind) -> None:
    async with behind.process() as (process, ready), behind.replica() as far:
        far.clock.now = time.time()
        rooms = [far.appointment() for _ in range(MANY)]
        async with far.workstation(*rooms) as work, waiting(ready["public_url"], rooms) as pages:
            seats = [page.seat for page in pages]
            inside = rooms[: MANY // 2]
            for room, seat in zip(inside, seats, strict=False):
                assert (await work.command("admit", room=room.room, seat=seat))["type"] == "done"
            process.kill()
            await asyncio.gather(*(page.line.socket.wait_closed() for page in pages))
            async with moved(far.url, pages) as answers:
                assert [answer["seat"] for answer in answers] == seats
                assert [answer["type"] for answer in answers] == ["admitted"] * len(inside) + ["waiting"] * (MANY - len(inside))
                for room, seat in zip(inside, seats, strict=False):
                    assert (await work.command("admit", room=room.room, seat=seat))["code"] == "conflict"
                for room, seat in zip(rooms, seats, strict=True):
                    assert [(s["seat"], s["present"]) for s in await work.state_now(room.room)] == [(seat, True)]


async def settled(server: RunningServer, holds: bool) -> None:
    """Wait until the server says so of its broker; time passes meanwhile."""
    async with asyncio.timeout(30):
        while json.loads((await server.http("GET", "/readyz", port=server.ready.control_port)).body)["broker"] is not holds:
            server.clock.now += 0.5 if holds else 0
            await asyncio.sleep(0.05)


async def test_without_the_broker_everybody_finds_out_by_looking_and_nobody_is_taken_for_gone(
    behind: Behind, redis_server: RedisServer
) -> None:
    async with behind.replica() as near, behind.replica() as far:
        early, late = near.appointment(), near.appointment()
        async with far.workstation(early, late) as work, near.page(early).connected() as first, near.page(late).connected() as second:
            await first.join()
            [seat] = await work.state(early.room, lambda seats: [s["present"] for s in seats] == [True])
            redis_server.daemon.kill()
            try:
                await settled(near, False)
                await settled(far, False)
                assert (await near.http("GET", "/readyz")).status == 200
                await work.line.expect("delayed", delayed=True)
                assert (await second.join())["type"] == "waiting"
                await work.state(late.room, lambda seats: [s["state"] for s in seats] == ["waiting"])
                assert (await work.command("admit", room=early.room, seat=seat["seat"]))["type"] == "done"
                await first.line.expect("admitted")
            finally:
                redis_server.daemon.start()
            await settled(near, True)
            await settled(far, True)
            await work.line.expect("delayed", delayed=False)
            assert (await work.command("admit", room=late.room, seat=second.seat))["type"] == "done"
            await second.line.expect("admitted")
            epoch = await second.offer()
            assert (await work.line.expect("offer", room=late.room))["epoch"] == epoch
            assert not [m for m in work.line.received if m["type"] == "room-state" and not all(s["present"] for s in m["seats"])]


@pytest.mark.logs_errors
async def test_a_database_that_is_killed_and_started_again_costs_nobody_the_seat(behind: Behind, postgres: Postgres) -> None:
    async with behind.replica() as near, behind.replica() as far:
        rooms = [near.appointment() for _ in range(5)]
        async with far.workstation(*rooms) as work, waiting(near.url, rooms) as pages:
            seats = [page.seat for page in pages]
            assert (await work.command("admit", room=rooms[0].room, seat=seats[0]))["type"] == "done"
            postgres.daemon.kill()
            try:
                assert (await near.http("GET", "/readyz")).status == 503
                assert (await near.http("GET", "/healthz")).status == 200
            finally:
                await asyncio.to_thread(postgres.daemon.start)
            await asyncio.gather(*(page.line.close() for page in pages))
        async with far.workstation(*rooms) as work, moved(near.url, pages) as answers:
            assert [answer["seat"] for answer in answers] == seats
            assert [answer["type"] for answer in answers] == ["admitted"] + ["waiting"] * 4
            assert (await work.command("admit", room=rooms[0].room, seat=seats[0]))["code"] == "conflict"


async def command_line(behind: Behind, *words: str, broker: bool = True) -> str:
    """What IT's command prints: as a process of its own it has its own way to database and broker."""
    settings = {"VB_DATA_DIR": str(behind.folder), "VB_DATABASE_URL": behind.database}
    return await it_asks(settings | ({"VB_REDIS_URL": behind.redis} if broker else {}), *words)


@contextlib.asynccontextmanager
async def proved(server: RunningServer, seed: bytes) -> AsyncIterator[Workstation]:
    server.key = Ed25519PrivateKey.from_private_bytes(seed)
    async with server.workstation() as work:
        yield work


@pytest.mark.parametrize("told", ["by a hint", "by the sweep"])
async def test_who_enrolled_at_one_server_is_known_at_all_and_shown_out_of_all_when_revoked(behind: Behind, told: str) -> None:
    """IT's command is a process of its own: its hint goes over the broker, and where that is away, the sweep looks."""
    by_hint = told == "by a hint"
    rhythm = Rhythm(beat=0.05, sweep=3600 if by_hint else 0.05)
    async with behind.replica(rhythm) as near, behind.replica(rhythm) as far:
        code = await command_line(behind, "enrol", "--site", "musterstadt", "--label", "Jobcenter Musterstadt")
        near.clock.now = far.clock.now = time.time()
        await enrol(f"ws://127.0.0.1:{near.ready.control_port}/ws/control", code, WorkstationKey(b"e" * 32))
        [known] = json.loads(await command_line(behind, "workstations", "--json"))["workstations"]
        assert (known["site"], known["state"]) == ("musterstadt", "valid")
        async with proved(far, b"e" * 32) as work:
            await command_line(behind, "revoke", known["id"], broker=by_hint)
            near.clock.now = far.clock.now = time.time()
            await work.line.expect("refused", code="unauthorised")
            assert await work.line.closed() == CloseCode.REFUSED
        async with Workstation(near.ready.control_port, far.key).connected() as again:
            await again.prove()
            assert (await again.line.expect("refused"))["code"] == "unauthorised"


async def test_of_several_programs_with_one_code_at_several_servers_one_is_enrolled(behind: Behind) -> None:
    async with behind.replica() as near, behind.replica() as far:
        code = await command_line(behind, "enrol", "--site", "musterstadt", "--label", "Jobcenter Musterstadt")
        near.clock.now = far.clock.now = time.time()
        urls = [f"ws://127.0.0.1:{server.ready.control_port}/ws/control" for server in (near, far)] * 4
        programs = [enrol(url, code, WorkstationKey(bytes([n]) * 32)) for n, url in enumerate(urls)]
        results = await asyncio.gather(*programs, return_exceptions=True)
        assert sorted(type(result).__name__ for result in results) == ["AgencyServer"] + ["NotEnrolled"] * 7
        assert len(json.loads(await command_line(behind, "workstations", "--json"))["workstations"]) == 1


async def test_servers_on_several_machines_sign_the_survey_with_the_same_keys(behind: Behind, tmp_path: Path) -> None:
    """Each machine has a folder of its own, into which IT put the same files when it was set up; keys of quarters come later."""
    elsewhere = Behind(tmp_path / "elsewhere", behind.key, behind.database, behind.redis)
    async with behind.replica():
        shutil.copytree(behind.folder, elsewhere.folder)
    async with behind.replica() as near, elsewhere.replica() as far:
        for path in ("/survey.json", "/take-up.json"):
            cards = await asyncio.gather(*(server.http("GET", path) for server in (near, far)))
            assert cards[0].body == cards[1].body
            assert json.loads(cards[0].body)["keys"]
    assert not [file.name for file in behind.folder.iterdir() if "-key-" in file.name]
