"""The counsellor's desk: implements `app.services.ports.Desk` over the control link. No Qt.

Rooms stand in a `RoomBook`. What the counsellor does becomes a command; what the server says about a room is the truth, and
sessions are opened, moved and closed by it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.domain.rooms import SeatState
from app.media.ports import DeviceChoice, Engine
from app.services.clock import Clock
from app.services.commands import Commands
from app.services.desk_line import DeskLine
from app.services.events import Event
from app.services.link import Link
from app.services.ports import SESSION_RUNS, Arrival, LinkState, Parted, RoomEntry, RoomOffer
from app.services.profile import only_demonstration
from app.services.room_book import RoomBook
from app.services.room_record import RoomRecord
from app.services.room_times import RoomTimes
from app.services.session import LiveSession
from app.services.session_line import CallPlan, Parting
from app.services.tasks import Tasks
from app.wire.codes import Code
from app.wire.messages import (
    Admit,
    Candidate,
    End,
    IceServer,
    Message,
    Notice,
    Notify,
    Offer,
    Reached,
    Remove,
    Revoke,
    RoomState,
    SendBack,
)


class LiveDesk:
    """The desk of the running program."""

    def __init__(
        self,
        book: RoomBook,
        link: Link,
        engine: Engine,
        words: Callable[[str], Sequence[str]],
        tasks: Tasks,
        clock: Clock,
    ) -> None:
        """`words` gives the 2048 safety words of a language. Rooms that stand in the book already are published."""
        self.rooms_changed: Event[Sequence[RoomEntry]] = Event()
        self.arrived: Event[Arrival] = Event()
        self.parted: Event[Parted] = Event()
        self.link_changed: Event[LinkState] = link.state_changed
        self.refused: Event[str] = Event()
        self.taken_over: Event[str] = Event()
        self.devices_chosen: Event[DeviceChoice] = Event()
        """In a session or by a check; worth keeping in the profile."""
        self._book = book
        self._link = link
        self._engine = engine
        self._words = words
        self._clock = clock
        self._devices = book.settings.devices.choice()
        self._commands = Commands(link, tasks)
        link.room_changed.subscribe(self._room_told)
        link.signalled.subscribe(self._signalled)
        link.state_changed.subscribe(self._link_told)
        link.ice_servers_changed.subscribe(self._use_ice_servers)
        self._times = RoomTimes(book, clock, self._publish, self._changed)
        self._times.start()
        self._publish()

    # ---- what the window sees

    @property
    def rooms(self) -> Sequence[RoomEntry]:
        return self._book.entries(self._clock.unix())

    @property
    def link(self) -> LinkState:
        return self._link.state

    @property
    def only_demonstration(self) -> bool:
        return only_demonstration(self._book.settings.link_base)

    def create_now(self, title: str, language: str, minutes: int, save_data: bool = False) -> RoomEntry:
        record = self._book.create_now(title, language, minutes, self._clock.unix(), save_data)
        self._publish()
        self._changed()
        return record.entry

    def offer(self, rooms: Sequence[RoomOffer]) -> None:
        now = self._clock.unix()
        cards, entries = self._book.cards(now), self.rooms
        for record in self._book.offer(rooms, now):
            self._end_session(record)
        if self._book.cards(now) != cards:
            self._publish()
        if self.rooms != entries:
            self._changed()

    def hand_over(self, room: str) -> None:
        record = self._book.find(room)
        if record is None or record.session is not None:
            return
        record.over = record.handed = True
        self._changed()

    def revoke(self, room: str) -> None:
        record = self._book.find(room)
        if record is None:
            return
        record.over = True
        self._end_session(record)
        self._start("revoke", Revoke(seq=1, room=room), record)

    def remove(self, room: str, seat: str) -> None:
        self._start("remove", Remove(seq=1, room=room, seat=seat), self._book.at(room, seat))

    def notify(self, room: str, seat: str, notice: Notice) -> None:
        self._start("notify", Notify(seq=1, room=room, seat=seat, notice=notice), self._book.at(room, seat))

    @property
    def resumable(self) -> Sequence[RoomEntry]:
        return [entry for entry in self.rooms if self._book.at(entry.room).can_be_resumed]

    def resume(self, room: str) -> LiveSession | None:
        record = self._book.at(room)
        if self._another_runs(record):
            return None
        seat = record.seat(record.left_behind)
        if seat is None or not record.can_be_resumed:
            raise LookupError("nothing to resume in this room")
        session = self._open_session(record, seat.seat)
        self._book.forget_left_behind()
        session.take_over(seat.state, seat.present, seat.epoch)
        self._changed()
        return session

    def admit(self, room: str, seat: str, replaces: str | None = None) -> LiveSession | None:
        record = self._book.at(room, seat)
        if record.left_behind == seat and record.can_be_resumed:
            return self.resume(room)
        if self._another_runs(record):
            return None
        self._book.forget_left_behind()
        card = record.seat(seat)
        if record.seat(replaces) is None:
            replaces = None  # the server does not know it any more
        if record.session is None:
            self._open_session(record, seat)
        if card is not None and card.state is SeatState.ADMITTED:
            self._follow(record)
        else:
            self._start("admit", Admit(seq=1, room=room, seat=seat, replaces=replaces), record)
        return record.session

    def session(self, room: str) -> LiveSession | None:
        record = self._book.find(room)
        return record.session if record is not None else None

    async def close(self) -> None:
        """End what runs without a goodbye, after giving commands under way a moment. Call `end_now` first for a goodbye."""
        self._times.close()
        for record in self._book:
            self._end_session(record)
        await self._commands.settle()

    def use_devices(self, choice: DeviceChoice) -> None:
        """In the sessions to come."""
        self._keep_devices(choice)

    # ---- what a session tells (by its `DeskLine`)

    def _keep_devices(self, choice: DeviceChoice) -> None:
        self._devices = choice
        self.devices_chosen.announce(choice)

    def _finished(self, record: RoomRecord, how: Parting) -> None:
        room, seat = record.card.room, record.session_seat
        record.session = record.session_seat = None
        if how is not Parting.SENT_BACK:
            record.over = True
            self._start("end", End(seq=1, room=room, by_phone=how is Parting.BY_PHONE), record)
            self.parted.announce(Parted(room, how is Parting.BY_PHONE))
        elif seat is not None:
            record.set_state(seat, SeatState.WAITING)
            self._start("send back", SendBack(seq=1, room=room, seat=seat), record)

    # ---- what the link tells

    def _link_told(self, state: LinkState) -> None:
        if state is LinkState.CONNECTED:
            self._use_ice_servers(self._link.ice_servers)

    def _use_ice_servers(self, servers: Sequence[IceServer]) -> None:
        for record in self._book:
            if record.session is not None:
                record.session.use_ice_servers(servers)

    def _room_told(self, message: RoomState) -> None:
        record = self._book.find(message.room)
        if record is None:
            return
        news = message.taken_over and not record.handed
        record.handed |= message.taken_over
        record.take(message.seats)
        self._follow(record)
        self._changed()
        if news:
            self.taken_over.announce(message.room)
        for seat in record.seats:
            if seat.present and not seat.reached and not seat.state.is_over and not record.handed:
                self._link.send(Reached(seq=1, room=message.room, seat=seat.seat))
        for arrival in record.new_arrivals():
            self.arrived.announce(arrival)

    def _signalled(self, message: Offer | Candidate) -> None:
        record = self._book.find(message.room)
        if record is None or record.session is None or message.from_ != record.session_seat:
            return
        if isinstance(message, Offer):
            record.session.take_offer(message)
        else:
            record.session.add_candidate(message)

    def _follow(self, record: RoomRecord) -> None:
        """Bring the session in line with what the server says about the seats."""
        if record.session is None:
            return
        admitted = record.admitted_seat
        if admitted is not None and admitted.seat != record.session_seat:
            record.session_seat = admitted.seat
            record.session.another_device()
        seat = record.seat(record.session_seat)
        if record.over or (seat is not None and seat.state.is_over):
            self._end_session(record)
        elif seat is not None:
            record.session.seat_changed(seat.state, seat.present)
        else:  # a server that lost its data; picture and sound may well go on
            record.session.seat_changed(SeatState.ADMITTED, present=False)

    # ---- inside

    def _another_runs(self, record: RoomRecord) -> bool:
        """Says so if there is one."""
        runs = self._book.another_runs(record)
        if runs:
            self.refused.announce(SESSION_RUNS)
        return runs

    def _open_session(self, record: RoomRecord, seat: str) -> LiveSession:
        plan = CallPlan(self._engine, self._devices, self._link.ice_servers, frozenset(self._book.settings.features))
        line = DeskLine(record, self._link, self._keep_devices, self._finished)
        session = LiveSession(line, plan, self._words(record.card.language), self._clock)
        record.session, record.session_seat = session, seat
        self._times.look()
        return session

    def _end_session(self, record: RoomRecord) -> None:
        session, record.session, record.session_seat = record.session, None, None
        if session is not None:
            session.close()

    def _publish(self) -> None:
        self._link.publish(self._book.cards(self._clock.unix()))

    def _changed(self) -> None:
        self._book.keep(self._clock.unix())
        self.rooms_changed.announce(self.rooms)

    def _start(self, name: str, command: Message, record: RoomRecord) -> None:
        self._commands.start(name, command, lambda code: self._refused_command(command, record, code))
        self._changed()

    def _refused_command(self, command: Message, record: RoomRecord, code: Code) -> None:
        if isinstance(command, Admit) and record.session_seat == command.seat:
            self._end_session(record)
        self._changed()
        self.refused.announce(f"app.refused.{code.value}")
