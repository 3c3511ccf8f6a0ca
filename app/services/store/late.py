"""A store that is opened while the program already stands: whoever asks it for something waits until it is there. Imports the ports."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from app.services.appointments.ports import AppointmentStore, OpenStore, StoreError
from app.services.store.thread import StoreThread

T = TypeVar("T")

Prepare = Callable[[], Awaitable[OpenStore]]
"""Finds the store's key, which may ask the person. Raises StoreError."""
Mend = Callable[[StoreError], Awaitable[bool]]
"""Tells the person why it does not open; True if it is to be tried again."""


class LateStore:
    """A `StoreLine`. `open` once; to be made on the running loop."""

    def __init__(self, prepare: Prepare, mend: Mend) -> None:
        self._prepare = prepare
        self._mend = mend
        self._thread: StoreThread | None = None
        self._there: asyncio.Future[StoreThread] = asyncio.get_running_loop().create_future()

    async def open(self) -> None:
        """Raises StoreError; so do then all who wait."""
        while self._thread is None:
            try:
                self._thread = await self._opened()
            except StoreError as error:
                if not await self._mend(error):
                    self._fail(error)
                    raise
        self._there.set_result(self._thread)

    async def _opened(self) -> StoreThread:
        thread = StoreThread(await self._prepare())
        try:
            await thread.open()
        except BaseException:
            await thread.close()
            raise
        return thread

    async def run(self, work: Callable[[AppointmentStore], T]) -> T:
        """See `StoreThread.run`."""
        thread = await asyncio.shield(self._there)
        return await thread.run(work)

    async def close(self) -> None:
        """After all calls that came before; who still waits for the store hears that it is closed."""
        self._fail(StoreError("app.store.closed"))
        if self._thread is not None:
            await self._thread.close()

    def _fail(self, error: StoreError) -> None:
        if not self._there.done():
            self._there.set_exception(error)
            self._there.exception()  # nobody may have asked yet
