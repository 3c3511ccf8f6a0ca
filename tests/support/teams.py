"""Workstations of a team around one shelf, each with a book, a desk and an outbox; a test says when each of them runs."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from app.domain.appointments import Appointment
from app.domain.deputy import ActKind, Place
from app.services.appointments.ports import Tell
from app.services.fakes import FakeDesk, ManualClock, MemoryStore, SampleBook
from app.services.fakes.team import MemoryShelf, SampleRooms, SampleTeam
from app.services.tasks import Tasks
from app.services.team.deputy import Listed
from app.services.team.shelf import Shelf
from tests.support.book_table import DAY, SmallOutbox, draft_of

T = TypeVar("T")


class Workstation:
    """One person's program, which may be closed, killed and started again over the same store."""

    def __init__(self, name: str, shelf: Shelf, clock: ManualClock, rooms: SampleRooms | None = None) -> None:
        """`rooms` are at an agency's server."""
        self.name = name
        self.rooms = rooms
        self.shelf = shelf
        self.clock = clock
        self.crashes: list[BaseException] = []
        self.told: list[str] = []
        self.store = MemoryStore()
        self.runs = False
        self.desk = FakeDesk(clock)
        self._make()

    def _make(self) -> None:
        self.tasks = Tasks(lambda _name, error: self.crashes.append(error))
        self.book = SampleBook(self.clock, store=self.store, place=None if self.rooms is None else self.rooms.place)
        self.outbox = SmallOutbox(self.book)
        self.team = SampleTeam(self.name, self.book, self.shelf, self.tasks, self.desk, self.rooms)
        self.team.told.subscribe(lambda said: self.told.append(said[0]))

    async def start(self) -> None:
        """What waits goes out after the team's first look, as in the program."""
        if not self.runs:
            await self.team.open()
            self.runs = True
            await self.passing(self.rest())

    async def close(self) -> None:
        if self.runs:
            self.runs = False
            await self.rest()
            await self.team.close()
            await self.tasks.close()
            self._make()

    async def kill(self) -> None:
        """Without a word to the shelf."""
        if self.runs:
            self.runs = False
            await self.tasks.close()
            self.team.share._unsubscribe()
            for planned in (self.team._next, self.team.share._next):
                if planned is not None:
                    planned.cancel()
            self._make()

    async def rest(self) -> None:
        """Until nothing is being done any more."""
        async with asyncio.timeout(10):
            while self.tasks.names:  # noqa: ASYNC110 - what ends is many things
                await asyncio.sleep(0.001)

    async def look(self) -> None:
        """One look on both sides."""
        await self.rest()
        await self.team.share.settle()
        await self.team.deputy.look()
        await self.rest()

    async def listed(self, holder: Workstation) -> list[Listed]:
        """All of a colleague's appointments."""
        listing = await self.team.listing(holder.team.keys.id, 0, 2**40)
        return list(listing.appointments)

    async def act(self, kind: ActKind, holder: Workstation, number: int = 0, tell: Tell = Tell.MAIL) -> Appointment:
        """On the colleague's appointment of that number; time passes while the program waits."""
        seen = (await self.listed(holder))[number].seen
        return await self.passing(self.team.act(kind, holder.team.as_member(), seen, tell))

    async def passing(self, work: Coroutine[Any, Any, T]) -> T:
        """Let the clock's hands go round until the work is done."""
        task = asyncio.ensure_future(work)
        while not task.done():
            await asyncio.sleep(0.002)
            self.clock.advance(0.5)
        return task.result()

    def find(self, appointment: str) -> Appointment:
        found = self.store.find(appointment)
        assert found is not None
        return found

    async def invited(self, starts_in: int = 3 * DAY) -> Appointment:
        """One whose invitation was sent."""
        (noted,) = await self.book.note(draft_of(self.clock, starts_in))
        await self.book.agree(noted.id, "1")
        invited = await self.book.invite(noted.id)
        self.outbox.send_all()
        return invited


class TeamTable:
    """Anna, Bernd and Carla know one another."""

    def __init__(self, shelf: Shelf | None = None, server: str = "") -> None:
        """`server`: the key of an agency's server at which all of them work."""
        self.clock = ManualClock()
        self.shelf = shelf or MemoryShelf()
        self.owners: dict[str, str] = {}
        """Whose a room is there."""
        names = ("Anna", "Bernd", "Carla")
        rooms = {name: SampleRooms(Place(server=server, owner=name), self.owners) if server else None for name in names}
        self.anna, self.bernd, self.carla = (Workstation(name, self.shelf, self.clock, rooms[name]) for name in names)
        self.all = (self.anna, self.bernd, self.carla)

    async def open(self) -> TeamTable:
        for one in self.all:
            await one.start()
            await one.team.knows(*(other.team for other in self.all if other is not one))
        for one in self.all:
            await one.look()
        return self

    async def close(self) -> None:
        for one in self.all:
            await one.close()
            assert one.crashes == []
