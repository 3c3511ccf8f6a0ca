"""The line shared between camera and screen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.media.budget import (
    CAMERA_BESIDE_BPS,
    CAMERA_BESIDE_HEIGHT,
    LEAST_BPS,
    MAX_CAMERA_BPS,
    MAX_SCREEN_BPS,
    MIN_BPS,
    SOUND_BPS,
    Budget,
    Wishes,
    useful_bps,
)
from app.media.ports import PictureLimit
from app.media.vp8 import speed_for


@pytest.fixture
def wishes() -> Wishes:
    return Wishes()


@pytest.fixture
def budget(wishes: Wishes) -> Budget:
    return Budget(wishes)


def test_the_camera_alone_has_the_whole_line(budget: Budget) -> None:
    budget.told(900_000)
    assert budget.camera == 900_000
    budget.told(9_000_000)
    assert budget.camera == MAX_CAMERA_BPS
    budget.told(1)
    assert budget.camera == MIN_BPS
    assert budget.camera_pause_s == 0
    assert budget.camera_scale(720) == 1


def test_beside_a_screen_the_camera_steps_back(budget: Budget, wishes: Wishes) -> None:
    budget.told(2_000_000)
    wishes.sharing = True
    assert (budget.camera, budget.screen) == (CAMERA_BESIDE_BPS, 2_000_000 - CAMERA_BESIDE_BPS)
    assert budget.camera_scale(720) * 720 == CAMERA_BESIDE_HEIGHT
    assert budget.camera_scale(120) == 1
    assert budget.camera_pause_s == 0.1
    wishes.sharing = False
    assert budget.camera == 2_000_000


def test_what_the_other_side_wishes_holds_for_both_together(budget: Budget, wishes: Wishes) -> None:
    budget.told(2_000_000)
    wishes.limit = PictureLimit(height=360, kbps=400)
    assert budget.camera == 400_000 - SOUND_BPS
    assert budget.camera_scale(720) == 0.5
    assert budget.camera_scale(240) == 1
    wishes.sharing = True
    assert budget.camera + budget.screen == 400_000 - SOUND_BPS
    assert budget.camera_scale(720) == 0.25


def test_a_line_that_loses_much_gets_less_and_slowly_more_again(budget: Budget) -> None:
    budget.told(1_500_000)
    budget.reported(0.33, 1.0)
    budget.reported(0.33, 1.1)
    assert budget.camera == pytest.approx(1_005_000)
    budget.reported(0.05, 2.0)
    assert budget.camera == pytest.approx(1_005_000)
    budget.reported(0.0, 3.0)
    assert budget.camera == pytest.approx(1_005_000 * 1.08)
    for second in range(4, 20):
        budget.reported(0.0, second)
    assert budget.camera == 1_500_000
    for second in range(20, 60):
        budget.reported(0.9, second)
    assert budget.camera == MIN_BPS


@given(st.integers(0, 20_000_000), st.integers(0, 100_000), st.integers(0, 4320), st.integers(2, 4320), st.booleans())
def test_whatever_is_told_and_wished_shares_stay_in_bounds(told: int, kbps: int, most: int, height: int, sharing: bool) -> None:
    wishes = Wishes()
    wishes.limit, wishes.sharing = PictureLimit(most, kbps), sharing
    budget = Budget(wishes)
    budget.told(told)
    assert LEAST_BPS <= budget.camera <= MAX_CAMERA_BPS
    assert LEAST_BPS <= budget.screen <= MAX_SCREEN_BPS
    assert 0 < budget.camera_scale(height) <= 1


@pytest.mark.parametrize(("size", "speed"), [((320, 180), 12), ((640, 360), 12), ((640, 480), 12), ((960, 540), 12), ((1280, 720), 16)])
def test_a_small_picture_with_all_its_bits_is_coded_with_care(size: tuple[int, int], speed: int) -> None:
    assert speed_for(*size, useful_bps(size[0] * size[1])) == speed
