"""What time does to rooms: those in which somebody talks stay open, those whose time is over are forgotten. No I/O, no Qt."""

from __future__ import annotations

from collections.abc import Callable

from app.services.clock import Cancellable, Clock
from app.services.local_time import midnight_after
from app.services.room_book import RoomBook

TICK_S = 60.0
"""From one look to the next."""


class RoomTimes:
    """Looks after a book's rooms from `start` to `close`."""

    def __init__(self, book: RoomBook, clock: Clock, publish: Callable[[], None], changed: Callable[[], None]) -> None:
        """`publish` is called when a room closes later than the server knows, `changed` then, when
        a room is gone and when a day begins."""
        self._book = book
        self._clock = clock
        self._publish = publish
        self._changed = changed
        self._next: Cancellable | None = None
        self._day_ends = midnight_after(clock.unix())

    def start(self) -> None:
        """Look now, and again and again."""
        self._next = self._clock.call_later(TICK_S, self.start)
        self.look()

    def look(self) -> None:
        """Nobody is cut off in the middle of a conversation because it takes longer than planned."""
        now = self._clock.unix()
        later, gone = self._book.stay_open(now), self._book.let_go(now)
        if later:
            self._publish()
        new_day, self._day_ends = now >= self._day_ends, midnight_after(now)
        if later or gone or new_day:
            self._changed()

    def close(self) -> None:
        """No more looks."""
        if self._next is not None:
            self._next.cancel()
