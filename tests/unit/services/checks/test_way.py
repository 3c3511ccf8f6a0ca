"""From round trips to jitter and loss."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.checks.way import judged, one_way

CALM = [0.020, 0.022, 0.021, 0.020] * 12


@pytest.mark.parametrize(
    ("trips", "jitter_ms", "loss"),
    [
        (CALM, 1.0, 0.0),
        ([*CALM[:-2], 0.3, 0.3], 1.0, 0.0),
        ([*CALM[:-6], *[0.3] * 6], 1.0, 0.0646),
        ([0.02, 0.12] * 24, 100.0, None),
        ([0.065 + 0.01 * n for n in range(48)], 10.0, None),
        ([0.02, 0.02], None, None),
        ([], None, None),
    ],
    ids=["calm", "two busy moments", "six sent again", "swaying", "in every length", "too few", "none"],
)
def test_what_comes_late_on_a_calm_way_was_lost(trips, jitter_ms, loss) -> None:
    assert judged(trips) == (
        pytest.approx(jitter_ms, abs=0.1) if jitter_ms else jitter_ms,
        pytest.approx(loss, abs=0.001) if loss else loss,
    )


@given(st.lists(st.floats(0.0001, 10), max_size=60))
def test_any_trips_give_a_share_and_a_time(trips) -> None:
    jitter, loss = judged(trips)
    assert jitter is None or jitter >= 0
    assert loss is None or 0 <= loss <= 1


@pytest.mark.parametrize(("both", "each"), [(0.0, 0.0), (1.0, 1.0), (0.19, 0.1)])
def test_loss_of_one_way_from_that_of_both(both, each) -> None:
    assert one_way(both) == pytest.approx(each)
