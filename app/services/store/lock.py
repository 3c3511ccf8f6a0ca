"""One writer at a time: a lock of the operating system on a file beside the store. Imports the ports and the lock only."""

from __future__ import annotations

from collections.abc import Callable

from app.services.appointments.ports import StoreError
from app.services.store.place import StorePlace
from app.services.system_lock import Held, SystemLock
from app.services.system_lock import take as _take


class StoreLock:
    """Held from its making to `release`."""

    def __init__(self, place: StorePlace, take: Callable[[int], None] = _take) -> None:
        """Raises StoreError where the store is open already, and where the drive knows no locks."""
        try:
            place.profile.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._lock = SystemLock(place.lock, take=take)
        except Held:
            raise StoreError("app.store.open-elsewhere" if place.shared else "app.store.open-already") from None
        except OSError:
            raise StoreError("app.store.disk", folder=str(place.profile)) from None

    def release(self) -> None:
        """Let the next one in."""
        self._lock.release()
