"""Finds the key of the store: in the keyring, by a passphrase where no keyring lasts, or by the recovery key. Never from a plain file."""

from __future__ import annotations

import asyncio
import enum
from collections.abc import Callable
from typing import Protocol

from app.services.appointments.ports import StoreError
from app.services.keys import KeyStore, KeyStoreError, load_store_key, save_store_key
from app.services.store import keyfile
from app.services.store.keyfile import Hardness, KeyFile, StoreKey
from app.services.store.place import StorePlace
from app.services.store.recovery import RecoveryKey

SHORTEST_PASSPHRASE = 15
"""Characters (OWASP ASVS 5.0, 6.2.1: at least 8, 15 recommended). Nothing else is asked of it (6.2.5)."""


class Asked(enum.Enum):
    """What a passphrase is asked for."""

    NEW = "new"
    """To be chosen, and typed twice."""
    TOO_SHORT = "too-short"
    """The same again: the chosen one had fewer than `SHORTEST_PASSPHRASE` characters."""
    EXISTING = "existing"
    WRONG = "wrong"
    """The same again: it was not the one."""


class AskPassphrase(Protocol):
    """Port: asks the person; the window implements it."""

    async def __call__(self, asked: Asked) -> str | None:
        """None if the person gave up."""
        ...


class Unlocker:
    """For one place. Its coroutines do what takes long on other threads."""

    def __init__(self, place: StorePlace, key_store: KeyStore, ask: AskPassphrase, hardness: Hardness | None = None) -> None:
        self._place = place
        self._key_store = key_store
        self._ask = ask
        self._hardness = hardness or Hardness()

    async def key(self) -> StoreKey:
        """The key of the store that lies there, or of the one to be begun. Raises StoreError."""
        keys = await asyncio.to_thread(keyfile.load, self._place.keys)
        if keys is None and self._place.database.exists():
            raise StoreError("app.store.key-missing")
        if keys is None:
            return await self._begin()
        kept = await asyncio.to_thread(_from_keyring, self._key_store, keys)
        if kept is not None:
            return kept
        if keys.passphrase is not None:
            return await self._by_passphrase(keys)
        if keys.begun:
            raise StoreError("app.store.key-missing")
        return await self._begin()

    async def recover(self, recovery: RecoveryKey) -> StoreKey:
        """By the key that IT kept; from now on the store opens here without it. Raises StoreError."""
        keys = await asyncio.to_thread(keyfile.load, self._place.keys)
        if keys is None:
            raise StoreError("app.store.key-missing")
        key = keys.by_recovery(recovery)
        await self.remember(key)
        return key

    async def remember(self, key: StoreKey) -> None:
        """Keep the key of the store that lies there: in the keyring, or else under a new passphrase. Raises StoreError."""
        keys = await asyncio.to_thread(keyfile.load, self._place.keys) or KeyFile.of(key)
        if not await asyncio.to_thread(self._into_keyring, key):
            keys = await asyncio.to_thread(keys.with_passphrase, key, await self._new_passphrase(), self._hardness)
        await asyncio.to_thread(keyfile.save, keys, self._place.keys)

    async def new_recovery_key(self, key: StoreKey) -> RecoveryKey:
        """To be shown once and kept by IT; an earlier one opens nothing any more. Raises StoreError."""
        recovery = RecoveryKey.new()
        await asyncio.to_thread(add_recovery, self._place, key, recovery)
        return recovery

    async def _begin(self) -> StoreKey:
        key = StoreKey.new()
        keys = KeyFile.of(key)
        if not await asyncio.to_thread(self._into_keyring, key):
            keys = await asyncio.to_thread(keys.with_passphrase, key, await self._new_passphrase(), self._hardness)
        await asyncio.to_thread(keyfile.save, keys, self._place.keys)
        return key

    async def _by_passphrase(self, keys: KeyFile) -> StoreKey:
        asked = Asked.EXISTING
        while (passphrase := await self._ask(asked)) is not None:
            try:
                return await asyncio.to_thread(keys.by_passphrase, passphrase)
            except StoreError:
                asked = Asked.WRONG
        raise StoreError("app.store.no-passphrase")

    async def _new_passphrase(self) -> str:
        asked = Asked.NEW
        while (passphrase := await self._ask(asked)) is not None:
            if len(passphrase) >= SHORTEST_PASSPHRASE:
                return passphrase
            asked = Asked.TOO_SHORT
        raise StoreError("app.store.no-passphrase")

    def _into_keyring(self, key: StoreKey) -> bool:
        try:
            return save_store_key(self._key_store, key.store, key.secret)
        except KeyStoreError:
            return False


def by_keyring(key_store: KeyStore) -> Callable[[KeyFile], StoreKey]:
    """How a backup is opened where the keyring still has its key (`backup.FindKey`)."""

    def find(keys: KeyFile) -> StoreKey:
        key = _from_keyring(key_store, keys)
        if key is None:
            raise StoreError("app.store.key-missing")
        return key

    return find


def _from_keyring(key_store: KeyStore, keys: KeyFile) -> StoreKey | None:
    """Raises StoreError where the keyring is locked and nothing else would help."""
    try:
        secret = load_store_key(key_store, keys.store)
    except KeyStoreError:
        if keys.passphrase is not None:
            return None
        raise StoreError("app.store.keyring-locked") from None
    key = None if secret is None else StoreKey(keys.store, secret)
    return key if key is not None and keys.fits(key) else None


def add_recovery(place: StorePlace, key: StoreKey, recovery: RecoveryKey) -> None:
    """Let a recovery key open the store. Raises StoreError."""
    keys = keyfile.load(place.keys)
    if keys is None or not keys.fits(key):
        raise StoreError("app.store.wrong-key")
    keyfile.save(keys.with_recovery(key, recovery), place.keys)
