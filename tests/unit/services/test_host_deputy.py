"""Somebody waits at an agency's servers, and a colleague stands in: two whole programs, two replicas over PostgreSQL and Redis."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.domain.appointments import Appointment, Stage
from app.domain.deputy import ActKind, Shared
from app.services.agency.enrolling import enrol
from app.services.appointments.ports import Tell
from app.services.keys import agency_key
from app.wire.messages import RoomState
from tests.support.enrolments import it_asks
from tests.support.page_client import PageClient
from tests.support.postgres import Postgres
from tests.support.redis_server import RedisServer
from tests.support.server import QUICK, RunningServer, running_server
from tests.support.services import until, until_told
from tests.support.team_programs import Person, Program, anna_and_bernd, program
from tests.unit.services.test_host_appointments import stage_is


@dataclass
class Agency:
    """Programs come to `near`, clients to `far`."""

    near: RunningServer
    far: RunningServer
    anna: Person
    bernd: Person

    def page(self, program: Program, appointment: Appointment) -> PageClient:
        return PageClient(self.far.url, program.book.link(appointment).partition("/r#")[2])


@pytest.fixture
async def agency(tmp_path: Path, postgres: Postgres, redis_server: RedisServer) -> AsyncIterator[Agency]:
    data, database, redis, key = tmp_path / "data", postgres.empty_tables(), redis_server.empty(), Ed25519PrivateKey.generate()
    async with contextlib.AsyncExitStack() as stack:
        near, far = [
            await stack.enter_async_context(running_server(data, rhythm=QUICK, key=key, database=database, redis=redis)) for _ in range(2)
        ]
        near.clock.now = far.clock.now = time.time() + 60  # they stand still, and rooms are open from now on
        people = anna_and_bernd(tmp_path)
        for person in people:
            code = await it_asks({"VB_DATA_DIR": str(data), "VB_DATABASE_URL": database}, "enrol", "--site", "nord", "--label", "Jobcenter")
            server = await enrol(f"ws://127.0.0.1:{near.ready.control_port}/ws/control", code, agency_key(person.keyring))
            person.profile.save(msgspec.structs.replace(person.profile.load(), agency=server))
        yield Agency(near, far, *people)


@contextlib.asynccontextmanager
async def told_of(program: Program, room: Callable[[], str]) -> AsyncIterator[None]:
    """At the end of the block, wait until the server has said that it knows the room."""
    states: asyncio.Queue[RoomState] = asyncio.Queue()
    unsubscribe = program.services.link.room_changed.subscribe(states.put_nowait)
    yield
    while (await until_told(states)).room != room():
        pass
    unsubscribe()


async def invited_by(holder: Program) -> Appointment:
    """One whose room the server knows."""
    async with told_of(holder, lambda: invited.access.room if invited.access else ""):
        invited = await holder.invited()
    return invited


async def seen_by(deputy: Program, holder: Program) -> Shared:
    (listed,) = (await deputy.team.listing(holder.keys.id, 0, 2**40)).appointments
    return listed.seen


async def is_let_in(deputy: Program, ours: Appointment, page: PageClient) -> None:
    """The client is on the same seat all the while."""
    seat = page.seat
    await stage_is(deputy.book, ours, Stage.WAITING)
    (room,) = [entry for entry in deputy.services.desk.rooms if entry.waiting]
    assert [one.seat for one in room.waiting] == [seat]
    assert deputy.services.desk.admit(room.room, seat) is not None
    assert (await page.line.expect("admitted"))["seat"] == seat
    await stage_is(deputy.book, ours, Stage.IN_SESSION)


async def test_the_client_keeps_link_and_seat_and_is_let_in_by_the_deputy(agency: Agency) -> None:
    async with program(agency.anna) as anna, program(agency.bernd) as bernd:
        invited = await invited_by(anna)
        async with agency.page(anna, invited).connected() as page:
            assert (await page.join())["type"] == "waiting"
            await stage_is(anna.book, invited, Stage.WAITING)
            await anna.team.share.settle()
            seen = await seen_by(bernd, anna)
            assert bernd.team.takes_room(seen)
            ours = await bernd.team.act(ActKind.TAKE_OVER, anna.as_member(), seen, Tell.NOBODY)
            assert ours.access == invited.access
            assert (await page.line.expect("notice"))["notice"] == "colleague"
            await is_let_in(bernd, ours, page)
            assert bernd.mails.messages() == []

            theirs = await anna.book.find(invited.id)
            assert theirs is not None
            assert (theirs.stage, theirs.access) == (Stage.CANCELLED, None)
            assert anna.services.desk.rooms == []
            async with told_of(anna, lambda: own.room):
                own = anna.services.desk.create_now("Frau M.", "de", 30)  # what she publishes counts as always
            async with PageClient(agency.far.url, own.link.partition("/r#")[2]).connected() as other:
                assert (await other.join())["type"] == "waiting"
                await until(lambda: [len(entry.waiting) for entry in anna.services.desk.rooms] == [1])


async def test_a_colleague_whose_program_is_off_finds_the_room_with_the_deputy(agency: Agency) -> None:
    async with program(agency.bernd) as bernd:
        async with program(agency.anna) as anna:
            invited = await invited_by(anna)
            await anna.team.share.settle()
            page = agency.page(anna, invited)
            seen, member = await seen_by(bernd, anna), anna.as_member()
        async with page.connected():
            answer = await page.join()
            assert (answer["type"], answer.get("reached", False)) == ("waiting", False)
            ours = await bernd.team.act(ActKind.TAKE_OVER, member, seen, Tell.NOBODY)
            assert (await page.line.expect("reached")).get("reached", True)
            async with program(agency.anna) as anna:
                theirs = await anna.book.find(invited.id)
                assert theirs is not None
                assert (theirs.stage, theirs.deputy) == (Stage.CANCELLED, bernd.keys.id)
                await is_let_in(bernd, ours, page)
