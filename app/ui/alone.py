"""One program at a time works in a profile. Imports `app.services` only."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from contextlib import contextmanager

from app.services.profile import Profile, ProfileError
from app.services.system_lock import Held, SystemLock


@contextmanager
def alone_in(profile: Profile, machine: str | None = None) -> Iterator[None]:
    """Keeps a second program out of the profile until the end of the block. Raises ProfileError where one is in it already: on this
    machine, or at another desk where the profile lies on a network drive.

    The lock is the operating system's, so one that a killed program or a machine without power left behind is taken over. `machine` is
    another name than this machine's own only in tests.
    """
    profile.load()  # makes the folder
    here = platform.node() if machine is None else machine
    try:
        lock = SystemLock(profile.folder / "program.lock", here)
    except Held as held:
        if held.by in ("", here):
            raise ProfileError("app.profile.in-use") from None
        raise ProfileError("app.profile.in-use-elsewhere", machine=held.by) from None
    except OSError:
        raise ProfileError("app.profile.unwritable", folder=str(profile.folder)) from None
    try:
        yield
    finally:
        lock.release()
