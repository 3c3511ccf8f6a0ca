"""Keeps what a person changes in the settings while the program runs. The loop's thread never waits for the disk. No Qt."""

from __future__ import annotations

import asyncio

import msgspec

from app.services.events import Event
from app.services.profile import Profile, ProfileError, Settings
from app.services.tasks import Tasks


class SettingsKeeper:
    """Writes one state after the other on another thread; what was changed meanwhile goes into the next, the newest wins."""

    def __init__(self, profile: Profile, tasks: Tasks) -> None:
        self.refused: Event[ProfileError] = Event()
        """A change could not be written; it holds until the program ends."""
        self._profile = profile
        self._tasks = tasks
        self._turn = asyncio.Lock()
        self._changes: dict[str, object] = {}
        self._on_the_way: dict[str, object] = {}
        """What is being written at the moment."""

    def change(self, **changes: object) -> None:
        """New values for fields of `Settings`. Comes back at once."""
        self._changes |= changes
        self._tasks.start("keep settings", self.settle())

    def now(self) -> Settings:
        """The person's own, with what was changed a moment ago. Raises ProfileError."""
        return msgspec.structs.replace(self._profile.peek(), **{**self._on_the_way, **self._changes})

    async def settle(self) -> None:
        """Comes back when everything that was changed so far lies on the disk, or was refused."""
        async with self._turn:
            changes, self._changes = self._changes, {}
            self._on_the_way = changes
            if changes:
                try:
                    await asyncio.to_thread(self._write, changes)
                except ProfileError as error:
                    self.refused.announce(error)

    async def can_keep(self) -> bool:
        """Whether a change could be written now: what lies there is written once more."""
        async with self._turn:
            try:
                await asyncio.to_thread(self._write, {})
            except ProfileError:
                return False
        return True

    def _write(self, changes: dict[str, object]) -> None:
        self._profile.save(msgspec.structs.replace(self._profile.load(), **changes))
