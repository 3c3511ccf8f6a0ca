"""A change that is being made, with the mouse or with keys, before it is wanted: a new appointment, a move, another length. Pure.

Imports the domain and `app.ui.calendar`'s pure modules only.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from app.domain.appointments import MAX_MINUTES, Appointment
from app.ui.calendar.spans import at, day_of
from app.ui.calendar.timetable import SNAP_S

SNAP_MINUTES = SNAP_S // 60


@dataclass(frozen=True, slots=True)
class Plan:
    """Where something would lie."""

    start: int
    """Unix seconds."""
    minutes: int
    appointment: Appointment | None = None
    """Which one is moved or stretched; None for a new one."""

    @property
    def end(self) -> int:
        return self.start + self.minutes * 60

    @property
    def changes(self) -> bool:
        """Whether anything would be different."""
        old = self.appointment
        return old is None or (old.starts_at, old.minutes) != (self.start, self.minutes)

    def later(self, steps: int) -> Plan:
        """Moved by so many quarters of an hour; from a time between two, to the next of them."""
        return replace(self, start=_snapped(self.start, steps, SNAP_S))

    def longer(self, steps: int) -> Plan:
        """Stretched by so many quarters of an hour, within what an appointment may last."""
        minutes = _snapped(self.minutes, steps, SNAP_MINUTES)
        return replace(self, minutes=min(max(minutes, SNAP_MINUTES), MAX_MINUTES))

    def until(self, end: int) -> Plan:
        """Ending then, within what an appointment may last."""
        return replace(self, minutes=min(max((end - self.start) // 60, SNAP_MINUTES), MAX_MINUTES))

    def on(self, day: date, zone: ZoneInfo) -> Plan:
        """At the same time of another day."""
        local = datetime.fromtimestamp(self.start, zone)
        return replace(self, start=at(day, local.hour, local.minute, zone))

    def day(self, zone: ZoneInfo) -> date:
        """On which day it would begin."""
        return day_of(self.start, zone)


def plan_of(appointment: Appointment) -> Plan:
    """Where an appointment lies now."""
    return Plan(appointment.starts_at, appointment.minutes, appointment)


def plan_between(one: int, other: int) -> Plan:
    """A new one, drawn from one time to the other, whichever comes first."""
    start, end = min(one, other), max(one, other)
    return Plan(start, 0).until(end)


def _snapped(value: int, steps: int, unit: int) -> int:
    if value % unit == 0:
        return value + steps * unit
    return (value // unit + (steps if steps > 0 else steps + 1)) * unit
