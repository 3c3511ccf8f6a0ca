"""A control link with a small server inside: seats, admission, compare and set. No sockets. Imports `app.wire` and the ports only."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TypeVar

from msgspec.structs import replace

from app.domain.readiness import Readiness
from app.domain.rooms import ALLOWED_SEAT_STEPS, SeatKind, SeatState
from app.domain.secrets import new_id
from app.domain.survey_counts import SurveyCounts
from app.services.control_connection import CommandRefused, LinkLost
from app.services.events import Event
from app.services.link_port import RoomReadiness
from app.services.ports import LinkState
from app.wire.codes import Code
from app.wire.messages import (
    Admit,
    Candidate,
    End,
    ForgetReadiness,
    IceServer,
    Message,
    Notify,
    Offer,
    Reached,
    ReadinessCard,
    Remove,
    Revoke,
    RoomCard,
    RoomState,
    SeatCard,
    SendBack,
)
from app.wire.readiness import Report, with_report

M = TypeVar("M", bound=Message)


class FakeLink:
    """Keeps the `Link` contract. The test plays the clients with the `client_…` methods, and the network with `lose` and `connect`."""

    def __init__(self) -> None:
        self.state_changed: Event[LinkState] = Event()
        self.room_changed: Event[RoomState] = Event()
        self.signalled: Event[Offer | Candidate] = Event()
        self.readiness_changed: Event[RoomReadiness] = Event()
        self.code_taken: Event[str] = Event()
        self.delayed: Event[bool] = Event()
        self.ice_servers: Sequence[IceServer] = ()
        self.ice_servers_changed: Event[Sequence[IceServer]] = Event()
        self.site: str | None = None
        self.takes_over = False
        self.server_ms: int | None = None
        self.sent: list[Message] = []
        """Everything but `publish`, in order."""
        self.cards: dict[str, RoomCard] = {}
        """What the server knows of."""
        self._refusals: list[Code] = []
        self._state = LinkState.CONNECTED
        self._connected = asyncio.Event()
        self._connected.set()
        self.published: Sequence[RoomCard] = ()
        """The last `publish`, sent or not."""
        self._loses_answer = False
        self.survey: dict[str, SurveyCounts] = {}
        """Closed quarter → its counts; any other is still open."""
        self.signs: Callable[[str, str], str] | None = None
        """Signs rights of take-up figures: quarter, blinded message → blind signature."""
        self._seats: dict[str, list[SeatCard]] = {}
        self._readiness: dict[str, Readiness] = {}
        self._revision = 0

    # ---- the port

    @property
    def state(self) -> LinkState:
        return self._state

    def publish(self, rooms: Sequence[RoomCard]) -> None:
        self.published = tuple(rooms)
        if self._state is LinkState.CONNECTED:
            self._take_published()

    def send(self, message: Message) -> bool:
        if self._state is not LinkState.CONNECTED:
            return False
        self.sent.append(message)
        if isinstance(message, Reached) and message.seat is not None:
            self._change(message.room, message.seat, reached=True)
        return True

    async def command(self, message: Message) -> None:
        await self._connected.wait()
        self.sent.append(message)
        if self._refusals:
            raise CommandRefused(self._refusals.pop(0))
        match message:
            case Admit():
                self._admit(message)
            case SendBack():
                self._step(message.room, message.seat, SeatState.WAITING)
            case Remove():
                self._step(message.room, message.seat, SeatState.REMOVED)
            case Notify():
                self._notify(message)
            case End():
                self._end(message.room)
            case Revoke():
                self._revoke(message.room)
            case ForgetReadiness():
                self._know(message.room, Readiness())
        if self._loses_answer:
            self._loses_answer = False
            raise LinkLost

    async def take_up_right(self, quarter: str, blinded: str) -> str:
        await self._connected.wait()
        if self.signs is None:
            raise CommandRefused(Code.NOT_READY)
        return self.signs(quarter, blinded)

    async def survey_counts(self, quarter: str) -> SurveyCounts:
        await self._connected.wait()
        if quarter not in self.survey:
            raise CommandRefused(Code.PERIOD_OPEN)
        return self.survey[quarter]

    # ---- what a test lets happen

    def client_joins(self, room: str, language: str = "de", by_code: bool = False) -> str:
        """A browser takes a new seat in the waiting room; gives the seat."""
        seat = SeatCard(
            seat=new_id(),
            kind=SeatKind.CLIENT,
            state=SeatState.WAITING,
            present=True,
            reached=False,
            since=self.cards[room].starts_at + len(self._seats[room]),
            language=language,
            epoch=0,
            by_code=by_code,
        )
        self._seats[room].append(seat)
        self._tell(room)
        return seat.seat

    def client_is(self, room: str, seat: str, present: bool) -> None:
        """The browser's connection went, or is back."""
        self._change(room, seat, present=present)

    def client_knocks(self, room: str, seat: str) -> None:
        """From the waiting room, a minute after the last time."""
        card = self.seat(room, seat)
        self._change(room, seat, knocked_at=max(card.since, card.knocked_at) + 60)

    def client_leaves(self, room: str, seat: str) -> None:
        """By a tap."""
        self._change(room, seat, state=SeatState.LEFT)

    def client_comes_back(self, room: str, seat: str) -> None:
        """To the conversation that was left."""
        self._change(room, seat, state=SeatState.ADMITTED)

    def client_offers(self, room: str, seat: str, epoch: int, sdp: str = "v=0\r\n") -> None:
        """Passed on as the server does it: from an admitted seat, with a higher epoch."""
        card = self.seat(room, seat)
        if card.state is SeatState.ADMITTED and card.epoch < epoch and self._state is LinkState.CONNECTED:
            self._change(room, seat, epoch=epoch)
            self.signalled.announce(Offer(seq=1, room=room, epoch=epoch, sdp=sdp, from_=seat))

    def client_trickles(self, room: str, seat: str, epoch: int, candidate: str) -> None:
        """A candidate of the browser."""
        self.signalled.announce(Candidate(seq=1, room=room, epoch=epoch, candidate=candidate, mid="0", line=0, from_=seat))

    def client_reports(self, room: str, report: Report, at: int) -> None:
        """A person tapped on the link's page (`at`, Unix seconds), and this became known."""
        self._know(room, with_report(self._readiness.get(room, Readiness()), report, at))

    def take_code(self, room: str) -> None:
        """Another room turns out to have the same dictatable code."""
        if self._state is LinkState.CONNECTED:
            self.code_taken.announce(room)

    def deputy_takes(self, room: str) -> None:
        """At the server the room is a colleague's from now on."""
        self._revision += 1
        seats = [replace(s, state=SeatState.ENDED) for s in self._seats.pop(room) if s.kind is SeatKind.COUNSELLOR]
        del self.cards[room]
        self.room_changed.announce(RoomState(seq=1, room=room, revision=self._revision, seats=seats, taken_over=True))

    def seat(self, room: str, seat: str) -> SeatCard:
        """As the server has it."""
        return next(s for s in self._seats[room] if s.seat == seat)

    def sent_of(self, kind: type[M]) -> list[M]:
        """What was sent of one kind of message."""
        return [message for message in self.sent if isinstance(message, kind)]

    def is_over(self, room: str) -> bool:
        """The server lets nobody in there any more."""
        return all(seat.state.is_over for seat in self._seats.get(room, ()))

    def refuse_next(self, code: Code = Code.CONFLICT) -> None:
        """The next command will be refused with that code."""
        self._refusals.append(code)

    def lose_answer(self) -> None:
        """The next command will be carried out, but its answer gets lost."""
        self._loses_answer = True

    def lose(self) -> None:
        """The connection goes."""
        self._connected.clear()
        self._go(LinkState.LOST)

    def connect(self) -> None:
        """It is back: rooms are published again, and their states told, before anything else."""
        for room, seats in self._seats.items():
            self._seats[room] = [replace(s, reached=False) for s in seats]
        self._state = LinkState.CONNECTED
        self._take_published()
        self._connected.set()
        self.state_changed.announce(self._state)

    def of_the_next_run(self) -> FakeLink:
        """The program was killed and started again: a link that is not connected yet, to the same server."""
        link = FakeLink()
        link._state = LinkState.CONNECTING
        link._connected.clear()
        link.cards, link._seats, link._revision = self.cards, self._seats, self._revision
        link._readiness = self._readiness
        return link

    def forget_everything(self) -> None:
        """A server that lost its data."""
        self.cards.clear()
        self._seats.clear()
        self._readiness.clear()

    # ---- inside

    def _go(self, state: LinkState) -> None:
        self._state = state
        self.state_changed.announce(state)

    def _take_published(self) -> None:
        for card in self.published:
            if card.room not in self.cards:
                self._seats[card.room] = [_counsellor(card)]
            self.cards[card.room] = card
        for room in [r for r in self.cards if all(card.room != r for card in self.published)]:
            self._revoke(room)
        for room in [card.room for card in self.published]:
            self._tell(room)
            if room in self._readiness:
                self.readiness_changed.announce(RoomReadiness(room, self._readiness[room]))

    def _admit(self, message: Admit) -> None:
        if message.replaces is not None:
            self._step(message.room, message.replaces, SeatState.REPLACED, tell=False)
        if self.seat(message.room, message.seat).state is not SeatState.WAITING:
            raise CommandRefused(Code.CONFLICT)
        self._step(message.room, message.seat, SeatState.ADMITTED)

    def _notify(self, message: Notify) -> None:
        if self.seat(message.room, message.seat).state is not SeatState.WAITING:
            raise CommandRefused(Code.CONFLICT)
        self._change(message.room, message.seat, notice=message.notice)

    def _step(self, room: str, seat: str, state: SeatState, tell: bool = True) -> None:
        if state not in ALLOWED_SEAT_STEPS[self.seat(room, seat).state]:
            raise CommandRefused(Code.CONFLICT)
        notice = None if state is SeatState.ADMITTED else self.seat(room, seat).notice
        self._seats[room] = [replace(s, state=state, notice=notice) if s.seat == seat else s for s in self._seats[room]]
        if tell:
            self._tell(room)

    def _end(self, room: str) -> None:
        self._seats[room] = [s if s.state.is_over else replace(s, state=SeatState.ENDED) for s in self._seats[room]]
        self._tell(room)

    def _revoke(self, room: str) -> None:
        """What the page told is not known any more, unless the room was over already."""
        known = Readiness() if self.is_over(room) else self._readiness.pop(room, Readiness())
        self._end(room)
        if known != Readiness() and self._state is LinkState.CONNECTED:
            self.readiness_changed.announce(RoomReadiness(room, Readiness()))

    def _change(self, room: str, seat: str, **fields: object) -> None:
        self._seats[room] = [replace(s, **fields) if s.seat == seat else s for s in self._seats[room]]
        self._tell(room)

    def _tell(self, room: str) -> None:
        self._revision += 1
        if self._state is LinkState.CONNECTED:
            readiness = ReadinessCard.of(self._readiness.get(room, Readiness()))
            seats = list(self._seats[room])
            self.room_changed.announce(RoomState(seq=1, room=room, revision=self._revision, seats=seats, readiness=readiness))

    def _know(self, room: str, readiness: Readiness) -> None:
        changed = readiness != self._readiness.get(room, Readiness())
        self._readiness[room] = readiness
        self._tell(room)
        if changed and self._state is LinkState.CONNECTED:
            self.readiness_changed.announce(RoomReadiness(room, readiness))


def _counsellor(card: RoomCard) -> SeatCard:
    return SeatCard(
        seat=new_id(),
        kind=SeatKind.COUNSELLOR,
        state=SeatState.ADMITTED,
        present=True,
        reached=True,
        since=card.starts_at,
        language=card.language,
        epoch=0,
    )
