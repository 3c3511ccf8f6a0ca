"""The holder's side: keeps sealed copies of our appointments on the shelf, and carries out what deputies do with them. No Qt, no SQL.

Everything is done by one look after the other, every few seconds and after each change of the book. A look that fails, because the
share is away, is made good by the next; the program works on without it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress

import structlog

from app.domain.deputy import Act, Shared, Verdict, is_shared
from app.services.appointments.deputies import Deputies
from app.services.appointments.ports import StoreError
from app.services.clock import Cancellable, Clock
from app.services.events import Event
from app.services.ports import Desk
from app.services.tasks import Tasks
from app.services.team.papers import Papers, copy_name
from app.services.team.sealing import SealError, SealTrouble
from app.services.team.shelf import ShelfAway
from app.wire.messages import Notice

_log = structlog.get_logger(__name__)

LOOK_EVERY_S = 4.0
"""A waiting client is told of a deputy within that time and a moment."""
FIRST_LOOK_S = 10.0
"""So long the program's start waits for a share that does not answer."""
CLOSE_S = 5.0
"""So long the program's end waits for it."""
SWEEP_EVERY = 900
"""Looks, an hour: copies are compared as a whole, and those of the past go."""
BEAT_EVERY = 50
"""Copies, while all are compared: a year of them over a slow share takes longer than a deputy waits."""


