"""Whole programs of a team, each with its book, its desk and its link, around one folder: Anna and Bernd, enrolled by IT."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from app.domain.appointments import Appointment
from app.domain.mails import MailState
from app.paths import RESOURCES
from app.services.appointments.book import LiveAppointmentBook
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
from tests.unit.services.test_host_appointments import plan_of

SECONDS = 60


@dataclass
class Person:
    """What outlives a person's program."""

    name: str
    number: int
    """Of its keys."""
    folder: Path
    """With the team's folder in it."""
    keyring: KeysOfAFolder = field(default_factory=KeysOfAFolder)
    store: MemoryStore = field(default_factory=MemoryStore)
    mails: FakeMailServer = field(default_factory=FakeMailServer)

    @property
    def profile(self) -> Profile:
        return Profile(self.folder / self.name)


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
async def program(person: Person) -> AsyncIterator[Program]:
    """From its start to its end."""
    name, number, folder, keys = person.name, person.number, person.folder, keys_of(person.number)
    settings = TeamSettings(folder=str(folder / "team"), list_file=str(folder / "team.json"))

    async def team() -> TeamPlan:
        words = WordLists(RESOURCES / "words")("de")
        return TeamPlan(settings, WorkstationKey(bytes([number]) * 32), bytes([number + 100]) * 32, words)

    def planned(*_: object) -> AppointmentsPlan:
        return replace(plan_of(lambda: person.store, person.mails), team=team)

    crashes: list[BaseException] = []
    async with services_running(
        person.profile, FakeEngine(), lambda _name, error: crashes.append(error), person.keyring, appointments=planned
    ) as services:
        connected = asyncio.Event()
        services.link.state_changed.subscribe(lambda state: connected.set() if state is LinkState.CONNECTED else None)
        async with asyncio.timeout(SECONDS):
            await connected.wait()
        yield Program(name, keys, services, person.mails)
    assert crashes == []


def anna_and_bernd(folder: Path) -> tuple[Person, Person]:
    """Enrolled by IT."""
    (folder / "team").mkdir()
    members = [json.loads(keys_of(number).file(name)) for number, name in ((1, "Anna"), (2, "Bernd"))]
    (folder / "team.json").write_text(json.dumps({"members": members}), encoding="utf-8")
    return Person("Anna", 1, folder), Person("Bernd", 2, folder)
