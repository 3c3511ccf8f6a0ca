"""The workstation's secrets: the Ed25519 key that opens the control link, the keys that seal its rooms and open what a team seals for it,
and those of its stores of appointments. Imports `app.domain` only.

They are never logged and never written to a plain file.
"""

from __future__ import annotations

import os
from typing import Protocol

import keyring
import keyring.backend
import keyring.errors
import structlog
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from app.domain.secrets import b64url, from_b64url

SERVICE = "Videoberatung"
WORKSTATION_KEY = "workstation-key"
AGENCY_KEY = "agency-key"
"""That of the workstation at an agency's server, which may revoke it for good; the program's own server knows `WORKSTATION_KEY`."""
ROOMS_KEY = "rooms-key"
TEAM_KEY = "team-key"
CODE_KEY = "code-key"
STORE_KEY = "store-key"
"""Beginning of a name: each store has a key of its own, so that one profile never overwrites that of another."""
SECRET_BYTES = 32
_log = structlog.get_logger(__name__)


class KeyStoreError(Exception):
    """The key store refused."""


class KeyStore(Protocol):
    """Port: where secrets stay, each under its name: keys of 32 bytes, and passwords of the mail."""

    @property
    def lasting(self) -> bool:
        """What is kept is found again by the next run."""
        ...

    def load(self, name: str) -> bytes | None:
        """The secret, or None before the first `save`. Raises KeyStoreError."""
        ...

    def save(self, name: str, secret: bytes) -> None:
        """Raises KeyStoreError."""
        ...

    def forget(self, name: str) -> None:
        """Also where there is none. Raises KeyStoreError."""
        ...


class MemoryKeyStore:
    """For a run without a secret service, for demonstrations and tests: the secrets go with the program."""

    lasting = False

    def __init__(self) -> None:
        self._secrets: dict[str, bytes] = {}

    def load(self, name: str) -> bytes | None:
        return self._secrets.get(name)

    def save(self, name: str, secret: bytes) -> None:
        self._secrets[name] = secret

    def forget(self, name: str) -> None:
        self._secrets.pop(name, None)


class KeysOfAFolder(MemoryKeyStore):
    """For a profile that lasts no longer than whoever holds this: what is sealed there is opened again by the next run over it."""

    lasting = True


class KeyringStore:
    """The operating system's store (Credential Locker, Secret Service, Keychain)."""

    lasting = True

    def __init__(self, backend: keyring.backend.KeyringBackend) -> None:
        self._backend = backend

    def load(self, name: str) -> bytes | None:
        try:
            text = self._backend.get_password(SERVICE, name)
        except (keyring.errors.KeyringError, OSError) as error:
            raise KeyStoreError(type(error).__name__) from None
        try:
            return from_b64url(text) if text else None
        except ValueError:
            return None  # a damaged entry is as good as none

    def save(self, name: str, secret: bytes) -> None:
        try:
            self._backend.set_password(SERVICE, name, b64url(secret))
        except (keyring.errors.KeyringError, OSError) as error:
            raise KeyStoreError(type(error).__name__) from None

    def forget(self, name: str) -> None:
        try:
            if self._backend.get_password(SERVICE, name) is not None:
                self._backend.delete_password(SERVICE, name)
        except (keyring.errors.KeyringError, OSError) as error:
            raise KeyStoreError(type(error).__name__) from None


class WorkstationKey:
    """Signs; never shows what it signs with."""

    def __init__(self, seed: bytes) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = b64url(self._private.public_key().public_bytes_raw())
        """The public key, 43 characters of base64url."""

    def sign(self, data: bytes) -> str:
        """An Ed25519 signature (RFC 8032), 86 characters of base64url."""
        return b64url(self._private.sign(data))


def signature_holds(public: str, signature: str, data: bytes) -> bool:
    """True if `signature` over `data` was made by the holder of `public`."""
    try:
        Ed25519PublicKey.from_public_bytes(from_b64url(public)).verify(from_b64url(signature), data)
    except (InvalidSignature, ValueError):
        return False
    return True


def choose_key_store() -> KeyStore:
    """The system's store if there is one that keeps secrets, otherwise memory. May wait on the system's service: call it in a thread."""
    backend = keyring.get_keyring()
    if backend.priority <= 0 or type(backend).__module__.startswith(("keyring.backends.fail", "keyring.backends.null", "keyrings.alt")):
        _log.info("keys.no_system_store")
        return MemoryKeyStore()
    return KeyringStore(backend)


def workstation_key(store: KeyStore) -> WorkstationKey:
    """The kept key, or a new one that is kept if the store takes it. May wait on the system's service: call it in a thread."""
    try:
        return WorkstationKey(_kept_or_new(store, WORKSTATION_KEY))
    except KeyStoreError as error:
        _log.warning("keys.store_refused", error=type(error).__name__)
        return WorkstationKey(os.urandom(SECRET_BYTES))


def agency_key(store: KeyStore, renewed: bool = False) -> WorkstationKey:
    """The key for the agency's server, kept before anybody sees its public half; `renewed` puts a new one in its place. Raises
    KeyStoreError. May wait on the system's service: call it in a thread."""
    if renewed:
        store.save(AGENCY_KEY, os.urandom(SECRET_BYTES))
    return WorkstationKey(_kept_or_new(store, AGENCY_KEY))


def rooms_key(store: KeyStore) -> bytes | None:
    """The key that seals the rooms, or None where the next run would not find it again. May wait on the system's service."""
    try:
        return _kept_or_new(store, ROOMS_KEY) if store.lasting else None
    except KeyStoreError as error:
        _log.warning("keys.store_refused", error=type(error).__name__)
        return None


def team_key(store: KeyStore) -> bytes | None:
    """The X25519 private key for which colleagues seal, or None where the next run would not find it again: then nobody can stand in here.
    May wait on the system's service."""
    try:
        return _kept_or_new(store, TEAM_KEY) if store.lasting else None
    except KeyStoreError as error:
        _log.warning("keys.store_refused", error=type(error).__name__)
        return None


def code_key(store: KeyStore) -> bytes:
    """The key by which the embedded server seals dictatable codes; where the store keeps nothing, one for this run: the first publish of a
    connection makes the codes good again. May wait on the system's service."""
    try:
        return _kept_or_new(store, CODE_KEY)
    except KeyStoreError as error:
        _log.warning("keys.store_refused", error=type(error).__name__)
        return os.urandom(SECRET_BYTES)


def load_store_key(store: KeyStore, of: bytes) -> bytes | None:
    """The key of the store of appointments with this id; None if it was never kept. Raises KeyStoreError: then it may be there all
    the same. May wait on the system's service."""
    secret = store.load(f"{STORE_KEY}-{of.hex()}")
    return secret if secret is not None and len(secret) == SECRET_BYTES else None


def save_store_key(store: KeyStore, of: bytes, secret: bytes) -> bool:
    """False where the next run would not find it again. Raises KeyStoreError. May wait on the system's service."""
    name = f"{STORE_KEY}-{of.hex()}"
    if not store.lasting:
        return False
    store.save(name, secret)
    return store.load(name) == secret


def _kept_or_new(store: KeyStore, name: str) -> bytes:
    """Raises KeyStoreError. Any 32 random bytes are an Ed25519 private key (RFC 8032, section 5.1.5)."""
    secret = store.load(name)
    if secret is None or len(secret) != SECRET_BYTES:
        secret = os.urandom(SECRET_BYTES)
        store.save(name, secret)
    return secret
