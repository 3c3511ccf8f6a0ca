"""Asks the browser for an offer: while there is no line, and while a screen has none to go on. Imports the clock only."""

from __future__ import annotations

from collections.abc import Callable

from app.services.clock import Cancellable, Clock

ASK_AGAIN_S = 3.0
"""A browser that was asked for an offer and sent none is asked again."""
BROWSER_TRIES_S = 6.0
"""An epoch without a connection is followed by the next within 5 s, by the browser itself (PROTOCOL.md, section 5)."""


class OfferRequests:
    """For the time without a line, with pauses in which the browser tries by itself. Goes on until `rest`."""

    def __init__(self, ask: Callable[[], None], clock: Clock) -> None:
        """`ask` asks once, if the browser can be reached at the moment."""
        self._ask = ask
        self._clock = clock
        self._planned: Cancellable | None = None

    def now(self) -> None:
        """The line is gone."""
        self._ask()
        self._plan(ASK_AGAIN_S)

    def soon(self) -> None:
        """The browser should offer by itself: it was admitted, or its offer is being tried."""
        self._plan(BROWSER_TRIES_S)

    def rest(self) -> None:
        """The line stands, or nobody wants one any more."""
        if self._planned is not None:
            self._planned.cancel()
            self._planned = None

    def _plan(self, seconds: float) -> None:
        self.rest()
        self._planned = self._clock.call_later(seconds, self.now)


class ScreenRequests:
    """Asks for an epoch with a screen line, again and again until there is one or nobody wants it any more."""

    def __init__(self, wanted: Callable[[], bool], ask: Callable[[], None], clock: Clock) -> None:
        """`ask` asks once, if that makes sense at the moment."""
        self._wanted = wanted
        self._ask = ask
        self._clock = clock
        self._planned: Cancellable | None = None

    def look(self) -> None:
        """Something changed that may need the line."""
        self.rest()
        if self._wanted():
            self._ask()
            self._planned = self._clock.call_later(ASK_AGAIN_S, self.look)

    def rest(self) -> None:
        """Nothing is asked any more."""
        if self._planned is not None:
            self._planned.cancel()
            self._planned = None
