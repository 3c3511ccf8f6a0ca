"""The two ports below the server: `RoomStore` for what must not be lost, `Fanout` for hints and presence.

Records hold no name and no token, only hashes and opaque ids. Imports `app.domain` and `app.wire`; no framework, no SQL.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from app.domain.readiness import Readiness
from app.domain.rooms import SeatKind, SeatState
from app.wire.codes import Code
from app.wire.messages import EndReason, Notice, RoomCard
from app.wire.readiness import Report

Clock = Callable[[], float]
"""Unix seconds, UTC. Everything that knows the time gets it from one of these."""


class Refusal(Exception):
    """A whole operation that was not carried out and changed nothing. Its code goes to the other side."""

    def __init__(self, code: Code) -> None:
        super().__init__(code.value)
        self.code = code


class StateUnavailable(Exception):
    """The database or the broker cannot be used at the moment. Ours to mend; the other side hears `not-ready`."""


class StateAway(StateUnavailable):
    """It may be there again in a moment, without anybody doing anything here."""


@dataclass(frozen=True, slots=True)
class SeatRow:
    """One seat as it is stored."""

    seat: str
    kind: SeatKind
    state: SeatState
    since: int
    """When it was taken or last sent back, Unix seconds."""
    language: str
    left_from: SeatState | None = None
    """With `LEFT`: the state to come back to."""
    reached: bool = False
    """The workstation has this seat in its list."""
    epoch: int = 0
    """The highest epoch offered on this seat."""
    secret_hash: str | None = None
    former_hash: str | None = None
    """The secret before the last rotation; valid until the tab has confirmed the new one."""
    away_since: int | None = None
    """Since when nobody is connected, Unix seconds; None while somebody is."""
    knocked_at: int = 0
    """The last knock, Unix seconds; 0 for none."""
    notice: Notice | None = None
    """What those who wait on this seat were told last; None when admitted."""
    notice_at: int = 0
    by_code: bool = False
    """Taken with the dictated code."""
    was_admitted: bool = False
    """Was in the conversation at some time."""
    right: str | None = None
    """Hash of what was signed as this seat's right to answer the survey; None while nothing was."""

    @property
    def place(self) -> SeatState:
        """The state, with `LEFT` read as the one to come back to."""
        return self.left_from if self.state is SeatState.LEFT and self.left_from else self.state


class Taken(enum.Enum):
    """Of a room that a deputy took over."""

    UNCLAIMED = "unclaimed"
    """The deputy has not published it yet, so it is not missed in what the deputy publishes."""
    CLAIMED = "claimed"


@dataclass(frozen=True, slots=True)
class RoomRow:
    """One room with all its seats: the unit that changes in one step."""

    card: RoomCard
    """As it was published, with `code_hash` sealed under a key that is not in the store."""
    owner: str
    revision: int
    """Rises with every change; the compare in compare-and-set."""
    seats: tuple[SeatRow, ...]
    over: EndReason | None = None
    code_spent: bool = False
    """Somebody was admitted since the card's code is known: it leads nowhere any more."""
    code_taken: bool = False
    """The published code is that of another room at the same time, so it was left out of the card."""
    readiness: Readiness = field(default_factory=Readiness)
    """What the page reported."""
    right: str | None = None
    """As a seat's, for a room in which nobody was admitted."""
    taken: Taken | None = None
    """None while it is with the workstation that made it."""

    @property
    def room(self) -> str:
        """The room's id."""
        return self.card.room

    def seat(self, seat: str) -> SeatRow | None:
        """The seat with this id."""
        return next((s for s in self.seats if s.seat == seat), None)

    @property
    def counsellor(self) -> SeatRow:
        """The counsellor's seat; it was made with the room."""
        return next(s for s in self.seats if s.kind is SeatKind.COUNSELLOR)


class ClientSeat(NamedTuple):
    """What a sweep needs of a client's seat; ten thousand of them are read each time."""

    room: str
    owner: str
    revision: int
    """The room's."""
    seat: str
    state: SeatState
    away: bool
    """Nobody is connected, as far as the store knows."""


@dataclass(frozen=True, slots=True)
class NewSeat:
    """What a first `join` brings."""

    seat: str
    secret_hash: str
    language: str
    code_hash: str | None = None
    """Sealed as in the card, of who came with the dictated code."""


