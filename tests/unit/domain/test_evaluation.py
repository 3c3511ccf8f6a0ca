"""The closed words of the evaluation, and its quarters."""

from __future__ import annotations

from datetime import date

import pytest

from app.domain.evaluation import TAKE_UP, Length, Quarter, class_of


@pytest.mark.parametrize(("text", "over"), [("2026-Q1", date(2026, 4, 1)), ("2026-Q3", date(2026, 10, 1)), ("2026-Q4", date(2027, 1, 1))])
def test_a_quarter_ends(text, over) -> None:
    quarter = Quarter.parse(text)
    assert quarter.over == over
    assert str(quarter) == text


@pytest.mark.parametrize("text", ["", "2026-Q5", "2026-Q0", "1999-Q1", "2026-Q1\n", "2026"])
def test_what_is_no_quarter_is_refused(text) -> None:
    with pytest.raises(ValueError, match=r"^"):
        Quarter.parse(text)


LENGTHS = [(0, Length.TO_15), (15, Length.TO_15), (15.1, Length.TO_30), (60, Length.TO_60), (61, Length.LONGER)]


@pytest.mark.parametrize(("minutes", "length"), LENGTHS)
def test_lengths_have_classes(minutes, length) -> None:
    assert Length.of(minutes) is length


def test_counters_have_classes_that_are_shown_for_a_site() -> None:
    assert {class_of(counter) for counter in TAKE_UP["outcome"]} == {"held", "by-phone", "not-arrived", "could-not-get-in"}
    assert all(len(set(counters)) == len(counters) for counters in TAKE_UP.values())
