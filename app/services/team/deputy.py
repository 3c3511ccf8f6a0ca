"""The deputy's side: looks at colleagues' appointments, calls off, takes over. No Qt, no SQL.

An act is a file that only one deputy can make; its verdict is a file that only one side can make. If the holder's program runs, it
decides; if it gives no sign of life, the deputy's decides, and the holder's follows when it is back.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.domain.appointments import Access, Appointment, Client
from app.domain.deputy import Act, ActKind, Shared, Verdict, is_shared, may_be_acted_on
from app.domain.secrets import new_id
from app.services.appointments.deputies import Deputies
from app.services.appointments.ground import StoreLine
from app.services.appointments.ports import BookError, Tell
from app.services.clock import Clock
from app.services.events import Event
from app.services.local_time import wall_of
from app.services.team.members import Member
from app.services.team.papers import Papers, act_name
from app.services.team.pending import Pending, all_pending, drop, keep, noted
from app.services.team.rooms import RoomTaker, Taken
from app.services.team.sealing import SealError
from app.services.team.shelf import ShelfAway

POLL_S = 1.0
SILENT_S = 20.0
"""A program that gives no sign of life for so long is taken for absent (five of its looks)."""
PATIENCE_S = 60.0
"""Longer nobody waits before a window; the act goes on in the background."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A colleague's appointment in the list."""

    seen: Shared
    act: Act | None = None
    """What a deputy does, or did, with it; the holder's program has not taken it out yet."""


@dataclass(frozen=True, slots=True)
class Listing:
    """A colleague's appointments."""

    appointments: Sequence[Listed]
    """By start."""
    unreadable: int = 0
    """So many copies could not be opened."""


