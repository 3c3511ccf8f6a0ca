"""One program at a time works in a profile. Imports `app.services.profile` and Qt's lock file only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QLockFile

from app.services.profile import Profile, ProfileError


@contextmanager
def alone_in(profile: Profile) -> Iterator[None]:
    """Keeps a second program out of the profile until the end of the block. Raises ProfileError where one is in it already.

    The lock names its process, so one that a killed program left behind is taken over.
    """
    profile.load()  # makes the folder
    lock = QLockFile(str(profile.folder / "program.lock"))
    lock.setStaleLockTime(0)
    if not lock.tryLock(0):
        taken = lock.error() is QLockFile.LockError.LockFailedError
        raise ProfileError("app.profile.in-use") if taken else ProfileError("app.profile.unwritable", folder=str(profile.folder))
    try:
        yield
    finally:
        lock.unlock()
