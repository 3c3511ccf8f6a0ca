"""When a dictated code leads somewhere, and which of two rooms keeps it: pure functions over rows (PROTOCOL.md, section 11). No I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.server.ports import RoomRow
from app.wire.messages import RoomCard

WINDOW_S = 30 * 60
"""So long before and after the start."""


def is_valid(row: RoomRow, now: int) -> bool:
    """The room's code leads to its waiting room now."""
    return can_be_used(row) and -WINDOW_S <= now - row.card.starts_at < WINDOW_S


def can_be_used(row: RoomRow) -> bool:
    """Now or later."""
    return row.card.code_hash is not None and row.over is None and not row.code_spent


def taken(existing: Mapping[str, RoomRow], owner: str, cards: Sequence[RoomCard], rivals: Sequence[RoomRow]) -> set[str]:
    """Rooms among the cards whose code is that of another room at the same time. Who had it first keeps it: it may be dictated by now."""
    holders = [row.card for row in rivals if row.owner != owner and can_be_used(row)]
    lost: set[str] = set()
    for card in sorted((card for card in cards if card.code_hash), key=lambda card: not _has_it(existing.get(card.room), card)):
        if any(_clash(card, other) for other in holders):
            lost.add(card.room)
        else:
            holders.append(card)
    return lost


def _has_it(row: RoomRow | None, card: RoomCard) -> bool:
    return row is not None and row.card.code_hash == card.code_hash


def _clash(one: RoomCard, other: RoomCard) -> bool:
    return one.code_hash == other.code_hash and abs(one.starts_at - other.starts_at) < 2 * WINDOW_S
