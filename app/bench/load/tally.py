"""What a load found: durations in HDR histograms, errors by kind."""

from __future__ import annotations

from collections import Counter

from hdrh.histogram import HdrHistogram

LONGEST_US = 120_000_000


class Durations:
    """Of one kind of step."""

    def __init__(self) -> None:
        self._histogram = HdrHistogram(1, LONGEST_US, 3)

    def add(self, seconds: float) -> None:
        """One that was measured."""
        self._histogram.record_value(min(LONGEST_US, max(1, round(seconds * 1e6))))

    @property
    def count(self) -> int:
        """How many were measured."""
        return int(self._histogram.get_total_count())

    def at(self, percentile: float) -> float | None:
        """So many per cent took at most this long, milliseconds; None if nothing was measured."""
        return round(self._histogram.get_value_at_percentile(percentile) / 1000, 1) if self.count else None

    def figures(self) -> dict[str, float | int | None]:
        """Count, median, tail."""
        return {"count": self.count, "p50_ms": self.at(50), "p99_ms": self.at(99), "max_ms": self.at(100)}


class Tally:
    """Of one load."""

    def __init__(self) -> None:
        self.connected = Durations()
        """From opening the connection to sitting in the waiting room."""
        self.admitted = Durations()
        """From the counsellor's `admit` to the page that knows it."""
        self.signalled = Durations()
        """From sending an offer, an answer or a candidate to having it on the other side."""
        self.offered = Durations()
        """Of those the offers alone: ours writes the number of each into the database before it passes it on."""
        self.passed_on = Durations()
        """Of those the answers and candidates alone, which nobody writes down."""
        self.surveyed = Durations()
        """Right and answer; the server takes half a second over the answer on purpose."""
        self.errors: Counter[str] = Counter()

    def signal(self, seconds: float, offer: bool = False) -> None:
        """One message from one side to the other."""
        self.signalled.add(seconds)
        (self.offered if offer else self.passed_on).add(seconds)

    def failed(self, what: str) -> None:
        """One error of this kind."""
        self.errors[what] += 1

    def durations(self) -> dict[str, object]:
        """All of them."""
        return {
            "connected": self.connected.figures(),
            "admitted": self.admitted.figures(),
            "signalled": self.signalled.figures(),
            "offered": self.offered.figures(),
            "passed_on": self.passed_on.figures(),
            "surveyed": self.surveyed.figures(),
        }

    def begin_anew(self) -> None:
        """The next measurement, by everybody who counts here."""
        vars(self).update(vars(Tally()))
