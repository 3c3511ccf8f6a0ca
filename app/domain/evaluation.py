"""What is counted for the evaluation, without persons: the closed words of the take-up figures, quarters, and the published figures of the
Federal Employment Agency. No I/O, imports the survey's words and the page's steps only.

Every count belongs to one site and one calendar quarter: that in which it was made. No relation between two tables is promised (whoever
agreed in June may be heard in July), so nothing of one table can be worked out from another.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from app.domain.readiness import Step

LEAST = 10
"""A group with fewer answers is never shown."""
FLOOR = 5
"""Nobody may go below that, whatever is set."""
MOST_QUARTERS = 4
"""Of one export."""
_QUARTER = re.compile(r"(20\d\d)-Q([1-4])")


class Source(enum.Enum):
    """Where the counts of an export were kept."""

    SERVER = "server"
    WORKSTATION = "workstation"
    """A program with its own server: one counsellor, so it shows nothing and only exports."""


class Declined(enum.Enum):
    """Why somebody said no to a video appointment on the phone."""

    NO_DEVICE = "no-device"
    NO_NETWORK = "no-network"
    RATHER_VISIT = "rather-visit"
    RATHER_PHONE = "rather-phone"
    PRIVACY = "privacy"
    OTHER = "other"


class Length(enum.Enum):
    """How long a conversation took, in minutes."""

    TO_15 = "to-15"
    TO_30 = "to-30"
    TO_60 = "to-60"
    LONGER = "longer"

    @classmethod
    def of(cls, minutes: float) -> Length:
        """The class of a length; the bounds belong to the shorter class."""
        bounds = ((15, cls.TO_15), (30, cls.TO_30), (60, cls.TO_60))
        return next((length for bound, length in bounds if minutes <= bound), cls.LONGER)


class DeviceClass(enum.Enum):
    """What somebody came with."""

    SMARTPHONE = "smartphone"
    TABLET = "tablet"
    COMPUTER = "computer"


TAKE_UP: Mapping[str, tuple[str, ...]] = {
    "asked": ("agreed", "open", *(f"declined.{reason.value}" for reason in Declined)),
    "rehearsal": ("went-well", "with-trouble"),
    "outcome": (
        *(f"held.{length.value}" for length in Length),
        *("by-phone", "not-arrived"),
        *(f"could-not-get-in.{step.value}" for step in Step if not step.of_the_check),
    ),
    "device": tuple(device.value for device in DeviceClass),
    "language": ("de", "other"),
}
"""Table → its counters. Each event adds one to one counter of a table: who was *asked* on the phone, had a *rehearsal*, an appointment
had its *outcome*, a link was opened with a *device* and in a *language*. What stands before the dot is its class."""


def class_of(answer: str) -> str:
    """The class of a counter of `TAKE_UP`: `held.to-15` → `held`."""
    return answer.partition(".")[0]


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """A calendar quarter."""

    year: int
    number: int
    """1 to 4."""

    @classmethod
    def parse(cls, text: str) -> Quarter:
        """Of `2026-Q3`. Raises ValueError."""
        found = _QUARTER.fullmatch(text)
        if found is None:
            raise ValueError(text)
        return cls(int(found[1]), int(found[2]))

    def __str__(self) -> str:
        return f"{self.year}-Q{self.number}"

    @property
    def over(self) -> date:
        """The first day after it."""
        return date(self.year + self.number // 4, self.number % 4 * 3 + 1, 1)


@dataclass(frozen=True, slots=True)
class Published:
    """A published figure to be set beside ours."""

    low: int
    """Percent."""
    high: int


AGENCY: Mapping[str, Published] = {
    "recommend": Published(96, 97),
    "easy": Published(90, 90),
    "again": Published(83, 83),
    "next_by_video": Published(43, 43),
}
"""Indicator → what the Federal Employment Agency published about its own video counselling."""
