"""Reads and writes files of the exchange whole or not at all. Imports the book's errors only; call it on a thread."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from app.services.appointments.ports import BookError
from app.services.exchange.found import MAX_BYTES, ImportRefused


def read_whole(path: Path) -> bytes:
    """One byte more than can be used at most. Raises ImportRefused."""
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError:
        raise ImportRefused("app.exchange.import.unreadable") from None


def write_whole(path: Path, data: bytes) -> None:
    """Readers see the old file or the new one, never half of it. Readable by its owner only. Raises BookError."""
    fresh: Path | None = None
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".new")
        fresh = Path(name)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
        fresh = None
    except OSError:
        raise BookError("app.exchange.not-written", folder=str(path.parent)) from None
    finally:
        if fresh is not None:
            with contextlib.suppress(OSError):
                fresh.unlink(missing_ok=True)
