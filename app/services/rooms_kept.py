"""Port: what of today's rooms outlives the program, and which conversation ran. Imports the wire's records only.

Implementations: `SealedRooms` (a file that nobody else can read) and `NothingKept`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec

from app.wire.messages import RoomCard


class KeptRoom(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One room as it is found again after a restart."""

    card: RoomCard
    title: str
    link: str
    offered: bool = False
    """It belongs to the appointment book, which says anew at each start whether it is wanted."""
    ran: str | None = None
    """The client's seat of the conversation that runs in it."""

    def __repr__(self) -> str:
        return f"KeptRoom({self.card.room})"  # title and link are for nobody's log


class RoomsKept(Protocol):
    """Where rooms stay."""

    def load(self) -> Sequence[KeptRoom]:
        """What `save` was given last, in this run or an earlier one; empty if that cannot be read."""
        ...

    def save(self, rooms: Sequence[KeptRoom]) -> None:
        """From now on these are all; whatever is missing is gone. Comes back at once."""
        ...


class NothingKept:
    """Where no key store keeps a secret, nothing can be kept that nobody else can read."""

    def load(self) -> Sequence[KeptRoom]:
        return ()

    def save(self, rooms: Sequence[KeptRoom]) -> None:
        """Forgets."""
