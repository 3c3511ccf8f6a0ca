"""What the calendar shows: asks the book for the days in sight, keeps them until the next answer. Imports Qt, ports, no services.

Nothing here waits: questions run as tasks, an answer that comes after a newer question is dropped, and what is known already is shown
at once. The book is asked only for the span that is looked at.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Coroutine, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, QTimer, Signal

from app.domain.appointments import MAX_MINUTES, Appointment
from app.domain.mails import Mail, MailState
from app.services.appointments.ports import BookError, StoreError
from app.services.clock import Clock
from app.services.events import Event
from app.ui.calendar.lanes import Placed, arrange
from app.ui.calendar.spans import Mode, day_end, day_of, day_start, days_between, first_and_last, step
from app.ui.calendar.timetable import Timetable, timetable

TICK_MS = 20_000
"""How often the line of now moves."""
LONGEST_S = MAX_MINUTES * 60
TROUBLE = (MailState.UNCLEAR, MailState.REFUSED, MailState.RETURNED)
"""States of a mail that want a person, the most urgent first."""

Start = Callable[[str, Coroutine[Any, Any, None]], object]
"""`Tasks.start`, or something that runs work at once."""
NameHolidays = Callable[[Sequence[int]], Coroutine[Any, Any, Mapping[date, str]]]
"""The holidays of some years; takes its time on a thread."""


class Book(Protocol):
    """The part of `AppointmentBook` that the calendar looks into."""

    changed: Event[Sequence[str]]

    async def find(self, appointment: str) -> Appointment | None: ...

    async def between(self, start: int, end: int) -> Sequence[Appointment]: ...

    async def search(self, text: str) -> Sequence[Appointment]: ...

    async def mails(self, appointment: str) -> Sequence[Mail]: ...

    async def to_call_again(self) -> Sequence[Appointment]: ...


class CalendarViewModel(QObject):
    """One for the program; `close` ends its subscriptions."""

    moved = Signal()
    """Another day, or another way of looking; what is known of it is shown already."""
    changed = Signal()
    """The appointments in sight, a mail's state, or the holidays."""
    ticked = Signal()
    """Time has passed."""
    found = Signal()
    """`results` are there."""
    pointed = Signal(str)
    """To the appointment of that id, whose day is in sight now."""
    refused = Signal(str, object)
    """Catalogue key of a sentence, and a dict with the values for its places."""

    def __init__(self, book: Book, clock: Clock, zone: ZoneInfo, start: Start, holidays: NameHolidays | None = None) -> None:
        """`holidays` None shows none. Nothing is asked of the book before `open`."""
        super().__init__()
        self._book = book
        self._clock = clock
        self.zone = zone
        self._start = start
        self._name_holidays = holidays
        self._mode = Mode.WEEK
        self._day = self.today
        self._appointments: Sequence[Appointment] = ()
        self._starts: list[int] = []
        self._span = (0, 0)
        """The Unix seconds that `_appointments` cover."""
        self._question = 0
        self._search = 0
        self._mails: Mapping[str, MailState] = {}
        self._holidays: dict[date, str] = {}
        self._years: set[int] = set()
        self.results: Sequence[Appointment] = ()
        """What the last search found, the newest first."""
        self._unsubscribe = book.changed.subscribe(lambda _ids: self._ask())
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.ticked)

    def open(self) -> None:
        """Ask for the first time."""
        self._timer.start(TICK_MS)
        self._ask()

    def close(self) -> None:
        """No more signals."""
        self._timer.stop()
        self._unsubscribe()
        self._question += 1
        self._search += 1

    # ---- where one is

    @property
    def now(self) -> int:
        """Unix seconds."""
        return self._clock.unix()

    @property
    def today(self) -> date:
        return day_of(self.now, self.zone)

    @property
    def mode(self) -> Mode:
        return self._mode

    @property
    def day(self) -> date:
        """The day in the middle of the attention."""
        return self._day

    def show(self, mode: Mode, day: date) -> None:
        """Look at that day in that way."""
        if (mode, day) == (self._mode, self._day):
            return
        self._mode, self._day = mode, day
        start, end = self._wanted
        known = self._span[0] <= start and end <= self._span[1]
        self.moved.emit()
        if not known:
            self._ask()

    def step(self, count: int) -> None:
        """So many spans on, or back."""
        self.show(self._mode, step(self._mode, self._day, count))

    def notice_day(self, day: date) -> None:
        """The cursor came to another day of what is in sight."""
        self._day = day

    @property
    def days(self) -> list[date]:
        """The days in sight. A week shows its weekend as far as something lies there."""
        first, last = first_and_last(self._mode, self._day)
        if self._mode is not Mode.WEEK:
            return days_between(first, last)
        days = days_between(first, last)
        busy = [number for number in (5, 6) if days[number] == self._day or self.of_day(days[number])]
        return days[: max(busy, default=4) + 1]

    def day_beside(self, day: date, direction: int) -> date:
        """The next day to which something is moved; weekends are passed over where they are not in sight."""
        shown = () if self._mode in (Mode.MONTH, Mode.LIST) else self.days
        day += timedelta(direction)
        while self._mode is not Mode.DAY and day.weekday() > 4 and day not in shown:
            day += timedelta(direction)
        return day

    @property
    def timetable(self) -> Timetable:
        """The grid of the days in sight."""
        return timetable(self.days, self.zone)

    # ---- what is there

    @property
    def appointments(self) -> Sequence[Appointment]:
        """Those in sight, by start."""
        start, end = self._wanted
        return self._touching(start, end)

    def of_day(self, day: date) -> Sequence[Appointment]:
        """Those that touch the day, by start: one across midnight is there on both days."""
        return self._touching(day_start(day, self.zone), day_end(day, self.zone))

    def placed(self, day: date) -> list[Placed]:
        """The same, side by side where they overlap."""
        start, end = day_start(day, self.zone), day_end(day, self.zone)
        return arrange(self._touching(start, end), start, end)

    def overlaps(self, appointment: Appointment) -> int:
        """How many others want the counsellor at the same time."""
        near = self._touching(appointment.starts_at, appointment.ends_at)
        return sum(other.id != appointment.id and other.overlaps(appointment) for other in near)

    def mail(self, appointment: Appointment) -> MailState | None:
        """What is wrong with its mails, if a person has to see to it."""
        return self._mails.get(appointment.id)

    def holiday(self, day: date) -> str:
        """The public holiday's name; empty for none."""
        return self._holidays.get(day, "")

    def _touching(self, start: int, end: int) -> Sequence[Appointment]:
        first = bisect_left(self._starts, start - LONGEST_S)
        last = bisect_left(self._starts, end)
        inside = self._appointments[first:last]
        if start <= self._span[0]:
            return inside
        return [a for a in inside if a.ends_at > start]

    async def look_at(self, day: date) -> Sequence[Appointment]:
        """Those of a day that need not be in sight, by start. Raises StoreError."""
        return await self._book.between(day_start(day, self.zone), day_end(day, self.zone))

    # ---- asking

    @property
    def _wanted(self) -> tuple[int, int]:
        first, last = first_and_last(self._mode, self._day)
        return day_start(first, self.zone), day_end(last, self.zone)

    def _ask(self) -> None:
        self._question += 1
        self._start("calendar.look", self._look(self._question, *self._wanted))
        self._ask_holidays()

    async def _look(self, question: int, start: int, end: int) -> None:
        try:
            found = await self._book.between(start, end)
            if question != self._question:
                return
            self._appointments = found
            self._starts = [appointment.starts_at for appointment in found]
            self._span = (start, end)
            self.changed.emit()
            mails = {a.id: state for a in await self._book.to_call_again() if (state := await self._trouble(a.id)) is not None}
        except (BookError, StoreError) as error:
            self.refused.emit(error.key, error.values)
            return
        if question == self._question and mails != self._mails:
            self._mails = mails
            self.changed.emit()

    async def _trouble(self, appointment: str) -> MailState | None:
        states = {mail.state for mail in await self._book.mails(appointment)}
        return next((state for state in TROUBLE if state in states), None)

    def _ask_holidays(self) -> None:
        first, last = first_and_last(self._mode, self._day)
        years = [year for year in range(first.year, last.year + 1) if year not in self._years]
        if years and self._name_holidays is not None:
            self._years.update(years)
            self._start("calendar.holidays", self._look_up(self._name_holidays, years))

    async def _look_up(self, name_holidays: NameHolidays, years: Sequence[int]) -> None:
        self._holidays.update(await name_holidays(years))
        self.changed.emit()

    def search(self, text: str) -> None:
        """Look for a name, topic, address or number; an empty text ends the search."""
        self._search += 1
        self.results = ()
        if text.strip():
            self._start("calendar.search", self._find(self._search, text.strip()))
        else:
            self.found.emit()

    async def _find(self, question: int, text: str) -> None:
        try:
            results = await self._book.search(text)
        except (BookError, StoreError) as error:
            self.refused.emit(error.key, error.values)
            return
        if question == self._search:
            self.results = results
            self.found.emit()

    def point_to(self, appointment: str) -> None:
        """Bring that appointment's day into sight and put the cursor on it."""
        self._start("calendar.point", self._point(appointment))

    async def _point(self, appointment: str) -> None:
        try:
            found = await self._book.find(appointment)
        except (BookError, StoreError) as error:
            self.refused.emit(error.key, error.values)
            return
        if found is None:
            return
        day = day_of(found.starts_at, self.zone)
        first, last = first_and_last(self._mode, self._day)
        if not first <= day <= last:
            self.show(self._mode, day)
        self.pointed.emit(appointment)
