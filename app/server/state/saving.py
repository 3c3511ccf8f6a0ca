"""Writes a room as a compare-and-set: what is different, and only if it still stands as it did before. Knows no transaction."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Update, bindparam, delete, exists, insert, update

from app.server import rules
from app.server.ports import Refusal, RoomRow
from app.server.state.database import Outrun
from app.server.state.rule_store import MaybeRule
from app.server.state.tables import ROOMS, SEATS, room_values, seat_values

MADE = 64
"""Updates that are kept as they were put together, one for each choice of columns: that was half of the processor time of a change."""


def save_known(connection: Connection, known: RoomRow, rule: MaybeRule) -> RoomRow | None:
    """What the rule made of a row that may be an older one. None, with nothing written, unless it was the one that is stored.

    A write that counts proves that it was. A refusal, or nothing to do, proves nothing.
    """
    try:
        after = rules.next_revision(known, rule(known))
    except Refusal:
        return None
    if after == known:
        return None
    try:
        save(connection, known, after)
    except Outrun:
        return None
    return after


def save(connection: Connection, before: RoomRow | None, after: RoomRow) -> None:
    """Write what is different, if the room is still the one before. Raises Outrun; nothing was written then."""
    if before == after:
        return
    if before is None:
        connection.execute(insert(ROOMS), room_values(after))
    else:
        was = {"was_room": before.room, "was_revision": before.revision, "was_counsellor": before.counsellor.seat}
        new = _changed(room_values(before), room_values(after))
        if connection.execute(_update_room(frozenset(new)), was | new).rowcount != 1:
            raise Outrun
    _save_seats(connection, seat_values(before) if before else {}, seat_values(after))


def _save_seats(connection: Connection, old: dict[str, dict[str, Any]], now: dict[str, dict[str, Any]]) -> None:
    gone = [seat for seat in old if seat not in now]
    if gone:
        connection.execute(delete(SEATS).where(SEATS.c.seat.in_(gone)))
    for seat, values in now.items():
        if seat not in old:
            connection.execute(insert(SEATS), values)
        elif values != old[seat]:
            new = _changed(old[seat], values)
            connection.execute(_update_seat(frozenset(new)), {"was_seat": seat} | new)


def _changed(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """The columns that are different: every other one would be written into its index once more. Column -> value, as `new_` parameters."""
    return {f"new_{name}": value for name, value in after.items() if before[name] != value}


@lru_cache(maxsize=MADE)
def _update_room(new: frozenset[str]) -> Update:
    """A room that was deleted and published anew comes to the same revisions again, but its counsellor's seat is another one."""
    same = exists().where(SEATS.c.seat == bindparam("was_counsellor"), SEATS.c.room == ROOMS.c.room)
    still = update(ROOMS).where(ROOMS.c.room == bindparam("was_room"), ROOMS.c.revision == bindparam("was_revision"), same)
    return still.values(_parameters(new))


@lru_cache(maxsize=MADE)
def _update_seat(new: frozenset[str]) -> Update:
    return update(SEATS).where(SEATS.c.seat == bindparam("was_seat")).values(_parameters(new))


def _parameters(new: frozenset[str]) -> dict[str, Any]:
    return {name.removeprefix("new_"): bindparam(name) for name in sorted(new)}
