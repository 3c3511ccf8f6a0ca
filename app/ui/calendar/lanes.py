"""Appointments that overlap, laid side by side. Pure; imports `app.domain` only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from app.domain.appointments import Appointment, Stage

LEAST_S = 15 * 60
"""A shorter one takes this much room, so that it can be read and touched."""


@dataclass(frozen=True, slots=True)
class Placed:
    """One appointment in one day's column."""

    appointment: Appointment
    start: int
    end: int
    """Unix seconds, the part that lies within the day."""
    lane: int
    """Counted from the left."""
    lanes: int
    """How many share the column's width here."""


def arrange(appointments: Iterable[Appointment], start: int, end: int) -> list[Placed]:
    """Those that touch [start, end), by start; each gets the leftmost lane that is free, and all of one bunch are equally wide."""
    inside = [a for a in appointments if a.starts_at < end and a.ends_at > start]
    inside.sort(key=lambda a: (a.starts_at, a.stage is Stage.CANCELLED, -a.minutes, a.id))
    placed: list[Placed] = []
    bunch: list[tuple[Appointment, int]] = []
    free_at: list[int] = []
    """Per lane, when it is free again."""
    for appointment in inside:
        begins = max(appointment.starts_at, start)
        if free_at and begins >= max(free_at):
            placed += _close(bunch, len(free_at), start, end)
            bunch, free_at = [], []
        lane = next((number for number, free in enumerate(free_at) if free <= begins), len(free_at))
        free_at[lane : lane + 1] = [max(min(appointment.ends_at, end), begins + LEAST_S)]
        bunch.append((appointment, lane))
    return placed + _close(bunch, len(free_at), start, end)


def _close(bunch: list[tuple[Appointment, int]], lanes: int, start: int, end: int) -> list[Placed]:
    return [Placed(a, max(a.starts_at, start), min(a.ends_at, end), lane, lanes) for a, lane in bunch]
