"""Looks after the store: backup and recovery key while it is open, the way back while it is not. No Qt."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Protocol

from app.services.appointments.ground import StoreLine
from app.services.appointments.ports import AppointmentStore, StoreError
from app.services.keys import KeyStore
from app.services.store.backup import restore, write_backup
from app.services.store.keyfile import KeyFile, StoreKey
from app.services.store.place import StorePlace
from app.services.store.recovery import RecoveryKey
from app.services.store.sql import SqlStore
from app.services.store.unlock import Unlocker, by_keyring

AskKey = Callable[[KeyFile], Awaitable[StoreKey]]
"""Asks the person by what a backup opens. Raises StoreError."""


class StoreCare(Protocol):
    """Port: what a person can do for the open store. Implementations: `LiveStoreCare`, and the fake `NotedStoreCare`."""

    async def back_up(self, target: Path) -> None:
        """Into one file, which is replaced whole or not at all. Raises StoreError."""
        ...

    async def new_recovery_key(self) -> RecoveryKey:
        """To be shown once; the one before opens nothing any more. Raises StoreError."""
        ...


class LiveStoreCare:
    """Of the store that is open on its thread."""

    def __init__(self, place: StorePlace, store: StoreLine, unlocker: Unlocker, key: StoreKey) -> None:
        self._place = place
        self._store = store
        self._unlocker = unlocker
        self._key = key

    async def back_up(self, target: Path) -> None:
        def write(store: AppointmentStore) -> None:
            if not isinstance(store, SqlStore):
                raise StoreError("app.store.backup-unwritten")
            write_backup(store, self._place, target)

        await self._store.run(write)

    async def new_recovery_key(self) -> RecoveryKey:
        return await self._unlocker.new_recovery_key(self._key)


async def restored(backup: Path, place: StorePlace, key_store: KeyStore, ask: AskKey, unlocker: Unlocker) -> StoreKey:
    """Put a backup in the place of the store, which must not be open. `ask` is asked where the keyring has no key to it. Raises
    StoreError, and has then changed nothing (but where only the key could not be kept: then it asks again at the next start)."""
    loop = asyncio.get_running_loop()

    async def asked(keys: KeyFile) -> StoreKey:
        return await ask(keys)

    def find(keys: KeyFile) -> StoreKey:
        try:
            return by_keyring(key_store)(keys)
        except StoreError:
            return asyncio.run_coroutine_threadsafe(asked(keys), loop).result()

    key = await asyncio.to_thread(restore, backup, place, find)
    await unlocker.remember(key)
    return key
