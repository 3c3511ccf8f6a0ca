"""The server's end of one page: joins, resumes, passes signalling on, and tells the page what became of its seat.

What the page is told follows from the room's row, compared with what it was told last; hints only say when to look.
"""

from __future__ import annotations

import contextlib

import msgspec

from app.domain.rooms import SeatState
from app.domain.secrets import hash_secret, new_id, new_token
from app.server import envelopes
from app.server.connection import Connection, Way
from app.server.exchange import PRESENCE_TTL_S, UNNUMBERED, Exchange
from app.server.page_news import View, admitted, differences, farewell, last_notice, view_of, waiting
from app.server.ports import NewSeat, Presence, Refusal, RoomRow, SeatRow, Subscription
from app.wire.codes import CloseCode, Code, WireError
from app.wire.messages import (
    Candidate,
    Ended,
    EndReason,
    IceServer,
    Join,
    JoinCode,
    Kept,
    Knock,
    Leave,
    Message,
    Offer,
    RelayTold,
    RelayWanted,
    Resume,
    page_side_codec,
)


class PageLink:
    """A Party (see `app.server.connection`)."""

    def __init__(self, connection: Connection, exchange: Exchange, sitting: dict[str, Connection]) -> None:
        """`sitting`: seat -> whose page has it in this process; this one enters itself."""
        self._connection = connection
        self._sitting = sitting
        self._exchange = exchange
        self._codec = page_side_codec()
        self._subscriptions: list[Subscription] = []
        self._room = ""
        self._seat = ""
        self._owner = ""
        self._issued = ""
        """Hash of the secret that this connection was given."""
        self._rank = 0
        self._lease = exchange.relays.lease()
        self._talking: RoomRow | None = None
        """The row at the last look, while this seat is admitted: signalling need not ask the store each time."""
        self._revision = 0
        """Of the row at the last look."""
        self._link_seen = False
        """Whether the program was there at the last look."""
        self._away_seen = False
        """Whether the last look showed this seat as away."""
        self._told: View | None = None
        """What the page knows of its seat; None before it has one."""

    @property
    def seat(self) -> str:
        """Its id; empty before it has one."""
        return self._seat

    @property
    def at_rest(self) -> bool | None:
        """Whether a sweep has nothing to say to it; None if it depends on whether its program is there, and others have to be asked."""
        if self._told is None or self._away_seen:
            return self._told is None
        known = self._exchange.fanout.known(Presence.LINK, self._owner)
        return None if known is None else known is self._link_seen

    @property
    def program(self) -> tuple[str, bool]:
        """Whose rooms it is in, and whether that program was there at the last look."""
        return self._owner, self._link_seen

    def check(self) -> None:
        if self._told is None:
            self._connection.end(CloseCode.GOING_AWAY)

    async def greet(self) -> None:
        """The page speaks first."""

    def on_sign_of_life(self) -> None:
        if self._told is not None:
            self._touch(self._seat)
            if self._told.state is SeatState.ADMITTED and self._lease.due(self._exchange.now):
                self._connection.send(RelayTold(seq=UNNUMBERED, ice_servers=self._relays()))

    def _relays(self) -> list[IceServer]:
        """Fresh ones, for the room that this page is admitted to."""
        self._lease.begin(self._exchange.now)
        return self._exchange.relays.for_client(self._room, self._exchange.now)

    async def gone(self) -> None:
        """Presence lasts on: a reload within it changes nothing."""
        if self._sitting.get(self._seat) is self._connection:
            del self._sitting[self._seat]
        for subscription in self._subscriptions:
            await subscription.close()
        self._subscriptions.clear()

    async def on_message(self, message: Message) -> None:
        if isinstance(message, Join | JoinCode | Resume):
            await self._join(message)
            return
        if isinstance(message, RelayWanted):
            await self._tell_relay(message)
            return
        if self._told is None:
            raise WireError(Code.OUT_OF_ORDER, "no seat yet")
        if getattr(message, "room", None) != self._room:
            raise Refusal(Code.UNKNOWN_SEAT)
        match message:
            case Kept():
                await self._exchange.store.confirm_secret(self._room, self._seat, self._issued)
            case Knock():
                await self._exchange.announce(await self._exchange.store.knock(self._room, self._seat, self._exchange.now))
            case Leave():
                await self._leave()
            case Offer():
                await self._offer(message)
            case Candidate():
                await self._candidate(message)

    # ---- before a seat

    async def _tell_relay(self, message: RelayWanted) -> None:
        """For the rehearsal. Refuses `unknown-link`, `expired-link` and `too-many`."""
        exchange, address = self._exchange, self._connection.address
        if await exchange.limits.failed_too_often(address):
            raise Refusal(Code.TOO_MANY)
        row = await exchange.store.find_by_look(hash_secret(message.look))
        if row is None:
            await exchange.limits.failure(address)
            raise Refusal(Code.UNKNOWN_LINK)
        if row.over is not None:
            raise Refusal(Code.EXPIRED_LINK)
        if not await exchange.limits.relay(row.room):
            raise Refusal(Code.TOO_MANY)
        self._connection.send(RelayTold(seq=UNNUMBERED, ice_servers=exchange.relays.for_check(row.room, exchange.now)))

    # ---- taking a seat

    async def _join(self, message: Join | JoinCode | Resume) -> None:
        if self._told is not None:
            raise WireError(Code.OUT_OF_ORDER, "joined already")
        if isinstance(message, Join) and (message.seat is None) != (message.secret is None):
            raise WireError(Code.MALFORMED, "seat and secret belong together")
        try:
            row = await self._room_of(message)
            if row.over is not None and (seat := _resumed(message)) is not None:
                for notice in last_notice(None, view_of(row, seat, link_present=False)):
                    self._connection.send(notice)
                self._end(Ended(seq=UNNUMBERED, room=row.room, reason=row.over))
            else:
                await self._sit_down(row, message)
        except Refusal as refusal:
            await self.gone()
            if refusal.code is Code.UNKNOWN_SEAT:
                await self._exchange.limits.failure(self._connection.address)
                raise
            self._connection.refuse(refusal.code, message.seq, CloseCode.SLOW_DOWN if refusal.code is Code.TOO_MANY else CloseCode.REFUSED)

    async def _room_of(self, message: Join | JoinCode | Resume) -> RoomRow:
        """Refuses `unknown-link`, `unknown-code` and `too-many`."""
        exchange, address = self._exchange, self._connection.address
        if isinstance(message, JoinCode):
            return await exchange.codes.find(message.code, address)
        if await exchange.limits.failed_too_often(address):
            raise Refusal(Code.TOO_MANY)
        if isinstance(message, Join):
            row = await exchange.store.find_by_token(hash_secret(message.token))
        else:
            row = await exchange.store.find(message.room)
        if row is None:
            await exchange.limits.failure(address)
            raise Refusal(Code.UNKNOWN_LINK)
        return row

    async def _sit_down(self, found: RoomRow, message: Join | JoinCode | Resume) -> None:
        """Take or resume the seat. Subscribes before, so that no change after it is missed, and is present before, so that no sweep
        meets a new seat without anybody on it."""
        exchange, secret = self._exchange, new_token()
        issued = hash_secret(secret)
        match message:
            case Resume(seat=str(seat), secret=str(presented)) | Join(seat=str(seat), secret=str(presented)):
                await self._subscribe(found, seat)
                row = await exchange.store.resume_seat(found.room, seat, hash_secret(presented), issued, exchange.now)
                self._touch(seat)  # only now: until the secret was found right, anybody might name the seat
            case Join() | JoinCode():
                seat, code_hash = new_id(), found.card.code_hash if isinstance(message, JoinCode) else None
                await self._subscribe(found, seat)
                row = await self._new_seat(found.room, NewSeat(seat, issued, message.language, code_hash))
        self._room, self._seat, self._owner, self._issued, self._rank = row.room, seat, row.owner, issued, row.revision
        self._sitting[seat] = self._connection
        exchange.fanout.publish(
            envelopes.seat_topic(seat), envelopes.pack(envelopes.TakenOver(rank=self._rank, connection=self._connection.id))
        )
        await self._tell(row, secret=secret)
        await exchange.announce(row)

    async def _new_seat(self, room: str, new: NewSeat) -> RoomRow:
        """The room with the seat in it. One that was refused leaves no sign of life behind."""
        self._touch(new.seat)
        try:
            return await self._exchange.store.take_seat(room, new, self._exchange.now)
        except Refusal:
            await self._exchange.fanout.drop(Presence.SEAT, new.seat)
            raise

    async def _subscribe(self, row: RoomRow, seat: str) -> None:
        for topic in (envelopes.room_topic(row.room), envelopes.seat_topic(seat), envelopes.link_topic(row.owner)):
            self._subscriptions.append(await self._exchange.fanout.subscribe(topic, self._connection.hint))

    async def _follow(self, row: RoomRow) -> None:
        """A room that passed over to another workstation: whether that one is there counts from now on."""
        if row.owner != self._owner:
            self._owner = row.owner
            topic = envelopes.link_topic(row.owner)
            self._subscriptions.append(await self._exchange.fanout.subscribe(topic, self._connection.hint))

    def _touch(self, seat: str) -> None:
        self._exchange.fanout.touch(Presence.SEAT, seat, PRESENCE_TTL_S)

    async def _still_here(self, row: RoomRow) -> RoomRow:
        """The row, put right where a sweep that looked too early noted this seat as away."""
        exchange, seat = self._exchange, row.seat(self._seat)
        if seat is None or seat.away_since is None or not await exchange.fanout.is_present(Presence.SEAT, self._seat):
            return row
        with contextlib.suppress(Refusal):  # the seat is gone meanwhile
            row = await exchange.store.note_presence(self._room, self._seat, True, exchange.now)
            await exchange.announce(row)
        return row

    async def _leave(self) -> None:
        row = await self._exchange.store.leave(self._room, self._seat)
        await self._exchange.fanout.drop(Presence.SEAT, self._seat)
        self._connection.end(CloseCode.OVER)
        await self._exchange.announce(row)

    # ---- signalling

    async def _own_row(self) -> tuple[RoomRow, SeatRow]:
        """The room and the own seat, as last looked at. Refuses `not-admitted` unless the seat is.

        Who was sent back a moment ago may still be heard: the other side passes over it, as over anything that was on its way.
        """
        row = self._talking or await self._exchange.store.find(self._room)
        seat = row.seat(self._seat) if row else None
        if row is None or seat is None or seat.state is not SeatState.ADMITTED:
            raise Refusal(Code.NOT_ADMITTED)
        return row, seat

    async def _offer(self, message: Offer) -> None:
        row, _ = await self._own_row()
        if message.to not in (None, row.counsellor.seat):
            raise Refusal(Code.NOT_ADMITTED)
        self._talking = row = await self._exchange.store.note_epoch(self._room, self._seat, message.epoch)
        self._exchange.fanout.publish(*self._way_to_owner(row, message))
        await self._exchange.announce(row)

    async def _candidate(self, message: Candidate) -> None:
        row, seat = await self._own_row()
        if message.to not in (None, row.counsellor.seat):
            raise Refusal(Code.NOT_ADMITTED)
        if message.epoch == seat.epoch:
            self._exchange.fanout.publish(*self._way_to_owner(row, message))

    def way_of(self, message: Message) -> Way | None:
        row = self._talking
        if row is None or not isinstance(message, Candidate) or message.room != self._room:
            return None
        seat = row.seat(self._seat)
        current = seat is not None and seat.state is SeatState.ADMITTED and message.epoch == seat.epoch
        return self._way_to_owner(row, message) if current and message.to in (None, row.counsellor.seat) else None

    def _way_to_owner(self, row: RoomRow, message: Candidate | Offer) -> Way:
        told = msgspec.structs.replace(message, to=row.counsellor.seat, from_=self._seat)
        return envelopes.owner_topic(row.owner), envelopes.relay(told)

    # ---- news for the page

    def passed_on(self, envelope: bytes) -> bool:
        if (text := envelopes.relayed(envelope)) is None:
            return False
        if self._told is not None and self._told.state is SeatState.ADMITTED:
            self._connection.send(self._codec.parse(text))
        return True

    async def on_hint(self, envelope: bytes) -> None:
        if self.passed_on(envelope):
            return
        match envelopes.unpack(envelope):
            case envelopes.TakenOver(rank=rank, connection=other):
                if (rank, other) > (self._rank, self._connection.id):
                    self._connection.end(CloseCode.TAKEN_OVER)
            case envelopes.Swept():
                if self._told is not None and (self._away_seen or await self._exchange.link_present(self._owner) is not self._link_seen):
                    await self._look()
            case envelopes.Changed(revision=revision) if 0 < revision <= self._revision:
                pass  # seen
            case envelopes.Changed(revision=revision) if self._told is not None:
                await self._look(revision)
            case _ if self._told is not None:
                await self._look()

    async def _look(self, revision: int = 0) -> None:
        """At the room's row, which has at least this revision."""
        row = await self._exchange.row(self._room, revision)
        if row is None:
            self._end(Ended(seq=UNNUMBERED, room=self._room, reason=EndReason.EXPIRED))
        else:
            await self._follow(row)
            await self._tell(await self._still_here(row))

    def _end(self, message: Message) -> None:
        self._connection.send(message)
        self._connection.end(CloseCode.OVER)

    async def _tell(self, row: RoomRow, secret: str | None = None) -> None:
        """Say what is new about the seat: everything with a secret, only differences without."""
        self._link_seen = await self._exchange.link_present(self._owner)
        told, view = self._told, view_of(row, self._seat, self._link_seen)
        own = row.seat(self._seat)
        self._revision = row.revision
        self._talking = row if view.state is SeatState.ADMITTED else None
        self._told, self._away_seen = view, own is not None and own.away_since is not None
        if secret is None and told is not None and told.state is view.state:
            for message in differences(told, view):
                self._connection.send(message)
        elif view.state is SeatState.WAITING:
            self._connection.send(waiting(view, secret, sent_back=told is not None))
        elif view.state is SeatState.ADMITTED:
            self._connection.send(admitted(view, row, secret, self._relays()))
        else:
            for message in last_notice(told, view):
                self._connection.send(message)
            if (last := farewell(view, row)) is not None:
                self._connection.send(last)
            self._connection.end(CloseCode.OVER)


def _resumed(message: Join | JoinCode | Resume) -> str | None:
    """The seat that the tab says it holds."""
    return None if isinstance(message, JoinCode) else message.seat
