"""A counsellor for page tests: the test's workstation on the control link, and a second Chromium tab for picture, sound and talk."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

from playwright.async_api import BrowserContext, Page

from tests.support.page_client import Appointment, Workstation
from tests.support.server import RunningServer

SCRIPT = Path(__file__).with_suffix(".js")
Json = dict[str, Any]


class Counsellor:
    """Sees who waits, admits, sends back, and talks through the second tab."""

    def __init__(self, work: Workstation, tab: Page, room: str) -> None:
        self.work = work
        self.tab = tab
        self._room = room
        self.seats: list[Json] = []
        self._changed = asyncio.Event()
        self._done: dict[int, asyncio.Future[Json]] = {}
        self.acknowledges = True
        """Whether it tells the server that a waiting seat stands in its list."""

    async def pump(self) -> None:
        """Carries the server's messages to whom they are for, until cancelled."""
        while True:
            message = await self.work.line._inbox.get()
            if message["type"] == "room-state" and message["room"] == self._room:
                await self._take([seat for seat in message["seats"] if seat["kind"] == "client"])
            elif message["type"] in ("offer", "candidate"):
                await self.tab.evaluate("message => counsellor.signal(message)", message)
            elif message.get("re") in self._done:
                self._done.pop(message["re"]).set_result(message)

    async def _take(self, seats: list[Json]) -> None:
        self.seats = seats
        self._changed.set()
        for seat in seats:
            if self.acknowledges and seat["state"] == "waiting" and seat["present"] and not seat["reached"]:
                await self.work.line.send("reached", room=self._room, seat=seat["seat"])

    async def relay(self, message: Json) -> None:
        """A message of the tab."""
        fields = {name: value for name, value in message.items() if name != "type"}
        await self.work.line.send(message["type"], **fields)

    async def waiting(self, count: int = 1) -> list[str]:
        """The seats in the waiting room, once there are so many."""

        def found(seats: list[Json]) -> list[str]:
            return [s["seat"] for s in seats if s["state"] == "waiting" and s["present"]]

        await self.until(lambda seats: len(found(seats)) == count)
        return found(self.seats)

    async def until(self, holds: Callable[[list[Json]], bool]) -> None:
        """Wait until this is true of the client seats."""
        async with asyncio.timeout(15):
            while not holds(self.seats):
                self._changed.clear()
                await self._changed.wait()

    async def do(self, command: str, **fields: Any) -> Json:
        """A command; gives `done` or `refused`."""
        answer: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._done[await self.work.line.send(command, room=self._room, **fields)] = answer
        async with asyncio.timeout(10):
            return await answer

    async def admit_next(self) -> str:
        """Let the one who waits in; gives the seat."""
        (seat,) = await self.waiting()
        assert (await self.do("admit", seat=seat))["type"] == "done"
        return seat


@contextlib.asynccontextmanager
async def counsellor(server: RunningServer, context: BrowserContext, *appointments: Appointment) -> AsyncIterator[Counsellor]:
    """A counsellor who has published these appointments and looks after the first."""
    tab = await context.new_page()
    await tab.goto(f"{server.url}/info")
    async with server.workstation(*appointments) as work:
        person = Counsellor(work, tab, appointments[0].room)
        await tab.expose_function("relay", person.relay)
        await tab.evaluate(SCRIPT.read_text("utf-8"))
        await tab.evaluate("counsellor.start()")
        pump = asyncio.create_task(person.pump())
        try:
            yield person
        finally:
            pump.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await pump
            await tab.close()
