"""Times and states in plain words. Imports the ports of `app.services`, `app.texts` and Babel; no Qt."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time

from app.domain.rooms import SeatState
from app.services.ports import RoomEntry
from app.texts import Texts

_ZONE = ZoneInfo("Europe/Berlin")
"""Appointments are at German offices: the page and the window show the same clock, wherever the machine stands."""


class Tone(enum.Enum):
    """How much a state wants to be seen; the value is a colour's name in `app.ui.colours`."""

    CALM = "muted"
    ATTENTION = "accent"
    GOOD = "good"
    WARN = "warn"


@dataclass(frozen=True, slots=True)
class Phrase:
    """A state as a person reads it."""

    text: str
    tone: Tone


class Wording:
    """Speaks one language. Times are those of this machine's clock, shown in the zone of German offices."""

    def __init__(self, texts: Texts, hides_names: Callable[[], bool] = lambda: False) -> None:
        """`hides_names` is asked each time: while it says yes, no title is shown."""
        self._texts = texts
        self._hides_names = hides_names

    def time(self, unix: int) -> str:
        """Hours and minutes, for instance 14:05."""
        return str(format_time(_local(unix), "HH:mm", locale=self._texts.language))

    def day(self, unix: int) -> str:
        """Weekday and date, for instance Sonntag, 22. November 2026."""
        return str(format_date(_local(unix).date(), "full", locale=self._texts.language))

    def waits(self, since: int, now: int) -> str:
        """How long somebody has been waiting."""
        minutes = max(0, now - since) // 60
        number = {0: "under", 1: "one"}.get(minutes, "many")
        return self._texts("app.room.waiting", time=self._texts(f"app.time.since.{number}", minutes=minutes))

    def starts(self, at: int, now: int) -> str:
        """In how many minutes, at least one, it starts."""
        minutes = max(60, at - now) // 60
        number = "one" if minutes == 1 else "many"
        return self._texts("app.room.starts", time=self._texts(f"app.time.until.{number}", minutes=minutes))

    def heading(self, entry: RoomEntry) -> str:
        """The appointment's title as typed, or a neutral one."""
        if self._hides_names():
            return self._texts("app.room.hidden")
        return entry.title or self._texts("app.room.untitled")

    def room(self, entry: RoomEntry, now: int) -> Phrase:
        """Where an appointment stands."""
        admitted = entry.admitted
        if entry.over:
            return Phrase(self._texts("app.room.over"), Tone.CALM)
        if admitted is not None:
            return self._conversation(admitted.state, admitted.present)
        if entry.waiting:
            return Phrase(self.waits(entry.waiting[0].since, now), Tone.ATTENTION)
        if entry.starts_at - now >= 3600:
            return Phrase(self._texts("app.room.later"), Tone.CALM)
        if entry.starts_at - now >= 60:
            return Phrase(self.starts(entry.starts_at, now), Tone.CALM)
        return Phrase(self._texts("app.room.nobody"), Tone.CALM)

    def _conversation(self, state: SeatState, present: bool) -> Phrase:
        if state is SeatState.LEFT:
            return Phrase(self._texts("app.room.left"), Tone.WARN)
        if not present:
            return Phrase(self._texts("app.room.absent"), Tone.WARN)
        return Phrase(self._texts("app.room.talking"), Tone.GOOD)


def _local(unix: int) -> datetime:
    return datetime.fromtimestamp(unix, _ZONE)
