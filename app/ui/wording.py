"""Times and headings in plain words. Imports the ports of `app.services`, `app.texts` and Babel; no Qt."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time

from app.services.ports import RoomEntry
from app.texts import Texts

_ZONE = ZoneInfo("Europe/Berlin")
"""Appointments are at German offices: the page and the window show the same clock, wherever the machine stands."""


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

    def heading(self, entry: RoomEntry) -> str:
        """The appointment's title as typed, or a neutral one."""
        if self._hides_names():
            return self._texts("app.room.hidden")
        return entry.title or self._texts("app.room.untitled")


def _local(unix: int) -> datetime:
    return datetime.fromtimestamp(unix, _ZONE)
