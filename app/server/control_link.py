"""The server's end of one workstation: proof, publishing, commands, signalling towards the pages (PROTOCOL.md, section 6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from app.domain.rooms import SeatKind, SeatState, TimeWindow
from app.domain.secrets import from_b64url, new_token
from app.server import envelopes
from app.server.connection import Connection
from app.server.exchange import PRESENCE_TTL_S, UNNUMBERED, Exchange, room_state
from app.server.identity import Identity
from app.server.ports import Presence, Refusal, RoomRow, SeatRow, Subscription
from app.wire.codes import CloseCode, Code, WireError
from app.wire.fields import MAX_ROOMS
from app.wire.handshake import owner_id, signed_by_server, signed_by_workstation
from app.wire.messages import (
    Admit,
    Answer,
    Candidate,
    Challenge,
    Delayed,
    Done,
    End,
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
    SurveyTold,
    SurveyWanted,
    TakeUpRight,
    TakeUpRightWanted,
    Welcome,
    control_codec,
)


class ControlLink:
    """A Party (see `app.server.connection`)."""

    def __init__(self, connection: Connection, exchange: Exchange, identity: Identity, workstation_keys: frozenset[str]) -> None:
        self._connection = connection
        self._exchange = exchange
        self._identity = identity
        self._workstation_keys = workstation_keys
        self._codec = control_codec()
        self._nonce = new_token()
        self._owner = ""
        """Empty before the proof."""
        self._published = False
        self._parts: list[RoomCard] = []
        """Rooms of a `publish` whose last part is yet to come."""
        self._told_delayed = False
        self._told: dict[str, int] = {}
        """Room -> the revision that the workstation was told last."""
        self._rank = 0
        self._displaced = False
        self._subscription: Subscription | None = None
        self._lease = exchange.relays.lease()

    @property
    def proved(self) -> bool:
        """True once the workstation has shown who it is."""
        return bool(self._owner)

    async def greet(self) -> None:
        self._connection.send(Challenge(seq=UNNUMBERED, server_key=self._identity.public_key, nonce=self._nonce))

    async def on_sign_of_life(self) -> None:
        if self._published:
            await self._exchange.fanout.touch(Presence.LINK, self._owner, PRESENCE_TTL_S)
        if self._lease.due(self._exchange.now):
            self._connection.send(RelayTold(seq=UNNUMBERED, ice_servers=self._relays()))

    def _relays(self) -> list[IceServer]:
        """Fresh ones, for this workstation."""
        self._lease.begin(self._exchange.now)
        return self._exchange.relays.for_counsellor(self._owner, self._exchange.now)

    async def gone(self) -> None:
        """The pages hear at once that the program is away, unless a newer link of it is there."""
        if self._subscription is not None:
            await self._subscription.close()
        if self._published and not self._displaced:
            await self._exchange.fanout.drop(Presence.LINK, self._owner)
            await self._link_changed()

    async def _link_changed(self) -> None:
        await self._exchange.fanout.publish(envelopes.link_topic(self._owner), envelopes.pack(envelopes.LinkChanged()))

    async def on_message(self, message: Message) -> None:
        if isinstance(message, Prove):
            await self._prove(message)
        elif not self.proved or not (self._published or isinstance(message, Publish)):
            raise WireError(Code.OUT_OF_ORDER, "prove, then publish")
        elif isinstance(message, Publish):
            await self._publish(message)
        elif isinstance(message, NeedOffer | Answer | Candidate):
            await self._signal(message)
        elif isinstance(message, SurveyWanted):
            counts = replace(
                await self._exchange.survey.counts(message.quarter), take_up=await self._exchange.take_up.sums(message.quarter)
            )
            self._connection.send(SurveyTold(seq=UNNUMBERED, re=message.seq, counts=counts))
        elif isinstance(message, TakeUpRightWanted):
            signature = await self._exchange.take_up.sign(self._owner, message.quarter, message.blinded)
            self._connection.send(TakeUpRight(seq=UNNUMBERED, re=message.seq, signature=signature))
        elif isinstance(message, Reached):
            await self._reached(message)
        else:
            await self._exchange.announce(await self._command(message))
            self._connection.send(Done(seq=UNNUMBERED, re=message.seq))

    # ---- proof

    async def _prove(self, message: Prove) -> None:
        if self.proved:
            raise WireError(Code.OUT_OF_ORDER, "proved already")
        limits, address = self._exchange.limits, self._connection.address
        if await limits.failed_proof_too_often(address):
            self._connection.refuse(Code.TOO_MANY, message.seq, CloseCode.SLOW_DOWN)
            return
        values = (self._identity.public_key, message.workstation_key, self._nonce, message.nonce)
        if message.workstation_key not in self._workstation_keys or not _holds(message, signed_by_workstation(*values)):
            await limits.failed_proof(address)
            self._connection.refuse(Code.UNAUTHORISED, message.seq, CloseCode.REFUSED)
            return
        self._owner = owner_id(message.workstation_key)
        self._rank = int(self._exchange.clock() * 1_000_000)
        self._subscription = await self._exchange.fanout.subscribe(envelopes.owner_topic(self._owner), self._connection.hint)
        taken_over = envelopes.TakenOver(rank=self._rank, connection=self._connection.id)
        await self._exchange.fanout.publish(envelopes.owner_topic(self._owner), envelopes.pack(taken_over))
        signature = self._identity.sign(signed_by_server(*values))
        self._connection.send(Welcome(seq=UNNUMBERED, owner=self._owner, signature=signature, ice_servers=self._relays()))

    # ---- rooms

    async def _publish(self, message: Publish) -> None:
        for card in message.rooms:
            _check_times(card)
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
            await self._exchange.store.forget_reached(self._owner)
        published = await self._exchange.store.publish(self._owner, self._exchange.codes.sealed(rooms), self._exchange.now)
        for row in published.rooms:
            await self._tell(row)
        self._connection.send(Done(seq=UNNUMBERED, re=number))
        if not self._published:
            self._published = True
            await self.on_sign_of_life()
            await self._link_changed()
        for row in published.changed:
            await self._exchange.announce_to_pages(row)

    async def _command(self, message: Message) -> RoomRow:
        store, owner = self._exchange.store, self._owner
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
        store, owner = self._exchange.store, self._owner
        match message:
            case End():
                return await store.end(owner, message.room, message.by_phone)
            case Revoke():
                return await store.revoke(owner, message.room)
            case ForgetReadiness():
                return await store.forget_readiness(owner, message.room)
        raise WireError(Code.UNKNOWN_TYPE, type(message).__name__)

    async def _reached(self, message: Reached) -> None:
        if message.seat is None or not message.reached:
            raise WireError(Code.MALFORMED, "reached names a seat")
        await self._exchange.announce(await self._exchange.store.mark_reached(self._owner, message.room, message.seat))

    # ---- signalling

    async def _signal(self, message: NeedOffer | Answer | Candidate) -> None:
        row = await self._exchange.store.find(message.room)
        if row is None or row.owner != self._owner:
            raise Refusal(Code.NOT_YOURS)
        seat = _admitted_client(row, message.to)
        if isinstance(message, NeedOffer) or message.epoch == seat.epoch:
            await self._exchange.to_seat(seat.seat, msgspec.structs.replace(message, from_=row.counsellor.seat))

    def _say_how_it_is(self) -> None:
        delayed = not self._exchange.fanout.settled
        if self.proved and delayed is not self._told_delayed:
            self._told_delayed = delayed
            self._connection.send(Delayed(seq=UNNUMBERED, delayed=delayed))

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
            case envelopes.Changed(room=room):
                row = await self._exchange.store.find(room)
                if self._published and row is not None:
                    await self._tell(row)
            case envelopes.LookAgain() if self._published:
                for row in await self._exchange.store.rooms_of(self._owner):
                    if self._told.get(row.room, row.revision) != row.revision:
                        await self._tell(row)

    async def _tell(self, row: RoomRow) -> None:
        await self._connection.send_patiently(room_state(row))
        self._told[row.room] = row.revision


def _holds(message: Prove, text: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(from_b64url(message.workstation_key)).verify(from_b64url(message.signature), text)
    except (InvalidSignature, ValueError):
        return False
    return True


def _check_times(card: RoomCard) -> None:
    try:
        TimeWindow(card.starts_at, card.minutes, card.opens_at, card.closes_at)
    except ValueError as error:
        raise WireError(Code.MALFORMED, str(error)) from None


def _admitted_client(row: RoomRow, seat: str | None) -> SeatRow:
    found = row.seat(seat) if seat else None
    if found is None or found.kind is not SeatKind.CLIENT or found.state is not SeatState.ADMITTED:
        raise Refusal(Code.NOT_ADMITTED)
    return found
