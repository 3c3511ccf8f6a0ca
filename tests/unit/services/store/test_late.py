"""Whoever asks before the store is open waits; what hinders it can be mended; who waits when it never opens hears why."""

from __future__ import annotations

import asyncio

import pytest

from app.services.appointments.ports import OpenStore, StoreError
from app.services.fakes import MemoryStore
from app.services.store.late import LateStore


class Keys:
    """Refuses so many times, then gives a store; notes what the person was told."""

    def __init__(self, refusals: int, again: bool = True) -> None:
        self.told: list[str] = []
        self._refusals = refusals
        self._again = again

    async def prepare(self) -> OpenStore:
        if len(self.told) < self._refusals:
            raise StoreError("app.store.keyring-locked")
        return MemoryStore

    async def mend(self, error: StoreError) -> bool:
        self.told.append(error.key)
        return self._again


async def test_who_asks_early_is_answered_once_it_is_open() -> None:
    keys = Keys(refusals=2)
    store = LateStore(keys.prepare, keys.mend)
    early = asyncio.ensure_future(store.run(lambda open_: open_.find("x")))
    await asyncio.sleep(0)
    assert not early.done()
    await store.open()
    assert await early is None
    assert keys.told == ["app.store.keyring-locked"] * 2
    await store.close()


async def test_a_store_that_cannot_be_mended_is_refused_to_all() -> None:
    keys = Keys(refusals=1, again=False)
    store = LateStore(keys.prepare, keys.mend)
    early = asyncio.ensure_future(store.run(lambda open_: open_.find("x")))
    for asked in (store.open(), early, store.run(lambda open_: open_.find("x"))):
        with pytest.raises(StoreError) as caught:
            await asked
        assert caught.value.key == "app.store.keyring-locked"
    await store.close()


async def test_closing_answers_who_waits() -> None:
    keys = Keys(refusals=0)
    store = LateStore(keys.prepare, keys.mend)
    early = asyncio.ensure_future(store.run(lambda open_: open_.find("x")))
    await asyncio.sleep(0)
    await store.close()
    with pytest.raises(StoreError) as caught:
        await early
    assert caught.value.key == "app.store.closed"
