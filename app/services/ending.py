"""The end of a session and the ten seconds in which it can be undone. Imports the clock only."""

from __future__ import annotations

from collections.abc import Callable

from app.services.clock import Cancellable, Clock
from app.services.session_line import Parting

UNDO_S = 10.0
"""So long an end can be undone."""


class Ending:
    """One end at a time."""

    def __init__(self, carry_out: Callable[[], None], clock: Clock) -> None:
        """`carry_out` is called when the time is over."""
        self.parting = Parting.GOODBYE
        """How the session ends if it ends now."""
        self._carry_out = carry_out
        self._clock = clock
        self._timer: Cancellable | None = None

    def begin(self, parting: Parting) -> None:
        """The end was pressed."""
        self.parting = parting
        self._timer = self._clock.call_later(UNDO_S, self._carry_out)

    def cancel(self) -> None:
        """Undone, or carried out already."""
        self.parting = Parting.GOODBYE
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
