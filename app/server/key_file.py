"""A key that lies in a file of its own, readable by its owner only: made once, read ever after. Knows no kind of key."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import structlog

log = structlog.get_logger(__name__)


class KeyFileError(Exception):
    """The key file is there but cannot be used. For IT; its text never holds a part of the key."""


def load_or_create(path: Path, make: Callable[[], bytes]) -> bytes:
    """The bytes in the file; on the first start those of `make`. Raises KeyFileError.

    An empty file is a first start that was cut off while it wrote: nobody ever saw a key, so there is nothing to restore.
    """
    if path.is_file() and path.stat().st_size == 0:
        log.warning("empty-key-replaced", file=path.name)
        path.unlink(missing_ok=True)
    if not path.exists():
        place_new(path, make())
    if os.name == "posix" and path.stat().st_mode & 0o077:
        raise KeyFileError(f"{path.name} is readable by others: allow it to its owner only (chmod 600)")
    return path.read_bytes()


def place_new(path: Path, content: bytes) -> None:
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
