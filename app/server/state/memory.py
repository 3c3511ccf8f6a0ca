"""RoomStore and Fanout in the memory of one process: for tests, for training, and as the model the others are held to.

No method awaits anything between reading and writing, so that each one is a single step of the event loop. Imports no SQL.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.domain.rooms import SeatKind
from app.server import codes, rules
from app.server.ports import ClientSeat, Clock, Presence, Published, Refusal, RoomRow, SeatRow, Subscription, Swept
from app.server.state.places import Places, Signs
from app.server.state.rule_store import MaybeRule, RuleStore
from app.wire.codes import Code
from app.wire.messages import EndReason, RoomCard


class MemoryRoomStore(RuleStore):
    """Rooms in a dict; the methods are documented at the port."""

    def __init__(self) -> None:
        self._rooms: dict[str, RoomRow] = {}

    async def _change(self, room: str, rule: MaybeRule) -> RoomRow:
        before = self._rooms.get(room)
        after = rule(before)
        if before is not None:
            after = rules.next_revision(before, after)
        self._rooms[room] = after
        return after

    async def publish(self, owner: str, cards: Sequence[RoomCard], now: int) -> Published:
        named = {card.room for card in cards}
        existing = {r.room: r for r in self._rooms.values() if r.owner == owner or r.room in named}
        wanted = {card.code_hash for card in cards if card.code_hash}
        rivals = [r for r in self._rooms.values() if r.card.code_hash in wanted]
        rows = rules.publish(existing, owner, cards, now, rivals)
        self._check_unique(rows)
        changed = tuple(row for row in rows if existing.get(row.room) != row)
        self._rooms.update((row.room, row) for row in changed)
        return Published(tuple(rows[: len(cards)]), changed)

    def _check_unique(self, rows: Sequence[RoomRow]) -> None:
        after = self._rooms | {row.room: row for row in rows}
        doubled = len({r.room for r in rows}) < len(rows)
        if doubled or any(len({read(r.card) for r in after.values()}) < len(after) for read in (_token_hash, _look_hash)):
            raise Refusal(Code.CONFLICT)

    async def find(self, room: str) -> RoomRow | None:
        return self._rooms.get(room)

    async def find_by_token(self, token_hash: str) -> RoomRow | None:
        return next((r for r in self._rooms.values() if r.card.token_hash == token_hash), None)

    async def find_by_look(self, look_hash: str) -> RoomRow | None:
        return next((r for r in self._rooms.values() if r.card.look_hash == look_hash), None)

    async def find_by_code(self, code_hash: str, now: int) -> RoomRow | None:
        found = [r for r in self._rooms.values() if r.card.code_hash == code_hash and codes.is_valid(r, now)]
        return found[0] if len(found) == 1 else None

    async def rooms_of(self, owner: str) -> Sequence[RoomRow]:
        return [r for r in self._rooms.values() if r.owner == owner]

    async def client_seats(self, after: str = "") -> Sequence[ClientSeat]:
        live = [r for r in self._rooms.values() if r.over is None]
        found = [ClientSeat(r.room, r.owner, r.revision, s.seat, s.state, s.away_since is not None) for r in live for s in _clients(r)]
        return sorted((seat for seat in found if seat.seat > after), key=lambda seat: seat.seat)

    async def forget_reached(self, owner: str) -> None:
        for row in await self.rooms_of(owner):
            self._rooms[row.room] = rules.next_revision(row, rules.forget_reached(row))

    async def delete_expired(self, now: int, away_limit: int) -> Swept:
        closed = [r for r in self._rooms.values() if r.card.closes_at <= now]
        for row in closed:
            del self._rooms[row.room]
        thinned = []
        for before in list(self._rooms.values()):
            after = rules.next_revision(before, rules.without_lost_seats(before, now, away_limit))
            if after != before:
                self._rooms[after.room] = after
                thinned.append(after)
        return Swept(tuple(rules.next_revision(r, rules.close(r, EndReason.EXPIRED)) for r in closed), tuple(thinned))

    async def close(self) -> None:
        self._rooms.clear()


def _clients(row: RoomRow) -> list[SeatRow]:
    return [seat for seat in row.seats if seat.kind is SeatKind.CLIENT]


def _token_hash(card: RoomCard) -> str:
    return card.token_hash


def _look_hash(card: RoomCard) -> str:
    return card.look_hash


class MemoryFanout:
    """Everybody is in this process."""

    settled = True

    def __init__(self, clock: Clock) -> None:
        self._places = Places()
        self._signs = Signs(clock)

    def publish(self, topic: str, envelope: bytes) -> None:
        self._places.hand_out(topic, envelope)

    async def subscribe(self, topic: str, listener: Callable[[bytes], None]) -> Subscription:
        return self._places.take(topic, listener)

    def touch(self, presence: Presence, key: str, ttl: float) -> None:
        self._signs.touch(presence, key, ttl)

    async def drop(self, presence: Presence, key: str) -> None:
        self._signs.drop(presence, key)

    async def is_present(self, presence: Presence, key: str) -> bool:
        return self._signs.living(presence, key)

    async def present_among(self, presence: Presence, keys: Sequence[str]) -> frozenset[str]:
        return frozenset(key for key in keys if self._signs.living(presence, key))

    def known(self, presence: Presence, key: str) -> bool | None:
        return self._signs.living(presence, key)

    async def close(self) -> None:
        self._places.clear()
        self._signs.clear()
