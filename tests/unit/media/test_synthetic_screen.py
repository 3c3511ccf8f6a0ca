"""The simulated screen and its pattern."""

from __future__ import annotations

import threading

import cv2
import numpy as np
import pytest

from app.media.clock import read_clock
from app.media.ports import FrameSlot, I420Frame
from app.media.synthetic_screen import HEIGHT, PAGE_MS, WIDTH, Desktop, SyntheticScreen, pattern, read_pattern


@pytest.mark.parametrize("size", [(WIDTH, HEIGHT), (1280, 720)])
def test_the_page_is_read_from_the_picture(size: tuple[int, int]) -> None:
    desktop = Desktop()
    for page in (0, 1, 40_000, 65_535):
        luma = desktop.draw(page * PAGE_MS + 7)[:HEIGHT]
        assert read_clock(luma) == (page * PAGE_MS + 7) % 65_536
        assert read_pattern(np.asarray(cv2.resize(luma, size, interpolation=cv2.INTER_AREA), np.uint8)) == (page, 0)


def test_wrong_cells_are_counted() -> None:
    luma = Desktop().draw(0)[:HEIGHT]
    blurred = np.asarray(cv2.blur(luma, (25, 25)), np.uint8)
    assert read_pattern(blurred)[1] > 0.2


def test_pages_differ_in_half_of_their_cells() -> None:
    assert 0.45 < np.mean(pattern(1) != pattern(2)) < 0.55


def test_pictures_come_until_it_is_stopped() -> None:
    slot, enough = FrameSlot[I420Frame](), threading.Event()
    slot.watch(lambda: enough.set() if slot.newest()[0] >= 2 else None)
    screen = SyntheticScreen()
    screen.start(slot)
    assert enough.wait(20)
    _, frame = slot.newest()
    assert frame is not None
    assert (frame.width, frame.height) == (WIDTH, HEIGHT)
    screen.stop()
    screen.stop()
    number, frame = slot.newest()
    assert frame is None
    assert slot.newest()[0] == number
