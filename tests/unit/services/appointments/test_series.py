"""A series keeps its hour on the wall over both clock changes, and its weekday through the months."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.appointments.ports import BookError, Repeat, Series
from app.services.appointments.series import starts_of
from app.services.local_time import midnight_after, midnight_before, wall_of
from tests.support.book_table import at


def walls(first: str, repeat: Repeat, count: int) -> list[str]:
    starts = starts_of(at(first), Series(repeat, count))
    return [wall_of(start).isoformat(" ", "minutes") for start in starts]


def test_every_week_over_the_change_in_spring() -> None:
    assert walls("2027-03-22 10:00", Repeat.WEEKLY, 3) == ["2027-03-22 10:00", "2027-03-29 10:00", "2027-04-05 10:00"]
    first, second, _ = starts_of(at("2027-03-22 10:00"), Series(Repeat.WEEKLY, 3))
    assert second - first == 7 * 86_400 - 3600


def test_every_fortnight_over_the_change_in_autumn() -> None:
    assert walls("2026-10-20 08:30", Repeat.FORTNIGHTLY, 3) == ["2026-10-20 08:30", "2026-11-03 08:30", "2026-11-17 08:30"]


def test_an_hour_that_is_left_out_is_taken_later_and_a_double_one_first() -> None:
    assert walls("2027-03-21 02:30", Repeat.WEEKLY, 3) == ["2027-03-21 02:30", "2027-03-28 03:30", "2027-04-04 02:30"]
    double = starts_of(at("2026-10-18 02:30"), Series(Repeat.WEEKLY, 2))[1]
    assert wall_of(double) == wall_of(double + 3600) == datetime.fromisoformat("2026-10-25 02:30")


@pytest.mark.parametrize(
    ("first", "later"),
    [
        ("2026-09-08 09:00", ["2026-10-13 09:00", "2026-11-10 09:00", "2026-12-08 09:00", "2027-01-12 09:00"]),  # the second Tuesday
        ("2026-09-30 09:00", ["2026-10-28 09:00", "2026-11-25 09:00", "2026-12-30 09:00", "2027-01-27 09:00"]),  # a fifth: the last one
        ("2026-12-04 14:00", ["2027-01-01 14:00", "2027-02-05 14:00", "2027-03-05 14:00", "2027-04-02 14:00"]),  # the first Friday
    ],
)
def test_every_month_on_the_same_weekday(first: str, later: list[str]) -> None:
    assert walls(first, Repeat.MONTHLY, 5) == [first, *later]


@pytest.mark.parametrize("count", [-1, 0, 1, 53])
def test_a_series_has_its_bounds(count: int) -> None:
    with pytest.raises(BookError) as caught:
        starts_of(1_790_000_000, Series(Repeat.WEEKLY, count))
    assert caught.value.part == "series"


@given(st.integers(1_600_000_000, 3_000_000_000), st.sampled_from(Repeat), st.integers(2, 52))
def test_hour_and_weekday_stay(first: int, repeat: Repeat, count: int) -> None:
    starts = starts_of(first, Series(repeat, count))
    assert starts[0] == first
    assert len(starts) == count
    assert all(earlier < later for earlier, later in pairwise(starts))
    for start in starts:
        shifted = wall_of(start).hour - wall_of(first).hour
        assert wall_of(start).weekday() == wall_of(first).weekday()
        assert wall_of(start).minute == wall_of(first).minute
        assert shifted == 0 or (shifted == 1 and wall_of(first).hour == 2)


def test_days_may_have_23_and_25_hours() -> None:
    assert [(midnight_after(noon) - midnight_before(noon)) // 3600 for noon in (at("2027-03-28 12:00"), at("2026-10-25 12:00"))] == [
        23,
        25,
    ]
