"""What a file of others holds for the calendar, whichever kind of file it is. Pure; imports the book's records only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from app.services.appointments.ports import BookError, Foreign
from app.services.exchange.ics_event import Passed

MAX_BYTES = 10_000_000
MAX_FOUND = 2_000
"""Appointments that are taken over at once: eight on each work day of a year."""


class ImportRefused(BookError):
    """The file as a whole cannot be used, and nothing of it was taken over."""


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row of a table that cannot be read."""

    line: int
    """As an editor counts them: 1 is the first of the file."""
    key: str
    """A sentence of the catalogue, and what stands in its places."""
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """What a file holds for the calendar."""

    appointments: Sequence[Foreign] = field(repr=False)
    """By start; none of them is over at the time of reading."""
    passed: Mapping[Passed, int]
    """How many entries (of a series: times) were passed over, by reason."""
    bad_rows: Sequence[BadRow] = ()
    """By line."""
    with_way: frozenset[str] = frozenset()
    """Ids of those of which the file says how they take place."""
