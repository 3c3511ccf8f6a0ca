"""Tells the book what the desk sees: who waits, who was let in, how long they talked, what their page reports. No Qt, no SQL."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace

import structlog

from app.services.appointments.at_the_door import AtTheDoor
from app.services.appointments.ports import StoreError
from app.services.appointments.talk_time import TalkTime
from app.services.appointments.visits import Sight
from app.services.clock import Cancellable, Clock
from app.services.link_port import Link, RoomReadiness
from app.services.ports import Desk, LinkState, Parted, RoomEntry
from app.services.tasks import Tasks

_log = structlog.get_logger(__name__)

TICK_S = 60.0
"""From one look at the clock to the next: so much of a conversation a killed program may forget."""
LATE_S = 3 * TICK_S
"""A look that comes so late was held up by sleep, or the clock was set: nobody stood at the door."""


class Reception:
    """Everything is passed on one after the other, in the order in which it was seen."""

    def __init__(self, book: AtTheDoor, desk: Desk, link: Link, clock: Clock, tasks: Tasks) -> None:
        self._book = book
        self._desk = desk
        self._link = link
        self._clock = clock
        self._tasks = tasks
        self._news: asyncio.Queue[Callable[[], Awaitable[None]]] = asyncio.Queue()
        self._last: dict[str, Sight] = {}
        """What was seen of a room last, the time apart."""
        self._talk = TalkTime(clock)
        self._looked_at = clock.unix()
        self._next: Cancellable | None = None
        self._closing = ExitStack()

    def start(self) -> None:
        """Look, from now on."""
        worker = self._tasks.start("reception", self._pass_on())
        self._tell(self._book.nobody_is_here)
        listening = (
            self._desk.rooms_changed.subscribe(self._rooms_changed),
            self._desk.parted.subscribe(self._parted),
            self._link.readiness_changed.subscribe(self._reported),
            self._link.code_taken.subscribe(lambda room: self._tell(lambda: self._book.new_code(room))),
        )
        for ends in (*listening, worker.cancel):
            self._closing.callback(ends)
        self._tick_later()

    async def settle(self) -> None:
        """Wait until everything that was seen stands in the book."""
        await self._news.join()

    def close(self) -> None:
        """Look no more. What was seen and not told yet is lost: `settle` first."""
        self._closing.close()
        if self._next is not None:
            self._next.cancel()

    # ---- what is seen

    def _rooms_changed(self, entries: Sequence[RoomEntry]) -> None:
        """Without the server nothing is known, so nothing is told."""
        if self._desk.link is LinkState.CONNECTED:
            for entry in entries:
                self._look_at(entry)

    def _look_at(self, entry: RoomEntry) -> None:
        session = self._desk.session(entry.room)
        self._talk.follow(entry.room, session)
        sight = Sight(at=0, waiting=bool(entry.waiting), in_session=session is not None)
        talked_s = 0 if session is not None else self._talk.take(entry.room)
        if talked_s or sight != self._last.get(entry.room, Sight(at=0)):
            self._last[entry.room] = sight
            self._saw(entry.room, replace(sight, talked_s=talked_s))

    def _parted(self, parted: Parted) -> None:
        self._last.pop(parted.room, None)
        self._saw(parted.room, Sight(at=0, talked_s=self._talk.take(parted.room), parted=True, by_phone=parted.by_phone))

    def _saw(self, room: str, sight: Sight) -> None:
        seen = replace(sight, at=self._clock.unix())
        self._tell(lambda: self._book.seen(room, seen))

    def _reported(self, told: RoomReadiness) -> None:
        self._tell(lambda: self._book.reported(told.room, told.readiness))

    # ---- the clock

    def _tick_later(self) -> None:
        self._next = self._clock.call_later(TICK_S, self._tick)

    def _tick(self) -> None:
        self._tick_later()
        since, self._looked_at = self._looked_at, self._clock.unix()
        until = self._looked_at
        there = self._desk.link is LinkState.CONNECTED and until - since < LATE_S
        self._tell(lambda: self._book.watched(since, until, there))
        for room, talked_s in self._talk.take_all():
            self._saw(room, replace(self._last.get(room, Sight(at=0, in_session=True)), talked_s=talked_s))

    # ---- passing on

    def _tell(self, what: Callable[[], Awaitable[None]]) -> None:
        self._news.put_nowait(what)

    async def _pass_on(self) -> None:
        while True:
            tell = await self._news.get()
            try:
                await tell()
            except StoreError as trouble:
                _log.warning("reception.not_kept", reason=trouble.key)
            finally:
                self._news.task_done()
