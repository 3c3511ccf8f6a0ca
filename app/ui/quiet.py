"""What keeps the program quiet: a visitor at the table, a day without ringing, one person without ringing, a screen that is shown.

Kept in memory only. Imports Qt and `app.services.clock` only.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, Signal

from app.services.clock import Clock

_ZONE = ZoneInfo("Europe/Berlin")
"""Of the offices: their day ends, and with it "today"."""


class Quiet(QObject):
    """One for the program; views switch it, the alarm and the wording ask it."""

    changed = Signal()

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        self._visitor = False
        self._sharing = False
        self._silent_day: date | None = None
        self._silent_seats: set[str] = set()

    @property
    def visitor(self) -> bool:
        """Who sits at the table ("Besuch am Tisch") must read no names and hear no ringing."""
        return self._visitor

    @property
    def sharing(self) -> bool:
        """A screen or window of ours is shown to a client."""
        return self._sharing

    @property
    def today(self) -> bool:
        """No ringing until midnight."""
        return self._silent_day == self._day()

    @property
    def hides_names(self) -> bool:
        """No name on the screen: others look at it."""
        return self._visitor or self._sharing

    def rings_for(self, seat: str) -> bool:
        """Whether this person's waiting may be heard."""
        return not (self._visitor or self._sharing or self.today or seat in self._silent_seats)

    def is_silenced(self, seat: str) -> bool:
        """True once the counsellor has silenced this person."""
        return seat in self._silent_seats

    def set_visitor(self, on: bool) -> None:
        """Somebody came to the table, or left."""
        if on is not self._visitor:
            self._visitor = on
            self.changed.emit()

    def set_sharing(self, on: bool) -> None:
        """A screen is shown from now on, or no longer."""
        if on is not self._sharing:
            self._sharing = on
            self.changed.emit()

    def set_today(self, on: bool) -> None:
        """Silence the rest of this day, or take that back."""
        if on is not self.today:
            self._silent_day = self._day() if on else None
            self.changed.emit()

    def set_silenced(self, seat: str, on: bool) -> None:
        """Silence this person, or take that back."""
        if on is not self.is_silenced(seat):
            (self._silent_seats.add if on else self._silent_seats.discard)(seat)
            self.changed.emit()

    def _day(self) -> date:
        return datetime.fromtimestamp(self._clock.unix(), UTC).astimezone(_ZONE).date()
