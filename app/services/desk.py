"""The counsellor's desk: implements `app.services.ports.Desk` over the control link. No Qt.

Rooms live in memory for now. What the counsellor does becomes a command; what the server says about a room is the truth, and
sessions are opened, moved and closed by it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import structlog

from app.domain.rooms import SeatState
from app.media.ports import DeviceChoice, Engine
from app.services.clock import Clock
from app.services.events import Event
from app.services.link import CommandRefused, Link, LinkLost
from app.services.ports import SESSION_RUNS, Arrival, LinkState, RoomEntry
from app.services.profile import Settings, only_demonstration
from app.services.room_record import RoomRecord
from app.services.session import CallPlan, LiveSession
from app.services.tasks import Tasks
from app.wire.codes import Code
from app.wire.messages import (
    Admit,
    Answer,
    Candidate,
    End,
    Message,
    NeedOffer,
    Offer,
    OfferReason,
    Reached,
    Remove,
    Revoke,
    RoomState,
    SendBack,
)

_log = structlog.get_logger(__name__)

TRY_AGAIN_S = 0.3
"""Before a command whose answer was lost goes out again."""
LAST_COMMANDS_S = 2.0
"""So long closing waits for commands under way."""


class LiveDesk:
    """The desk of the running program."""

    def __init__(
        self,
        settings: Settings,
        link: Link,
        engine: Engine,
        words: Callable[[str], Sequence[str]],
        tasks: Tasks,
        clock: Clock,
    ) -> None:
        """`words` gives the 2048 safety words of a language."""
        self.rooms_changed: Event[Sequence[RoomEntry]] = Event()
        self.arrived: Event[Arrival] = Event()
        self.link_changed: Event[LinkState] = link.state_changed
        self.refused: Event[str] = Event()
        self.devices_chosen: Event[DeviceChoice] = Event()
        """In a session; worth keeping in the profile."""
        self._settings = settings
        self._link = link
        self._engine = engine
        self._words = words
        self._tasks = tasks
        self._clock = clock
        self._devices = settings.devices.choice()
        self._records: dict[str, RoomRecord] = {}
        self._commands: set[asyncio.Task[None]] = set()
        link.room_changed.subscribe(self._room_told)
        link.signalled.subscribe(self._signalled)
        link.state_changed.subscribe(self._link_told)

    # ---- what the window sees

    @property
    def rooms(self) -> Sequence[RoomEntry]:
        return sorted((record.entry for record in self._records.values()), key=lambda entry: entry.starts_at)

    @property
    def link(self) -> LinkState:
        return self._link.state

    @property
    def only_demonstration(self) -> bool:
        return only_demonstration(self._settings.link_base)

    def create_now(self, title: str, language: str, minutes: int) -> RoomEntry:
        record = RoomRecord.starting_now(self._settings, title, language, minutes, self._clock.unix())
        self._records[record.card.room] = record
        self._publish()
        self._changed()
        return record.entry

    def revoke(self, room: str) -> None:
        record = self._record(room)
        record.over = True
        self._end_session(record)
        self._start("revoke", Revoke(seq=1, room=room), record)

    def remove(self, room: str, seat: str) -> None:
        self._start("remove", Remove(seq=1, room=room, seat=seat), self._record(room, seat))

    def admit(self, room: str, seat: str, replaces: str | None = None) -> LiveSession | None:
        record = self._record(room, seat)
        if any(other.session is not None for other in self._records.values() if other is not record):
            self.refused.announce(SESSION_RUNS)
            return None
        card = record.seat(seat)
        if record.seat(replaces) is None:
            replaces = None  # the server does not know it any more
        if record.session is None:
            record.session = self._open_session(record)
            record.session_seat = seat
        if card is not None and card.state is SeatState.ADMITTED:
            self._follow(record)
        else:
            self._start("admit", Admit(seq=1, room=room, seat=seat, replaces=replaces), record)
        return record.session

    def session(self, room: str) -> LiveSession | None:
        record = self._records.get(room)
        return record.session if record is not None else None

    async def close(self) -> None:
        """End what runs without a goodbye, after giving commands under way a moment. Call `end_now` first for a goodbye."""
        for record in self._records.values():
            self._end_session(record)
        if self._commands:
            await asyncio.wait(self._commands, timeout=LAST_COMMANDS_S)

    # ---- what a session tells (by its `_Line`)

    def _answer(self, record: RoomRecord, epoch: int, sdp: str) -> None:
        self._link.send(Answer(seq=1, room=record.card.room, epoch=epoch, sdp=sdp, to=record.session_seat))

    def _need_offer(self, record: RoomRecord, epoch: int, reason: OfferReason) -> None:
        self._link.send(NeedOffer(seq=1, room=record.card.room, epoch=epoch, reason=reason, to=record.session_seat))

    def _keep_devices(self, choice: DeviceChoice) -> None:
        self._devices = choice
        self.devices_chosen.announce(choice)

    def _finished(self, record: RoomRecord, goodbye: bool) -> None:
        room, seat = record.card.room, record.session_seat
        record.session = record.session_seat = None
        if goodbye:
            record.over = True
            self._start("end", End(seq=1, room=room), record)
        elif seat is not None:
            record.set_state(seat, SeatState.WAITING)
            self._start("send back", SendBack(seq=1, room=room, seat=seat), record)

    # ---- what the link tells

    def _link_told(self, state: LinkState) -> None:
        if state is LinkState.CONNECTED:
            for record in self._records.values():
                if record.session is not None:
                    record.session.use_ice_servers(self._link.ice_servers)

    def _room_told(self, message: RoomState) -> None:
        record = self._records.get(message.room)
        if record is None:
            return
        record.take(message.seats)
        self._follow(record)
        self._changed()
        for seat in record.seats:
            if seat.present and not seat.reached and not seat.state.is_over:
                self._link.send(Reached(seq=1, room=message.room, seat=seat.seat))
            if seat.present and seat.state is SeatState.WAITING and seat.seat not in record.told and not record.over:
                record.told.add(seat.seat)
                self.arrived.announce(Arrival(message.room, seat.seat))

    def _signalled(self, message: Offer | Candidate) -> None:
        record = self._records.get(message.room)
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

    def _record(self, room: str, seat: str | None = None) -> RoomRecord:
        record = self._records.get(room)
        if record is None or (seat is not None and record.seat(seat) is None):
            raise LookupError("no such room or seat")
        return record

    def _open_session(self, record: RoomRecord) -> LiveSession:
        plan = CallPlan(self._engine, self._devices, self._link.ice_servers)
        return LiveSession(_Line(self, record), plan, self._words(record.card.language), self._clock)

    def _end_session(self, record: RoomRecord) -> None:
        session, record.session, record.session_seat = record.session, None, None
        if session is not None:
            session.close()

    def _publish(self) -> None:
        now = self._clock.unix()
        records = self._records.values()
        self._link.publish([r.card for r in records if not r.over_at_server and r.card.closes_at > now])

    def _changed(self) -> None:
        self.rooms_changed.announce(self.rooms)

    def _start(self, name: str, command: Message, record: RoomRecord) -> None:
        task = self._tasks.start(name, self._command(command, record))
        self._commands.add(task)
        task.add_done_callback(self._commands.discard)
        self._changed()

    async def _command(self, command: Message, record: RoomRecord) -> None:
        """Carry a command out, again after a lost link: every command is compare-and-set, so a second time does no harm."""
        lost_before = False
        while True:
            try:
                await self._link.command(command)
            except LinkLost:
                lost_before = True
                await asyncio.sleep(TRY_AGAIN_S)
            except CommandRefused as refusal:
                if lost_before and refusal.code is Code.CONFLICT:
                    return  # the first time was carried out, only its answer was lost
                self._refused_command(command, record, refusal.code)
                raise
            else:
                return

    def _refused_command(self, command: Message, record: RoomRecord, code: Code) -> None:
        if isinstance(command, Admit) and record.session_seat == command.seat:
            self._end_session(record)
        self._changed()
        self.refused.announce(f"app.refused.{code.value}")


class _Line:
    """A session's way to the desk (`app.services.session.SessionLine`)."""

    def __init__(self, desk: LiveDesk, record: RoomRecord) -> None:
        self._desk = desk
        self._record = record

    @property
    def room(self) -> RoomEntry:
        return self._record.entry

    def answer(self, epoch: int, sdp: str) -> None:
        self._desk._answer(self._record, epoch, sdp)

    def need_offer(self, epoch: int, reason: OfferReason) -> None:
        self._desk._need_offer(self._record, epoch, reason)

    def devices_chosen(self, choice: DeviceChoice) -> None:
        self._desk._keep_devices(choice)

    def finished(self, goodbye: bool) -> None:
        self._desk._finished(self._record, goodbye)
