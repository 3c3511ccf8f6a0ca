"""A calendar over a book in memory whose answers come at once, or when the test says so."""

from __future__ import annotations

from collections.abc import Coroutine, Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from app.domain.appointments import ZONE, Appointment, Client, Stage
from app.services.fakes import ManualClock
from app.services.fakes.sample_appointments import LookingBook
from app.ui.calendar.spans import at
from app.ui.calendar.view import CalendarView
from app.ui.calendar.view_model import CalendarViewModel
from app.ui.quiet import Quiet

BERLIN = ZoneInfo(ZONE)
DAY = date(2026, 5, 13)
"""A Wednesday before a holiday."""
NOW = at(DAY, 10, 20, BERLIN)


def run_now(name: str, work: Coroutine[Any, Any, None]) -> None:
    """Run work that never really waits."""
    try:
        work.send(None)
    except StopIteration:
        return
    raise AssertionError(f"{name} waited")


async def one_holiday(_years: Sequence[int]) -> dict[date, str]:
    return {date(2026, 5, 14): "Christi Himmelfahrt"}


def one(name: str, hours: int, minutes: int = 0, length: int = 45, day: date = DAY, **other: Any) -> Appointment:
    fields = {"client": Client(name=f"Frau {name}"), "topic": f"Anliegen {name}", "stage": Stage.INVITED, **other}
    return Appointment(id=name, starts_at=at(day, hours, minutes, BERLIN), minutes=length, **fields)


class Desk:
    """The calendar, and everything that it told."""

    def __init__(self, qtbot, theme, texts, appointments: Sequence[Appointment], now: int = NOW) -> None:
        self.clock = ManualClock(now)
        self.book = LookingBook(appointments)
        self.quiet = Quiet(self.clock)
        self.model = CalendarViewModel(self.book, self.clock, BERLIN, run_now, one_holiday)
        self.view = CalendarView(self.model, texts, self.quiet, theme)
        self.told: list[tuple[object, ...]] = []
        for name in ("opened", "new_wanted", "move_wanted", "cancel_wanted", "print_wanted"):
            getattr(self.view, name).connect(lambda *values, name=name: self.told.append((name, *values)))
        qtbot.addWidget(self.view)
        self.view.resize(1180, 760)
        self.model.open()
        self.view.show()
        qtbot.waitActive(self.view)
        self.view.activateWindow()
        self.view.grid.setFocus()
