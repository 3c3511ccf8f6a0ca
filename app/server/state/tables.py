"""The two tables of the server, and the way between their rows and RoomRow. SQLAlchemy Core; nothing that only one database knows."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, MetaData, String, Table

from app.domain.readiness import Readiness
from app.domain.rooms import SeatKind, SeatState
from app.server.ports import RoomRow, SeatRow, Taken
from app.wire.messages import EndReason, Notice, RoomCard

metadata = MetaData()

ROOMS = Table(
    "rooms",
    metadata,
    Column("room", String(22), primary_key=True),
    Column("owner", String(22), nullable=False, index=True),
    Column("revision", Integer, nullable=False),
    Column("over", String(16)),
    Column("code_spent", Boolean, nullable=False),
    Column("code_taken", Boolean, nullable=False),
    Column("readiness", String(512)),
    Column("right", String(43)),
    Column("taken", String(16)),
    Column("site", String(32), nullable=False),
    Column("label", String(80), nullable=False),
    Column("phone", String(40), nullable=False),
    Column("token_hash", String(43), nullable=False, unique=True),
    Column("look_hash", String(43), nullable=False, unique=True),
    Column("starts_at", BigInteger, nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("opens_at", BigInteger, nullable=False),
    Column("closes_at", BigInteger, nullable=False, index=True),
    Column("language", String(16), nullable=False),
    Column("save_data", Boolean, nullable=False),
    Column("code_hash", String(43), index=True),
)
"""One appointment; the columns from `site` on are those of the wire's RoomCard, `readiness` is JSON."""

SEATS = Table(
    "seats",
    metadata,
    Column("seat", String(22), primary_key=True),
    Column("room", String(22), ForeignKey("rooms.room", ondelete="CASCADE"), nullable=False, index=True),
    Column("place", Integer, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("language", String(16), nullable=False),
    Column("left_from", String(16)),
    Column("reached", Boolean, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("secret_hash", String(43)),
    Column("former_hash", String(43)),
    Column("away_since", BigInteger),
    Column("knocked_at", BigInteger, nullable=False),
    Column("notice", String(16)),
    Column("notice_at", BigInteger, nullable=False),
    Column("by_code", Boolean, nullable=False),
    Column("was_admitted", Boolean, nullable=False),
    Column("right", String(43)),
    Index("seats_away", "away_since"),
)
"""One seat; `place` keeps the order in which they were taken."""


def _shape() -> int:
    columns = [
        f"{table.name}.{column.name} {column.type} {column.nullable}" for table in metadata.sorted_tables for column in table.columns
    ]
    return zlib.crc32("\n".join(columns).encode()) & 0x7FFF_FFFF


SHAPE = _shape()
"""Changes with every column, by itself; an SQLite file keeps the number of its own shape in `user_version`."""


def room_values(row: RoomRow) -> dict[str, Any]:
    """The row of `rooms`."""
    own = {
        "owner": row.owner,
        "revision": row.revision,
        "over": row.over.value if row.over else None,
        "code_spent": row.code_spent,
        "code_taken": row.code_taken,
        "readiness": None if row.readiness == Readiness() else msgspec.json.encode(row.readiness).decode("ascii"),
        "right": row.right,
        "taken": row.taken.value if row.taken else None,
    }
    return own | msgspec.structs.asdict(row.card)


def seat_values(row: RoomRow) -> dict[str, dict[str, Any]]:
    """Seat id -> row of `seats`."""
    return {seat.seat: _seat_values(row.room, place, seat) for place, seat in enumerate(row.seats)}


def _seat_values(room: str, place: int, seat: SeatRow) -> dict[str, Any]:
    return {
        "seat": seat.seat,
        "room": room,
        "place": place,
        "kind": seat.kind.value,
        "state": seat.state.value,
        "since": seat.since,
        "language": seat.language,
        "left_from": seat.left_from.value if seat.left_from else None,
        "reached": seat.reached,
        "epoch": seat.epoch,
        "secret_hash": seat.secret_hash,
        "former_hash": seat.former_hash,
        "away_since": seat.away_since,
        "knocked_at": seat.knocked_at,
        "notice": seat.notice.value if seat.notice else None,
        "notice_at": seat.notice_at,
        "by_code": seat.by_code,
        "was_admitted": seat.was_admitted,
        "right": seat.right,
    }


def to_room(room: Mapping[str, Any], seats: Iterable[Mapping[str, Any]]) -> RoomRow:
    """The RoomRow behind a row of `rooms` and its rows of `seats`, ordered by place."""
    card = RoomCard(**{name: room[name] for name in RoomCard.__struct_fields__})
    over = EndReason(room["over"]) if room["over"] else None
    return RoomRow(
        card,
        room["owner"],
        room["revision"],
        tuple(map(_to_seat, seats)),
        over,
        code_spent=room["code_spent"],
        code_taken=room["code_taken"],
        readiness=msgspec.json.decode(room["readiness"], type=Readiness) if room["readiness"] else Readiness(),
        right=room["right"],
        taken=Taken(room["taken"]) if room["taken"] else None,
    )


def _to_seat(values: Mapping[str, Any]) -> SeatRow:
    return SeatRow(
        seat=values["seat"],
        kind=SeatKind(values["kind"]),
        state=SeatState(values["state"]),
        since=values["since"],
        language=values["language"],
        left_from=SeatState(values["left_from"]) if values["left_from"] else None,
        reached=values["reached"],
        epoch=values["epoch"],
        secret_hash=values["secret_hash"],
        former_hash=values["former_hash"],
        away_since=values["away_since"],
        knocked_at=values["knocked_at"],
        notice=Notice(values["notice"]) if values["notice"] else None,
        notice_at=values["notice_at"],
        by_code=values["by_code"],
        was_admitted=values["was_admitted"],
        right=values["right"],
    )
