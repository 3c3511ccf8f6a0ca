"""Everybody: clients who wait or talk, each with a counsellor, and counsellors who admit whom they like, all the time."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import msgspec

from app.services.link import LinkTarget
from app.wire.messages import RoomCard
from tests.support.chaos.call import Call
from tests.support.chaos.counsellors import Counsellor
from tests.support.chaos.machines import Machines
from tests.support.chaos.tabs import Tab
from tests.support.page_client import Appointment, Json

ENDS_WITHIN_S = 90.0
ASKED_TWICE = 0.3
"""Share of the admissions that are asked for a second time at once."""
ADMISSIONS_EACH_S = 8.0
ANSWERED_WITHIN_S = 5.0
"""A page whose epoch brings no connection within this begins the next (PROTOCOL.md, section 5)."""


@dataclass
class Place:
    """One client in one room of one counsellor."""

    tab: Tab
    counsellor: Counsellor
    talks: bool
    """From the beginning to the end; the others wait, are admitted for a moment and wait again."""
    admitted: int = 0
    """How often the counsellor admitted them, as the counsellor knows it."""
    busy: bool = False
    answered_at: float = 0.0
    """When a description last came back through the servers."""


@dataclass
class People:
    """All of them."""

    places: list[Place]
    counsellors: list[Counsellor]
    told: list[float] = field(default_factory=list)
    """Seconds from each admission's answer or sending to the client who knows of it, since this was emptied."""
    trouble: list[str] = field(default_factory=list)
    """Admissions of somebody who waits that were refused for good, and whatever never came to an end."""
    call: Call | None = None
    _open: asyncio.Event = field(default_factory=asyncio.Event)
    _rounds: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def talking(self) -> list[Place]:
        return [place for place in self.places if place.talks]

    # ---- admissions

    async def admit_all_the_time(self) -> None:
        """Until cancelled, while the door is open."""
        while True:
            await self._open.wait()
            free = [p for p in self.places if not (p.talks or p.busy or p.tab.away)]
            if free:
                task = asyncio.ensure_future(self._round(random.choice(free)))
                self._rounds.add(task)
                task.add_done_callback(self._rounds.discard)
            await asyncio.sleep(random.expovariate(ADMISSIONS_EACH_S))

    @contextlib.asynccontextmanager
    async def admissions(self) -> AsyncIterator[None]:
        """While the context lasts; on leaving it, all of them come to their end."""
        self._open.set()
        try:
            yield
        finally:
            self._open.clear()
            if self._rounds:
                await asyncio.wait(tuple(self._rounds))

    async def _round(self, place: Place) -> None:
        place.busy = True
        try:
            async with asyncio.timeout(ENDS_WITHIN_S):
                await self._in_and_back(place.tab, place.counsellor, place)
        except TimeoutError:
            self.trouble.append("an admission did not come to its end")
        place.busy = False

    async def _in_and_back(self, tab: Tab, counsellor: Counsellor, place: Place) -> None:
        """In, sometimes asked twice, and back to the waiting room."""
        began = time.monotonic()
        place.admitted += 1  # the command goes out until it is answered, so once it will be true
        code = await counsellor.admit(tab.room, tab.seat)
        if code is not None:
            self.trouble.append(f"an admission was refused: {code.value}")
        if random.random() < ASKED_TWICE:
            await counsellor.admit(tab.room, tab.seat)
        await tab.until(lambda: tab.state == "admitted" or tab.away)
        if not tab.away:
            self.told.append(time.monotonic() - began)
        await asyncio.sleep(random.uniform(0.3, 1.5))
        await counsellor.send_back(tab.room, tab.seat)

    # ---- signalling

    async def describe_again(self) -> None:
        """Each conversation begins a new epoch until one was answered: what a browser does whose network changed."""
        try:
            async with asyncio.timeout(ENDS_WITHIN_S):
                await asyncio.gather(*map(self._described, self.talking))
        except TimeoutError:
            self.trouble.append("a conversation found no way through the servers again")

    async def _described(self, place: Place) -> None:
        if self.call is not None and place is self.talking[0]:
            return  # this one is real, and left alone
        answered = asyncio.Event()

        def heard(_: Json) -> None:
            place.answered_at = time.monotonic()
            answered.set()

        place.tab.answered = heard
        while not answered.is_set():
            await place.tab.offer("v=0\r\n")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(ANSWERED_WITHIN_S):
                    await answered.wait()


@contextlib.asynccontextmanager
async def everybody(where: Machines, counsellors: list[Counsellor], waiting: int) -> AsyncIterator[People]:
    """Each counsellor talks with one client; the others wait. All have their seats, one of the calls is real."""
    now = int(time.time())
    rooms = [Appointment(now, opens_in=-600, minutes=120) for _ in range(len(counsellors) + waiting)]
    places: list[Place] = []
    for number, room in enumerate(rooms):
        tab = Tab(where.origin, room.token, f"127.1.{number // 200}.{number % 200 + 1}")
        places.append(Place(tab, counsellors[number % len(counsellors)], talks=number < len(counsellors)))
    target = LinkTarget(where.control_url, where.replicas[0].server_key)
    for number, counsellor in enumerate(counsellors):
        cards = [msgspec.convert(room.card(), RoomCard) for room in rooms[number :: len(counsellors)]]
        counsellor.start(target, cards)
    people = People(places, counsellors)
    tasks: list[asyncio.Task[None]] = []
    try:
        for counsellor in counsellors:
            await counsellor.until_connected()
        for place in places:
            tasks.append(asyncio.ensure_future(place.tab.run()))
            await asyncio.sleep(0.005)
        for place in places:
            await place.tab.until(lambda tab=place.tab: tab.connected)
        for place in people.talking:
            assert await place.counsellor.admit(place.tab.room, place.tab.seat) is None
            place.admitted = 1
            await place.tab.until(lambda tab=place.tab: tab.state == "admitted")
        people.call = Call(people.talking[0].tab, people.talking[0].counsellor)
        await people.call.begin()
        tasks.append(asyncio.ensure_future(people.admit_all_the_time()))
        yield people
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if people.call is not None:
            await people.call.close()
        for counsellor in counsellors:
            await counsellor.tasks.close()
