"""The size follows computer and line."""

from __future__ import annotations

import numpy as np
import pytest

from app.media.clock import draw_clock, read_clock
from app.media.frames import black
from app.media.ladder import SETTLE_S, STEPS, UP_AFTER_S, Ladder, scaled

INTERVAL = 1 / 30


class Stage:
    """A ladder and its clock."""

    def __init__(self) -> None:
        self.ladder, self.now = Ladder(), 100.0

    def run(self, seconds: float, load: float, kbps: float = 2500, machine: float = 0.0) -> list[float]:
        """The sizes on the way, without repeats."""
        seen = [self.ladder.scale]
        for _ in range(round(seconds / INTERVAL)):
            self.now += INTERVAL
            self.ladder.note(load * INTERVAL, INTERVAL, int(kbps * 1000), self.now, machine)
            if self.ladder.scale != seen[-1]:
                seen.append(self.ladder.scale)
        return seen


def test_a_computer_that_keeps_up_stays_at_full_size() -> None:
    assert Stage().run(60, 0.4) == [1.0]


def test_a_weak_computer_gets_smaller_step_by_step_and_no_further() -> None:
    assert Stage().run(30, 0.95) == list(STEPS)


def test_only_a_weak_computer_is_called_so() -> None:
    stage = Stage()
    assert not stage.ladder.weak
    stage.run(3, 0.95)
    assert stage.ladder.weak
    stage.run(200, 0.1)
    assert not stage.ladder.weak
    stage.run(10, 0.2, 200)
    assert stage.ladder.scale == 0.5
    assert not stage.ladder.weak


def test_a_computer_that_is_full_of_other_work_gets_one_step_smaller_pictures() -> None:
    stage = Stage()
    assert stage.run(SETTLE_S - 1, 0.2, machine=1.0) == [1.0]
    assert stage.run(3, 0.2, machine=1.0) == [1.0, 0.75]
    assert stage.ladder.weak
    assert stage.run(60, 0.2, machine=1.0) == [0.75]
    assert stage.run(60, 0.2, machine=0.8) == [0.75]
    assert stage.run(60, 0.2, machine=0.3)[-1] == 1.0
    assert not stage.ladder.weak


def test_a_short_stutter_changes_nothing() -> None:
    stage = Stage()
    for _ in range(5):
        assert stage.run(0.8, 1.0) == [1.0]
        stage.run(3, 0.2)


def test_it_grows_again_with_patience() -> None:
    stage = Stage()
    stage.run(3, 0.95)
    assert stage.run(UP_AFTER_S - 1, 0.1) == [stage.ladder.scale]
    assert stage.run(3 * UP_AFTER_S, 0.1)[-1] == 1.0


def test_it_does_not_swing() -> None:
    stage, changes = Stage(), 0
    for _ in range(60):
        changes += len(stage.run(5, 0.9 if stage.ladder.scale == 1 else 0.2)) - 1
    assert changes < 20


@pytest.mark.parametrize(("kbps", "scale"), [(2500, 1.0), (500, 0.75), (200, 0.5), (20, 0.5)])
def test_a_narrow_line_gets_fewer_pixels(kbps: float, scale: float) -> None:
    assert Stage().run(10, 0.2, kbps)[-1] == scale


def test_a_wider_line_gets_them_back() -> None:
    stage = Stage()
    stage.run(10, 0.2, 200)
    assert stage.run(2, 0.2, 310)[-1] == 0.5
    assert stage.run(60, 0.2, 2500)[-1] == 1.0


@pytest.mark.parametrize(("scale", "size"), [(0.75, (960, 540)), (0.5, (640, 360))])
def test_a_scaled_picture_keeps_its_clock_and_time(scale: float, size: tuple[int, int]) -> None:
    frame = black(1280, 720)
    draw_clock(frame.y, 4321)
    smaller = scaled(frame, scale)
    assert (smaller.width, smaller.height) == size
    assert smaller.u.shape == smaller.v.shape == (size[1] // 2, size[0] // 2)
    assert read_clock(smaller.y) == 4321
    assert smaller.captured_at == frame.captured_at
    assert np.array_equal(scaled(frame, 1.0).y, frame.y)
