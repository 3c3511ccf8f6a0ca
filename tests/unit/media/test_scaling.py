"""Pictures for painting."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from app.media.frames import black, from_i420_rows
from app.media.scaling import Painter
from app.media.synthetic import Landscape

SIZES = [(1280, 720), (640, 360), (322, 182), (960, 540), (1600, 900)]


@pytest.mark.parametrize("size", SIZES)
def test_it_looks_as_the_whole_picture_scaled(size: tuple[int, int]) -> None:
    rows = Landscape().draw(1000)
    painted = Painter().paint(from_i420_rows(rows, 0.0), *size)
    expected = cv2.resize(cv2.cvtColor(rows, cv2.COLOR_YUV2BGRA_I420), size, interpolation=cv2.INTER_AREA)
    assert painted.shape == (size[1], size[0], 4)
    assert painted.flags.c_contiguous
    assert np.abs(painted.astype(int) - expected.astype(int)).mean() < 4
    assert (painted[..., 3] == 255).all()


def test_black_is_black() -> None:
    assert Painter().paint(black(64, 48), 32, 24)[..., :3].max() == 0


def test_the_size_may_change_and_odd_planes_are_scaled() -> None:
    painter = Painter()
    frame = from_i420_rows(Landscape(322, 182).draw(0), 0.0)
    assert [painter.paint(frame, *size).shape[:2] for size in SIZES] == [(height, width) for width, height in SIZES]
