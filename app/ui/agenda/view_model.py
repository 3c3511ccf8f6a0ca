"""The day as the main window shows it: turns the desk's events into Qt signals. Imports Qt and the ports of `app.services` only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal

from app.media.ports import CallError
from app.services.clock import Clock
from app.services.ports import Arrival, Desk, LinkState, RoomEntry, SeatEntry, Session
from app.wire.messages import Notice

TICK_MS = 20_000
"""How often "seit 2 Minuten" is looked at anew."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One client in the waiting room."""

    room: RoomEntry
    seat: SeatEntry

    @property
    def other_seat(self) -> str | None:
        """The seat of another device with the same link: the one in the conversation, or one that waits too."""
        if self.room.admitted is not None:
            return self.room.admitted.seat
        return next((s.seat for s in self.room.waiting if s.seat != self.seat.seat), None)


class AgendaViewModel(QObject):
    """One for the program; `close` ends its subscriptions."""

    changed = Signal()
    """Rooms, or the time that has passed."""
    arrived = Signal(Arrival)
    """Somebody waits, or knocks again."""
    link_changed = Signal()
    refused = Signal(str)
    """Catalogue key of the sentence."""
    session_opened = Signal(object)
    """A `Session` to show; also when its window may be there already."""

    def __init__(self, desk: Desk, clock: Clock, has_phone: bool = True) -> None:
        """`has_phone`: whether the page can show clients the agency's number."""
        super().__init__()
        self._has_phone = has_phone
        self._desk = desk
        self._clock = clock
        self._unsubscribe = [
            desk.rooms_changed.subscribe(lambda _rooms: self.changed.emit()),
            desk.arrived.subscribe(self.arrived.emit),
            desk.link_changed.subscribe(lambda _state: self.link_changed.emit()),
            desk.refused.subscribe(self.refused.emit),
        ]
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.changed)
        self._timer.start(TICK_MS)

    @property
    def now(self) -> int:
        """Unix seconds."""
        return self._clock.unix()

    @property
    def rooms(self) -> Sequence[RoomEntry]:
        return self._desk.rooms

    @property
    def waiting(self) -> list[Waiting]:
        """Everybody in a waiting room, the longest waiting first."""
        everybody = [Waiting(room, seat) for room in self._desk.rooms if not room.over for seat in room.waiting]
        return sorted(everybody, key=lambda w: w.seat.since)

    @property
    def link(self) -> LinkState:
        return self._desk.link

    @property
    def only_demonstration(self) -> bool:
        return self._desk.only_demonstration

    @property
    def notes(self) -> list[str]:
        """Catalogue keys of what still has to be set up before real appointments."""
        lacking = {"app.agenda.demonstration": self.only_demonstration, "app.agenda.no-phone": not self._has_phone}
        return [key for key, lacks in lacking.items() if lacks]

    @property
    def running(self) -> Session | None:
        """The conversation that runs."""
        return next((session for room in self._desk.rooms if (session := self._desk.session(room.room)) is not None), None)

    @property
    def in_conversation(self) -> bool:
        """True while a session runs."""
        return self.running is not None

    def is_held_up(self, waiting: Waiting) -> bool:
        """True while a conversation with somebody else runs: one at a time."""
        return self.in_conversation and self._desk.session(waiting.room.room) is None

    def admit(self, waiting: Waiting, replaces: str | None = None) -> None:
        """Let somebody in. Who is gone meanwhile is passed over: the list shows it already."""
        if not self._still_waits(waiting):
            return
        if self.is_held_up(waiting):
            self.refused.emit("app.refused.session-runs")
            return
        try:
            session = self._desk.admit(waiting.room.room, waiting.seat.seat, replaces)
        except CallError:
            self.refused.emit("app.call.not-opened")
        else:
            if session is not None:  # the desk has said why not
                self.session_opened.emit(session)

    def tell(self, waiting: Waiting, notice: Notice) -> None:
        """A prepared message for somebody who waits, unless they are gone meanwhile."""
        if self._still_waits(waiting):
            self._desk.notify(waiting.room.room, waiting.seat.seat, notice)

    @property
    def resumable(self) -> Sequence[RoomEntry]:
        """Conversations that ran when the program ended without a goodbye."""
        return self._desk.resumable

    def resume(self, room: str) -> None:
        """Go back into such a conversation."""
        try:
            session = self._desk.resume(room)
        except CallError:
            self.refused.emit("app.call.not-opened")
        else:
            if session is not None:
                self.session_opened.emit(session)

    def _still_waits(self, waiting: Waiting) -> bool:
        """While a question is open the person may go, and the room's time run out."""
        return any(w.seat.seat == waiting.seat.seat for w in self.waiting)

    def remove(self, waiting: Waiting) -> None:
        """End the seat of somebody who waits, unless they are gone meanwhile."""
        if self._still_waits(waiting):
            self._desk.remove(waiting.room.room, waiting.seat.seat)

    def session(self, room: str) -> Session | None:
        return self._desk.session(room)

    def close(self) -> None:
        """No more signals."""
        self._timer.stop()
        for unsubscribe in self._unsubscribe:
            unsubscribe()