class TeamShare:
    """From `open` to `close`."""

    def __init__(self, papers: Papers, book: Deputies, desk: Desk, clock: Clock, tasks: Tasks) -> None:
        self.told: Event[tuple[str, str]] = Event()
        """Key of a sentence for the person, and the deputy's name for its place (empty where it has none)."""
        self.reached: Event[bool] = Event()
        """Whether the shelf answers, when that changes."""
        self._papers = papers
        self._own = papers.members[0].id
        self._book = book
        self._desk = desk
        self._clock = clock
        self._tasks = tasks
        self._changed: set[str] = set()
        self._looks = 0
        self._reached = True
        self._said: set[str] = set()
        """Names of files of which the person heard."""
        self._turn = asyncio.Lock()
        self._work: asyncio.Task[None] | None = None
        self._next: Cancellable | None = None
        self._unsubscribe: Callable[[], None] = lambda: None

    async def open(self) -> None:
        """To be waited for before any mail goes out: what deputies did while we were away stands in the book afterwards, if the shelf
        can be reached."""
        listening = ExitStack()
        listening.callback(self._book.changed.subscribe(self._note_changed))
        listening.callback(self._desk.taken_over.subscribe(self._room_taken))
        self._unsubscribe = listening.close
        self._work = self._tasks.start("team.look", self._look())
        await asyncio.wait([self._work], timeout=FIRST_LOOK_S)
        self._look_later()

    async def settle(self) -> None:
        """One look more, now."""
        await self._look()

    async def close(self) -> None:
        """Say that we are gone, so that deputies need not wait for us."""
        self._unsubscribe()
        if self._next is not None:
            self._next.cancel()
        try:
            async with asyncio.timeout(CLOSE_S), self._turn:
                await asyncio.to_thread(self._papers.stop_beating)
        except (ShelfAway, TimeoutError):
            _log.info("team.shelf_away")

    def use(self, papers: Papers) -> None:
        """The team is another one from now on: everything is sealed anew."""
        self._papers = papers
        self._looks = 0

    # ---- looking

    def _note_changed(self, appointments: Sequence[str]) -> None:
        self._changed.update(appointments)

    def _look_later(self) -> None:
        self._next = self._clock.call_later(LOOK_EVERY_S, self._look_again)

    def _look_again(self) -> None:
        if self._work is None or self._work.done():
            self._work = self._tasks.start("team.look", self._look())
        self._look_later()

    async def _look(self) -> None:
        async with self._turn:
            try:
                await asyncio.to_thread(self._papers.beat)
                await self._carry_out()
                await self._bring_in_line()
            except (ShelfAway, StoreError) as trouble:
                _log.info("team.not_looked", reason=trouble.key)
                self._tell_reached(not isinstance(trouble, ShelfAway))
            else:
                self._tell_reached(True)

    def _tell_reached(self, reached: bool) -> None:
        if reached is not self._reached:
            self._reached = reached
            self.reached.announce(reached)

    # ---- what deputies did

    async def _carry_out(self) -> None:
        for name in await asyncio.to_thread(self._papers.act_names, self._own):
            try:
                act = await asyncio.to_thread(self._papers.act_named, self._own, name)
                if act is not None:
                    await self._act(act, await asyncio.to_thread(self._papers.decision, act))
            except SealError as error:
                self._tell_once(name, error.trouble)

    async def _act(self, act: Act, decided: Verdict | None) -> None:
        if decided not in (None, Verdict.ALONE):
            return  # said already; the deputy clears away
        done = await self._book.hand_on(act, alone=decided is Verdict.ALONE)
        if done.verdict.holds:
            if done.room is not None and act.takes_room:
                self._desk.hand_over(done.room)
            elif done.room is not None:
                self._tell_waiting(done.room)
            self._book.changed.announce([act.seen.appointment.id])
            await asyncio.to_thread(self._papers.remove_copy, self._own, copy_name(act.seen.appointment.id))
        first = decided is None and await asyncio.to_thread(self._papers.decide, act, done.verdict)
        if done.verdict.holds and not first:
            await asyncio.to_thread(self._papers.remove_act, act)
        if not (done.verdict.holds or first):  # the deputy acted alone on what we have held or called off ourselves
            await asyncio.to_thread(self._papers.say_both, act)
            await asyncio.to_thread(self._papers.remove_act, act)
            self.told.announce(("app.team.told.both", self._name(act.deputy)))
        elif done.verdict.holds:
            self.told.announce((f"app.team.told.{act.kind.value}", self._name(act.deputy)))

    def _room_taken(self, room: str) -> None:
        """The server said so. What the deputy did lies on the shelf, where it can be reached."""
        self._tasks.start("team.room-taken", self._follow(room))

    async def _follow(self, room: str) -> None:
        await self._look()
        with suppress(StoreError):
            if await self._book.has_room(room):
                self.told.announce(("app.team.told.room", ""))

    def _tell_waiting(self, room: str) -> None:
        """Before the room closes: what follows it on the page is true only with this word."""
        entry = next((entry for entry in self._desk.rooms if entry.room == room), None)
        for seat in () if entry is None else entry.waiting:
            self._desk.notify(room, seat.seat, Notice.COLLEAGUE)

    def _name(self, member: str) -> str:
        return next((one.name for one in self._papers.members if one.id == member), "")

    def _tell_once(self, name: str, trouble: SealTrouble) -> None:
        if name not in self._said:
            self._said.add(name)
            _log.warning("team.act_refused", reason=trouble.value)
            self.told.announce((f"app.team.refused.{trouble.value}", ""))

    # ---- copies

    async def _bring_in_line(self) -> None:
        whole = self._looks % SWEEP_EVERY == 0
        changed, self._changed = self._changed, set()
        try:
            if whole:
                await self._compare_all()
            elif changed:
                copies = await self._book.to_share(sorted(changed))
                await asyncio.to_thread(self._put, copies)
        except (ShelfAway, StoreError):
            self._changed |= changed
            raise
        self._looks += 1

    def _put(self, copies: dict[str, Shared | None]) -> None:
        for ident, seen in copies.items():
            if seen is None:
                self._papers.remove_copy(self._own, copy_name(ident))
            else:
                self._papers.put_copy(seen)

    async def _compare_all(self) -> None:
        copies = await self._book.to_share()
        wanted = {copy_name(ident): seen for ident, seen in copies.items() if seen is not None}
        await asyncio.to_thread(self._compare, wanted, frozenset(member.seal_key for member in self._papers.members))

    def _compare(self, wanted: dict[str, Shared], recipients: frozenset[str]) -> None:
        there = set(self._papers.copy_names(self._own))
        for number, (name, seen) in enumerate(wanted.items()):
            if number % BEAT_EVERY == 0:
                self._papers.beat()
            if name not in there or not self._is_current(name, seen, recipients):
                self._papers.put_copy(seen)
        for name in there - wanted.keys():
            self._papers.remove_copy(self._own, name)
        self._sweep()

    def _is_current(self, name: str, seen: Shared, recipients: frozenset[str]) -> bool:
        try:
            copy = self._papers.copy_named(self._own, name)
        except SealError:
            return False
        return copy is not None and (copy.seen, copy.recipients) == (seen, recipients)

    def _sweep(self) -> None:
        """Copies of colleagues who are away go when their time has come, too; only what we can read is taken for past."""
        now = self._clock.unix()
        for member in self._papers.members[1:]:
            for name in self._papers.copy_names(member.id):
                try:
                    copy = self._papers.copy_named(member.id, name)
                except SealError:
                    continue
                if copy is not None and not is_shared(copy.seen.appointment, now):
                    self._papers.remove_copy(member.id, name)
