"""Brings calendar, call sheets and the list of those to be phoned again together in the main window. Imports Qt and `app.ui` only."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from app.domain.appointments import ZONE, Appointment
from app.ui.agenda.view import MainWindow
from app.ui.appointment.parts import AppointmentParts
from app.ui.appointment.when import When
from app.ui.appointment.windows import AppointmentWindows
from app.ui.calendar.printer import DayPrinter
from app.ui.calendar.view import CalendarView
from app.ui.calendar.view_model import CalendarViewModel, NameHolidays
from app.ui.device_check.door import CheckDoor


class Planning:
    """One for the program. What the calendar wishes is asked by the windows of an appointment; what they did is seen in the calendar."""

    def __init__(self, main: MainWindow, parts: AppointmentParts, holidays: NameHolidays | None, check: CheckDoor | None = None) -> None:
        """Without `check` no device check is offered."""
        self._main = main
        start = parts.tasks.start
        self._model = CalendarViewModel(parts.book, parts.clock, ZoneInfo(ZONE), start, holidays)
        self.calendar = CalendarView(self._model, parts.texts, parts.quiet, parts.theme)
        self.windows = AppointmentWindows(main, parts, None if check is None else check.brief)
        self._to_call = self.windows.to_call_panel()
        self.ended = self.windows.ended_panel()
        self._printer = DayPrinter(self._model, self.calendar.words, parts.texts, parts.messages, start)
        ours = [] if check is None else [check.panel]
        main.put_in([self.ended, *ours, self._to_call], self.calendar)
        self._model.refused.connect(lambda key, values: parts.messages.tell(key, **values))
        self._wire()
        self._model.open()

    def _wire(self) -> None:
        calendar, windows = self.calendar, self.windows
        calendar.opened.connect(lambda appointment: windows.sheet(appointment.id))
        calendar.new_wanted.connect(windows.new)
        calendar.move_wanted.connect(self._move)
        calendar.cancel_wanted.connect(lambda appointment: windows.cancel(appointment.id))
        calendar.print_wanted.connect(self._print)
        windows.noted.connect(calendar.select)

    def _move(self, appointment: Appointment, starts_at: int, minutes: int) -> None:
        self.windows.move(appointment.id, When(starts_at, minutes))

    def _print(self, day: date) -> None:
        self._printer.ask(day, self._main)

    def close(self) -> None:
        """No more windows, no more questions to the book."""
        self._to_call.close_panel()
        self.ended.close_panel()
        self.windows.close()
        self._model.close()
