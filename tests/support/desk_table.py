"""A desk with clients and server around it, for its contract: the fake, and the real one over a link with a small server inside."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Protocol

import pytest

from app.services.desk import LiveDesk
from app.services.fakes import FakeDesk, FakeEngine, FakeLink, KeptInMemory, ManualClock
from app.services.ports import Desk, LinkState, RoomEntry
from app.services.profile import Settings
from app.services.room_book import RoomBook
from app.services.tasks import Tasks
from tests.support.services import WORDS


class DeskTable(Protocol):
    """A desk, and the clients and server around it."""

    desk: Desk
    clock: ManualClock

    def arrives(self, room: str) -> str: ...

    def is_there(self, room: str, seat: str, present: bool) -> None: ...

    def knocks(self, room: str, seat: str) -> None: ...

    def restarted(self, room: str) -> None:
        """The program was killed in that room's conversation and started again: `desk` is the new one."""
        ...

    def server_refuses(self) -> None:
        """The next command is refused with `conflict`."""
        ...

    def link_is(self, up: bool) -> None: ...

    def deputy_takes(self, room: str) -> None:
        """At the server."""
        ...

    def stands_at_server(self, room: str) -> bool:
        """It was published and is neither revoked nor somebody else's."""
        ...


class FakeTable:
    def __init__(self) -> None:
        self.clock = ManualClock()
        self.desk = FakeDesk(self.clock)

    def arrives(self, room: str) -> str:
        return self.desk.client_arrives(room)

    def is_there(self, room: str, seat: str, present: bool) -> None:
        (self.desk.client_returns if present else self.desk.client_vanishes)(room, seat)

    def knocks(self, room: str, seat: str) -> None:
        self.desk.client_knocks(room, seat)

    def restarted(self, room: str) -> None:
        self.desk.program_was_killed(room)

    def server_refuses(self) -> None:
        self.desk.refuse_next("conflict")

    def link_is(self, up: bool) -> None:
        self.desk.set_link(LinkState.CONNECTED if up else LinkState.LOST)

    def deputy_takes(self, room: str) -> None:
        self.desk.deputy_takes(room)

    def stands_at_server(self, room: str) -> bool:
        return room in self.desk.handed or any(entry.room == room and not entry.over for entry in self.desk.rooms)


class LiveTable:
    def __init__(self, tasks: Tasks) -> None:
        self.clock, self.link, self.kept = ManualClock(), FakeLink(), KeptInMemory()
        self._tasks = tasks
        self.desk: LiveDesk = self._open()

    def _open(self) -> LiveDesk:
        book = RoomBook(Settings(public_port=4711), self.kept)
        return LiveDesk(book, self.link, FakeEngine(), lambda _: WORDS, self._tasks, self.clock)

    def knocks(self, room: str, seat: str) -> None:
        self.link.client_knocks(room, seat)

    def restarted(self, room: str) -> None:
        self.link = self.link.of_the_next_run()
        self.desk = self._open()
        self.link.connect()

    def arrives(self, room: str) -> str:
        return self.link.client_joins(room)

    def is_there(self, room: str, seat: str, present: bool) -> None:
        self.link.client_is(room, seat, present)

    def server_refuses(self) -> None:
        self.link.refuse_next()

    def link_is(self, up: bool) -> None:
        if up:
            self.link.connect()
        else:
            self.link.lose()

    def deputy_takes(self, room: str) -> None:
        self.link.deputy_takes(room)

    def stands_at_server(self, room: str) -> bool:
        return room in self.link.cards and not self.link.is_over(room)


@asynccontextmanager
async def fake() -> AsyncIterator[DeskTable]:
    yield FakeTable()


@asynccontextmanager
async def live() -> AsyncIterator[DeskTable]:
    crashes: list[tuple[str, BaseException]] = []
    tasks = Tasks(lambda name, error: crashes.append((name, error)))
    table = LiveTable(tasks)
    yield table
    await table.desk.close()
    await tasks.close()
    assert crashes == []


Opener = Callable[[], AbstractAsyncContextManager[DeskTable]]
both = pytest.mark.parametrize("opened", [fake, live])


def entry(table: DeskTable, room: str) -> RoomEntry:
    return next(r for r in table.desk.rooms if r.room == room)
