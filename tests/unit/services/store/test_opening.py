"""Opening what does not fit, and disks that refuse: a sentence each, and not one byte changed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import text

from app.domain.appointments import Appointment, Client
from app.paths import RESOURCES
from app.services.appointments.ports import StoreError, Write
from app.services.store import keyfile
from app.services.store.drivers import SqlCipher
from app.services.store.keyfile import KeyFile, StoreKey
from app.services.store.lock import StoreLock
from app.services.store.opening import open_store
from app.services.store.place import StorePlace
from app.texts import Texts
from tests.support.appointments import full_appointment, make_appointment, make_mail
from tests.support.stores import KEY, all_bytes, begin, new_store


@pytest.fixture
def place(tmp_path: Path) -> StorePlace:
    return StorePlace(tmp_path)


def refused(place: StorePlace, key: StoreKey = KEY) -> str:
    """Key of the sentence; the files are as before."""
    before = all_bytes(place.folder)
    with pytest.raises(StoreError) as caught:
        open_store(place, key)
    assert all_bytes(place.folder) == before
    for language in ("de", "en"):
        assert Texts.load(RESOURCES / "i18n", language, "app")(caught.value.key, **caught.value.values)
    return caught.value.key


def fill(place: StorePlace, count: int = 50) -> None:
    store = new_store(place)
    store.write(Write(appointments=[full_appointment() for _ in range(count)]))
    store.close()


def test_nothing_can_be_read_without_the_key(place: StorePlace) -> None:
    store = new_store(place)
    new = full_appointment()
    store.write(Write(appointments=[new], mails=[make_mail(new.id)]))
    on_disk = all_bytes(place.profile)
    store.close()
    assert "appointments/appointments.db-wal" in on_disk
    for content in (*on_disk.values(), *all_bytes(place.profile).values()):
        assert not any(word in content for word in (b"SQLite format", b"example.org", b"appointments", b"Weiterbildung", new.id.encode()))


def test_only_its_owner_may_read_the_files(place: StorePlace) -> None:
    store = new_store(place)
    store.write(Write(appointments=[make_appointment()]))
    modes = {path.name: path.stat().st_mode & 0o777 for path in place.folder.iterdir()}
    assert set(modes.values()) == {0o600}, modes
    assert place.folder.stat().st_mode & 0o777 == 0o700
    store.close()


def test_a_wrong_key_is_told_and_leaves_every_byte(place: StorePlace) -> None:
    fill(place)
    assert refused(place, replace(KEY, secret=bytes(32))) == "app.store.wrong-key"


def test_a_wrong_key_leaves_also_what_a_killed_program_left(place: StorePlace) -> None:
    store = new_store(place)
    store.write(Write(appointments=[make_appointment()]))
    killed = StorePlace(place.profile / "killed")
    for name, content in all_bytes(place.folder).items():
        killed.folder.mkdir(parents=True, exist_ok=True)
        (killed.folder / name).write_bytes(content)
    store.close()
    assert (killed.folder / "appointments.db-wal").stat().st_size
    assert refused(killed, replace(KEY, secret=bytes(32))) == "app.store.wrong-key"
    again = open_store(killed, KEY)
    assert len(again.search("")) == 1
    again.close()


@pytest.mark.parametrize("damage", ["all", "first page", "cut", "empty", "text"])
def test_a_broken_file_is_told_and_left_as_it_is(place: StorePlace, damage: str) -> None:
    fill(place)
    whole = place.database.read_bytes()
    place.database.write_bytes(
        {
            "all": bytes(reversed(whole)),
            "first page": whole[:500] + bytes(100) + whole[600:],
            "cut": whole[:3000],
            "empty": b"",
            "text": b"not a database\n" * 999,
        }[damage]
    )
    assert refused(place) == "app.store.broken"


def test_a_page_that_broke_later_is_told_when_it_is_read_and_the_rest_can_be(place: StorePlace) -> None:
    fill(place, 200)
    content = bytearray(place.database.read_bytes())
    content[-3 * 4096 : -4096] = bytes(2 * 4096)
    place.database.write_bytes(content)
    store = open_store(place, KEY)
    with pytest.raises(StoreError) as caught:
        store.search("")
    assert caught.value.key == "app.store.broken"
    store.close()
    assert place.database.read_bytes() == bytes(content)


def test_a_file_that_is_gone_is_not_quietly_begun_anew(place: StorePlace) -> None:
    fill(place)
    place.database.unlink()
    assert refused(place) == "app.store.missing"
    assert not place.database.exists()


def test_without_its_key_file_it_is_not_opened(place: StorePlace) -> None:
    fill(place)
    place.keys.unlink()
    assert refused(place) == "app.store.key-missing"


def test_a_first_start_that_was_killed_is_made_good(place: StorePlace) -> None:
    begin(place)
    place.database.write_bytes(b"")
    store = open_store(place, KEY)
    assert keyfile.load(place.keys) == msgspec.structs.replace(KeyFile.of(KEY), begun=True)
    store.close()


def test_tables_of_a_newer_version_are_left_alone(place: StorePlace) -> None:
    store = new_store(place)
    with store.database.transaction() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    store.close()
    assert refused(place) == "app.store.newer"


@pytest.mark.parametrize(("shared", "sentence"), [(False, "app.store.open-already"), (True, "app.store.open-elsewhere")])
def test_one_writer_at_a_time(tmp_path: Path, shared: bool, sentence: str) -> None:
    place = StorePlace(tmp_path, shared)
    store = new_store(place)
    with pytest.raises(StoreError) as caught:
        open_store(place, KEY)
    assert caught.value.key == sentence
    store.write(Write(appointments=[make_appointment()]))
    store.close()
    open_store(place, KEY).close()


def test_another_process_holds_it_until_it_dies(place: StorePlace) -> None:
    code = "import sys,pathlib,app.services.store.lock as l,app.services.store.place as p\n"
    code += "lock = l.StoreLock(p.StorePlace(pathlib.Path(sys.argv[1])))\nprint('held', flush=True)\nsys.stdin.read()"
    holder = subprocess.Popen([sys.executable, "-c", code, str(place.profile)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(StoreError):
            StoreLock(place)
        holder.kill()
        holder.wait()
        StoreLock(place).release()
    finally:
        holder.kill()
        holder.communicate()


def test_a_drive_without_locks_is_told(place: StorePlace) -> None:
    def refuse(_: int) -> None:
        raise OSError(95, "not supported")

    with pytest.raises(StoreError) as caught:
        StoreLock(place, refuse)
    assert caught.value.key == "app.store.disk"


def test_the_pragmas_are_what_was_promised(tmp_path: Path) -> None:
    for shared, journal, locking in ((False, "wal", "normal"), (True, "truncate", "exclusive")):
        store = new_store(StorePlace(tmp_path / journal, shared))
        asked = ("journal_mode", "locking_mode", "synchronous", "secure_delete", "foreign_keys", "busy_timeout", "temp_store")
        found = [store.database.outside(f"PRAGMA {name}")[0][0] for name in asked]
        assert found == [journal, locking, 2, 1, 1, 10_000, 2]
        assert store.database.outside("PRAGMA cipher_version")[0][0].startswith("4.")
        store.write(Write(appointments=[make_appointment()]))
        assert store.database.outside("PRAGMA cipher_integrity_check") == []
        assert (tmp_path / journal / "appointments" / "appointments.db-wal").exists() is not shared
        store.close()


# ---- a full disk: a real, small one


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """2 MB in memory, mounted for the test (as root, like the tests of the network)."""
    disk = tmp_path / "small"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk], check=True)
    try:
        yield disk
    finally:
        subprocess.run(["umount", disk], check=True)


@pytest.mark.parametrize("shared", [False, True], ids=["local", "network drive"])
def test_a_full_disk_is_told_nothing_is_half_done_and_room_helps(small_disk: Path, shared: bool) -> None:
    place = StorePlace(small_disk, shared)
    store = new_store(place)
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(900_000))
    confirmed: list[str] = []
    batch: list[Appointment] = []

    def fill_up() -> None:
        while True:
            batch[:] = [make_appointment(client=Client(needs="n" * 1000)) for _ in range(20)]
            store.write(Write(appointments=batch, mails=[make_mail(batch[0].id)]))
            confirmed.extend(appointment.id for appointment in batch)

    with pytest.raises(StoreError) as caught:
        fill_up()
    assert caught.value.key == "app.store.disk-full"
    assert confirmed
    assert sorted(a.id for a in store.search("", limit=9999)) == sorted(confirmed)
    assert not any(store.mails_of(appointment.id) for appointment in batch)
    ballast.unlink()
    store.write(Write(appointments=batch))
    store.close()
    again = open_store(place, KEY)
    assert sorted(a.id for a in again.search("", limit=9999)) == sorted([*confirmed, *(a.id for a in batch)])
    assert again.database.outside("PRAGMA integrity_check") == [("ok",)]
    again.close()


def test_a_disk_that_is_full_from_the_start_leaves_nothing_that_hinders(small_disk: Path) -> None:
    place = begin(StorePlace(small_disk))
    ballast = small_disk / "ballast"
    with pytest.raises(OSError, match="No space"):
        ballast.write_bytes(bytes(3_000_000))
    with pytest.raises(StoreError) as caught:
        open_store(place, KEY)
    assert caught.value.key == "app.store.disk-full"
    ballast.unlink()
    open_store(place, KEY).close()


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StoreError) as caught:
        open_store(StorePlace(tmp_path / "file"), KEY)
    assert caught.value.key == "app.store.disk"


def test_the_key_is_in_no_representation(place: StorePlace) -> None:
    driver = SqlCipher(KEY)
    store = new_store(place)
    assert KEY.secret.hex() not in f"{driver!r} {vars(driver)} {store!r} {vars(store)} {store.database._engine!r}"
    store.close()
