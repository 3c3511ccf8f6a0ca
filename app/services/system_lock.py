"""A lock of the operating system on a file. It goes with the process that holds it, however that ends, on a network drive as well.

Who holds it writes the name of the machine beside it, so that whoever comes second can say where. Imports nothing of `app`.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Callable
from pathlib import Path

if sys.platform == "win32":
    import msvcrt

    def take(file: int) -> None:
        """Raises OSError where somebody else holds it, or where the drive knows no locks."""
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def take(file: int) -> None:
        """Raises OSError where somebody else holds it, or where the drive knows no locks."""
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


_HELD = (errno.EWOULDBLOCK, errno.EACCES, errno.EDEADLK)
"""What the three systems say where somebody else holds it."""
_AFTER_THE_LOCK = 1
"""Windows locks the first byte against reading, too."""
_MACHINE_BYTES = 255


class Held(Exception):
    """Somebody else holds it: a program on the machine `by`, which is empty where nobody wrote it."""

    def __init__(self, by: str) -> None:
        super().__init__("held")
        self.by = by


class SystemLock:
    """Held from its making to `release`."""

    def __init__(self, file: Path, machine: str = "", take: Callable[[int], None] = take) -> None:
        """`machine` is what others read. Raises Held, and OSError where the drive refuses or knows no locks."""
        self._file = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            self._take(take)
            if machine:
                self._write(machine)
        except BaseException:
            self.release()
            raise

    def release(self) -> None:
        """Let the next one in. The file stays: deleting it would let in two."""
        file, self._file = self._file, -1
        if file >= 0:
            with contextlib.suppress(OSError):
                os.close(file)

    def _take(self, take: Callable[[int], None]) -> None:
        try:
            take(self._file)
        except OSError as error:
            if error.errno in _HELD:
                raise Held(self._read()) from None
            raise

    def _write(self, machine: str) -> None:
        os.ftruncate(self._file, 0)
        os.write(self._file, f"\n{machine}".encode())

    def _read(self) -> str:
        try:
            os.lseek(self._file, _AFTER_THE_LOCK, os.SEEK_SET)
            return os.read(self._file, _MACHINE_BYTES).decode("utf-8", "replace").strip()
        except OSError:
            return ""
