"""Appointments in plain words, for what is drawn and for what is read out. Imports the domain, `app.texts` and Babel; no Qt.

While names are hidden ("Besuch am Tisch", a shown screen) no name, topic or outcome comes out of here, so none is drawn, read out,
shown as a tip or printed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_interval, format_skeleton

from app.domain.appointments import Appointment, Stage, Way
from app.domain.deputy import is_handed_over
from app.domain.mails import MailState
from app.domain.readiness import Light
from app.texts import Texts
from app.ui.calendar.spans import Mode

_LIGHT_STAGES = (Stage.AGREED, Stage.INVITED)
"""Before, nobody has a link to try out; afterwards the waiting room tells more."""


class CalendarWords:
    """Speaks one language, in one zone."""

    def __init__(self, texts: Texts, zone: ZoneInfo, hides_names: Callable[[], bool] = lambda: False) -> None:
        """`hides_names` is asked each time."""
        self._texts = texts
        self._zone = zone
        self._hides_names = hides_names

    # ---- times

    def time(self, unix: int) -> str:
        """Hours and minutes; in an hour that the clock shows twice, which of the two."""
        local = datetime.fromtimestamp(unix, self._zone)
        shown = f"{local.hour}:{local.minute:02d}"
        if local.replace(fold=0).utcoffset() == local.replace(fold=1).utcoffset():
            return shown
        return self._texts("app.calendar.time.second" if local.fold else "app.calendar.time.first", time=shown)

    def span(self, appointment: Appointment) -> str:
        """From when until when, short, to be drawn."""
        until = self.time(appointment.ends_at)
        if self._crosses_midnight(appointment):
            until = self._texts("app.calendar.time.next-day.short", time=until)
        return f"{self.time(appointment.starts_at)}–{until}"

    def spoken_span(self, appointment: Appointment) -> str:
        """The same to be read out."""
        key = "app.calendar.time.span-midnight" if self._crosses_midnight(appointment) else "app.calendar.time.span"
        return self._texts(key, start=self.time(appointment.starts_at), end=self.time(appointment.ends_at))

    def _crosses_midnight(self, appointment: Appointment) -> bool:
        return self._day(appointment.starts_at) != self._day(appointment.ends_at - 1)

    def _day(self, unix: int) -> date:
        return datetime.fromtimestamp(unix, self._zone).date()

    def day(self, day: date) -> str:
        """For instance Dienstag, 10. März 2026."""
        return str(format_date(day, "full", locale=self._texts.language))

    def short_day(self, day: date) -> str:
        """For instance Di., 10. März."""
        return str(format_skeleton("MMMEd", day, locale=self._texts.language))

    def day_of_year(self, day: date) -> str:
        """For instance Di., 10. März 2026."""
        return str(format_skeleton("yMMMEd", day, locale=self._texts.language))

    def column_day(self, day: date) -> str:
        """For instance Di., 10."""
        return str(format_skeleton("Ed", day, locale=self._texts.language))

    def week(self, day: date) -> str:
        """For instance Woche 11 (ISO 8601)."""
        return self._texts("app.calendar.week", number=day.isocalendar().week)

    def weekday(self, number: int) -> str:
        """For instance Montag, 0 to 6."""
        return str(format_date(date(2024, 1, 1) + timedelta(number), "EEEE", locale=self._texts.language))

    def title(self, mode: Mode, day: date, first: date, last: date) -> str:
        """What is shown, in words."""
        if mode is Mode.DAY:
            return self.day(day)
        if mode is Mode.WEEK:
            return str(format_interval(first, last, "yMMMMd", locale=self._texts.language))
        if mode is Mode.MONTH:
            return str(format_skeleton("yMMMM", day, locale=self._texts.language))
        return self._texts("app.calendar.title.list", year=day.year)

    # ---- one appointment

    def person(self, appointment: Appointment) -> str:
        """Whom it is with; a neutral word where that is unknown or hidden."""
        if self._hides_names():
            return self._texts("app.calendar.hidden")
        return appointment.client.name or appointment.topic or self._texts("app.calendar.nameless")

    def topic(self, appointment: Appointment) -> str:
        """What it is about; empty where that is unknown, hidden or said by `person` already."""
        return "" if self._hides_names() or not appointment.client.name else appointment.topic

    def way(self, appointment: Appointment) -> str:
        return self._texts(f"app.calendar.way.{appointment.way.value}")

    def stage(self, appointment: Appointment) -> str:
        """Where it stands; of a closed one, how it came out."""
        if appointment.stage is Stage.CLOSED and appointment.outcome is not None and not self._hides_names():
            return self._texts(f"app.calendar.outcome.{appointment.outcome.kind.value}")
        if is_handed_over(appointment):
            return self._texts("app.team.handed-over")
        return self._texts(f"app.calendar.stage.{appointment.stage.value}")

    def light(self, appointment: Appointment) -> Light | None:
        """The light of readiness; None where there is nothing to be ready for."""
        return appointment.readiness.light if appointment.way is Way.VIDEO and appointment.stage in _LIGHT_STAGES else None

    def light_word(self, light: Light) -> str:
        return self._texts(f"app.calendar.light.{light.value}")

    def mail(self, state: MailState | None) -> str:
        """What is wrong with a mail; empty if nothing is."""
        return "" if state is None else self._texts(f"app.calendar.mail.{state.value}")

    def overlap(self, count: int) -> str:
        """That it overlaps with others; empty if it does not."""
        if count == 0:
            return ""
        return self._texts("app.calendar.overlap.one") if count == 1 else self._texts("app.calendar.overlap.many", count=count)

    def sentence(self, appointment: Appointment, overlaps: int = 0, mail: MailState | None = None) -> str:
        """All of it, to be read out."""
        light = self.light(appointment)
        parts = [
            self.spoken_span(appointment),
            self.person(appointment),
            self.topic(appointment),
            self.way(appointment),
            self.stage(appointment),
            "" if light is None else self._texts("app.calendar.light.spoken", light=self.light_word(light)),
            self.mail(mail),
            self._texts("app.calendar.series") if appointment.series else "",
            self.overlap(overlaps),
        ]
        return ", ".join(part for part in parts if part)

    # ---- cells

    def free(self, day: date, unix: int | None) -> str:
        """A slot with nothing in it; None is one that the clocks leave out."""
        if unix is None:
            return self._texts("app.calendar.cell.gap", day=self.short_day(day))
        return self._texts("app.calendar.cell.free", day=self.short_day(day), time=self.time(unix))

    def busy(self, day: date, unix: int, sentences: list[str]) -> str:
        """A slot with appointments in it."""
        return self._texts("app.calendar.cell.busy", day=self.short_day(day), time=self.time(unix), what="; ".join(sentences))

    def planned(self, day: date, start: int, end: int) -> str:
        """Where something would lie if it is taken over."""
        return self._texts("app.calendar.planned", day=self.short_day(day), start=self.time(start), end=self.time(end))

    def whole_day(self, day: date, count: int, holiday: str, today: bool) -> str:
        """A day of the month, before its appointments."""
        parts = [self.day(day), self._texts("app.calendar.today") if today else "", holiday, self.count(count)]
        return ", ".join(part for part in parts if part)

    def count(self, count: int) -> str:
        """So many appointments."""
        number = {0: "none", 1: "one"}.get(count, "many")
        return self._texts(f"app.calendar.count.{number}", count=count)

    def notes(self, mail: str, overlap: str, series: bool) -> str:
        """What else is to be known, in one line."""
        return ", ".join(part for part in (mail, overlap, self._texts("app.calendar.series") if series else "") if part)

    def heading(self, part: str) -> str:
        """Of a column of the list."""
        return self._texts(f"app.calendar.list.{part}")

    def more(self, count: int) -> str:
        """That many more than have room."""
        return self._texts("app.calendar.more", count=count)
