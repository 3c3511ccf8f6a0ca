"""Rooms out of the database, each question in a single statement. Knows no transaction."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, bindparam, select

from app.server.ports import RoomRow
from app.server.state.tables import ROOMS, SEATS, to_room


def rooms_where(where: ColumnElement[bool]) -> Select[Any]:
    """The rooms that this is true of, by their start: each row is a room with one of its seats, and a room without any is one row."""
    joined = select(ROOMS, SEATS).outerjoin_from(ROOMS, SEATS, ROOMS.c.room == SEATS.c.room)
    return joined.where(where).order_by(ROOMS.c.starts_at, ROOMS.c.room, SEATS.c.place)


BY_ROOM, BY_TOKEN, BY_LOOK, BY_CODE, BY_OWNER = (
    rooms_where(column == bindparam("value"))
    for column in (ROOMS.c.room, ROOMS.c.token_hash, ROOMS.c.look_hash, ROOMS.c.code_hash, ROOMS.c.owner)
)
"""Put together once: that was a third of the processor time of each question."""

_ROOM = ROOMS.c.keys().index("room")
_SEAT = len(ROOMS.c) + SEATS.c.keys().index("seat")


def read(connection: Connection, statement: Select[Any], **values: str) -> list[RoomRow]:
    """The rooms of such a statement."""
    rows = connection.execute(statement, values)
    return [_to_room(list(same)) for _, same in groupby(rows, key=itemgetter(_ROOM))]


def read_one(connection: Connection, statement: Select[Any], **values: str) -> RoomRow | None:
    """The first of them, if there is any."""
    return next(iter(read(connection, statement, **values)), None)


def _to_room(rows: Sequence[Row[Any]]) -> RoomRow:
    seats = [dict(zip(SEATS.c.keys(), row[len(ROOMS.c) :], strict=True)) for row in rows if row[_SEAT] is not None]
    return to_room(dict(zip(ROOMS.c.keys(), rows[0], strict=False)), seats)
