"""The store's own thread: whoever runs on the asyncio loop calls the store through here and never waits for the disk. Imports the ports."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from app.services.appointments.ports import AppointmentStore, OpenStore

T = TypeVar("T")


class StoreThread:
    """Runs one call after the other, in the order in which they came; opened by `open`, ended by `close`."""

    def __init__(self, open_store: OpenStore) -> None:
        self._open_store = open_store
        self._thread = ThreadPoolExecutor(1, "store")
        self._store: AppointmentStore | None = None

    async def open(self) -> None:
        """Raises StoreError; it may be tried again, or closed."""
        self._store = await self._on_thread(self._open_store)

    async def run(self, work: Callable[[AppointmentStore], T]) -> T:
        """`await thread.run(lambda store: store.find(ident))`. Raises StoreError.

        Who is cancelled while waiting hears nothing of it; the call is made all the same. Before `open` and after `close` it raises
        RuntimeError.
        """
        store = self._store
        if store is None:
            raise RuntimeError("the store is not open")
        return await self._on_thread(lambda: work(store))

    async def close(self) -> None:
        """After all calls that came before."""
        store, self._store = self._store, None
        if store is not None:
            await self._on_thread(store.close)
        self._thread.shutdown(wait=False)

    async def _on_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.shield(asyncio.get_running_loop().run_in_executor(self._thread, work))
