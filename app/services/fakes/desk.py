"""A desk without a server: rooms and seats in memory. Imports `app.domain` and the ports of `app.services` only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from app.domain.rooms import SeatState
from app.domain.secrets import new_id, new_token
from app.services.clock import Clock
from app.services.events import Event
from app.services.fakes.clock import ManualClock
from app.services.fakes.session import FakeSession
from app.services.local_time import midnight_after
from app.services.ports import OPEN_AFTER_S, SESSION_RUNS, Arrival, LinkState, Parted, RoomEntry, RoomOffer, SeatEntry
from app.services.session_line import Parting
from app.wire.messages import Notice

TICK_S = 60.0


class FakeDesk:
    """Keeps the `Desk` contract; the test plays clients and server with the methods at the end."""

    def __init__(self, clock: Clock | None = None, only_demonstration: bool = True, public_url: str = "https://beratung.example") -> None:
        self.rooms_changed: Event[Sequence[RoomEntry]] = Event()
        self.arrived: Event[Arrival] = Event()
        self.parted: Event[Parted] = Event()
        self.link_changed: Event[LinkState] = Event()
        self.refused: Event[str] = Event()
        self.taken_over: Event[str] = Event()
        self.clock: Clock = clock or ManualClock()
        self._public_url = public_url
        self._only_demonstration = only_demonstration
        self._link = LinkState.CONNECTED
        self._rooms: dict[str, RoomEntry] = {}
        self._sessions: dict[str, FakeSession] = {}
        self._offered: dict[str, RoomOffer] = {}
        self.handed: set[str] = set()
        """Rooms that a deputy has, or will have in a moment."""
        self._day_ends = midnight_after(self.clock.unix())
        self._refusal: str | None = None
        self._left_behind: dict[str, str] = {}
        """Room and seat of the conversation that ran when the program was killed."""
        self.by_phone: set[str] = set()
        """Rooms whose client was told that the counsellor phones now."""
        self.clock.call_later(TICK_S, self._tick)

    # ---- the port

    @property
    def rooms(self) -> Sequence[RoomEntry]:
        ends = midnight_after(self.clock.unix())
        here = [r for r in self._rooms.values() if r.room not in self.handed]
        listed = [r for r in here if r.room not in self._offered or r.starts_at < ends or r.seats]
        return sorted(listed, key=lambda r: r.starts_at)

    @property
    def link(self) -> LinkState:
        return self._link

    @property
    def only_demonstration(self) -> bool:
        return self._only_demonstration

    def create_now(self, title: str, language: str, minutes: int, save_data: bool = False) -> RoomEntry:
        link = f"{self._public_url}/r#{new_token()}"
        entry = RoomEntry(new_id(), title, self.clock.unix(), minutes, language, link, (), over=False, save_data=save_data)
        self._put(entry)
        return entry

    def offer(self, rooms: Sequence[RoomOffer]) -> None:
        before = self.rooms
        offered = {offer.room: offer for offer in rooms if offer.closes_at > self.clock.unix()}
        for room in [r for r in self._offered if r not in offered and r in self._rooms and not self._rooms[r].over]:
            self._end_session(room)
            del self._rooms[room]
        self.handed -= offered.keys() - self._offered.keys()  # taken back
        self._offered = offered
        for offer in offered.values():
            known = self._rooms.get(offer.room)
            if known is None or not known.over:
                self._rooms[offer.room] = replace(self._entry(offer), seats=() if known is None else known.seats)
        if self.rooms != before:
            self.rooms_changed.announce(self.rooms)

    def hand_over(self, room: str) -> None:
        if room in self._rooms and room not in self._sessions:
            self.handed.add(room)
            self._put(self._rooms[room])

    def revoke(self, room: str) -> None:
        if room in self._rooms and self._taken():
            self._end_session(room)
            self._end_room(room)

    def remove(self, room: str, seat: str) -> None:
        self._seat(room, seat)
        if self._taken():
            self._step(room, seat, SeatState.REMOVED)
            if self._rooms[room].admitted is None:
                self._end_session(room)

    def notify(self, room: str, seat: str, notice: Notice) -> None:
        told = replace(self._seat(room, seat), notice=notice)
        if self._taken():
            self._replace(room, told)

    @property
    def resumable(self) -> Sequence[RoomEntry]:
        return [r for r in self.rooms if r.admitted is not None and r.admitted.seat == self._left_behind.get(r.room)]

    def resume(self, room: str) -> FakeSession | None:
        if self._another_runs(room):
            return None
        if all(entry.room != room for entry in self.resumable):
            raise LookupError("nothing to resume in this room")
        self._left_behind.clear()
        session = self._open(room)
        session.program_restarted()
        self._put(self._rooms[room])
        return session

    def admit(self, room: str, seat: str, replaces: str | None = None) -> FakeSession | None:
        self._seat(room, seat)
        if self._left_behind.get(room) == seat:
            return self.resume(room)
        if self._another_runs(room):
            return None
        self._left_behind.clear()
        session = self._sessions.get(room) or self._open(room)
        if not self._taken():
            self._end_session(room)
            return session
        if replaces is not None:
            self._step(room, replaces, SeatState.REPLACED)
            if session.room.admitted is None:
                session.another_device()
        self._step(room, seat, SeatState.ADMITTED)
        return session

    def session(self, room: str) -> FakeSession | None:
        return self._sessions.get(room)

    # ---- what a test lets happen

    def client_arrives(self, room: str, language: str = "de", by_code: bool = False) -> str:
        """A browser takes a seat in the waiting room; gives the seat."""
        entry = self._rooms[room]
        seat = SeatEntry(new_id(), SeatState.WAITING, True, self.clock.unix(), language, by_code=by_code, other_device=False)
        self._put(replace(entry, seats=_marked((*entry.seats, seat))))
        self.arrived.announce(Arrival(room, seat.seat))
        return seat.seat

    def client_knocks(self, room: str, seat: str) -> None:
        """Who waits knocks again."""
        self._replace(room, replace(self._seat(room, seat), knocked_at=max(self.clock.unix(), self._seat(room, seat).knocked_at + 1)))
        self.arrived.announce(Arrival(room, seat, again=True))

    def program_was_killed(self, room: str) -> None:
        """As after a restart: the room's conversation ran, and its client is still on the seat."""
        admitted = self._rooms[room].admitted
        if admitted is None:
            raise LookupError("nobody is admitted in this room")
        self._sessions.pop(room, None)
        self._left_behind = {room: admitted.seat}
        self._put(self._rooms[room])

    def client_vanishes(self, room: str, seat: str) -> None:
        """The browser was closed without a word."""
        self._change(room, seat, present=False)

    def client_returns(self, room: str, seat: str) -> None:
        """The same tab is back; no new arrival."""
        self._change(room, seat, present=True)

    def set_link(self, state: LinkState) -> None:
        self._link = state
        self.link_changed.announce(state)

    def refuse_next(self, code: str) -> None:
        """The next command will be refused with that code."""
        self._refusal = code

    def deputy_takes(self, room: str) -> None:
        """At the server the room is a colleague's from now on."""
        news = room not in self.handed
        self.hand_over(room)
        if news:
            self.taken_over.announce(room)

    def server_refuses(self, code: str) -> None:
        """A command was refused with that code of the wire, for instance `conflict`."""
        self.refused.announce(f"app.refused.{code}")

    # ---- inside

    def _tick(self) -> None:
        self.clock.call_later(TICK_S, self._tick)
        past = [
            r
            for r in self._rooms.values()
            if r.room not in self._sessions and r.starts_at + r.minutes * 60 + OPEN_AFTER_S <= self.clock.unix()
        ]
        for entry in past:
            del self._rooms[entry.room]
        new_day, self._day_ends = self.clock.unix() >= self._day_ends, midnight_after(self.clock.unix())
        if past or new_day:
            self.rooms_changed.announce(self.rooms)

    def _entry(self, offer: RoomOffer) -> RoomEntry:
        link = f"{self._public_url}/r#{offer.token}"
        fixed = (offer.room, offer.title, offer.starts_at, offer.minutes, offer.language, link, ())
        return RoomEntry(*fixed, over=False, save_data=offer.save_data)

    def _put(self, entry: RoomEntry) -> None:
        self._rooms[entry.room] = entry
        self.rooms_changed.announce(self.rooms)

    def _change(self, room: str, seat: str, present: bool) -> None:
        self._replace(room, replace(self._seat(room, seat), present=present))

    def _replace(self, room: str, changed: SeatEntry) -> None:
        seats = [changed if s.seat == changed.seat else s for s in self._rooms[room].seats]
        self._put(replace(self._rooms[room], seats=_marked(seats)))

    def _another_runs(self, room: str) -> bool:
        runs = any(other != room for other in self._sessions)
        if runs:
            self.refused.announce(SESSION_RUNS)
        return runs

    def _open(self, room: str) -> FakeSession:
        session = FakeSession(lambda: self._rooms[room], self.clock, lambda how: self._closed(room, how))
        self._sessions[room] = session
        return session

    def _taken(self) -> bool:
        """True if the server carries the command out."""
        code, self._refusal = self._refusal, None
        if code is not None:
            self.server_refuses(code)
        return code is None

    def _seat(self, room: str, seat: str) -> SeatEntry:
        found = next((s for s in self._rooms[room].seats if s.seat == seat), None)
        if found is None:
            raise LookupError("no such seat")
        return found

    def _step(self, room: str, seat: str, state: SeatState) -> None:
        """A seat that is over leaves the entry, as in the real desk."""
        card = self._seat(room, seat)
        changed = replace(card, state=state, notice=None if state is SeatState.ADMITTED else card.notice)
        seats = [changed if s.seat == seat else s for s in self._rooms[room].seats]
        self._put(replace(self._rooms[room], seats=_marked(tuple(s for s in seats if not s.state.is_over))))

    def _end_session(self, room: str) -> None:
        session = self._sessions.pop(room, None)
        if session is not None:
            session.close()

    def _end_room(self, room: str) -> None:
        self._put(replace(self._rooms[room], seats=(), over=True))

    def _closed(self, room: str, how: Parting) -> None:
        del self._sessions[room]
        admitted = self._rooms[room].admitted
        if how is Parting.BY_PHONE:
            self.by_phone.add(room)
        if how is not Parting.SENT_BACK:
            self._end_room(room)
            self.parted.announce(Parted(room, how is Parting.BY_PHONE))
        elif admitted is not None:
            self._step(room, admitted.seat, SeatState.WAITING)


def _marked(seats: Sequence[SeatEntry]) -> tuple[SeatEntry, ...]:
    """Each seat knows whether there is another one."""
    there = [s.seat for s in seats if s.present or s.state is not SeatState.WAITING]
    return tuple(replace(s, other_device=any(other != s.seat for other in there)) for s in seats)
