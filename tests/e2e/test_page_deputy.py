"""Somebody waits, and a colleague stands in: two programs with their servers, their team's folder, the client's page in Chromium."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

from app.domain.appointments import Appointment, Stage
from app.domain.deputy import ActKind
from app.domain.mails import MailState
from app.paths import RESOURCES
from app.services.appointments.book import LiveAppointmentBook
from app.services.appointments.ports import Tell
from app.services.appointments.running import AppointmentsPlan
from app.services.clock import LoopClock
from app.services.fakes import FakeEngine, MemoryStore
from app.services.fakes.mail_server import FakeMailServer
from app.services.host import Services, services_running
from app.services.keys import KeysOfAFolder, WorkstationKey
from app.services.ports import LinkState
from app.services.profile import Profile
from app.services.team.members import Member, OwnKeys
from app.services.team.running import TeamPlan
from app.services.team.settings import TeamSettings
from app.services.team.team import LiveTeam
from app.services.wordlist import WordLists
from tests.support.book_table import draft_of
from tests.support.chromium import FAKE_DEVICES, at, chromium, enter, person
from tests.unit.services.test_host_appointments import plan_of, stage_is

SECONDS = 60
LAST = "Eine andere Fachkraft kümmert sich um Ihren Termin"
"""The notice before it may stand there for less than a moment: the room closes right after it."""


@dataclass(frozen=True, slots=True)
class Program:
    """One person's."""

    name: str
    keys: OwnKeys
    services: Services
    mails: FakeMailServer

    @property
    def book(self) -> LiveAppointmentBook:
        assert self.services.book is not None
        return self.services.book

    @property
    def team(self) -> LiveTeam:
        assert self.services.appointments is not None
        assert isinstance(self.services.appointments.team, LiveTeam)
        return self.services.appointments.team

    def as_member(self) -> Member:
        return self.keys.member(self.name)

    async def invited(self) -> Appointment:
        """One whose mail has gone out."""
        (noted,) = await self.book.note(draft_of(LoopClock(asyncio.get_running_loop()), 20 * 60))
        await self.book.agree(noted.id, "1")
        invited = await self.book.invite(noted.id)
        await self.mailed(noted.id)
        return invited

    async def mailed(self, appointment: str) -> None:
        """Wait until one of its mails was accepted."""
        told: asyncio.Queue[object] = asyncio.Queue()
        unsubscribe = self.book.changed.subscribe(told.put_nowait)
        async with asyncio.timeout(SECONDS):
            while MailState.ACCEPTED not in {mail.state for mail in await self.book.mails(appointment)}:
                await told.get()
        unsubscribe()


def keys_of(number: int) -> OwnKeys:
    return OwnKeys(WorkstationKey(bytes([number]) * 32), bytes([number + 100]) * 32)


@contextlib.asynccontextmanager
async def program(name: str, number: int, folder: Path) -> AsyncIterator[Program]:
    """With the team's folder in `folder`."""
    keys, mails, store = keys_of(number), FakeMailServer(), MemoryStore()
    settings = TeamSettings(folder=str(folder / "team"), list_file=str(folder / "team.json"))

    async def team() -> TeamPlan:
        words = WordLists(RESOURCES / "words")("de")
        return TeamPlan(settings, WorkstationKey(bytes([number]) * 32), bytes([number + 100]) * 32, words)

    def planned(*_: object) -> AppointmentsPlan:
        return replace(plan_of(lambda: store, mails), team=team)

    crashes: list[BaseException] = []
    async with services_running(
        Profile(folder / name), FakeEngine(), lambda _name, error: crashes.append(error), KeysOfAFolder(), appointments=planned
    ) as services:
        connected = asyncio.Event()
        services.link.state_changed.subscribe(lambda state: connected.set() if state is LinkState.CONNECTED else None)
        async with asyncio.timeout(SECONDS):
            await connected.wait()
        yield Program(name, keys, services, mails)
    assert crashes == []


@contextlib.asynccontextmanager
async def two_programs(folder: Path) -> AsyncIterator[tuple[Program, Program]]:
    """Anna and Bernd, enrolled by IT."""
    (folder / "team").mkdir()
    members = [json.loads(keys_of(number).file(name)) for number, name in ((1, "Anna"), (2, "Bernd"))]
    (folder / "team.json").write_text(json.dumps({"members": members}), encoding="utf-8")
    async with program("Anna", 1, folder) as anna, program("Bernd", 2, folder) as bernd:
        yield anna, bernd


async def test_who_waits_hears_of_the_deputy_and_is_awaited_there(tmp_path: Path) -> None:
    async with two_programs(tmp_path) as (anna, bernd), chromium(FAKE_DEVICES) as browser:
        invited = await anna.invited()
        link = anna.book.link(invited)
        page = await (await person(browser, link.partition("/r#")[0])).new_page()
        await enter(page, link)
        await stage_is(anna.book, invited, Stage.WAITING)

        await anna.team.share.settle()  # what Bernd sees is how it stands
        seen = (await bernd.team.listing(anna.keys.id, 0, 2**40)).appointments[0].seen
        ours = await bernd.team.act(ActKind.TAKE_OVER, anna.as_member(), seen, Tell.MAIL)
        assert (ours.id, ours.stage) == (invited.id, Stage.INVITED)
        await page.get_by_role("heading", name=LAST).wait_for()
        assert "zurückgenommen" not in await page.inner_text("body")
        theirs = await anna.book.find(invited.id)
        assert theirs is not None
        assert (theirs.stage, theirs.access) == (Stage.CANCELLED, None)

        await bernd.mailed(ours.id)
        new = bernd.book.link(ours)
        assert new in bernd.mails.messages()[-1].get_content()
        await page.context.grant_permissions(["camera", "microphone"], origin=new.partition("/r#")[0])
        await page.goto(new)
        await page.locator("#agree").click()
        await page.locator("#enter-waiting").click()
        await at(page, "waiting")
        await stage_is(bernd.book, ours, Stage.WAITING)
        (room,) = [entry for entry in bernd.services.desk.rooms if entry.waiting]
        assert room.title.startswith(seen.appointment.client.name)
