"""The server's own Ed25519 key, by which a workstation knows it again. Kept in the data folder, readable by its owner only."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.domain.secrets import b64url

log = structlog.get_logger(__name__)

KEY_FILE = "server-key"
_WAY_OUT = "restore it from a backup, or delete it and enrol the workstations anew"


class IdentityError(Exception):
    """The key file is there but cannot be used. For IT."""


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
        """The identity of this data folder; made on the first start. Raises IdentityError.

        An empty file is a first start that was cut off while it wrote: nobody ever saw a key, so there is nothing to restore.
        """
        path = folder / KEY_FILE
        if path.is_file() and path.stat().st_size == 0:
            log.warning("empty-server-key-replaced")
            path.unlink(missing_ok=True)
        if not path.exists():
            _write_new(path, Ed25519PrivateKey.generate().private_bytes_raw())
        return cls(_read(path))

    def sign(self, text: bytes) -> str:
        """The signature, 86 characters."""
        return b64url(self._key.sign(text))


def _write_new(path: Path, content: bytes) -> None:
    """The file whole or not at all, wherever the power goes; somebody else's that is there already stays."""
    descriptor, fresh = tempfile.mkstemp(prefix=f"{path.name}.", dir=path.parent)  # readable by its owner only
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            (os.rename if os.name == "nt" else os.link)(fresh, path)  # neither replaces a file there
    finally:
        Path(fresh).unlink(missing_ok=True)


def _read(path: Path) -> Ed25519PrivateKey:
    if os.name == "posix" and path.stat().st_mode & 0o077:
        raise IdentityError(f"{path.name} is readable by others: allow it to its owner only (chmod 600)")
    try:
        return Ed25519PrivateKey.from_private_bytes(path.read_bytes())
    except ValueError as error:
        raise IdentityError(f"{path.name} holds no Ed25519 key: {_WAY_OUT}") from error
