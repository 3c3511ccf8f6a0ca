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
from app.services.ports import Arrival, LinkState, RoomEntry, SeatEntry


class FakeDesk:
    """Keeps the `Desk` contract; the test plays clients and server with the methods at the end."""

    def __init__(self, clock: Clock | None = None, only_demonstration: bool = True, public_url: str = "https://beratung.example") -> None:
        self.rooms_changed: Event[Sequence[RoomEntry]] = Event()
        self.arrived: Event[Arrival] = Event()
        self.link_changed: Event[LinkState] = Event()
        self.refused: Event[str] = Event()
        self.clock: Clock = clock or ManualClock()
        self._public_url = public_url
        self._only_demonstration = only_demonstration
        self._link = LinkState.CONNECTED
        self._rooms: dict[str, RoomEntry] = {}
        self._sessions: dict[str, FakeSession] = {}

    # ---- the port

    @property
    def rooms(self) -> Sequence[RoomEntry]:
        return sorted(self._rooms.values(), key=lambda r: r.starts_at)

    @property
    def link(self) -> LinkState:
        return self._link

    @property
    def only_demonstration(self) -> bool:
        return self._only_demonstration

    def create_now(self, title: str, language: str, minutes: int) -> RoomEntry:
        link = f"{self._public_url}/r#{new_token()}"
        entry = RoomEntry(new_id(), title, self.clock.unix(), minutes, language, link, (), over=False)
        self._put(entry)
        return entry

    def revoke(self, room: str) -> None:
        session = self._sessions.get(room)
        if session is not None:
            session.end_now()
        self._end_room(room)

    def remove(self, room: str, seat: str) -> None:
        self._step(room, seat, SeatState.REMOVED)

    def admit(self, room: str, seat: str, replaces: str | None = None) -> FakeSession:
        if replaces is not None:
            self._step(room, replaces, SeatState.REPLACED)
        self._step(room, seat, SeatState.ADMITTED)
        if room not in self._sessions:
            self._sessions[room] = FakeSession(lambda: self._rooms[room], self.clock, lambda goodbye: self._closed(room, goodbye))
        return self._sessions[room]

    def session(self, room: str) -> FakeSession | None:
        return self._sessions.get(room)

    # ---- what a test lets happen

    def client_arrives(self, room: str, language: str = "de") -> str:
        """A browser takes a seat in the waiting room; gives the seat."""
        entry = self._rooms[room]
        seat = SeatEntry(new_id(), SeatState.WAITING, True, self.clock.unix(), language, other_device=False)
        self._put(replace(entry, seats=_marked((*entry.seats, seat))))
        self.arrived.announce(Arrival(room, seat.seat))
        return seat.seat

    def client_vanishes(self, room: str, seat: str) -> None:
        """The browser was closed without a word."""
        self._change(room, seat, present=False)

    def client_returns(self, room: str, seat: str) -> None:
        """The same tab is back; no new arrival."""
        self._change(room, seat, present=True)

    def set_link(self, state: LinkState) -> None:
        self._link = state
        self.link_changed.announce(state)

    def server_refuses(self, code: str) -> None:
        """A command was refused with that code of the wire, for instance `conflict`."""
        self.refused.announce(f"app.refused.{code}")

    # ---- inside

    def _put(self, entry: RoomEntry) -> None:
        self._rooms[entry.room] = entry
        self.rooms_changed.announce(self.rooms)

    def _change(self, room: str, seat: str, present: bool) -> None:
        entry = self._rooms[room]
        self._put(replace(entry, seats=tuple(replace(s, present=present) if s.seat == seat else s for s in entry.seats)))

    def _step(self, room: str, seat: str, state: SeatState) -> None:
        """A seat that is over leaves the entry, as in the real desk."""
        entry = self._rooms[room]
        if all(s.seat != seat for s in entry.seats):
            raise LookupError("no such seat")
        seats = tuple(replace(s, state=state) if s.seat == seat else s for s in entry.seats)
        self._put(replace(entry, seats=_marked(tuple(s for s in seats if not s.state.is_over))))

    def _end_room(self, room: str) -> None:
        self._put(replace(self._rooms[room], seats=(), over=True))

    def _closed(self, room: str, goodbye: bool) -> None:
        del self._sessions[room]
        admitted = self._rooms[room].admitted
        if goodbye:
            self._end_room(room)
        elif admitted is not None:
            self._step(room, admitted.seat, SeatState.WAITING)


def _marked(seats: tuple[SeatEntry, ...]) -> tuple[SeatEntry, ...]:
    """Each seat knows whether there is another one."""
    return tuple(replace(s, other_device=len(seats) > 1) for s in seats)
