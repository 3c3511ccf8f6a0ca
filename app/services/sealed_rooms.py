"""Today's rooms in one file, sealed with ChaCha20-Poly1305 (RFC 8439) under a key of the system's key store. Implements `RoomsKept`.

The file is replaced whole or not at all, on a thread of its own, and is deleted with the last room. Imports nothing of `app` but its port.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import structlog
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from app.services.rooms_kept import KeptRoom

_log = structlog.get_logger(__name__)

KEY_BYTES = 32
_MARK = b"videoberatung/rooms/1\n"
"""First bytes of the file, sealed along with the rest: another format has another mark."""
_NONCE_BYTES = 12


class SealedRooms:
    """One file, one writer."""

    def __init__(self, file: Path, key: bytes) -> None:
        """`key` has 32 bytes."""
        self.put_aside: Path | None = None
        """Where `load` left a file that could not be opened."""
        self._file = file
        self._cipher = ChaCha20Poly1305(key)
        self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="rooms-kept")
        self._last: tuple[KeptRoom, ...] = ()

    def load(self) -> Sequence[KeptRoom]:
        try:
            sealed = self._file.read_bytes()
        except FileNotFoundError:
            return ()
        except OSError as error:
            _log.warning("rooms.not_readable", error=type(error).__name__)
            return ()
        try:
            self._last = tuple(self._opened(sealed))
        except (InvalidTag, ValueError, msgspec.DecodeError) as error:
            _log.warning("rooms.broken", error=type(error).__name__)
            self._keep_aside()
        return self._last

    def save(self, rooms: Sequence[KeptRoom]) -> None:
        if tuple(rooms) != self._last:
            self._last = tuple(rooms)
            self._writer.submit(self._write, self._last)

    def close(self) -> None:
        """Wait until the last state lies on the disk."""
        self._writer.shutdown(wait=True)

    def _opened(self, sealed: bytes) -> list[KeptRoom]:
        """Raises InvalidTag, ValueError or msgspec.DecodeError."""
        if not sealed.startswith(_MARK):
            raise ValueError("another format")
        nonce, text = sealed[len(_MARK) :][:_NONCE_BYTES], sealed[len(_MARK) + _NONCE_BYTES :]
        return msgspec.json.decode(self._cipher.decrypt(nonce, text, _MARK), type=list[KeptRoom])

    # ---- on the writer's thread

    def _write(self, rooms: Sequence[KeptRoom]) -> None:
        try:
            if rooms:
                self._replace(rooms)
            else:
                self._file.unlink(missing_ok=True)
        except OSError as error:
            _log.warning("rooms.not_written", error=type(error).__name__)

    def _replace(self, rooms: Sequence[KeptRoom]) -> None:
        nonce = os.urandom(_NONCE_BYTES)
        fresh = self._file.with_suffix(".new")
        with fresh.open("wb") as file:
            file.write(_MARK + nonce + self._cipher.encrypt(nonce, msgspec.json.encode(rooms), _MARK))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._file)

    def _keep_aside(self) -> None:
        number = 1
        while (aside := self._file.with_name(f"{self._file.stem}.broken-{number}{self._file.suffix}")).exists():
            number += 1
        with contextlib.suppress(OSError):
            self._file.replace(aside)
            self.put_aside = aside
