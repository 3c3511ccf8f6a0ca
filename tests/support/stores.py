"""Stores on disk for tests."""

from __future__ import annotations

from pathlib import Path

from app.services.store import keyfile
from app.services.store.drivers import Driver
from app.services.store.keyfile import KeyFile, StoreKey
from app.services.store.opening import open_store
from app.services.store.place import StorePlace
from app.services.store.sql import SqlStore

KEY = StoreKey(bytes(range(16)), bytes(range(100, 132)))


def begin(place: StorePlace, key: StoreKey = KEY) -> StorePlace:
    """The key file as `Unlocker` leaves it."""
    keyfile.save(KeyFile.of(key), place.keys)
    return place


def new_store(place: StorePlace, driver: Driver | None = None) -> SqlStore:
    """Begun with KEY."""
    return open_store(begin(place), KEY, driver)


def all_bytes(folder: Path) -> dict[str, bytes]:
    """Relative name -> content of every file below."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
