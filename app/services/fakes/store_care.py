"""A store that is looked after on paper only: for windows and tests. Imports the store's port."""

from __future__ import annotations

import asyncio
from pathlib import Path

from app.services.appointments.ports import StoreError
from app.services.store.recovery import RecoveryKey


class NotedStoreCare:
    """Writes an empty backup; `trouble` is what it refuses with."""

    def __init__(self) -> None:
        self.trouble: StoreError | None = None
        self.keys: list[RecoveryKey] = []
        """Recovery keys that were made."""

    async def back_up(self, target: Path) -> None:
        self._refuse()
        await asyncio.to_thread(target.write_bytes, b"")

    async def new_recovery_key(self) -> RecoveryKey:
        self._refuse()
        self.keys.append(RecoveryKey.new())
        return self.keys[-1]

    def _refuse(self) -> None:
        if self.trouble is not None:
            raise self.trouble
