"""The whole composition with an agency's server: enrolled with a code, a client comes, revoked, enrolled anew, back to the own server."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest

from app.services.agency.ports import NotEnrolled, Trouble
from app.services.fakes import FakeEngine
from app.services.host import Services, services_running
from app.services.keys import KeysOfAFolder
from app.services.policy import Policy
from app.services.ports import LinkState
from app.services.profile import Profile
from app.services.server_port import ServerState
from tests.support.enrolments import EnrollingServer, enrolling_server
from tests.support.page_client import PageClient
from tests.support.services import until, until_told


@pytest.fixture
async def agency(tmp_path: Path) -> AsyncIterator[EnrollingServer]:
    async with enrolling_server(tmp_path / "agency") as running:
        running.server.clock.now = time.time() + 60  # it stands still, and rooms are open from now on
        yield running


class Workstation:
    """One with a profile and a keyring, whose program is started again and again."""

    def __init__(self, folder: Path, agency: EnrollingServer) -> None:
        self.profile, self.keys = Profile(folder / "profile"), KeysOfAFolder()
        self.agency = agency

    @asynccontextmanager
    async def runs(self, policy: Policy | None = None) -> AsyncIterator[Services]:
        crashes: list[tuple[str, BaseException]] = []
        crashed = lambda name, error: crashes.append((name, error))  # noqa: E731
        async with services_running(self.profile, FakeEngine(), crashed, self.keys, policy=policy) as services:
            yield services
        assert crashes == []

    async def enrol(self, services: Services, replaces: str | None = None) -> None:
        code = await self.agency.code("musterstadt-nord", "Jobcenter Musterstadt", replaces)
        await services.agency.connect(self.agency.url, code.text)


@pytest.fixture
def workstation(tmp_path: Path, agency: EnrollingServer) -> Workstation:
    return Workstation(tmp_path, agency)


async def stands(services: Services, state: ServerState) -> str | None:
    """Wait until the server is said to stand so; gives the problem."""
    told: asyncio.Queue[ServerState] = asyncio.Queue()
    unsubscribe = services.server.changed.subscribe(told.put_nowait)
    while services.server.state is not state:
        await until_told(told)
    unsubscribe()
    return services.server.problem


async def arrival(services: Services, link: str) -> PageClient:
    """A client who opened this link and waits, and of whom the counsellor knows."""
    arrivals: asyncio.Queue[object] = asyncio.Queue()
    services.desk.arrived.subscribe(arrivals.put_nowait)
    origin, _, token = link.partition("/r#")
    page = PageClient(origin, token)
    async with page.connected():
        assert (await page.join())["type"] == "waiting"
        await until_told(arrivals)
    return page


@pytest.mark.logs_errors
async def test_a_workstation_joins_works_is_revoked_joins_anew_and_leaves(workstation: Workstation, agency: EnrollingServer) -> None:
    async with workstation.runs() as services:
        await stands(services, ServerState.READY)
        assert services.server.pid is not None
        await workstation.enrol(services)
        assert services.agency.at_work is None
        room = services.desk.create_now("Frau M.", "de", 30)
        assert not room.link.startswith(agency.server.url)

    async with workstation.runs() as services:
        await stands(services, ServerState.READY)
        assert services.server.pid is None
        assert services.agency.at_work == services.agency.current == workstation.profile.load().agency
        assert (services.settings.site, services.settings.label) == ("musterstadt-nord", "Jobcenter Musterstadt")
        (found,) = services.desk.rooms
        assert (found.title, found.link.partition("/r#")[0]) == ("Frau M.", agency.server.url)
        assert found.link.partition("/r#")[2] == room.link.partition("/r#")[2]
        await arrival(services, found.link)
        (known,) = await agency.store.workstations()
        await agency.desk.revoke(known.key)
        agency.server.clock.now += 60
        assert await stands(services, ServerState.FAILING) == "revoked"
        assert services.desk.link is LinkState.REFUSED
        await workstation.enrol(services, replaces=known.key)

    async with workstation.runs() as services:
        await stands(services, ServerState.READY)
        await arrival(services, services.desk.rooms[0].link)
        await services.agency.leave()

    async with workstation.runs() as services:
        await stands(services, ServerState.READY)
        assert services.server.pid is not None
        assert services.agency.current is None
        await until(lambda: services.desk.link is LinkState.CONNECTED)
        await arrival(services, services.desk.rooms[0].link)


@pytest.mark.logs_errors
async def test_a_workstation_that_was_revoked_and_gets_just_another_code_has_its_rooms_again(
    workstation: Workstation, agency: EnrollingServer
) -> None:
    async with workstation.runs() as services:
        await workstation.enrol(services)
        services.desk.create_now("Frau M.", "de", 30)
    async with workstation.runs() as services:
        await stands(services, ServerState.READY)
        (known,) = await agency.store.workstations()
        await agency.desk.revoke(known.key)
        agency.server.clock.now += 60
        await stands(services, ServerState.FAILING)
        await workstation.enrol(services)
    async with workstation.runs() as services:
        await stands(services, ServerState.READY)
        await arrival(services, services.desk.rooms[0].link)


async def test_a_policy_names_the_server_and_until_the_code_is_typed_nothing_runs(workstation: Workstation) -> None:
    async with workstation.runs({"server_url": "https://video.jobcenter.example"}) as services:
        assert await stands(services, ServerState.FAILING) == "not-enrolled"
        assert services.desk.link is LinkState.REFUSED
        assert services.server.pid is None
        assert services.agency.locked
        with pytest.raises(NotEnrolled) as refused:
            await services.agency.connect("", "VB1-12345")
        assert refused.value.trouble is Trouble.CODE_LENGTH


async def test_what_the_server_says_anew_is_kept_and_told(workstation: Workstation) -> None:
    async with workstation.runs() as services:
        await workstation.enrol(services)
    settings = workstation.profile.load()
    assert settings.agency is not None
    old = msgspec.structs.replace(settings.agency, label="Jobcenter Altstadt", public_url="https://old.example")
    workstation.profile.save(msgspec.structs.replace(settings, agency=old))
    async with workstation.runs() as services:
        moved: asyncio.Queue[object] = asyncio.Queue()
        services.agency.moved.subscribe(moved.put_nowait)
        await stands(services, ServerState.READY)
        assert moved.get_nowait() == settings.agency == services.agency.current
    assert workstation.profile.load().agency == settings.agency
