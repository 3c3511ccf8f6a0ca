"""The server's own Ed25519 key, by which a workstation knows it again. Kept in the data folder, readable by its owner only."""

from __future__ import annotations

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.domain.secrets import b64url
from app.server.key_file import KeyFileError, load_or_create

KEY_FILE = "server-key"
_WAY_OUT = "restore it from a backup, or delete it and enrol the workstations anew"


class Identity:
    """Signs as this server."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public_key = b64url(key.public_key().public_bytes_raw())
        """43 characters."""

    @classmethod
    def new(cls) -> Identity:
        """An identity that is stored nowhere."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def load_or_create(cls, folder: Path) -> Identity:
        """The identity of this data folder; made on the first start. Raises KeyFileError."""
        content = load_or_create(folder / KEY_FILE, lambda: Ed25519PrivateKey.generate().private_bytes_raw())
        try:
            return cls(Ed25519PrivateKey.from_private_bytes(content))
        except ValueError as error:
            raise KeyFileError(f"{KEY_FILE} holds no Ed25519 key: {_WAY_OUT}") from error

    def sign(self, text: bytes) -> str:
        """The signature, 86 characters."""
        return b64url(self._key.sign(text))

    def derived(self, purpose: bytes) -> bytes:
        """A secret of 32 bytes for one purpose, the same on all servers of an agency. It leads back to nothing."""
        return HKDF(SHA256(), 32, None, purpose).derive(self._key.private_bytes_raw())
