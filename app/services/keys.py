"""The workstation's Ed25519 key, with which it opens the control link. Imports `app.domain` only.

The secret is never logged and never written to a plain file.
"""

from __future__ import annotations

from typing import Protocol

import keyring
import keyring.backend
import keyring.errors
import structlog
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from app.domain.secrets import b64url, from_b64url

SERVICE = "Videoberatung"
_ENTRY = "workstation-key"
_log = structlog.get_logger(__name__)


class KeyStoreError(Exception):
    """The key store refused. The program goes on with a key for this run only, so no person needs to hear of it."""


class KeyStore(Protocol):
    """Port: where the private key's 32 bytes stay."""

    def load(self) -> bytes | None:
        """The key, or None before the first `save`. Raises KeyStoreError."""
        ...

    def save(self, seed: bytes) -> None:
        """Raises KeyStoreError."""
        ...


class MemoryKeyStore:
    """For a run without a secret service, for demonstrations and tests: the key goes with the program."""

    def __init__(self) -> None:
        self._seed: bytes | None = None

    def load(self) -> bytes | None:
        return self._seed

    def save(self, seed: bytes) -> None:
        self._seed = seed


class KeyringStore:
    """The operating system's store (Credential Locker, Secret Service, Keychain)."""

    def __init__(self, backend: keyring.backend.KeyringBackend) -> None:
        self._backend = backend

    def load(self) -> bytes | None:
        try:
            text = self._backend.get_password(SERVICE, _ENTRY)
        except (keyring.errors.KeyringError, OSError) as error:
            raise KeyStoreError(type(error).__name__) from None
        try:
            return from_b64url(text) if text else None
        except ValueError:
            return None  # a damaged entry is as good as none

    def save(self, seed: bytes) -> None:
        try:
            self._backend.set_password(SERVICE, _ENTRY, b64url(seed))
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
        seed = store.load()
        if seed is None or len(seed) != 32:
            seed = Ed25519PrivateKey.generate().private_bytes_raw()
            store.save(seed)
    except KeyStoreError as error:
        _log.warning("keys.store_refused", error=type(error).__name__)
        seed = Ed25519PrivateKey.generate().private_bytes_raw()
    return WorkstationKey(seed)
