"""Rooms as this process changed or read them a moment ago: whoever is told of a change, or makes the next, need not read once more."""

from __future__ import annotations

import time
from collections.abc import Callable

from app.server.ports import RoomRow

KEPT = 64
"""Changes that are told in the same moment; each row takes one to two KB."""
KEPT_S = 1.0
"""A room that was deleted begins with its first revision when it is published anew, so nothing is believed for long."""


class Lately:
    """The newest changes, one for each room."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._rows: dict[str, tuple[RoomRow, float]] = {}

    def note(self, row: RoomRow) -> None:
        """The room stands in the store like this, or later still."""
        known = self.known(row.room, row.revision + 1)  # an older one that comes late changes nothing
        if known is None or known.counsellor.seat != row.counsellor.seat:  # published anew: revisions begin again, and so do seats
            self._rows.pop(row.room, None)
            self._rows[row.room] = row, self._clock() + KEPT_S
        if len(self._rows) > KEPT:
            del self._rows[next(iter(self._rows))]

    def known(self, room: str, revision: int) -> RoomRow | None:
        """The room, if it is known in this revision or a later one. A later change has a hint of its own."""
        row, until = self._rows.get(room, (None, 0.0))
        return row if row is not None and 0 < revision <= row.revision and self._clock() < until else None

    def take(self, room: str) -> RoomRow | None:
        """The room in the revision that is known, for whoever changes it; not known from then on."""
        row = self.known(room, 1)
        self._rows.pop(room, None)
        return row

    def clear(self) -> None:
        """Nothing is known."""
        self._rows.clear()
