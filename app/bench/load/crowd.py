"""Everybody whom the load plays against our server: workstations with their rooms, pages that wait, sessions at a steady pace."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial
from typing import Any

import websockets
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.bench.load.bounds import CLIENTS_OF_AN_ADDRESS, MAX_CLIENTS, source
from app.bench.load.host import Server
from app.bench.load.page import Door, Page
from app.bench.load.session import play
from app.bench.load.survey import Card
from app.bench.load.tally import Tally
from app.bench.load.workstation import Workstation
from app.domain.secrets import b64url

ROOMS = 10
"""That a workstation has published, one client in each."""
AT_ONCE = 32
"""Connections that are being opened at the same time."""
STRIDE = 37
"""From one admitted client to the next: coprime to any number of tens, so that each one's turn comes once."""
SURVEY_EVERY = 5
"""Of so many sessions one is followed by an answer to the survey."""
FAILURES = (OSError, TimeoutError, websockets.WebSocketException)


class Crowd:
    """Of one server, or of several replicas among whom everybody chooses by turns."""

    def __init__(self, clients: int) -> None:
        if not ROOMS <= clients <= MAX_CLIENTS or clients % ROOMS:
            raise ValueError(f"clients: {ROOMS} to {MAX_CLIENTS}, a multiple of {ROOMS}")
        self.tally = Tally()
        self.pages: list[Page] = []
        self.workstations: list[Workstation] = []
        self._keys = [Ed25519PrivateKey.generate() for _ in range(clients // ROOMS)]
        self._used: set[Page] = set()
        """Who was in a session: a seat gives one right to answer the survey."""

    @property
    def keys(self) -> list[str]:
        """Public keys of the workstations, to be registered."""
        return [b64url(key.public_key().public_bytes_raw()) for key in self._keys]

    async def come(self, servers: Sequence[Server], clients: int) -> None:
        """Until so many sit in the waiting room, with the workstations that they belong to."""
        await self._workstations_come(servers, clients // ROOMS)
        await self._pages_come(servers, clients)

    async def _workstations_come(self, servers: Sequence[Server], count: int) -> None:
        """Connected, proved, published."""
        here = len(self.workstations)
        for number, key in enumerate(self._keys[here:count], here):
            doors = [Door() for _ in range(ROOMS)]
            address = source(MAX_CLIENTS + number * CLIENTS_OF_AN_ADDRESS)
            self.workstations.append(Workstation(servers[number % len(servers)].control_url, key, doors, address, self.tally))
        await self._all_come(self.workstations[here:])

    async def _pages_come(self, servers: Sequence[Server], count: int) -> None:
        """Into the waiting room. Their replica is that of their workstation half of the time."""
        doors = [door for workstation in self.workstations for door in workstation.doors][len(self.pages) : count]
        new = []
        for number, door in enumerate(doors, len(self.pages)):
            new.append(Page(servers[(number // 3) % len(servers)].origin, door, source(number), self.tally))
        self.pages += new
        await self._all_come(new)

    async def sessions(self, per_s: float, seconds: float) -> None:
        """So many begin in each second, whether or not those before are through: durations count from the moment that was planned."""
        of_room = {door.room: workstation for workstation in self.workstations for door in workstation.doors}
        count = min(len(self.pages), int(per_s * seconds))
        rested = [page for page in self.pages if page not in self._used]
        chosen = [rested[number * STRIDE % len(rested)] for number in range(min(count, len(rested)))]
        self._used.update(chosen)
        card = await Card.of(chosen[0].origin, chosen[0].source)
        began = time.perf_counter()

        async def session(number: int, page: Page) -> None:
            await asyncio.sleep(max(0.0, began + number / per_s - time.perf_counter()))
            await play(page, of_room[page.door.room], self.tally)
            if number % SURVEY_EVERY == 0:
                await card.answer(page, self.tally)

        await asyncio.gather(*(session(number, page) for number, page in enumerate(chosen)))

    def lost(self) -> int:
        """Connections that ended though nobody closed them."""
        return sum(page.ended.done() for page in self.pages) + sum(work.ended.done() for work in self.workstations)

    async def go(self) -> None:
        """Everybody closes."""
        await in_portions((page.go for page in self.pages), AT_ONCE)
        await in_portions((workstation.go for workstation in self.workstations), AT_ONCE)

    async def _all_come(self, those: Sequence[Page | Workstation]) -> None:
        async def come(one: Page | Workstation) -> None:
            try:
                await one.come()
            except FAILURES as error:
                self.tally.failed(f"connect-{type(error).__name__}")

        await in_portions([partial(come, one) for one in those], AT_ONCE)


async def in_portions(work: Iterable[Callable[[], Awaitable[Any]]], at_once: int) -> None:
    """All of it, at most so many at the same time."""
    places = asyncio.Semaphore(at_once)

    async def one(begin: Callable[[], Awaitable[Any]]) -> None:
        async with places:
            await begin()

    await asyncio.gather(*(one(begin) for begin in work))
