"""Backups: one file with a consistent copy of the store, encrypted as it is, and the key file beside it. And the way back.

A backup opens by the key in the keyring, the passphrase or the recovery key of its time.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from app.services.appointments.ports import StoreError
from app.services.store import keyfile
from app.services.store.database import Database
from app.services.store.drivers import SqlCipher
from app.services.store.keyfile import KeyFile, StoreKey
from app.services.store.lock import StoreLock
from app.services.store.opening import open_database, take_back_unfinished
from app.services.store.place import StorePlace
from app.services.store.sql import SqlStore
from app.services.store.upgrade import standing_at, upgrade

FindKey = Callable[[KeyFile], StoreKey]
"""How a backup is opened: `lambda keys: keys.by_recovery(…)`. Raises StoreError."""


def write_backup(store: SqlStore, place: StorePlace, target: Path) -> None:
    """While the store is in use, on its thread. `target` is replaced whole or not at all. Raises StoreError."""
    copy, fresh = target.with_name(target.name + ".copy"), target.with_name(target.name + ".new")
    try:
        with _writing():
            _make_private(copy)
            _make_private(fresh)
            store.database.outside("VACUUM INTO ?", str(copy))
            with zipfile.ZipFile(fresh, "w", zipfile.ZIP_STORED) as bundle:  # what is encrypted grows no smaller
                bundle.write(copy, place.database.name)
                bundle.write(place.keys, place.keys.name)
            _flush(fresh)
            fresh.replace(target)
    finally:
        for left in (copy, fresh):
            with contextlib.suppress(OSError):
                left.unlink(missing_ok=True)


def restore(backup: Path, place: StorePlace, find_key: FindKey) -> StoreKey:
    """Put a backup in the place of the store, which must not be open; gives its key, to be remembered (`Unlocker.remember`).

    The backup is checked first, and what stood there is kept until the backup was opened in its place. Raises StoreError, and has then
    changed nothing.
    """
    lock = StoreLock(place)
    try:
        take_back_unfinished(place)
        key = _unpack(backup, place, find_key)
        _swap(place)
        try:
            open_database(place, key).close()
        except StoreError:
            _swap_back(place)
            raise
        return key
    finally:
        shutil.rmtree(place.coming, ignore_errors=True)
        lock.release()


def _unpack(backup: Path, place: StorePlace, find_key: FindKey) -> StoreKey:
    """Into `coming`, and look through all of it. Raises StoreError."""
    try:
        with zipfile.ZipFile(backup) as bundle:
            keys = keyfile.read(bundle.read(place.keys.name))
            key = find_key(keys)
            if not keys.fits(key):
                raise StoreError("app.store.wrong-key")
            keyfile.save(keys, place.coming / place.keys.name)
            database = Path(bundle.extract(place.database.name, place.coming))
            _flush(database)
    except (zipfile.BadZipFile, KeyError, EOFError, FileNotFoundError, NotImplementedError):
        raise StoreError("app.store.backup-unreadable") from None
    except OSError as error:
        raise _told(error, "app.store.backup-unreadable") from None
    _look_through(database, key)
    return key


def _look_through(file: Path, key: StoreKey) -> None:
    """Raises StoreError unless every page is whole and the tables are ones that this version knows."""
    try:
        database = Database(file, SqlCipher(key), shared=True)
    except StoreError:
        raise StoreError("app.store.backup-unreadable") from None
    try:
        bad = database.outside("PRAGMA cipher_integrity_check")
        if bad or database.outside("PRAGMA integrity_check") != [("ok",)]:
            raise StoreError("app.store.backup-unreadable")
        with database.transaction() as connection:
            if standing_at(connection) is None:
                raise StoreError("app.store.backup-unreadable")
            upgrade(connection)
    finally:
        database.close()


def _swap(place: StorePlace) -> None:
    """Raises StoreError; killed in between, `take_back_unfinished` finds what stood there."""
    with _writing():
        shutil.rmtree(place.before, ignore_errors=True)
        if place.folder.exists():
            place.folder.replace(place.before)
        try:
            place.coming.replace(place.folder)
        except OSError:
            take_back_unfinished(place)
            raise


def _swap_back(place: StorePlace) -> None:
    shutil.rmtree(place.folder, ignore_errors=True)
    take_back_unfinished(place)


def _make_private(file: Path) -> None:
    """Empty, and readable by its owner only."""
    file.unlink(missing_ok=True)
    os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def _flush(file: Path) -> None:
    with file.open("rb+") as opened:
        os.fsync(opened.fileno())


@contextlib.contextmanager
def _writing() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _told(error, "app.store.backup-unwritten") from None


def _told(error: OSError, otherwise: str) -> StoreError:
    return StoreError("app.store.disk-full" if error.errno == errno.ENOSPC else otherwise)
