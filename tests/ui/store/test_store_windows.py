"""Passphrase, recovery key, backup and the way back, as they are asked for before and after there is a main window."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QDialog, QFileDialog, QLineEdit, QMessageBox, QPushButton

from app.services.appointments.ports import StoreError, Write
from app.services.fakes.store_care import NotedStoreCare
from app.services.keys import MemoryKeyStore
from app.services.store.care import LiveStoreCare
from app.services.store.keyfile import Hardness
from app.services.store.opening import open_store
from app.services.store.place import StorePlace
from app.services.store.recovery import RecoveryKey
from app.services.store.thread import StoreThread
from app.services.store.unlock import Asked, Unlocker
from app.ui.store.passphrase import ExistingPassphrase, NewPassphrase, PassphraseAsker
from app.ui.store.recovery import ShowRecoveryKey, TypeRecoveryKey
from app.ui.store.start import WAYS_ON, RestoreQuestion, StoreStart, TroubleDialog, WayOn
from app.ui.store.windows import StoreWindows
from tests.ui.appointment.support import opened, press, says, settle, turn, until
from tests.ui.support import dialog, find

LONG = "vier Wörter sind leicht zu merken"
QUICK = Hardness(passes=1, lanes=1, memory_kib=64)


@pytest.fixture
def place(tmp_path: Path) -> StorePlace:
    return StorePlace(tmp_path / "profile")


@pytest.fixture
def start(texts, main) -> StoreStart:
    return StoreStart(texts)


def type_in(window, name: str, text: str) -> None:
    find(window, name, QLineEdit).setText(text)


async def pressed(kind: type[QDialog], name: str) -> None:
    """Press that in the next dialog of the class, and wait until it is gone."""
    window = await opened(kind)
    press(window, name)
    await until(lambda: dialog(kind) is not window)


# ---- the passphrase


async def test_a_new_passphrase_is_long_and_typed_twice(texts, main) -> None:
    asking = asyncio.ensure_future(PassphraseAsker(texts)(Asked.NEW))
    window = await opened(NewPassphrase)
    first, second, keep = (texts(f"app.unlock.new.{part}") for part in ("passphrase", "again", "keep"))
    type_in(window, first, "kurz")
    press(window, keep)
    assert says(window, texts("app.unlock.too-short", fewest=15))
    type_in(window, first, LONG)
    type_in(window, second, LONG.upper())
    press(window, keep)
    assert says(window, texts("app.unlock.new.different"))
    assert not says(window, texts("app.unlock.too-short", fewest=15))
    type_in(window, second, LONG)
    press(window, keep)
    assert await asking == LONG
    await turn()


async def test_what_is_typed_is_covered_unless_it_is_to_be_seen(texts, main) -> None:
    asking = asyncio.ensure_future(PassphraseAsker(texts)(Asked.EXISTING))
    window = await opened(ExistingPassphrase)
    line = find(window, texts("app.unlock.passphrase"), QLineEdit)
    assert line.echoMode() is QLineEdit.EchoMode.Password
    find(window, texts("app.unlock.show"), QCheckBox).click()
    assert line.echoMode() is QLineEdit.EchoMode.Normal
    press(window, texts("app.unlock.open"))
    assert says(window, texts("app.unlock.empty"))
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert await asking is None


async def test_a_wrong_passphrase_is_said_and_asked_for_again(texts, main, place) -> None:
    asker = PassphraseAsker(texts)
    unlocker = Unlocker(place, MemoryKeyStore(), asker, QUICK)
    beginning = asyncio.ensure_future(unlocker.key())
    window = await opened(NewPassphrase)
    for part in ("passphrase", "again"):
        type_in(window, texts(f"app.unlock.new.{part}"), LONG)
    press(window, texts("app.unlock.new.keep"))
    key = await beginning
    again = asyncio.ensure_future(Unlocker(place, MemoryKeyStore(), asker, QUICK).key())
    for typed in ("etwas ganz anderes", LONG):
        window = await opened(ExistingPassphrase)
        assert says(window, texts("app.store.wrong-passphrase")) is (typed == LONG)
        type_in(window, texts("app.unlock.passphrase"), typed)
        await pressed(ExistingPassphrase, texts("app.unlock.open"))
    assert await again == key


async def test_who_stops_waiting_takes_the_window_away(texts, main) -> None:
    asking = asyncio.ensure_future(PassphraseAsker(texts)(Asked.EXISTING))
    await opened(ExistingPassphrase)
    asking.cancel()
    await until(lambda: dialog(ExistingPassphrase) is None)


# ---- when it does not open


@pytest.mark.parametrize("key", [*WAYS_ON, "app.store.open-elsewhere"])
async def test_each_trouble_has_a_way_on_and_escape_leaves(texts, main, start, place, key) -> None:
    unlocker = Unlocker(place, MemoryKeyStore(), start.ask, QUICK)
    mending = asyncio.ensure_future(start.mend(StoreError(key), place, unlocker, MemoryKeyStore()))
    window = await opened(TroubleDialog)
    assert says(window, texts(key))
    assert set(window.buttons) == {*WAYS_ON.get(key, (WayOn.AGAIN,)), WayOn.LEAVE}
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert await mending is False


async def test_try_again(texts, main, start, place) -> None:
    unlocker = Unlocker(place, MemoryKeyStore(), start.ask, QUICK)
    error = StoreError("app.store.open-elsewhere")
    mending = asyncio.ensure_future(start.mend(error, place, unlocker, MemoryKeyStore()))
    await pressed(TroubleDialog, texts("app.unlock.trouble.again"))
    assert await mending is True


class LastingKeys(MemoryKeyStore):
    """A keyring as the operating system has it."""

    lasting = True


async def begun(place: StorePlace, start: StoreStart, keys: MemoryKeyStore) -> tuple[RecoveryKey, Unlocker]:
    """A store with something in it, and its recovery key."""
    unlocker = Unlocker(place, keys, start.ask, QUICK)
    key = await unlocker.key()
    thread = StoreThread(lambda: open_store(place, key))
    await thread.open()
    await thread.run(lambda store: store.write(Write(notes=[("n", b"1")])))
    care = LiveStoreCare(place, thread, unlocker, key)
    recovery = await care.new_recovery_key()
    await care.back_up(place.profile / "b.vbsicherung")
    await thread.run(lambda store: store.write(Write(notes=[("n", b"2")])))
    await thread.close()
    return recovery, unlocker


def note_of(place: StorePlace, key) -> bytes | None:
    store = open_store(place, key)
    try:
        return store.note("n")
    finally:
        store.close()


async def test_the_recovery_key_opens_where_the_keyring_was_lost(texts, main, start, place) -> None:
    recovery, _ = await begun(place, start, LastingKeys())
    fresh = LastingKeys()
    unlocker = Unlocker(place, fresh, start.ask, QUICK)
    mending = asyncio.ensure_future(start.mend(StoreError("app.store.key-missing"), place, unlocker, fresh))
    await pressed(TroubleDialog, texts("app.unlock.trouble.recover"))
    field, on = texts("app.unlock.recover.key"), texts("app.unlock.open")
    window = await opened(TypeRecoveryKey)
    type_in(window, field, recovery.printed[:-1])
    press(window, on)
    assert says(window, texts("app.store.recovery-mistyped"))
    type_in(window, field, RecoveryKey.new().printed)
    await pressed(TypeRecoveryKey, on)
    window = await opened(TypeRecoveryKey)
    assert says(window, texts("app.store.wrong-recovery"))
    type_in(window, field, recovery.printed.lower().replace("-", " "))
    await pressed(TypeRecoveryKey, on)
    assert await mending is True
    assert note_of(place, await unlocker.key()) == b"2"


@pytest.mark.parametrize("keyring_left", [True, False])
async def test_a_backup_is_brought_back_after_a_question(texts, main, start, place, keyring_left) -> None:
    keys = LastingKeys()
    recovery, _ = await begun(place, start, keys)
    there = keys if keyring_left else LastingKeys()
    unlocker = Unlocker(place, there, start.ask, QUICK)
    backup = place.profile / "b.vbsicherung"
    asked = asyncio.ensure_future(start.restore(place, unlocker, there, backup))
    window = await opened(RestoreQuestion)
    QTest.keyClick(window, Qt.Key.Key_Return)
    assert await asked is False
    asked = asyncio.ensure_future(start.restore(place, unlocker, there, backup))
    await pressed(RestoreQuestion, texts("app.unlock.restore.yes"))
    if not keyring_left:
        window = await opened(TypeRecoveryKey)
        type_in(window, texts("app.unlock.recover.key"), recovery.printed)
        await pressed(TypeRecoveryKey, texts("app.unlock.open"))
    await until(lambda: dialog(QDialog) is not None and says(dialog(QDialog), texts("app.unlock.restored")))
    press(dialog(QDialog), texts("app.unlock.on"))
    assert await asked is True
    assert note_of(place, await unlocker.key()) == b"1"


async def test_a_file_that_is_no_backup_is_said_and_nothing_changes(texts, main, start, place, tmp_path) -> None:
    keys = LastingKeys()
    _, unlocker = await begun(place, start, keys)
    (tmp_path / "x.vbsicherung").write_bytes(b"nothing")
    mending = asyncio.ensure_future(start.mend(StoreError("app.store.broken"), place, unlocker, keys))
    await pressed(TroubleDialog, texts("app.unlock.trouble.restore"))
    chosen = await opened(QFileDialog)
    chosen.selectFile(str(tmp_path / "x.vbsicherung"))
    chosen.accept()
    await pressed(RestoreQuestion, texts("app.unlock.restore.yes"))
    await until(lambda: dialog(TroubleDialog) is not None and says(dialog(TroubleDialog), texts("app.store.backup-unreadable")))
    await pressed(TroubleDialog, texts("app.unlock.trouble.leave"))
    assert await mending is False
    assert note_of(place, await unlocker.key()) == b"2"


# ---- while it is open


async def test_backup_and_a_new_recovery_key(texts, main, parts, told, tmp_path) -> None:
    care = NotedStoreCare()
    windows = StoreWindows(main, parts, care)
    windows.back_up()
    asked = await opened(QFileDialog)
    asked.selectFile(str(tmp_path / "a.vbsicherung"))
    asked.accept()
    await settle(parts)
    assert told == [texts("app.unlock.backup.done")]
    assert (tmp_path / "a.vbsicherung").exists()
    windows.new_recovery_key()
    box = await opened(QMessageBox)
    next(b for b in box.findChildren(QPushButton) if b.text() == texts("app.unlock.key.renew.yes")).click()
    window = await opened(ShowRecoveryKey)
    assert not window.go_on.isEnabled()
    press(window, texts("app.unlock.key.save"))
    asked = await opened(QFileDialog)
    asked.selectFile(str(tmp_path / "k.txt"))
    asked.accept()
    await until(lambda: says(window, texts("app.unlock.key.saved")))
    saved = (tmp_path / "k.txt").read_text("utf-8")
    assert RecoveryKey.parse("".join(saved.split("\n\n")[1].replace("\n", "-"))) == care.keys[0]
    find(window, texts("app.unlock.key.kept"), QCheckBox).click()
    press(window, texts("app.unlock.key.done"))
    await until(lambda: dialog(ShowRecoveryKey) is None)
    windows.close()


async def test_a_backup_that_cannot_be_written_is_told(texts, main, parts, told, tmp_path) -> None:
    care = NotedStoreCare()
    care.trouble = StoreError("app.store.backup-unwritten")
    StoreWindows(main, parts, care)._write(tmp_path / "a.vbsicherung")
    await settle(parts)
    assert told == [texts("app.store.backup-unwritten")]


async def test_going_back_is_left_to_who_can_close_the_store(main, parts, tmp_path) -> None:
    windows = StoreWindows(main, parts, NotedStoreCare())
    wanted: list[Path] = []
    windows.restore_wanted.connect(wanted.append)
    file = tmp_path / "a.vbsicherung"
    file.write_bytes(b"")
    windows.restore()
    asked = await opened(QFileDialog)
    asked.selectFile(str(file))
    asked.accept()
    await until(lambda: wanted == [file])
