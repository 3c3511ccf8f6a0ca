"""A team whose folder lies in memory: for windows, demonstrations and tests. Honest: sealing, acts and decisions are the real ones."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from app.domain.deputy import Place, Shared
from app.paths import RESOURCES
from app.services.fakes.appointments import SampleBook
from app.services.fakes.desk import FakeDesk
from app.services.keys import WorkstationKey
from app.services.ports import Desk
from app.services.tasks import Tasks
from app.services.team.members import Member, OwnKeys
from app.services.team.rooms import RoomTaker, Taken
from app.services.team.roster import Roster
from app.services.team.shelf import Shelf, ShelfAway
from app.services.team.team import LiveTeam
from app.services.wordlist import WordLists


class MemoryShelf:
    """Keeps the `Shelf` contract. `away` lets it go and come back; `files` is there to be tampered with."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.away = False

    def names(self, folder: str) -> Sequence[str]:
        self._there()
        return sorted(name.rpartition("/")[2] for name in self.files if name.rpartition("/")[0] == folder)

    def read(self, name: str, most: int) -> bytes | None:
        self._there()
        content = self.files.get(name)
        return None if content is None else content[:most]

    def replace(self, name: str, content: bytes) -> None:
        self._there()
        self.files[name] = content

    def create(self, name: str, content: bytes) -> bool:
        self._there()
        if name in self.files:
            return False
        self.files[name] = content
        return True

    def remove(self, name: str) -> None:
        self._there()
        self.files.pop(name, None)

    def _there(self) -> None:
        if self.away:
            raise ShelfAway


class SampleRooms:
    """An agency's server, as far as deputies need it. Keeps the `RoomTaker` contract; `says` is what it answers whatever stands there."""

    def __init__(self, place: Place, owners: dict[str, str]) -> None:
        """`owners`: whose a room is, shared by all workstations; a room that is not in it is still with whoever made it."""
        self.place = place
        self.owners = owners
        self.says: Taken | None = None
        self.closed: list[str] = []
        """Rooms whose link is dead."""

    def can_take(self, seen: Shared) -> bool:
        return seen.room is not None and seen.room.place.server == self.place.server

    async def take(self, seen: Shared) -> Taken:
        if self.says is not None or seen.room is None:
            return self.says or Taken.GONE
        holder = seen.room.place.owner
        if self.owners.setdefault(seen.room.access.room, holder) not in (holder, self.place.owner):
            return Taken.BUSY
        self.owners[seen.room.access.room] = self.place.owner
        return Taken.OURS

    async def close(self, seen: Shared) -> Taken:
        taken = await self.take(seen)
        if taken is Taken.OURS and seen.room is not None:
            self.closed.append(seen.room.access.room)
        return taken


class SampleTeam(LiveTeam):
    """One workstation's view of a shelf. What lies below is there to be played with: `book`, `shelf`, `desk_at_hand`."""

    def __init__(
        self, name: str, book: SampleBook, shelf: Shelf, tasks: Tasks, desk: Desk | None = None, rooms: RoomTaker | None = None
    ) -> None:
        """Each name has keys of its own, made from it."""
        self.book = book
        self.shelf = shelf
        self.desk_at_hand = desk or FakeDesk(book.clock)
        self.keys = OwnKeys(WorkstationKey(_seed(f"sign {name}")), _seed(f"seal {name}"))
        self.called = name
        store = book.line
        roster = Roster(self.keys, store, None)
        words = WordLists(RESOURCES / "words")("de")
        super().__init__(self.keys, roster, shelf, book, store, self.desk_at_hand, book.clock, tasks, words, rooms)

    async def open(self) -> None:
        await self._roster.load()
        await self._roster.call_ourselves(self.called)
        await super().open()

    async def knows(self, *others: SampleTeam) -> None:
        """Files were exchanged and words compared."""
        for other in others:
            await self.admit(other.as_member())

    def as_member(self) -> Member:
        """As the others know us."""
        return self.keys.member(self.called)


def _seed(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
