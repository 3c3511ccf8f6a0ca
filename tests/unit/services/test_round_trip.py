"""Our own way to the server: the smallest of the last three round trips."""

from __future__ import annotations

from app.services.round_trip import RoundTrip


class Trips:
    def __init__(self) -> None:
        self.now = 0.0
        self.way = RoundTrip(lambda: self.now)

    def takes(self, seconds: float) -> None:
        number = self.way.next_ping()
        self.now += seconds
        self.way.pong(number)


def test_the_smallest_of_three_counts() -> None:
    trips = Trips()
    assert trips.way.ms is None
    trips.takes(0.9)
    assert trips.way.ms == 900
    trips.takes(0.2)
    trips.takes(0.5)
    assert trips.way.ms == 200
    trips.takes(0.6)
    trips.takes(0.7)
    assert trips.way.ms == 500, "the fast one is too long ago"


def test_a_late_answer_is_passed_over() -> None:
    trips = Trips()
    late = trips.way.next_ping()
    trips.now += 4
    trips.way.next_ping()
    trips.way.pong(late)
    assert trips.way.ms is None
