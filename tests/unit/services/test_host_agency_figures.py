"""A site's own figures come from the agency's server: workstations hand in what they counted, and each sees the sums of its site."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import msgspec
import pytest

from app.domain.secrets import new_token
from app.domain.survey import closed_quarters, quarter_of
from app.office import WindowsOffice
from app.paths import RESOURCES
from app.services.appointments.ports import BookError, Write
from app.services.clock import LoopClock
from app.services.evaluation.site import SiteEvaluation
from app.services.fakes import MemoryStore
from app.services.fakes.appointments import DirectStore
from app.services.host import Services
from app.services.ports import LinkState
from app.services.take_up.batch import Batch
from app.services.take_up.handing_in import HandingIn
from app.services.take_up.line import ServerLine
from app.texts import Texts
from tests.support.enrolments import EnrollingServer, enrolling_server
from tests.support.services import until
from tests.unit.services.test_host_agency import Workstation

DAY = 86_400
TEXTS = Texts.load(RESOURCES / "i18n", "de", "app")


def within(quarter: str) -> int:
    """A time in it, Unix seconds."""
    moment = int(time.time())
    while quarter_of(moment) != quarter:
        moment -= DAY
    return moment


async def enrolled(folder: Path, agency: EnrollingServer, site: str) -> Workstation:
    workstation = Workstation(folder, agency)
    async with workstation.runs() as services:
        await services.agency.connect(agency.url, (await agency.code(site)).text)
    return workstation


async def hand_in(services: Services, quarter: str, agreed: int) -> None:
    """As the program does it once a day."""
    store = MemoryStore()
    batch = Batch(quarter=quarter, counts={"asked": {"agreed": agreed}}, nonce=new_token())
    store.write(Write(notes=[("take-up.batch", msgspec.json.encode(batch)), ("take-up.day", str(int(time.time())).encode())]))
    await until(lambda: services.desk.link is LinkState.CONNECTED)
    line = ServerLine(services.link, services.settings.link_base)
    await HandingIn(DirectStore(store), line, LoopClock(asyncio.get_running_loop()), services.tasks).hand_in()
    assert store.note("take-up.batch") is None, "the server has not taken it in"


def evaluation(services: Services) -> SiteEvaluation:
    """As the window gets it."""
    return WindowsOffice(TEXTS, demonstration=False).evaluation(services)


async def test_each_site_has_sums_of_its_own_and_is_not_alone(tmp_path: Path) -> None:
    closed = closed_quarters(int(time.time()), 1)[0]
    async with enrolling_server(tmp_path / "agency") as agency:
        agency.server.clock.now = within(closed)
        first, second = [await enrolled(tmp_path / name, agency, "musterstadt-nord") for name in ("a", "b")]
        other = await enrolled(tmp_path / "c", agency, "anderswo")
        async with first.runs() as one, second.runs() as two:
            await hand_in(one, closed, 3)
            await hand_in(two, closed, 4)
        agency.server.clock.now = time.time() + 60
        async with first.runs() as services:
            await until(lambda: services.desk.link is LinkState.CONNECTED)
            asked = evaluation(services)
            assert not asked.alone
            assert asked.site == "musterstadt-nord"
            (counted,) = (await asked.all_counted()).quarters
            assert (counted.quarter, counted.take_up) == (closed, {"asked": {"agreed": 7}})
        async with other.runs() as services:
            await until(lambda: services.desk.link is LinkState.CONNECTED)
            with pytest.raises(BookError) as nothing:
                await evaluation(services).all_counted()
            assert nothing.value.key == "app.takeup.nothing"
