"""Where the store's key comes from: the keyring, a passphrase, the recovery key. Never a plain file."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.services.appointments.ports import StoreError, Write
from app.services.fakes.passphrase import TypedPassphrases
from app.services.keys import KeyStoreError, MemoryKeyStore
from app.services.store import keyfile
from app.services.store.keyfile import Hardness, KeyFile, StoreKey
from app.services.store.opening import open_store
from app.services.store.place import StorePlace
from app.services.store.recovery import RecoveryKey
from app.services.store.unlock import Asked, Unlocker
from tests.support.stores import all_bytes

QUICK = Hardness(passes=1, lanes=1, memory_kib=64)
LONG = "vier Wörter sind leicht zu merken"


class LastingKeys(MemoryKeyStore):
    """A keyring as the operating system has it."""

    lasting = True


class LockedKeys(LastingKeys):
    """Nobody unlocked it yet."""

    def load(self, name: str) -> bytes | None:
        raise KeyStoreError(name)

    def save(self, name: str, secret: bytes) -> None:
        raise KeyStoreError(name)


@pytest.fixture
def place(tmp_path: Path) -> StorePlace:
    return StorePlace(tmp_path / "profile")


def unlocker(place: StorePlace, keys: MemoryKeyStore, ask: TypedPassphrases | None = None) -> Unlocker:
    return Unlocker(place, keys, ask or TypedPassphrases(), QUICK)


def use(place: StorePlace, key: StoreKey) -> None:
    """Open it with the key and write something."""
    store = open_store(place, key)
    store.write(Write(notes=[("n", b"1")]))
    store.close()


async def test_with_a_keyring_nobody_is_asked_and_the_key_lies_nowhere_else(place: StorePlace) -> None:
    keyring, ask = LastingKeys(), TypedPassphrases()
    key = await unlocker(place, keyring, ask).key()
    use(place, key)
    assert await unlocker(place, keyring, ask).key() == key
    assert not ask.asked
    assert repr(key.secret) not in repr(key)
    for name, content in all_bytes(place.profile).items():
        assert key.secret not in content, name
        assert key.secret.hex().encode() not in content, name


async def test_without_one_a_passphrase_is_chosen_and_asked_for_again(place: StorePlace) -> None:
    ask = TypedPassphrases("zu kurz", LONG)
    key = await unlocker(place, MemoryKeyStore(), ask).key()
    assert ask.asked == [Asked.NEW, Asked.TOO_SHORT]
    use(place, key)
    again = TypedPassphrases("falsch, aber lang genug", LONG)
    assert await unlocker(place, MemoryKeyStore(), again).key() == key
    assert again.asked == [Asked.EXISTING, Asked.WRONG]
    assert not any(key.secret in content or LONG.encode() in content for content in all_bytes(place.profile).values())


async def test_who_gives_up_changes_nothing(place: StorePlace) -> None:
    for _ in range(2):
        with pytest.raises(StoreError) as caught:
            await unlocker(place, MemoryKeyStore()).key()
        assert caught.value.key == "app.store.no-passphrase"
        assert not place.folder.exists()
    use(place, await unlocker(place, MemoryKeyStore(), TypedPassphrases(LONG)).key())
    before = all_bytes(place.profile)
    with pytest.raises(StoreError) as caught:
        await unlocker(place, MemoryKeyStore(), TypedPassphrases("falsch, aber lang genug")).key()
    assert caught.value.key == "app.store.no-passphrase"
    assert all_bytes(place.profile) == before


async def test_a_keyring_that_lost_the_key_is_told_and_nothing_is_overwritten(place: StorePlace) -> None:
    use(place, await unlocker(place, LastingKeys()).key())
    before = all_bytes(place.profile)
    with pytest.raises(StoreError) as caught:
        await unlocker(place, LastingKeys()).key()
    assert caught.value.key == "app.store.key-missing"
    assert all_bytes(place.profile) == before


async def test_a_locked_keyring_is_told_and_a_new_store_goes_without_it(place: StorePlace, tmp_path: Path) -> None:
    use(place, await unlocker(place, LastingKeys()).key())
    with pytest.raises(StoreError) as caught:
        await unlocker(place, LockedKeys()).key()
    assert caught.value.key == "app.store.keyring-locked"
    other, ask = StorePlace(tmp_path / "other"), TypedPassphrases(LONG, LONG)
    key = await unlocker(other, LockedKeys(), ask).key()
    assert await unlocker(other, LockedKeys(), ask).key() == key
    assert ask.asked == [Asked.NEW, Asked.EXISTING]


async def test_two_profiles_of_one_person_do_not_overwrite_each_others_key(place: StorePlace, tmp_path: Path) -> None:
    keyring, other = LastingKeys(), StorePlace(tmp_path / "other")
    one, two = await unlocker(place, keyring).key(), await unlocker(other, keyring).key()
    assert one.secret != two.secret
    assert [await unlocker(p, keyring).key() for p in (place, other)] == [one, two]


async def test_the_recovery_key_opens_it_on_another_machine(place: StorePlace) -> None:
    first = unlocker(place, LastingKeys())
    key = await first.key()
    use(place, key)
    recovery = await first.new_recovery_key(key)
    keyring = LastingKeys()
    second = unlocker(place, keyring)
    assert await second.recover(RecoveryKey.parse(recovery.printed)) == key
    assert await unlocker(place, keyring).key() == key
    without_keyring = TypedPassphrases(LONG, LONG)
    third = unlocker(place, MemoryKeyStore(), without_keyring)
    assert await third.recover(recovery) == await third.key() == key
    assert without_keyring.asked == [Asked.NEW, Asked.EXISTING]


async def test_another_recovery_key_and_an_older_one_open_nothing(place: StorePlace) -> None:
    mine = unlocker(place, LastingKeys())
    key = await mine.key()
    with pytest.raises(StoreError) as caught:
        await mine.recover(RecoveryKey.new())
    assert caught.value.key == "app.store.wrong-recovery"
    old = await mine.new_recovery_key(key)
    await mine.new_recovery_key(key)
    for wrong in (old, RecoveryKey.new()):
        with pytest.raises(StoreError) as caught:
            await mine.recover(wrong)
        assert caught.value.key == "app.store.wrong-recovery"


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"\xff", b'{"format":2,"store":"AAAAAAAAAAAAAAAAAAAAAA==","check":""}', b'{"format":1,"store":"AA==","check":""}'],
)
async def test_a_broken_key_file_is_told_and_left(place: StorePlace, content: bytes) -> None:
    place.folder.mkdir(parents=True)
    place.keys.write_bytes(content)
    with pytest.raises(StoreError) as caught:
        await unlocker(place, LastingKeys()).key()
    assert caught.value.key == "app.store.key-file-broken"
    assert place.keys.read_bytes() == content


def test_a_key_file_cannot_ask_for_all_the_memory(place: StorePlace) -> None:
    key = StoreKey.new()
    keys = KeyFile.of(key).with_passphrase(key, LONG, QUICK)
    keyfile.save(keys, place.keys)
    place.keys.write_text(place.keys.read_text().replace('"memory_kib": 64', '"memory_kib": 999999999'))
    with pytest.raises(StoreError) as caught:
        keyfile.load(place.keys)
    assert caught.value.key == "app.store.key-file-broken"


def test_the_usual_hardness_is_the_second_option_of_rfc_9106(place: StorePlace) -> None:
    assert (Hardness().passes, Hardness().lanes, Hardness().memory_kib) == (3, 4, 64 * 1024)
    key = StoreKey.new()
    assert KeyFile.of(key).with_passphrase(key, LONG, Hardness()).by_passphrase(LONG) == key
