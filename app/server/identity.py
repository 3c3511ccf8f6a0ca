"""The server's own Ed25519 key, by which a workstation knows it again. Kept in the data folder, readable by its owner only."""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.domain.secrets import b64url

KEY_FILE = "server-key"


class IdentityError(Exception):
    """The key file is there but cannot be used. For IT: restore it from a backup, or delete it and enrol the workstations anew."""


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
        """The identity of this data folder; made on the first start. Raises IdentityError."""
        path = folder / KEY_FILE
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return cls(_read(path))
        key = Ed25519PrivateKey.generate()
        with os.fdopen(descriptor, "wb") as file:
            file.write(key.private_bytes_raw())
            file.flush()
            os.fsync(file.fileno())
        return cls(key)

    def sign(self, text: bytes) -> str:
        """The signature, 86 characters."""
        return b64url(self._key.sign(text))


def _read(path: Path) -> Ed25519PrivateKey:
    if os.name == "posix" and path.stat().st_mode & 0o077:
        raise IdentityError(f"{path.name} is readable by others")
    try:
        return Ed25519PrivateKey.from_private_bytes(path.read_bytes())
    except ValueError as error:
        raise IdentityError(f"{path.name} holds no Ed25519 key") from error
