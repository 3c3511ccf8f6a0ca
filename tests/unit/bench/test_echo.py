"""The other side does not hear itself, and hears us: in the simulated room, with margins below what is measured (docs/benchmarks.md)."""

from __future__ import annotations

import numpy as np
import pytest

from app.bench.echo import Figures, measure
from app.bench.room import SAMPLE_RATE, Room, speech


@pytest.fixture(scope="module")
def office() -> Figures:
    return measure(Room(delay_ms=60))


def test_alone_the_other_side_hears_nothing_of_itself(office: Figures) -> None:
    assert office.echo_before_db > -40
    assert office.enhancement_db >= 25
    assert office.converged_s is not None
    assert office.converged_s <= 5


def test_while_both_speak_we_are_heard(office: Figures) -> None:
    assert abs(office.near_level_db) < 6
    assert office.near_lost_share < 0.15
    assert office.likeness > 0.4


def test_a_delay_that_grows_is_followed() -> None:
    changed = measure(Room(delay_ms=40, delay_change_ms=60))
    assert changed.enhancement_db >= 25
    assert changed.converged_s is not None
    assert changed.converged_s <= 7


def test_the_room_does_what_it_says() -> None:
    voice = speech(4, seed=1)
    echo = Room(delay_ms=100, echo_db=-20).echo(voice)
    assert not echo[: SAMPLE_RATE // 10].any()
    rms = [np.sqrt(np.mean(np.square(signal, dtype=np.float64))) for signal in (voice, echo)]
    assert 20 * np.log10(rms[1] / rms[0]) == pytest.approx(-20, abs=1.5)
