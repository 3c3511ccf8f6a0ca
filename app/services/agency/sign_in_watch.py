"""Says in time that a sign-in ends, so that nobody is cut off in the middle of a day. Imports the clock and events only."""

from __future__ import annotations

from app.services.clock import Cancellable, Clock
from app.services.events import Event

AHEAD_S = 15 * 60


class SignInWatch:
    """`know` it each time the end is told; once for each end it is said."""

    def __init__(self, clock: Clock) -> None:
        self.ends_soon: Event[int] = Event()
        """When, Unix seconds."""
        self._clock = clock
        self._until: int | None = None
        self._timer: Cancellable | None = None

    def know(self, until: int | None) -> None:
        """The registration ends then (Unix seconds), or not by itself."""
        if until == self._until:
            return
        self.close()
        self._until = until
        if until is not None:
            self._timer = self._clock.call_later(max(0.0, until - AHEAD_S - self._clock.unix()), self._say)

    def close(self) -> None:
        """Say nothing more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _say(self) -> None:
        self._timer = None
        if self._until is not None:
            self.ends_soon.announce(self._until)
