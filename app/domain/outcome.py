"""How an appointment came out. No I/O, imports nothing of `app`.

The program proposes, the counsellor decides. A technical failure is never proposed as absence.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field


class OutcomeKind(enum.Enum):
    """What happened."""

    HELD = "held"
    BY_PHONE = "by-phone"
    """Moved to the telephone, before or during the conversation."""
    CANCELLED_BY_CLIENT = "cancelled-by-client"
    CANCELLED_BY_US = "cancelled-by-us"
    NOT_ARRIVED = "not-arrived"
    COULD_NOT_GET_IN = "could-not-get-in"
    """The client tried; `step` and `reason` say how far it went. Not the same as not arrived."""
    NOT_ATTENDED = "not-attended"
    """The client waited, and nobody of us let them in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What the counsellor decided."""

    kind: OutcomeKind
    decided_at: int
    """Unix seconds."""
    step: str = ""
    """Of COULD_NOT_GET_IN: how far the page got."""
    reason: str = ""
    """Of COULD_NOT_GET_IN: a name of the page's table of faults."""
    talked_minutes: int = 0
    """Of HELD and BY_PHONE."""
    remark: str = field(default="", repr=False)
    """0 to 500 characters, in the counsellor's words."""
