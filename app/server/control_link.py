"""The server's end of one workstation: enrolment, proof, publishing, commands, signalling (PROTOCOL.md, sections 6 and 13)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import msgspec
import structlog

from app.domain.rooms import SeatKind, SeatState, TimeWindow
from app.domain.secrets import new_token
from app.server import envelopes
from app.server.connection import Connection, Way
from app.server.enrolment.desk import EnrolmentDesk, signature_holds
from app.server.enrolment.ports import SignIns, Workstation
from app.server.exchange import PRESENCE_TTL_S, UNNUMBERED, Exchange, room_state, taken_over_state
from app.server.identity import Identity
from app.server.ports import Presence, Published, Refusal, RoomRow, SeatRow, StandIn, Subscription
from app.server.rules import is_taken_over
from app.server.sign_in_talk import SignInTalk
from app.wire.codes import CloseCode, Code, WireError
from app.wire.fields import MAX_ROOMS
from app.wire.handshake import owner_id, place_text, signed_by_server, signed_by_workstation
from app.wire.messages import (
    Admit,
    Answer,
    Candidate,
    Challenge,
    Delayed,
    Done,
    End,
    Enrol,
    EnrolByToken,
    Enrolled,
    ForgetReadiness,
    IceServer,
    Message,
    NeedOffer,
    Notify,
    Prove,
    Publish,
    Reached,
    RelayTold,
    Remove,
    Revoke,
    RoomCard,
    SendBack,
    SignInWanted,
    SurveyTold,
    SurveyWanted,
    TakeOver,
    TakeUpRight,
    TakeUpRightWanted,
    Welcome,
    control_codec,
)

log = structlog.get_logger(__name__)


class ControlLink:
    """A Party (see `app.server.connection`)."""

    def __init__(
        self,
        connection: Connection,
        exchange: Exchange,
        identity: Identity,
        enrolment: EnrolmentDesk,
        sign_ins: SignIns | None = None,
    ) -> None:
        self._connection = connection
        self._exchange = exchange
        self._identity = identity
        self._enrolment = enrolment
        self._codec = control_codec()
        self._nonce = new_token()
        self._sign_in = SignInTalk(connection, exchange.limits, identity, self._nonce, sign_ins)
        self._workstation: Workstation | None = None
        """None before the proof."""
        self._published = False
        self._parts: list[RoomCard] = []
        """Rooms of a `publish` whose last part is yet to come."""
        self._told_delayed = False
        self._told: dict[str, int] = {}
        """Room -> the revision that the workstation was told last."""
        self._talking: dict[str, RoomRow] = {}
        """Rooms with somebody admitted, as last told: signalling need not ask the store each time."""
        self._rank = 0
        self._displaced = False
        self._subscription: Subscription | None = None
        self._lease = exchange.relays.lease()

    @property
    def proved(self) -> bool:
        """True once the workstation has shown who it is."""
        return self._workstation is not None

    @property
    def owner(self) -> str:
        """Of its rooms; empty before the proof."""
        return "" if self._workstation is None else self._workstation.owner

    @property
    def _site(self) -> str:
        """Raises WireError before the proof."""
        if self._workstation is None:
            raise WireError(Code.OUT_OF_ORDER, "prove first")
        return self._workstation.site

    @property
    def program(self) -> tuple[str, bool]:
        """Itself."""
        return self.owner, True

    @property
    def at_rest(self) -> bool:
        return not self._told_delayed and self._exchange.fanout.settled

    def check(self) -> None:
        if not self.proved:
            self._connection.refuse(Code.UNAUTHORISED, close=CloseCode.REFUSED)

    async def greet(self) -> None:
        self._connection.send(Challenge(seq=UNNUMBERED, server_key=self._identity.public_key, nonce=self._nonce))

    def on_sign_of_life(self) -> None:
        if self._published:
            self._exchange.fanout.touch(Presence.LINK, self.owner, PRESENCE_TTL_S)
        if self._lease.due(self._exchange.now):
            self._connection.send(RelayTold(seq=UNNUMBERED, ice_servers=self._relays()))

    def _relays(self) -> list[IceServer]:
        """Fresh ones, for this workstation."""
        self._lease.begin(self._exchange.now)
        return self._exchange.relays.for_counsellor(self.owner, self._exchange.now)

    async def gone(self) -> None:
        """The pages hear at once that the program is away, unless a newer link of it is there."""
        if self._subscription is not None:
            await self._subscription.close()
        if self._published and not self._displaced:
            await self._exchange.fanout.drop(Presence.LINK, self.owner)
            await self._link_changed()

    async def _link_changed(self) -> None:
        self._exchange.fanout.publish(envelopes.link_topic(self.owner), envelopes.pack(envelopes.LinkChanged()))

    async def on_message(self, message: Message) -> None:
        if isinstance(message, Prove):
            await self._prove(message)
        elif isinstance(message, Enrol | EnrolByToken | SignInWanted):
            await self._become_known(message)
        elif not self.proved or not (self._published or isinstance(message, Publish)):
            raise WireError(Code.OUT_OF_ORDER, "prove, then publish")
        elif isinstance(message, Publish):
            await self._publish(message)
        elif isinstance(message, NeedOffer | Answer | Candidate):
            await self._signal(message)
        elif isinstance(message, SurveyWanted | TakeUpRightWanted):
            await self._survey(message)
        elif isinstance(message, Reached):
            await self._reached(message)
        elif isinstance(message, TakeOver):
            await self._take_over(message)
        else:
            row = await self._command(message)
            self._talking.pop(row.room, None)  # nobody may be in any more, and then a deputy may have it next
            await self._exchange.announce(row)
            self._connection.send(Done(seq=UNNUMBERED, re=message.seq))

    # ---- who it is

    async def _become_known(self, message: Enrol | EnrolByToken | SignInWanted) -> None:
        """Register its key. It has to be proved like every other one then."""
        if self.proved:
            raise WireError(Code.OUT_OF_ORDER, "proved already")
        if isinstance(message, Enrol):
            await self._enrol(message)
        elif isinstance(message, SignInWanted):
            self._sign_in.tell_how(message)
        elif (registered := await self._sign_in.registered(message)) is not None:
            self.tell_enrolled(*registered)

    async def _enrol(self, message: Enrol) -> None:
        limits, address = self._exchange.limits, self._connection.address
        if await limits.enrolled_wrongly_too_often(address):
            self._connection.refuse(Code.TOO_MANY, message.seq, CloseCode.SLOW_DOWN)
            return
        values = (self._identity.public_key, message.workstation_key, self._nonce, message.nonce)
        try:
            workstation = await self._enrolment.enrol(message, values)
        except Refusal as refusal:
            log.warning("enrolment-refused", code=refusal.code.value)
            await limits.wrong_enrolment(address)
            self._connection.refuse(refusal.code, message.seq, CloseCode.REFUSED)
            return
        if workstation.replaces is not None:
            await self._enrolment.tell_to_look(self._exchange.fanout, workstation.replaces)
        self.tell_enrolled(workstation, values)

    def tell_enrolled(self, workstation: Workstation, values: tuple[str, str, str, str]) -> None:
        """What the server says of a registration, however it came about."""
        place = self._enrolment.place_of(workstation)
        signature = self._identity.sign(place_text(*values, place))
        told = Enrolled(
            seq=UNNUMBERED, site=place.site, label=place.label, public_url=place.public_url, until=place.until, signature=signature
        )
        self._connection.send(told)

    async def _prove(self, message: Prove) -> None:
        if self.proved:
            raise WireError(Code.OUT_OF_ORDER, "proved already")
        limits, address = self._exchange.limits, self._connection.address
        if await limits.failed_proof_too_often(address):
            self._connection.refuse(Code.TOO_MANY, message.seq, CloseCode.SLOW_DOWN)
            return
        values = (self._identity.public_key, message.workstation_key, self._nonce, message.nonce)
        workstation = await self._enrolment.accepted(message.workstation_key)
        if workstation is None or not signature_holds(message.workstation_key, message.signature, signed_by_workstation(*values)):
            await limits.failed_proof(address)
            self._connection.refuse(Code.UNAUTHORISED, message.seq, CloseCode.REFUSED)
            return
        self._workstation = workstation
        self._rank = int(self._exchange.clock() * 1_000_000)
        self._subscription = await self._exchange.fanout.subscribe(envelopes.owner_topic(self.owner), self._connection.hint)
        taken_over = envelopes.TakenOver(rank=self._rank, connection=self._connection.id)
        self._exchange.fanout.publish(envelopes.owner_topic(self.owner), envelopes.pack(taken_over))
        if workstation.replaces is not None:
            await self._take_over_rooms(owner_id(workstation.replaces))
        self._connection.send(self._welcome(workstation, values))

    def _welcome(self, workstation: Workstation, values: tuple[str, str, str, str]) -> Welcome:
        place = self._enrolment.place_of(workstation)
        return Welcome(
            seq=UNNUMBERED,
            owner=workstation.owner,
            signature=self._identity.sign(signed_by_server(*values)),
            ice_servers=self._relays(),
            site=place.site,
            label=place.label,
            public_url=place.public_url,
            until=place.until,
            attested=self._identity.sign(place_text(*values, place)),
            takes_over=True,
        )

    async def _take_over_rooms(self, former: str) -> None:
        """Those of the workstation in whose place this one came; nothing when that was done before."""
        for row in await self._exchange.store.pass_over(former, self.owner):
            await self._exchange.announce_to_pages(row)

    async def _look_whether_known(self) -> None:
        """Who was revoked, or whose time is over, is shown out."""
        if self._workstation is not None and await self._enrolment.accepted(self._workstation.key) is None:
            log.info("link-shown-out")
            self._connection.refuse(Code.UNAUTHORISED, close=CloseCode.REFUSED)

    # ---- rooms

    async def _publish(self, message: Publish) -> None:
        for card in message.rooms:
            _check_times(card)
            if card.site != self._site:
                raise Refusal(Code.NOT_YOURS)
        self._parts.extend(message.rooms)
        if len(self._parts) > MAX_ROOMS:
            raise WireError(Code.TOO_LARGE, f"{len(self._parts)} rooms")
        if message.more:
            self._connection.send(Done(seq=UNNUMBERED, re=message.seq))
            return
        rooms, self._parts = self._parts, []
        await self._publish_all(rooms, message.seq)

    async def _publish_all(self, rooms: Sequence[RoomCard], number: int) -> None:
        if not self._published:
            await self._exchange.store.forget_reached(self.owner)
        published = await self._stored(rooms)
        for row in published.rooms:
            self._told.setdefault(row.room, 0)  # it knows each of them, also one that a deputy has by now
            await self._tell(row)
        self._connection.send(Done(seq=UNNUMBERED, re=number))
        if not self._published:
            self._published = True
            self.on_sign_of_life()
            await self._link_changed()
        for row in published.changed:
            self._exchange.lately.note(row)
            await self._exchange.announce_to_pages(row)

    async def _stored(self, rooms: Sequence[RoomCard]) -> Published:
        """Whoever was enrolled anew, with another key, gets the rooms of the one that was revoked. Refuses `not-yours`."""
        store, sealed = self._exchange.store, self._exchange.codes.sealed(rooms)
        try:
            return await store.publish(self.owner, sealed, self._exchange.now)
        except Refusal as refusal:
            if refusal.code is not Code.NOT_YOURS or not (orphans := await self._orphans(rooms)):
                raise
        for former in orphans:
            await self._take_over_rooms(former)
        return await store.publish(self.owner, sealed, self._exchange.now)

    async def _orphans(self, rooms: Sequence[RoomCard]) -> frozenset[str]:
        """The owners of those of these rooms that are not ours, if each is a workstation of our site that was revoked, and whoever
        publishes its room knows the room's link; otherwise nobody."""
        revoked = frozenset[str]() if self._workstation is None else await self._enrolment.revoked_owners(self._workstation.site)
        found: set[str] = set()
        for card in rooms:
            row = await self._exchange.store.find(card.room)
            if row is None or row.owner == self.owner or is_taken_over(row, card):
                continue
            if row.owner not in revoked or (row.card.token_hash, row.card.look_hash) != (card.token_hash, card.look_hash):
                return frozenset()
            found.add(row.owner)
        return frozenset(found)

    async def _command(self, message: Message) -> RoomRow:
        store, owner = self._exchange.store, self.owner
        match message:
            case Admit():
                row = await store.admit(owner, message.room, message.seat, message.replaces)
                self._exchange.meter.admitted()
                return row
            case SendBack():
                return await store.send_back(owner, message.room, message.seat, self._exchange.now)
            case Notify():
                return await store.notify(owner, message.room, message.seat, message.notice, self._exchange.now)
            case Remove():
                return await store.remove(owner, message.room, message.seat)
        return await self._room_command(message)

    async def _room_command(self, message: Message) -> RoomRow:
        store, owner = self._exchange.store, self.owner
        match message:
            case End():
                return await store.end(owner, message.room, message.by_phone)
            case Revoke():
                return await store.revoke(owner, message.room)
            case ForgetReadiness():
                return await store.forget_readiness(owner, message.room)
        raise WireError(Code.UNKNOWN_TYPE, type(message).__name__)

    async def _take_over(self, message: TakeOver) -> None:
        """Whoever had the room before finds out that it is a deputy's, on whichever server."""
        by = StandIn(self.owner, message.holder, self._site, message.token_hash)
        row = await self._exchange.store.take_over(message.room, by, self._exchange.now)
        log.info("room-taken-over")
        await self._exchange.announce(row)
        await self._exchange.announce_to(message.holder, row)
        self._connection.send(Done(seq=UNNUMBERED, re=message.seq))

    async def _reached(self, message: Reached) -> None:
        if message.seat is None or not message.reached:
            raise WireError(Code.MALFORMED, "reached names a seat")
        await self._exchange.announce(await self._exchange.store.mark_reached(self.owner, message.room, message.seat))

    # ---- its site's figures

    async def _survey(self, message: SurveyWanted | TakeUpRightWanted) -> None:
        """Of the workstation's own site, whatever else this server counts."""
        site = self._site
        take_up = self._exchange.take_up.of(site)
        if isinstance(message, SurveyWanted):
            counts = await self._exchange.survey.of(site).counts(message.quarter)
            counts = replace(counts, take_up=await take_up.sums(message.quarter))
            self._connection.send(SurveyTold(seq=UNNUMBERED, re=message.seq, counts=counts))
        else:
            signature = await take_up.sign(self.owner, message.quarter, message.blinded)
            self._connection.send(TakeUpRight(seq=UNNUMBERED, re=message.seq, signature=signature))

    # ---- signalling

    async def _signal(self, message: NeedOffer | Answer | Candidate) -> None:
        row = self._talking.get(message.room)
        if row is None or not _is_current(row, message):
            row = await self._exchange.store.find(message.room)
        if row is None or row.owner != self.owner:
            raise Refusal(Code.NOT_YOURS)
        seat = _admitted_client(row, message.to)
        if isinstance(message, NeedOffer) or message.epoch == seat.epoch:
            self._exchange.fanout.publish(*_way_to_seat(row, seat.seat, message))

    def way_of(self, message: Message) -> Way | None:
        if not self._published or not isinstance(message, NeedOffer | Answer | Candidate) or message.to is None:
            return None
        row = self._talking.get(message.room)
        current = row is not None and row.owner == self.owner and _is_current(row, message)
        return _way_to_seat(row, message.to, message) if row is not None and current else None

    def _say_how_it_is(self) -> None:
        delayed = not self._exchange.fanout.settled
        if self.proved and delayed is not self._told_delayed:
            self._told_delayed = delayed
            self._connection.send(Delayed(seq=UNNUMBERED, delayed=delayed))

    def passed_on(self, envelope: bytes) -> bool:
        if self._connection.crowded or not self.at_rest or (text := envelopes.relayed(envelope)) is None:
            return False
        if self._published:
            self._connection.send(self._codec.parse(text))
        return True

    async def on_hint(self, envelope: bytes) -> None:
        self._say_how_it_is()
        match envelopes.unpack(envelope):
            case envelopes.Relay(message=text):
                if self._published:
                    await self._connection.send_patiently(self._codec.parse(text))
            case envelopes.TakenOver(rank=rank, connection=other):
                if (rank, other) > (self._rank, self._connection.id):
                    self._displaced = True
                    self._connection.end(CloseCode.TAKEN_OVER)
            case envelopes.LookWhetherKnown():
                await self._look_whether_known()
            case envelopes.Changed(room=room, revision=revision) if not 0 < revision <= self._told.get(room, 0):
                row = await self._exchange.row(room, revision)
                if self._published and row is not None:
                    await self._tell(row)
            case envelopes.LookAgain() if self._published:
                await self._look_again()

    async def _look_again(self) -> None:
        """At every room of which something was told and is not true any more."""
        rooms = {row.room: row for row in await self._exchange.store.rooms_of(self.owner)}
        for row in rooms.values():
            if self._told.get(row.room, row.revision) != row.revision:
                await self._tell(row)
        for room in self._told.keys() - rooms.keys():
            row_elsewhere = await self._exchange.store.find(room)
            if row_elsewhere is not None:
                await self._tell(row_elsewhere)

    async def _tell(self, row: RoomRow) -> None:
        """A room of somebody else's only to whoever knew it as their own."""
        if row.owner != self.owner:
            self._talking.pop(row.room, None)
            if self._told.pop(row.room, None) is not None:
                await self._connection.send_patiently(taken_over_state(row))
            return
        await self._connection.send_patiently(room_state(row))
        self._told[row.room] = row.revision
        if any(seat.kind is SeatKind.CLIENT and seat.state is SeatState.ADMITTED for seat in row.seats):
            self._talking[row.room] = row
        else:
            self._talking.pop(row.room, None)


def _check_times(card: RoomCard) -> None:
    try:
        TimeWindow(card.starts_at, card.minutes, card.opens_at, card.closes_at)
    except ValueError as error:
        raise WireError(Code.MALFORMED, str(error)) from None


def _way_to_seat(row: RoomRow, seat: str, message: NeedOffer | Answer | Candidate) -> Way:
    return envelopes.seat_topic(seat), envelopes.relay(msgspec.structs.replace(message, from_=row.counsellor.seat))


def _is_current(row: RoomRow, message: NeedOffer | Answer | Candidate) -> bool:
    """Whether the message fits this row; if not, the store may know a newer one."""
    seat = row.seat(message.to) if message.to else None
    if seat is None or seat.kind is not SeatKind.CLIENT or seat.state is not SeatState.ADMITTED:
        return False
    return isinstance(message, NeedOffer) or message.epoch == seat.epoch


def _admitted_client(row: RoomRow, seat: str | None) -> SeatRow:
    found = row.seat(seat) if seat else None
    if found is None or found.kind is not SeatKind.CLIENT or found.state is not SeatState.ADMITTED:
        raise Refusal(Code.NOT_ADMITTED)
    return found
