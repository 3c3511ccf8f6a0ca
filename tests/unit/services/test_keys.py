"""The workstation's key: kept by the system's store, never shown."""

from __future__ import annotations

import keyring.backend
import keyring.errors
import pytest
from structlog.testing import capture_logs

from app.domain.secrets import b64url
from app.services.keys import (
    SERVICE,
    KeyringStore,
    KeyStoreError,
    MemoryKeyStore,
    WorkstationKey,
    choose_key_store,
    code_key,
    rooms_key,
    signature_holds,
    workstation_key,
)


class DictKeyring(keyring.backend.KeyringBackend):
    """A system's store of the test."""

    priority = 1  # type: ignore[assignment]

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if (service, username) not in self.kept:
            raise keyring.errors.PasswordDeleteError
        del self.kept[service, username]


class LockedKeyring(DictKeyring):
    def get_password(self, service: str, username: str) -> str | None:
        raise keyring.errors.KeyringLocked

    def set_password(self, service: str, username: str, password: str) -> None:
        raise keyring.errors.KeyringLocked


def test_the_key_is_made_once_and_kept() -> None:
    backend = DictKeyring()
    first = workstation_key(KeyringStore(backend))
    assert workstation_key(KeyringStore(backend)).public == first.public
    assert [service for service, _ in backend.kept] == [SERVICE]
    assert workstation_key(MemoryKeyStore()).public != first.public


def test_the_key_of_the_rooms_is_another_one_and_needs_a_store_that_lasts() -> None:
    backend = DictKeyring()
    key = rooms_key(KeyringStore(backend))
    assert key is not None
    assert rooms_key(KeyringStore(backend)) == key
    workstation_key(KeyringStore(backend))
    assert len(set(backend.kept.values())) == 2
    assert rooms_key(MemoryKeyStore()) is None
    assert rooms_key(KeyringStore(LockedKeyring())) is None


def test_the_key_of_codes_is_kept_where_something_lasts_and_is_there_in_any_case() -> None:
    backend = DictKeyring()
    assert code_key(KeyringStore(backend)) == code_key(KeyringStore(backend))
    assert [len(code_key(store)) for store in (MemoryKeyStore(), KeyringStore(LockedKeyring()))] == [32, 32]


def test_what_is_forgotten_is_gone_and_may_be_forgotten_twice() -> None:
    backend = DictKeyring()
    for store in (KeyringStore(backend), MemoryKeyStore()):
        store.save("mail-password", b"x")
        store.forget("mail-password")
        store.forget("mail-password")
        assert store.load("mail-password") is None
    assert backend.kept == {}
    with pytest.raises(KeyStoreError):
        KeyringStore(LockedKeyring()).forget("mail-password")


def test_a_store_that_is_locked_gives_a_key_for_this_run() -> None:
    first, second = workstation_key(KeyringStore(LockedKeyring())), workstation_key(KeyringStore(LockedKeyring()))
    assert len(first.public) == 43
    assert first.public != second.public


def test_a_damaged_entry_is_replaced() -> None:
    backend = DictKeyring()
    backend.set_password(SERVICE, "workstation-key", "too short")
    key = workstation_key(KeyringStore(backend))
    assert workstation_key(KeyringStore(backend)).public == key.public


def test_signatures_hold_for_their_text_and_key_only() -> None:
    key, other = WorkstationKey(b"k" * 32), WorkstationKey(b"o" * 32)
    signature = key.sign(b"text")
    assert signature_holds(key.public, signature, b"text")
    assert not signature_holds(key.public, signature, b"other text")
    assert not signature_holds(other.public, signature, b"text")
    assert not signature_holds("A" * 42 + "!", signature, b"text")


def test_neither_log_nor_repr_shows_the_secret() -> None:
    seed = bytes(range(32))
    store = MemoryKeyStore()
    store.save("workstation-key", seed)
    with capture_logs() as logs:
        key = workstation_key(store)
        workstation_key(KeyringStore(LockedKeyring()))
    shown = repr(key) + repr(vars(key)) + repr(logs)
    assert b64url(seed) not in shown
    assert repr(seed) not in shown


def test_without_a_system_store_the_key_stays_in_memory() -> None:
    before = keyring.get_keyring()
    keyring.set_keyring(keyring.backends.fail.Keyring())  # type: ignore[attr-defined]
    try:
        assert isinstance(choose_key_store(), MemoryKeyStore)
        keyring.set_keyring(DictKeyring())
        assert isinstance(choose_key_store(), KeyringStore)
    finally:
        keyring.set_keyring(before)
