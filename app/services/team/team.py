"""A team as the window sees it: colleagues, their appointments, what a deputy does, and who belongs to it. No Qt, no SQL."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Protocol

from app.domain.appointments import Appointment
from app.domain.deputy import ActKind, Shared
from app.services.appointments.deputies import Deputies
from app.services.appointments.ground import StoreLine
from app.services.appointments.ports import BookError, StoreError, Tell
from app.services.clock import Cancellable, Clock
from app.services.events import Event
from app.services.ports import Desk
from app.services.tasks import Tasks
from app.services.team.deputy import DeputyDesk, Listing
from app.services.team.members import Member, MemberFileError, OwnKeys, fingerprint, read_member
from app.services.team.papers import Papers
from app.services.team.rooms import NoRooms, RoomTaker
from app.services.team.roster import Roster
from app.services.team.share import LOOK_EVERY_S, TeamShare
from app.services.team.shelf import Shelf, ShelfAway

Said = tuple[str, dict[str, str]]
"""A sentence for the person: its key and what fills its places."""


class Team(Protocol):
    """Port: implementations are `LiveTeam` and, over honest fakes, `app.services.fakes.team.SampleTeam`. Coroutines raise BookError or
    StoreError, and have then done nothing unless they say otherwise."""

    changed: Event[None]
    """Colleagues, or whether the folder can be reached."""

    def tell_to(self, listener: Callable[[Said], None]) -> Callable[[], None]:
        """Hand over the sentences that nobody has heard yet (a window comes later than the first look), and each from now on. The returned
        function ends that."""
        ...

    @property
    def reached(self) -> bool:
        """The team's folder answers."""
        ...

    @property
    def own(self) -> Member:
        """Ourselves; the name is empty until somebody gave it."""
        ...

    @property
    def colleagues(self) -> Sequence[Member]:
        """By name."""
        ...

    def is_from_it(self, member: str) -> bool:
        """Enrolled by IT, so only IT can take that one out."""
        ...

    def words(self, member: Member) -> Sequence[str]:
        """To be compared on the telephone."""
        ...

    # ---- standing in

    async def listing(self, holder: str, start: int, end: int) -> Listing:
        """A colleague's appointments that overlap [start, end), Unix seconds."""
        ...

    def takes_room(self, seen: Shared) -> bool:
        """Both work with the same agency's server: taken over, the client keeps link and seat."""
        ...

    async def act(self, kind: ActKind, holder: Member, seen: Shared, tell: Tell) -> Appointment:
        """See `app.services.team.deputy.DeputyDesk.act`."""
        ...

    # ---- who belongs to it

    async def own_file(self, name: str) -> bytes:
        """Our file for colleagues, under that name from now on."""
        ...

    def read(self, data: bytes) -> Member:
        """Whose file that is. Raises BookError."""
        ...

    async def admit(self, member: Member) -> None:
        """Their words were compared: from now on our appointments are sealed for them too, and what they do is believed."""
        ...

    async def dismiss(self, member: str) -> None:
        """The opposite."""
        ...


class LiveTeam:
    """From `open` to `close`."""

    def __init__(
        self,
        own: OwnKeys,
        roster: Roster,
        shelf: Shelf,
        book: Deputies,
        store: StoreLine,
        desk: Desk,
        clock: Clock,
        tasks: Tasks,
        wordlist: Sequence[str],
        rooms: RoomTaker | None = None,
    ) -> None:
        """`wordlist` has 2048 words, the same at every workstation. `rooms` is for a program that works with an agency's server."""
        self.changed: Event[None] = Event()
        self.told: Event[Said] = Event()
        self.reached = True
        self._untold: list[Said] | None = []
        """None once somebody listens."""
        self._own = own
        self._roster = roster
        self._shelf = shelf
        self._wordlist = wordlist
        self._clock = clock
        self._tasks = tasks
        papers = self._papers()
        self.share = TeamShare(papers, book, desk, clock, tasks)
        self.deputy = DeputyDesk(papers, book, store, clock, rooms or NoRooms())
        self.share.told.subscribe(lambda said: self._tell(said[0], **({"name": said[1]} if said[1] else {})))
        self.share.reached.subscribe(self._tell_reached)
        self.deputy.told.subscribe(lambda said: self._tell(said[0], **said[1]))
        self._work: asyncio.Task[None] | None = None
        self._next: Cancellable | None = None

    async def open(self) -> None:
        """To be waited for before any mail goes out. Raises StoreError."""
        await self._roster.load()
        if self._roster.trouble:
            self._tell(self._roster.trouble)
        self._use_roster()
        await self.share.open()
        self._look()

    async def close(self) -> None:
        if self._next is not None:
            self._next.cancel()
        await self.share.close()

    # ---- looking

    @property
    def own(self) -> Member:
        return self._roster.everybody[0]

    @property
    def colleagues(self) -> Sequence[Member]:
        return self._roster.everybody[1:]

    def tell_to(self, listener: Callable[[Said], None]) -> Callable[[], None]:
        for said in self._untold or ():
            listener(said)
        self._untold = None
        return self.told.subscribe(listener)

    def is_from_it(self, member: str) -> bool:
        return self._roster.is_from_it(member)

    def words(self, member: Member) -> Sequence[str]:
        return fingerprint(member, self._wordlist)

    async def listing(self, holder: str, start: int, end: int) -> Listing:
        return await self.deputy.listing(holder, start, end)

    def takes_room(self, seen: Shared) -> bool:
        return self.deputy.takes_room(seen)

    async def act(self, kind: ActKind, holder: Member, seen: Shared, tell: Tell) -> Appointment:
        return await self.deputy.act(kind, holder, seen, tell)

    # ---- who belongs to it

    async def own_file(self, name: str) -> bytes:
        try:
            file = self._own.file(name)
        except MemberFileError as error:
            raise BookError(error.key) from error
        await self._roster.call_ourselves(read_member(file).name)
        self._use_roster()
        return file

    def read(self, data: bytes) -> Member:
        try:
            member = read_member(data)
        except MemberFileError as error:
            raise BookError(error.key) from error
        if member.id == self._own.id:
            raise BookError("app.team.file.own")
        return member

    async def admit(self, member: Member) -> None:
        await self._roster.admit(member)
        self._use_roster()

    async def dismiss(self, member: str) -> None:
        await self._roster.dismiss(member)
        self._use_roster()

    # ---- inside

    def _papers(self) -> Papers:
        return Papers(self._shelf, self._own, self._roster.everybody)

    def _use_roster(self) -> None:
        papers = self._papers()
        self.share.use(papers)
        self.deputy.use(papers)
        self.changed.announce(None)

    def _look(self) -> None:
        """What was begun before the program ended, or could not be ended in time, goes on."""
        self._next = self._clock.call_later(LOOK_EVERY_S, self._look)
        if self._work is None or self._work.done():
            self._work = self._tasks.start("team.go-on", self._go_on())

    async def _go_on(self) -> None:
        try:
            await self.deputy.look()
        except (ShelfAway, StoreError):
            return  # the next look is soon

    def _tell_reached(self, reached: bool) -> None:
        self.reached = reached
        if not reached:
            self._tell("app.team.folder.away")
        self.changed.announce(None)

    def _tell(self, key: str, **values: str) -> None:
        if self._untold is not None:
            self._untold.append((key, values))
        self.told.announce((key, values))
