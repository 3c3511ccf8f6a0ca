"""The watch on the line: reports every 3 s, one verdict that no single bad second changes, unknown when reports stay out."""

from __future__ import annotations

from app.domain.line import LineVerdict
from app.media.ports import CallStats
from app.services.fakes import ManualClock
from app.services.line_watch import LineWatch
from app.wire.talk import Limited, LineReport, Talk


class Watched:
    """A watch with figures and clock in the test's hand."""

    def __init__(self, server_ms: int | None = None) -> None:
        self.clock = ManualClock()
        self.figures: tuple[CallStats, int | None] | None = (CallStats(round_trip_ms=40.4, received_loss=0.01), server_ms)
        self.sent: list[Talk] = []
        self.told: list[LineVerdict] = []
        self.watch = LineWatch(lambda: self.figures, self.sent.append, self.clock)
        self.watch.changed.subscribe(self.told.append)
        self.watch.start()

    def pass_by(self, *theirs: LineReport) -> None:
        """Three seconds for each report of the client."""
        for report in theirs:
            self.clock.advance(3)
            self.watch.heard(report)


GOOD = LineReport(loss=0.0, round_trip_ms=40, server_ms=30)
WEAK = LineReport(loss=0.2, round_trip_ms=40, server_ms=400)


def test_our_side_is_reported_every_three_seconds() -> None:
    at = Watched()
    at.clock.advance(2.9)
    assert at.sent == []
    at.clock.advance(0.2)
    assert at.sent == [LineReport(loss=0.01, round_trip_ms=40)]
    at.figures = (CallStats(received_loss=1.2, device_limited=True, network_limited=True), 250)
    at.clock.advance(3)
    assert at.sent[-1] == LineReport(loss=1.0, server_ms=250, limited=Limited.DEVICE)
    at.figures = (CallStats(network_limited=True), None)
    at.clock.advance(3)
    assert at.sent[-1] == LineReport(loss=0.0, limited=Limited.NETWORK)


def test_nothing_is_reported_while_nothing_flows() -> None:
    at = Watched()
    at.figures = None
    at.clock.advance(30)
    at.watch.heard(GOOD)
    at.watch.heard(GOOD)
    assert at.sent == []
    assert at.watch.verdict is LineVerdict.UNKNOWN


def test_a_verdict_needs_two_in_a_row() -> None:
    at = Watched(server_ms=20)
    at.pass_by(GOOD)
    assert at.told == []
    at.pass_by(GOOD, WEAK, GOOD, WEAK, GOOD)
    assert at.told == [LineVerdict.GOOD]
    at.pass_by(WEAK, WEAK)
    assert at.told == [LineVerdict.GOOD, LineVerdict.CLIENT_NETWORK]
    assert at.watch.verdict is LineVerdict.CLIENT_NETWORK


def test_with_the_server_on_this_machine_nobody_is_blamed() -> None:
    at = Watched()
    at.pass_by(WEAK, WEAK)
    assert at.told == [LineVerdict.NETWORK_BETWEEN]


def test_ten_seconds_without_reports_make_it_unknown() -> None:
    at = Watched()
    at.pass_by(GOOD, GOOD)
    at.clock.advance(9.9)
    assert at.watch.verdict is LineVerdict.GOOD
    at.clock.advance(0.2)
    assert at.told == [LineVerdict.GOOD, LineVerdict.UNKNOWN]
    at.pass_by(GOOD)
    assert at.watch.verdict is LineVerdict.UNKNOWN, "the row begins anew"
    at.pass_by(GOOD)
    assert at.watch.verdict is LineVerdict.GOOD


def test_so_does_a_line_on_which_nothing_of_ours_is_measured() -> None:
    at = Watched()
    at.pass_by(GOOD, GOOD)
    at.figures = None
    at.pass_by(GOOD, GOOD, GOOD, GOOD)
    assert at.watch.verdict is LineVerdict.UNKNOWN


def test_another_browser_begins_anew() -> None:
    at = Watched()
    at.pass_by(WEAK, WEAK)
    at.watch.new_browser()
    assert at.watch.verdict is LineVerdict.UNKNOWN
    at.pass_by(WEAK)
    assert at.watch.verdict is LineVerdict.UNKNOWN


def test_after_the_end_nothing_is_reported_or_told() -> None:
    at = Watched()
    at.pass_by(GOOD, GOOD)
    sent = len(at.sent)
    at.watch.close()
    at.clock.advance(60)
    assert len(at.sent) == sent
    assert at.told == [LineVerdict.GOOD]
