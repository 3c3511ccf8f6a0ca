"""Backup while the store is in use, and the way back: checked before it replaces, and what stood there kept until it worked."""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.appointments import Client
from app.services.appointments.ports import StoreError, Write
from app.services.store import keyfile
from app.services.store.backup import FindKey, restore, write_backup
from app.services.store.keyfile import KeyFile, StoreKey
from app.services.store.opening import open_store
from app.services.store.place import StorePlace
from app.services.store.recovery import RecoveryKey
from app.services.store.sql import SqlStore
from app.services.store.unlock import add_recovery
from tests.support.appointments import full_appointment, make_appointment
from tests.support.stores import KEY, all_bytes, begin, new_store

RECOVERY = RecoveryKey(bytes(range(20)))


@pytest.fixture
def place(tmp_path: Path) -> StorePlace:
    return StorePlace(tmp_path / "profile")


@pytest.fixture
def backup(place: StorePlace, tmp_path: Path) -> Path:
    """Of a store with one appointment, "Damals", which was changed to "Heute" after it."""
    store = new_store(place)
    add_recovery(place, KEY, RECOVERY)
    [old] = store.write(Write(appointments=[full_appointment(id="one")]))
    [old] = store.write(Write(appointments=[replace(old, client=Client(name="Damals"))]))
    target = tmp_path / "stick" / "termine.backup"
    target.parent.mkdir()
    target.write_bytes(b"an older backup")
    write_backup(store, place, target)
    store.write(Write(appointments=[replace(old, client=Client(name="Heute")), make_appointment()]))
    store.close()
    return target


def by_key(_: KeyFile) -> StoreKey:
    return KEY


def by_recovery(keys: KeyFile) -> StoreKey:
    return keys.by_recovery(RECOVERY)


def names(place: StorePlace, key: StoreKey = KEY) -> list[str]:
    store = open_store(place, key)
    found = [a.client.name for a in store.search("", limit=99)]
    store.close()
    return found


def test_a_backup_is_one_private_encrypted_file(backup: Path) -> None:
    assert [path.name for path in backup.parent.iterdir()] == [backup.name]
    assert backup.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(backup) as bundle:
        assert sorted(bundle.namelist()) == ["appointments.db", "keys.json"]
        content = b"".join(map(bundle.read, bundle.namelist()))
    assert not any(word in content for word in (b"Damals", b"SQLite format", KEY.secret, RECOVERY.secret))


@pytest.mark.parametrize("find_key", [by_key, by_recovery])
def test_what_was_saved_comes_back(backup: Path, place: StorePlace, find_key: FindKey) -> None:
    assert restore(backup, place, find_key) == KEY
    assert names(place) == ["Damals"]
    assert sorted(path.name for path in place.profile.iterdir()) == ["appointments", "appointments.lock"]
    keys = keyfile.load(place.keys)
    assert keys is not None
    assert keys.by_recovery(RECOVERY) == KEY


def test_it_comes_back_on_a_new_machine_and_after_all_was_lost(backup: Path, place: StorePlace, tmp_path: Path) -> None:
    elsewhere = StorePlace(tmp_path / "new", shared=True)
    assert names(elsewhere, restore(backup, elsewhere, by_recovery)) == ["Damals"]
    shutil.rmtree(place.folder)
    assert names(place, restore(backup, place, by_recovery)) == ["Damals"]
    place.database.write_bytes(b"broken")
    assert names(place, restore(backup, place, by_recovery)) == ["Damals"]