@dataclass(frozen=True, slots=True)
class RightClaim:
    """Who asks for a right to answer the survey: a seat by its secret, or whoever holds the link."""

    right: str
    """Hash of quarter and blinded message: the same again is no second right."""
    seat: str | None = None
    secret_hash: str = ""


@dataclass(frozen=True, slots=True)
class StandIn:
    """Who takes over whose room, and by what right."""

    owner: str
    holder: str
    """Whose it was, as the deputy knows it."""
    site: str
    """Of the deputy."""
    token_hash: str
    """Whoever was told the link knows it."""


@dataclass(frozen=True, slots=True)
class Published:
    """What a `publish` did."""

    rooms: tuple[RoomRow, ...]
    """All rooms that were published, as they stand now; those of them that a deputy took over stay the deputy's."""
    changed: tuple[RoomRow, ...]
    """Those that are different from before, the revoked ones among them."""


@dataclass(frozen=True, slots=True)
class Swept:
    """What `delete_expired` did."""

    closed: tuple[RoomRow, ...]
    """Deleted rooms, as they ended."""
    thinned: tuple[RoomRow, ...]
    """Rooms that lost seats nobody came back to."""


class RoomStore(Protocol):
    """Rooms and seats. Each method is one compare-and-set transaction: it happens as a whole or raises Refusal and changes nothing.

    Any number of processes may use one store at the same time; correctness needs no lock in any of them. Every method may raise
    StateUnavailable. `owner` is the workstation's opaque id; a room of somebody else gives `not-yours`, and so does none at all.
    """

    async def publish(self, owner: str, cards: Sequence[RoomCard], now: int) -> Published:
        """Make, update and (missing ones) revoke an owner's rooms. Repeating it changes nothing. Refuses `not-yours`, `conflict`.

        A room that a deputy took over is left out for whoever had it before, and missing at the deputy it stays until it was named.

        Of two rooms at the same time with the same code the one that had it first keeps it; the other has `code_taken`.
        """
        ...

    async def find(self, room: str) -> RoomRow | None: ...

    async def find_by_token(self, token_hash: str) -> RoomRow | None: ...

    async def find_by_look(self, look_hash: str) -> RoomRow | None: ...

    async def find_by_code(self, code_hash: str, now: int) -> RoomRow | None:
        """The one room whose sealed code this is and is valid now; nothing if there are two."""
        ...

    async def rooms_of(self, owner: str) -> Sequence[RoomRow]: ...

    async def pass_over(self, former: str, owner: str) -> Sequence[RoomRow]:
        """All rooms of `former` are `owner`'s from now on; gives those that changed. Repeating it changes nothing."""
        ...

    async def take_over(self, room: str, by: StandIn, now: int) -> RoomRow:
        """A deputy gets the room with all who wait there; they are told `colleague`. Repeating it changes nothing; of several one wins.

        Refuses `not-yours` unless it is a room of the deputy's site whose link the deputy knows, `expired-link` and `revoked-link` where
        it is over, and `conflict` while somebody is in the conversation or where it is not the holder's.
        """
        ...

    async def client_seats(self, after: str = "") -> Sequence[ClientSeat]:
        """Those of all rooms that are not over, in the order of their ids: the first ones after this id, and nothing after the last."""
        ...

    async def take_seat(self, room: str, new: NewSeat, now: int) -> RoomRow:
        """A new client seat in the waiting room.

        Refuses `unknown-link`, `too-early`, `expired-link`, `revoked-link`, `room-full`, and `unknown-code` for who came with a code that
        does not lead here (any more).
        """
        ...

    async def resume_seat(self, room: str, seat: str, presented_hash: str, next_hash: str, now: int) -> RoomRow:
        """The holder of a seat's secret (the current one or the one before) comes back; `next_hash` becomes the current one.

        Who left returns to the place they left, but to the waiting room if another client was admitted meanwhile. Refuses as
        `take_seat` does, and `unknown-seat`.
        """
        ...

    async def confirm_secret(self, room: str, seat: str, secret_hash: str) -> None:
        """The tab stored the secret with this hash; the one before is worthless from now on. Does nothing if it is not the current one."""
        ...

    async def forget_reached(self, owner: str) -> None:
        """A workstation connected anew: none of its rooms' seats counts as reached until it says so again."""
        ...

    async def mark_reached(self, owner: str, room: str, seat: str) -> RoomRow:
        """The workstation has this seat in its list. Refuses `unknown-seat`."""
        ...

    async def admit(self, owner: str, room: str, seat: str, replaces: str | None = None) -> RoomRow:
        """A waiting seat comes in; `replaces` ends as replaced in the same step.

        Refuses `conflict` unless the seat waits, `replaces` is another client seat that is not over, and no further client is in.
        """
        ...

    async def send_back(self, owner: str, room: str, seat: str, now: int) -> RoomRow:
        """From the conversation to the waiting room; `since` begins anew. Refuses `conflict`."""
        ...

    async def notify(self, owner: str, room: str, seat: str, notice: Notice, now: int) -> RoomRow:
        """Keep what the counsellor tells a waiting seat. Refuses `conflict` unless it waits."""
        ...

    async def remove(self, owner: str, room: str, seat: str) -> RoomRow:
        """End one client seat. Refuses `conflict` if it is over already."""
        ...

    async def end(self, owner: str, room: str, by_phone: bool = False) -> RoomRow:
        """End the conversation and use up the link; it may go on by phone. A room that is over stays as it is."""
        ...

    async def revoke(self, owner: str, room: str) -> RoomRow:
        """Take the link back. A room that is over stays as it is."""
        ...

    async def leave(self, room: str, seat: str) -> RoomRow:
        """The person goes by their own wish and may come back. Refuses `unknown-seat`."""
        ...

    async def knock(self, room: str, seat: str, now: int) -> RoomRow:
        """Who waits asks to be looked at again. Refuses `unknown-seat`, `conflict` unless the seat waits, and `too-many`."""
        ...

    async def note_report(self, room: str, report: Report, now: int) -> RoomRow:
        """Keep what the page reported after a person's tap. Refuses `expired-link` and `revoked-link`, not `too-early`."""
        ...

    async def forget_readiness(self, owner: str, room: str) -> RoomRow:
        """Delete what the page reported. A room that is over, too."""
        ...

    async def take_right(self, room: str, claim: RightClaim) -> RoomRow:
        """Note that this right was given out; the same one again changes nothing. Refuses `no-right` and `unknown-seat`."""
        ...

    async def note_epoch(self, room: str, seat: str, epoch: int) -> RoomRow:
        """A new offer. Refuses `not-admitted`, and `conflict` unless the epoch is higher than the last."""
        ...

    async def note_presence(self, room: str, seat: str, present: bool, now: int) -> RoomRow:
        """Whether somebody is connected on this seat. Refuses `unknown-seat`."""
        ...

    async def delete_expired(self, now: int, away_limit: int) -> Swept:
        """Delete rooms past their closing time, and seats in the waiting room or over that are away for `away_limit` seconds."""
        ...

    async def close(self) -> None:
        """Give back what it holds."""
        ...


