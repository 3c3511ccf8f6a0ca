"""One verdict on the line from both sides' reports (PROTOCOL.md, section 9): reports our side every 3 s, weighs when theirs comes.

Imports `app.domain.line`, `app.wire.talk` and the ports only.
"""

from __future__ import annotations

from collections.abc import Callable

from app.domain.line import LineVerdict, SideReport, verdict
from app.media.ports import CallStats
from app.services.clock import Cancellable, Clock
from app.services.events import Event
from app.wire.talk import Limited, LineReport, Talk

REPORT_EVERY_S = 3.0
REPORT_HOLDS_S = 10.0

OwnFigures = Callable[[], tuple[CallStats, int | None] | None]
"""Of the call, and the round trip to the server in ms; None while nothing flows."""


class LineWatch:
    """Runs from `start` to `close`. `verdict` changes only to what has come out twice in a row, or to unknown."""

    def __init__(self, figures: OwnFigures, send: Callable[[Talk], object], clock: Clock) -> None:
        self.changed: Event[LineVerdict] = Event()
        self._figures = figures
        self._send = send
        self._clock = clock
        self._own = _HeldReport(clock, self._expired)
        self._theirs = _HeldReport(clock, self._expired)
        self._verdict = LineVerdict.UNKNOWN
        self._before = LineVerdict.UNKNOWN
        """What came out last."""
        self._next: Cancellable | None = None

    @property
    def verdict(self) -> LineVerdict:
        """As it is shown."""
        return self._verdict

    def start(self) -> None:
        """Report from now on."""
        self._next = self._clock.call_later(REPORT_EVERY_S, self._report)

    def heard(self, report: LineReport) -> None:
        """The client's newest one."""
        self._theirs.put(_side(report))
        self._weigh()

    def new_browser(self) -> None:
        """Nothing that the client's last device reported counts any more."""
        self._theirs.drop()
        self._expired()

    def close(self) -> None:
        """No report and no verdict any more."""
        if self._next is not None:
            self._next.cancel()
        self._own.drop()
        self._theirs.drop()

    def _report(self) -> None:
        self.start()
        figures = self._figures()
        if figures is not None:
            report = _report_of(*figures)
            self._own.put(_side(report))
            self._send(report)

    def _weigh(self) -> None:
        found = verdict(self._theirs.value, self._own.value)
        if found in (self._before, LineVerdict.UNKNOWN):
            self._show(found)
        self._before = found

    def _expired(self) -> None:
        self._before = LineVerdict.UNKNOWN
        self._show(LineVerdict.UNKNOWN)

    def _show(self, found: LineVerdict) -> None:
        if found is not self._verdict:
            self._verdict = found
            self.changed.announce(found)


class _HeldReport:
    """A report, until it is too old."""

    def __init__(self, clock: Clock, expired: Callable[[], None]) -> None:
        self.value: SideReport | None = None
        self._clock = clock
        self._expired = expired
        self._end: Cancellable | None = None

    def put(self, value: SideReport) -> None:
        self.drop()
        self.value = value
        self._end = self._clock.call_later(REPORT_HOLDS_S, self._run_out)

    def drop(self) -> None:
        self.value = None
        if self._end is not None:
            self._end.cancel()
            self._end = None

    def _run_out(self) -> None:
        self.drop()
        self._expired()


def _report_of(stats: CallStats, server_ms: int | None) -> LineReport:
    limited = Limited.DEVICE if stats.device_limited else Limited.NETWORK if stats.network_limited else Limited.NONE
    trip = None if stats.round_trip_ms is None else _ms(stats.round_trip_ms)
    return LineReport(
        loss=min(1.0, max(0.0, stats.received_loss)),
        round_trip_ms=trip,
        server_ms=None if server_ms is None else _ms(server_ms),
        limited=limited,
    )


def _ms(value: float) -> int:
    return min(60_000, max(0, round(value)))


def _side(report: LineReport) -> SideReport:
    return SideReport(
        loss=report.loss,
        round_trip_ms=report.round_trip_ms,
        server_ms=report.server_ms,
        network_limited=report.limited is Limited.NETWORK,
        device_limited=report.limited is Limited.DEVICE,
    )
