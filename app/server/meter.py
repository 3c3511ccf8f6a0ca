"""What the server counts of itself, as its parts tell it. The one here counts nothing; `app.server.metrics` counts for Prometheus.

Nothing that is told here names a room, a seat, a workstation or an address. Imports the wire's codes only.
"""

from __future__ import annotations

import enum
from collections.abc import Callable

from app.wire.codes import Code


class Side(enum.Enum):
    """Who is at the other end of a WebSocket."""

    PAGE = "page"
    WORKSTATION = "workstation"


class Guess(enum.Enum):
    """What was tried and led nowhere."""

    LINK = "link"
    CODE = "code"
    PROOF = "proof"
    ENROLMENT = "enrolment"


class Answer(enum.Enum):
    """How a transaction ended."""

    DONE = "done"
    AGAIN = "again"
    """Somebody else was faster, or a key was doubled."""
    AWAY = "away"


class Meter:
    """Counts nothing."""

    def connected(self, side: Side) -> None:
        """A WebSocket was opened."""

    def disconnected(self, side: Side) -> None:
        """It is gone, whoever ended it."""

    def refused(self, code: Code) -> None:
        """Somebody heard that something is not possible."""

    def limited(self, rate: str) -> None:
        """A rate limit held somebody up; `rate` is a field of `app.server.rate_limits.Rates`."""

    def guessed(self, guess: Guess) -> None:
        """A link, a code, a proof or a workstation's one-time code led nowhere."""

    def admitted(self) -> None:
        """A counsellor let somebody in."""

    def relay_given(self, kind: str) -> None:
        """Credentials for the relay were given out: `room`, `check` or `workstation`."""

    def transaction(self, seconds: float, answer: Answer) -> None:
        """The database took so long, its queue included."""

    def seats(self, waiting: int, away: int, sessions: int) -> None:
        """What stands in the database, for all servers: seats that wait, those of them whose page is away, rooms with somebody admitted."""

    def failed_inside(self) -> None:
        """An error of ours."""

    # ---- for those who look

    media_type = "text/plain; charset=utf-8"

    def watch(self, name: str, value: Callable[[], float]) -> None:
        """From now on ask for this figure whenever somebody looks."""

    def exposition(self) -> bytes:
        """All figures, in Prometheus' text format."""
        return b""