class DeputyDesk:
    """Acts are carried out one after the other."""

    def __init__(self, papers: Papers, book: Deputies, store: StoreLine, clock: Clock, rooms: RoomTaker) -> None:
        self.told: Event[tuple[str, dict[str, str]]] = Event()
        """A sentence for the person: its key and what fills its places."""
        self._papers = papers
        self._book = book
        self._store = store
        self._clock = clock
        self._rooms = rooms
        self._turn = asyncio.Lock()

    def use(self, papers: Papers) -> None:
        """The team is another one from now on."""
        self._papers = papers

    # ---- looking

    async def listing(self, holder: str, start: int, end: int) -> Listing:
        """A colleague's appointments that overlap [start, end). Raises BookError."""
        try:
            return await asyncio.to_thread(self._listing, holder, start, end)
        except ShelfAway as away:
            raise BookError(away.key) from away

    def _listing(self, holder: str, start: int, end: int) -> Listing:
        found, unreadable = [], 0
        for name in self._papers.copy_names(holder):
            try:
                copy = self._papers.copy_named(holder, name)
            except SealError:
                unreadable += 1
                continue
            if copy is not None and self._lies_in(copy.seen.appointment, start, end):
                found.append(Listed(copy.seen, self._act_on(holder, name)))
        return Listing(sorted(found, key=lambda one: one.seen.appointment.starts_at), unreadable)

    def _lies_in(self, appointment: Appointment, start: int, end: int) -> bool:
        return is_shared(appointment, self._clock.unix()) and appointment.starts_at < end and appointment.ends_at > start

    def _act_on(self, holder: str, copy: str) -> Act | None:
        try:
            return self._papers.act_named(holder, copy.replace(".sealed", ".act"))
        except SealError:
            return None

    # ---- acting

    def takes_room(self, seen: Shared) -> bool:
        """Taken over, the client keeps link and seat."""
        return self._rooms.can_take(seen)

    async def act(self, kind: ActKind, holder: Member, seen: Shared, tell: Tell) -> Appointment:
        """Call off or take over what the deputy has seen; gives it as it stands in our book. Raises BookError, and nothing was done
        then, except for `app.team.no-answer` and `app.team.room.no-answer`: that is done as soon as the holder's program, or the
        server, answers."""
        me, takes_room = self._papers.members[0].id, kind is ActKind.TAKE_OVER and self.takes_room(seen)
        act = Act(id=new_id(), kind=kind, holder=holder.id, deputy=me, at=self._clock.unix(), seen=seen, takes_room=takes_room)
        async with self._turn:
            try:
                await self._begin(Pending(act=act, tell=tell))
                verdict = await self._verdict(act)
                if verdict is None:
                    raise BookError("app.team.no-answer", name=holder.name)
                return await self._finish(Pending(act=act, tell=tell), verdict)
            except ShelfAway as away:
                raise BookError(away.key) from away
            except SealError as broken:
                raise BookError(f"app.team.refused.{broken.trouble.value}") from broken

    async def look(self) -> None:
        """Go on with what was begun, and clear away what is done. Raises ShelfAway or StoreError."""
        if self._turn.locked():
            return
        async with self._turn:
            for pending in await self._store.run(all_pending):
                try:
                    await self._go_on(pending)
                except (BookError, SealError):
                    continue  # refused, or a file that others broke: the list shows how it stands

    # ---- inside

    async def _begin(self, pending: Pending) -> None:
        """Raises BookError where the appointment is not what was seen, or another deputy was first."""
        act = pending.act
        await self._look_again(act)
        await self._store.run(lambda store: keep(store, pending))
        try:
            created = await asyncio.to_thread(self._papers.put_act, act)
        except ShelfAway:
            await self._drop(act)
            raise
        if not created:
            await self._drop(act)
            raise BookError("app.team.first", name=await asyncio.to_thread(self._who_was_first, act))
        try:
            await self._look_again(act)  # the one before us may have been cleared away in between
        except BookError:
            await self._clear(act)
            await self._drop(act)
            raise

    async def _look_again(self, act: Act) -> None:
        copy = await asyncio.to_thread(self._papers.copy_of, act.holder, act.seen.appointment.id)
        if copy is None or not may_be_acted_on(copy.seen.appointment):
            raise BookError("app.team.verdict.over")
        if copy.seen.what_counts != act.seen.what_counts:
            raise BookError("app.team.verdict.changed")

    def _who_was_first(self, act: Act) -> str:
        place = self._papers.act_names(act.holder)
        try:
            others = [self._papers.act_named(act.holder, name) for name in place]
        except SealError:
            return "–"
        first = next((one for one in others if one is not None and one.seen.appointment.id == act.seen.appointment.id), None)
        return next((m.name for m in self._papers.members if first is not None and m.id == first.deputy), "–")

    async def _verdict(self, act: Act) -> Verdict | None:
        """None where the holder's program lives and does not answer."""
        began = alive = self._clock.unix()
        beat = await asyncio.to_thread(self._papers.beat_of, act.holder)
        while True:
            verdict = await asyncio.to_thread(self._papers.decision, act)
            if verdict is not None:
                return verdict
            now = self._clock.unix()
            if beat is None or now - alive >= SILENT_S:
                await asyncio.to_thread(self._papers.decide, act, Verdict.ALONE)
                return await asyncio.to_thread(self._papers.decision, act)  # theirs, if they were first
            if now - began >= PATIENCE_S:
                return None
            await self._pause()
            before, beat = beat, await asyncio.to_thread(self._papers.beat_of, act.holder)
            alive = alive if beat == before else self._clock.unix()

    async def _pause(self) -> None:
        over = asyncio.Event()
        planned = self._clock.call_later(POLL_S, over.set)
        try:
            await over.wait()
        finally:
            planned.cancel()

    async def _finish(self, pending: Pending, verdict: Verdict) -> Appointment:
        """Raises BookError where it does not hold."""
        act = pending.act
        if not verdict.holds:
            await self._clear(act)
            await self._drop(act)
            raise BookError(f"app.team.verdict.{verdict.value}")
        kept = await self._room_of(act, verdict)
        done = Pending(act=_forgotten(act), tell=pending.tell, done=True)
        stored = await self._book.stand_in(act, pending.tell, lambda store: noted(store, done), kept)
        if act.takes_room and kept is None:
            self.told.announce(("app.team.told.new-link", {"when": _when(act)}))
        if verdict is Verdict.GRANTED:
            await self._clear(act)
            await self._drop(act)
        return stored

    async def _room_of(self, act: Act, verdict: Verdict) -> Access | None:
        """What leads to the room that is ours from now on; None where the appointment needs a new one. Raises BookError where the server
        knows better than the shelf: nothing is done then."""
        if act.seen.room is None or not (act.takes_room or self._calls_off(act, verdict)):
            return None
        taken = await (self._rooms.take if act.takes_room else self._rooms.close)(act.seen)
        if taken is Taken.NO_ANSWER:
            raise BookError("app.team.room.no-answer")
        if taken is Taken.BUSY and verdict is Verdict.ALONE:
            await self._clear(act)
            await self._drop(act)
            raise BookError("app.team.room.busy")
        return act.seen.room.access if taken is Taken.OURS and act.takes_room else None

    def _calls_off(self, act: Act, verdict: Verdict) -> bool:
        """The holder's program, which takes links back otherwise, is away, and the link would live on at the server."""
        return act.kind is not ActKind.TAKE_OVER and verdict is Verdict.ALONE and self._rooms.can_take(act.seen)

    async def _go_on(self, pending: Pending) -> None:
        act = pending.act
        there = await asyncio.to_thread(self._papers.act_named, act.holder, act_name(act.seen.appointment.id))
        is_ours = there is not None and there.id == act.id
        verdict = await asyncio.to_thread(self._papers.decision, act)
        if pending.done:
            if not is_ours:  # the holder's book has followed, or the holder had acted, too
                await self._tell_both(act)
                await asyncio.to_thread(self._papers.remove_decision, act)
                await self._drop(act)
        elif verdict is not None:
            await self._finish(pending, verdict)
        elif not is_ours:  # we were killed before it was written
            await self._drop(act)
        elif (late := await self._verdict(act)) is not None:
            await self._finish(pending, late)

    async def _tell_both(self, act: Act) -> None:
        """If so. What others broke or forged there says nothing."""
        try:
            both = await asyncio.to_thread(self._papers.said_both, act)
        except SealError:
            both = False
        if both:
            name = next((member.name for member in self._papers.members if member.id == act.holder), "")
            self.told.announce(("app.team.told.both.deputy", {"name": name, "when": _when(act)}))
        await asyncio.to_thread(self._papers.remove_both, act)

    async def _clear(self, act: Act) -> None:
        """The act first: without it nobody decides anew."""
        await asyncio.to_thread(self._papers.remove_act, act)
        await asyncio.to_thread(self._papers.remove_decision, act)

    async def _drop(self, act: Act) -> None:
        await self._store.run(lambda store: drop(store, act.id))


def _forgotten(act: Act) -> Act:
    """Without the person: only what finds the files again."""
    bare = replace(act.seen.appointment, client=Client(), topic="")
    return replace(act, seen=replace(act.seen, appointment=bare, room=None))


def _when(act: Act) -> str:
    return f"{wall_of(act.seen.appointment.starts_at):%d.%m.%Y, %H:%M}"