@pytest.mark.parametrize("damage", ["cut", "a page", "no zip", "empty", "other members", "gone", "another key", "another recovery key"])
def test_a_backup_that_does_not_fit_changes_nothing(backup: Path, place: StorePlace, damage: str) -> None:
    content, before, find_key = backup.read_bytes(), all_bytes(place.profile), by_key
    if damage == "gone":
        backup.unlink()
    elif damage == "other members":
        with zipfile.ZipFile(backup, "w") as bundle:
            bundle.writestr("other.db", b"")
    elif damage == "a page":
        with zipfile.ZipFile(backup) as whole:
            database, keys = bytearray(whole.read("appointments.db")), whole.read("keys.json")
        database[4096 * 3 + 50] ^= 1
        with zipfile.ZipFile(backup, "w") as bundle:
            bundle.writestr("appointments.db", bytes(database))
            bundle.writestr("keys.json", keys)
    elif damage == "another key":
        find_key = lambda _: StoreKey.new()  # noqa: E731
    elif damage == "another recovery key":
        find_key = lambda keys: keys.by_recovery(RecoveryKey.new())  # noqa: E731
    else:
        backup.write_bytes({"cut": content[: len(content) // 2], "no zip": b"no zip" * 999, "empty": b""}[damage])
    with pytest.raises(StoreError) as caught:
        restore(backup, place, find_key)
    sentences = {"another key": "app.store.wrong-key", "another recovery key": "app.store.wrong-recovery"}
    assert caught.value.key == sentences.get(damage, "app.store.backup-unreadable")
    assert all_bytes(place.profile) == before
    assert "Heute" in names(place)


def test_an_open_store_is_not_replaced(backup: Path, place: StorePlace) -> None:
    store = open_store(place, KEY)
    with pytest.raises(StoreError) as caught:
        restore(backup, place, by_key)
    assert caught.value.key == "app.store.open-already"
    assert len(store.search("")) == 2
    store.close()


@pytest.mark.parametrize("moment", ["unpacked", "taken away", "swapped"])
def test_a_restore_that_was_killed_leaves_one_whole_store(backup: Path, place: StorePlace, tmp_path: Path, moment: str) -> None:
    other = StorePlace(tmp_path / "other")
    restore(backup, other, by_key)
    other.folder.replace(place.coming)
    if moment != "unpacked":
        place.folder.replace(place.before)
    if moment == "swapped":
        place.coming.replace(place.folder)
    assert ("Damals" in names(place)) is (moment == "swapped")
    assert sorted(path.name for path in place.profile.iterdir()) == ["appointments", "appointments.lock"]


def test_a_backup_that_finds_no_room_leaves_the_older_one(place: StorePlace, tmp_path: Path) -> None:
    store = new_store(place)
    store.write(Write(appointments=[make_appointment(client=Client(needs="n" * 1000)) for _ in range(500)]))
    disk = tmp_path / "small"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", disk], check=True)
    try:
        target = disk / "termine.backup"
        target.write_bytes(b"an older backup")
        assert sentence_of(store, place, target) == "app.store.disk-full"
        assert all_bytes(disk) == {"termine.backup": b"an older backup"}
        assert sentence_of(store, place, disk / "no" / "folder") == "app.store.backup-unwritten"
    finally:
        subprocess.run(["umount", disk], check=True)
    store.close()


def sentence_of(store: SqlStore, place: StorePlace, target: Path) -> str:
    with pytest.raises(StoreError) as caught:
        write_backup(store, place, target)
    return caught.value.key


def test_a_restore_that_finds_no_room_leaves_what_stood_there(tmp_path: Path) -> None:
    big = StorePlace(tmp_path / "big")
    store = new_store(big)
    store.write(Write(appointments=[make_appointment(client=Client(needs="n" * 1000)) for _ in range(1500)]))
    backup = tmp_path / "termine.backup"
    write_backup(store, big, backup)
    store.close()
    disk = tmp_path / "small"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk], check=True)
    try:
        small = begin(StorePlace(disk))
        open_store(small, KEY).close()
        before = all_bytes(disk)
        with pytest.raises(StoreError) as caught:
            restore(backup, small, by_key)
        assert caught.value.key == "app.store.disk-full"
        assert all_bytes(disk) == before
    finally:
        subprocess.run(["umount", disk], check=True)
