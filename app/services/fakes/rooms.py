"""Rooms kept from one desk to the next in memory. Imports the port only."""

from __future__ import annotations

from collections.abc import Sequence

from app.services.rooms_kept import KeptRoom


class KeptInMemory:
    """Keeps the `RoomsKept` contract; what was saved lies in `rooms`."""

    def __init__(self) -> None:
        self.rooms: Sequence[KeptRoom] = ()

    def load(self) -> Sequence[KeptRoom]:
        return self.rooms

    def save(self, rooms: Sequence[KeptRoom]) -> None:
        self.rooms = tuple(rooms)