class Presence(enum.Enum):
    """Whose sign of life it is; the first part of its key."""

    SEAT = "seat"
    LINK = "link"
    """The control link of an owner, from its first `publish` on."""


class Subscription(Protocol):
    """A listener's place at a topic."""

    async def close(self) -> None:
        """Hear nothing more. May be called twice."""
        ...


class Fanout(Protocol):
    """Carries envelopes between connections, wherever they end, and knows who gave a sign of life lately.

    Nothing here must not be lost: a listener that misses an envelope finds the truth in the RoomStore.
    """

    @property
    def settled(self) -> bool:
        """False while envelopes may be lost or signs of life unknown; whoever must know looks at the RoomStore by themselves then, and
        `is_present` takes nobody for gone who did not say so."""
        ...

    def publish(self, topic: str, envelope: bytes) -> None:
        """Hand the envelope to all present listeners of the topic, in the order of publishing for each listener. Waits for nobody."""
        ...

    async def subscribe(self, topic: str, listener: Callable[[bytes], None]) -> Subscription:
        """Call `listener` with each envelope from now on. It must not block and must not raise."""
        ...

    def touch(self, presence: Presence, key: str, ttl: float) -> None:
        """A sign of life that lasts `ttl` seconds. Waits for nobody."""
        ...

    async def drop(self, presence: Presence, key: str) -> None:
        """Gone for certain."""
        ...

    async def is_present(self, presence: Presence, key: str) -> bool:
        """True while the last sign of life lasts."""
        ...

    async def present_among(self, presence: Presence, keys: Sequence[str]) -> frozenset[str]:
        """Those of these that `is_present` is true of: many are asked about with one question."""
        ...

    def known(self, presence: Presence, key: str) -> bool | None:
        """The same as far as this process knows by itself; None where others have to be asked."""
        ...

    async def close(self) -> None: ...
