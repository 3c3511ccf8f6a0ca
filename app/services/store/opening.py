"""Opens the store: lock, key, tables. Whatever does not fit is a sentence, and the files stay as they are."""

from __future__ import annotations

import contextlib
import shutil

import msgspec

from app.services.appointments.ports import StoreError
from app.services.store import forgetting, keyfile
from app.services.store.database import Database
from app.services.store.drivers import Driver, SqlCipher
from app.services.store.keyfile import KeyFile, StoreKey
from app.services.store.lock import StoreLock
from app.services.store.place import StorePlace
from app.services.store.sql import SqlStore
from app.services.store.upgrade import upgrade


def open_store(place: StorePlace, key: StoreKey, driver: Driver | None = None) -> SqlStore:
    """Open, or begin, the store of a place whose key `unlock.Unlocker` found. Raises StoreError. Blocks: call it on the store's thread.

    `driver` stands for SQLCipher in references.
    """
    lock = StoreLock(place)
    try:
        take_back_unfinished(place)
        return SqlStore(open_database(place, key, driver), lock.release)
    except BaseException:
        lock.release()
        raise


def open_database(place: StorePlace, key: StoreKey, driver: Driver | None = None) -> Database:
    """For who holds the lock. Raises StoreError."""
    keys = _checked_keys(place, key)
    database = Database(place.database, driver or SqlCipher(key), place.shared)
    try:
        with database.transaction() as connection:
            upgrade(connection)
        with contextlib.suppress(StoreError):
            forgetting.wipe_traces(database)  # what is left of them is no reason to keep a counsellor from working
        if not keys.begun:
            keyfile.save(msgspec.structs.replace(keys, begun=True), place.keys)
    except BaseException:
        database.close()
        raise
    _forget_what_was_replaced(place)
    return database


def take_back_unfinished(place: StorePlace) -> None:
    """A restore that was killed before its backup stood in place never was. Raises StoreError."""
    try:
        if place.before.exists() and not place.folder.exists():
            place.before.replace(place.folder)
        shutil.rmtree(place.coming, ignore_errors=True)
    except OSError:
        raise StoreError("app.store.disk", folder=str(place.profile)) from None


def _checked_keys(place: StorePlace, key: StoreKey) -> KeyFile:
    """Before the database is touched: SQLite tells a wrong key from a broken file as little as from a lost one."""
    keys = keyfile.load(place.keys)
    if keys is None:
        raise StoreError("app.store.key-missing")
    if not keys.fits(key):
        raise StoreError("app.store.wrong-key")
    if keys.begun and not place.database.exists():
        raise StoreError("app.store.missing", folder=str(place.folder))
    if keys.begun and not place.database.stat().st_size:
        raise StoreError("app.store.broken")
    return keys


def _forget_what_was_replaced(place: StorePlace) -> None:
    with contextlib.suppress(OSError):
        if place.before.exists():
            shutil.rmtree(place.before)
