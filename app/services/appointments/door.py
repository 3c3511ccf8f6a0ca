"""Keeps the rooms at the server in line with the book: what the book offers stands there, everything else does not. No Qt, no SQL."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from app.services.appointments.at_the_door import AtTheDoor
from app.services.ports import Desk
from app.services.tasks import Tasks


class Door:
    """Offers all rooms anew after each change of the book: a change that was missed is made good by the next, a link that is dead in the
    book cannot stay alive at the desk."""

    def __init__(self, book: AtTheDoor, desk: Desk, tasks: Tasks) -> None:
        self._book = book
        self._desk = desk
        self._tasks = tasks
        self._work: asyncio.Task[None] | None = None
        self._outdated = False
        self._unsubscribe: Callable[[], None] = lambda: None

    async def open(self) -> None:
        """To be waited for before the link starts: rooms that are missing from the first publish are revoked. Raises StoreError."""
        self._unsubscribe = self._book.changed.subscribe(self._changed)
        self._desk.offer(await self._book.offers())

    async def settle(self) -> None:
        """Wait until the desk knows what the book knows."""
        if self._work is not None:
            await asyncio.wait([self._work])

    def close(self) -> None:
        """Follow no more; the rooms stay as they are."""
        self._unsubscribe()

    def _changed(self, _ids: Sequence[str]) -> None:
        self._outdated = True
        if self._work is None or self._work.done():
            self._work = self._tasks.start("door", self._bring_in_line())

    async def _bring_in_line(self) -> None:
        while self._outdated:
            self._outdated = False
            self._desk.offer(await self._book.offers())
