"""Figures of a camera out of pictures made for the test."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from app.domain.check_rules import CameraFigures
from app.domain.checks import Fault
from app.media.frames import from_i420_rows
from app.media.measuring.pictures import PictureMeter, brightness
from app.media.ports import I420Frame

NOISE = np.random.default_rng(4)


def picture(luma: int, middle: int | None = None, changed: int = 0) -> I420Frame:
    """320x180, even but for the middle."""
    rows = np.full((270, 320), 128, np.uint8)
    rows[:180] = luma
    if middle is not None:
        rows[30:140, 110:210] = middle
    rows[0, 0] = changed
    return from_i420_rows(rows, 0.0)


def shown(*pictures: I420Frame, rate: float = 20.0) -> CameraFigures:
    """The figures right after the last one."""
    meter = PictureMeter()
    for number, frame in enumerate(pictures):
        meter.take(frame, 100 + number / rate)
    return meter.figures(100 + (len(pictures) - 1) / rate)


def moving(luma: int, count: int = 60) -> list[I420Frame]:
    return [picture(luma, changed=number % 2) for number in range(count)]


@pytest.mark.parametrize("rate", [5.0, 20.0, 30.0])
def test_the_rate_is_that_of_the_pictures(rate: float) -> None:
    assert shown(*moving(120, int(2 * rate) + 1), rate=rate).fps == pytest.approx(rate, rel=0.01)


def test_the_rate_is_told_after_a_second_and_falls_when_pictures_stay_away() -> None:
    assert shown(*moving(120, 10)).fps is None
    meter = PictureMeter()
    for number in range(60):
        meter.take(picture(120, changed=number % 2), number / 20)
    assert meter.figures(4.5).fps == pytest.approx(10, abs=0.5)
    gone = meter.figures(9)
    assert (gone.fps, gone.luma, gone.still_s) == (0, None, None)


@pytest.mark.parametrize(("luma", "told"), [(16, 0), (235, 255), (126, 128)])
def test_brightness_goes_from_black_to_white(luma: int, told: float) -> None:
    figures = shown(*moving(luma))
    assert figures.luma == pytest.approx(told, abs=1)
    assert figures.backlight == pytest.approx(1, abs=0.01)


def test_a_dark_face_before_a_window_has_the_light_behind() -> None:
    figures = shown(*(picture(220, middle=40) for _ in range(3)))
    assert figures.backlight is not None
    assert figures.backlight > 5
    assert figures.luma == pytest.approx(28, abs=1)


def test_a_picture_that_never_changes_stands_still() -> None:
    frozen = picture(120)
    assert shown(*(picture(120) for _ in range(50))).still_s == pytest.approx(2.45)
    assert shown(*moving(120)).still_s == 0
    assert shown(*moving(120, 21), *(frozen for _ in range(10))).still_s == pytest.approx(0.5)


def test_nothing_is_told_before_the_first() -> None:
    assert PictureMeter().figures(1.0, Fault.CAMERA_NONE) == CameraFigures(trouble=Fault.CAMERA_NONE)


@settings(max_examples=40)
@given(arrays(np.uint8, st.tuples(st.integers(1, 70), st.integers(1, 70)), elements=st.integers(0, 255), fill=st.integers(0, 255)))
def test_any_plane_has_a_brightness(plane: np.ndarray) -> None:
    for value in brightness(plane):
        assert 0 <= value <= 255


@settings(max_examples=50)
@given(st.lists(st.tuples(st.integers(0, 255), st.integers(0, 255), st.floats(0, 2)), max_size=20), st.floats(0, 10))
def test_any_pictures_give_figures(pictures: list[tuple[int, int, float]], later: float) -> None:
    meter, now = PictureMeter(), 50.0
    for luma, middle, pause in pictures:
        now += pause
        meter.take(picture(luma, middle), now)
    figures = meter.figures(now + later)
    for figure in (figures.fps, figures.luma, figures.backlight, figures.still_s):
        assert figure is None or (math.isfinite(figure) and figure >= 0)
