"""Whatever may happen to a room, as steps that hypothesis chooses: stores that are given the same ones must come to the same."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from hypothesis import strategies as st

from app.domain.secrets import hash_secret
from app.server.ports import NewSeat, Refusal, RoomRow, RoomStore
from app.wire.messages import Notice, RoomCard
from tests.support.room_stores import NOW, OWNER

Doing = tuple[str, int, int]
"""What happens, the seat it happens to, and another one."""
STEPS = (
    *("sit", "admit", "replace", "send_back", "remove", "leave", "resume", "confirm", "away", "epoch", "reached", "sweep"),
    *("end", "phone", "knock", "notify"),
)
ANEW = (*STEPS[1:], "take", "delete", "publish", "revoke", "find")
"""Those, and that the room is gone and comes again; who takes a seat does not look first whether it is theirs already."""


def steps_of(names: Sequence[str]) -> st.SearchStrategy[Doing]:
    """One step, with two of four seats."""
    return st.tuples(st.sampled_from(names), st.integers(0, 3), st.integers(0, 3))


def plain(done: object) -> object:
    """What a step gave; a row without the counsellor's seat, whose id each store chose itself."""
    return (done.card, done.revision, done.over, done.seats[1:]) if isinstance(done, RoomRow) else done


async def step(store: RoomStore, card: RoomCard, what: str, seat: str, other: str, number: int) -> object:
    """Do one step; gives the refusal, or what the store gave."""
    room, now, following = card.room, NOW + number, hash_secret(f"secret {number % 2}")
    steps: dict[str, Callable[[], Awaitable[object]]] = {
        "sit": lambda: _sit_once(store, room, NewSeat(seat, following, "de")),
        "admit": lambda: store.admit(OWNER, room, seat),
        "replace": lambda: store.admit(OWNER, room, seat, replaces=other),
        "send_back": lambda: store.send_back(OWNER, room, seat, now),
        "remove": lambda: store.remove(OWNER, room, seat),
        "leave": lambda: store.leave(room, seat),
        "resume": lambda: store.resume_seat(room, seat, hash_secret(f"secret {number % 3}"), following, now),
        "confirm": lambda: store.confirm_secret(room, seat, following),
        "away": lambda: store.note_presence(room, seat, bool(number % 2), now),
        "epoch": lambda: store.note_epoch(room, seat, number + 1),
        "reached": lambda: store.mark_reached(OWNER, room, seat),
        "sweep": lambda: store.delete_expired(now, 5),
        "end": lambda: store.end(OWNER, room),
        "phone": lambda: store.end(OWNER, room, by_phone=True),
        "knock": lambda: store.knock(room, seat, NOW + 10 * number),
        "notify": lambda: store.notify(OWNER, room, seat, list(Notice)[number % 3], now),
        "take": lambda: store.take_seat(room, NewSeat(seat, following, "de"), now),
        "delete": lambda: store.delete_expired(card.closes_at, 5),
        "publish": lambda: store.publish(OWNER, [card], now),
        "revoke": lambda: store.revoke(OWNER, room),
        "find": lambda: store.find(room),
    }
    try:
        return await steps[what]()
    except Refusal as refusal:
        return refusal.code


async def _sit_once(store: RoomStore, room: str, new: NewSeat) -> None:
    """The tests choose the ids of seats, so a seat is taken once."""
    row = await store.find(room)
    if row is not None and row.seat(new.seat) is None:
        await store.take_seat(room, new, NOW)
