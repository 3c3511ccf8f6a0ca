"""One writer at a time: a lock of the operating system on a file beside the store. It goes with the process that holds it, however
that ends. Imports the ports only."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Callable

from app.services.appointments.ports import StoreError
from app.services.store.place import StorePlace

if sys.platform == "win32":
    import msvcrt

    def _take(file: int) -> None:
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _take(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


_HELD = (errno.EWOULDBLOCK, errno.EACCES, errno.EDEADLK)
"""What the three systems say where somebody else holds it."""


class StoreLock:
    """Held from its making to `release`."""

    def __init__(self, place: StorePlace, take: Callable[[int], None] = _take) -> None:
        """Raises StoreError where the store is open already, and where the drive knows no locks."""
        self._file: int | None = None
        try:
            place.profile.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._file = os.open(place.lock, os.O_RDWR | os.O_CREAT, 0o600)
            take(self._file)
        except OSError as error:
            self.release()
            if self._file is None and error.errno in _HELD:
                raise StoreError("app.store.open-elsewhere" if place.shared else "app.store.open-already") from None
            raise StoreError("app.store.disk", folder=str(place.profile)) from None

    def release(self) -> None:
        """Let the next one in. The file stays: deleting it would let in two."""
        if self._file is not None:
            with contextlib.suppress(OSError):
                os.close(self._file)
            self._file = None
