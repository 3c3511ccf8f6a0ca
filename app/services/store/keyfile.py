"""The small file beside the database: nothing in it opens the store without a secret from elsewhere. Imports the ports only.

The data key has 32 random bytes. It lies in the system's keyring, or here, wrapped (ChaCha20-Poly1305, RFC 8439) by a key made of the
counsellor's passphrase; a recovery key that IT keeps can wrap it here as well.
"""

from __future__ import annotations

import hmac
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.services.appointments.ports import StoreError
from app.services.store.recovery import RecoveryKey

KEY_BYTES = 32
ID_BYTES = 16
_NONCE_BYTES = 12
_FORMAT = 1
_MOST_MEMORY_KIB = 2 * 1024 * 1024
"""RFC 9106's first recommended option; a file that asks for more is none of ours."""


@dataclass(frozen=True, slots=True)
class StoreKey:
    """What opens one store."""

    store: bytes
    """16 bytes that tell this store from others: the salt at the beginning of its database."""
    secret: bytes = field(repr=False)
    """32 bytes."""

    @classmethod
    def new(cls) -> StoreKey:
        return cls(secrets.token_bytes(ID_BYTES), secrets.token_bytes(KEY_BYTES))


class Hardness(msgspec.Struct, frozen=True, kw_only=True):
    """Argon2id's parameters: the second recommended option of RFC 9106, section 4 (3 passes, 4 lanes, 64 MiB), which an office
    machine bears beside a video call."""

    passes: int = 3
    lanes: int = 4
    memory_kib: int = 65_536


class Wrapped(msgspec.Struct, frozen=True, kw_only=True):
    """The data key, sealed."""

    nonce: bytes
    sealed: bytes


class ByPassphrase(msgspec.Struct, frozen=True, kw_only=True):
    """The data key under a passphrase."""

    salt: bytes
    hardness: Hardness
    wrapped: Wrapped


class KeyFile(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The file's content. Changed ones are made with the methods and written with `save`."""

    format: int
    store: bytes
    check: bytes
    """Tells whether a key is the right one, before the database is touched."""
    begun: bool = False
    """The database has held something: if it is missing or empty, it was lost."""
    passphrase: ByPassphrase | None = None
    recovery: Wrapped | None = None

    @classmethod
    def of(cls, key: StoreKey) -> KeyFile:
        """For a new store."""
        return cls(format=_FORMAT, store=key.store, check=_derived(key.secret, key.store, b"check"))

    def fits(self, key: StoreKey) -> bool:
        """Whether the key opens this store."""
        return hmac.compare_digest(self.check, _derived(key.secret, self.store, b"check"))

    def with_passphrase(self, key: StoreKey, passphrase: str, hardness: Hardness) -> KeyFile:
        """Takes a moment on purpose."""
        salt = secrets.token_bytes(ID_BYTES)
        wrapped = _wrap(_stretched(passphrase, salt, hardness), key, b"passphrase")
        return msgspec.structs.replace(self, passphrase=ByPassphrase(salt=salt, hardness=hardness, wrapped=wrapped))

    def with_recovery(self, key: StoreKey, recovery: RecoveryKey) -> KeyFile:
        return msgspec.structs.replace(self, recovery=_wrap(_derived(recovery.secret, self.store, b"recovery"), key, b"recovery"))

    def by_passphrase(self, passphrase: str) -> StoreKey:
        """Takes a moment on purpose. Raises StoreError if it is not the one."""
        kept = self.passphrase
        if kept is None:
            raise StoreError("app.store.wrong-passphrase")
        return self._opened(kept.wrapped, _stretched(passphrase, kept.salt, kept.hardness), b"passphrase", "app.store.wrong-passphrase")

    def by_recovery(self, recovery: RecoveryKey) -> StoreKey:
        """Raises StoreError if it is not the one."""
        if self.recovery is None:
            raise StoreError("app.store.wrong-recovery")
        return self._opened(self.recovery, _derived(recovery.secret, self.store, b"recovery"), b"recovery", "app.store.wrong-recovery")

    def _opened(self, wrapped: Wrapped, by: bytes, purpose: bytes, otherwise: str) -> StoreKey:
        try:
            secret = ChaCha20Poly1305(by).decrypt(wrapped.nonce, wrapped.sealed, _context(purpose) + self.store)
        except (InvalidTag, ValueError):
            raise StoreError(otherwise) from None
        return StoreKey(self.store, secret)


def read(content: bytes) -> KeyFile:
    """Raises StoreError for what is no key file."""
    try:
        keys = msgspec.json.decode(content, type=KeyFile)
    except (msgspec.DecodeError, UnicodeError):
        raise StoreError("app.store.key-file-broken") from None
    hardness = keys.passphrase.hardness if keys.passphrase else Hardness()
    if keys.format != _FORMAT or len(keys.store) != ID_BYTES or not 8 * hardness.lanes <= hardness.memory_kib <= _MOST_MEMORY_KIB:
        raise StoreError("app.store.key-file-broken")
    return keys


def load(file: Path) -> KeyFile | None:
    """None where there is none. Raises StoreError."""
    try:
        return read(file.read_bytes())
    except FileNotFoundError:
        return None
    except OSError:
        raise StoreError("app.store.disk", folder=str(file.parent)) from None


def save(keys: KeyFile, file: Path) -> None:
    """Whole or not at all. Raises StoreError."""
    fresh = file.with_suffix(".new")
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as opened:
            opened.write(msgspec.json.format(msgspec.json.encode(keys), indent=2))
            opened.flush()
            os.fsync(opened.fileno())
        fresh.replace(file)
    except OSError:
        raise StoreError("app.store.disk", folder=str(file.parent)) from None


def _wrap(by: bytes, key: StoreKey, purpose: bytes) -> Wrapped:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return Wrapped(nonce=nonce, sealed=ChaCha20Poly1305(by).encrypt(nonce, key.secret, _context(purpose) + key.store))


def _stretched(passphrase: str, salt: bytes, hardness: Hardness) -> bytes:
    """Argon2id (RFC 9106)."""
    argon = Argon2id(salt=salt, length=KEY_BYTES, iterations=hardness.passes, lanes=hardness.lanes, memory_cost=hardness.memory_kib)
    return argon.derive(passphrase.encode("utf-8", "surrogatepass"))


def _derived(secret: bytes, store: bytes, purpose: bytes) -> bytes:
    """HKDF (RFC 5869): a key of its own for each purpose."""
    return HKDF(SHA256(), KEY_BYTES, salt=store, info=_context(purpose)).derive(secret)


def _context(purpose: bytes) -> bytes:
    return b"videoberatung/store/1/" + purpose
