"""Public holidays of the states, and of the municipalities that keep more."""

from __future__ import annotations

from datetime import date

import pytest

from app.services.public_holidays import Region, names


@pytest.mark.parametrize(
    ("region", "day", "free"),
    [
        (Region.ALL, date(2026, 10, 3), True),
        (Region.ALL, date(2026, 1, 6), False),
        (Region.BAYERN, date(2026, 1, 6), True),
        (Region.BAYERN, date(2026, 8, 15), False),
        (Region.BAYERN_CATHOLIC, date(2026, 8, 15), True),
        (Region.BAYERN_CATHOLIC, date(2026, 8, 8), False),
        (Region.AUGSBURG, date(2026, 8, 8), True),
        (Region.AUGSBURG, date(2026, 8, 15), True),
        (Region.BERLIN, date(2026, 3, 8), True),
        (Region.SACHSEN, date(2026, 11, 18), True),
        (Region.SACHSEN, date(2026, 6, 4), False),
        (Region.SACHSEN_CATHOLIC, date(2026, 6, 4), True),
        (Region.THUERINGEN_CATHOLIC, date(2026, 6, 4), True),
    ],
)
def test_where_a_day_is_free(region, day, free) -> None:
    assert (day in names(region, [2026], "de")) is free


@pytest.mark.parametrize("region", list(Region))
def test_every_region_is_known_in_both_languages(region) -> None:
    german, english = names(region, [2026, 2027], "de"), names(region, [2026, 2027], "en")
    assert german.keys() == english.keys()
    assert german[date(2027, 5, 1)] == "Erster Mai"
    assert english[date(2027, 5, 1)] == "Labor Day"
