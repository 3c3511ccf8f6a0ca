"""Surfaces paint the right colours, each picture once, and nothing while hidden."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor

from app.media.ports import FrameSlot, I420Frame
from app.media.scaling import Painter
from app.ui.call.surface import STAGE, PaintedSurface, SlotWatch, fitted
from app.ui.call.surface_choice import cheaper, choose_surface, has_graphics_device, is_hardware, processor_ms

YUV = {"red": (81, 90, 240), "green": (145, 54, 34), "blue": (41, 240, 110), "white": (235, 128, 128), "black": (16, 128, 128)}
"""Pure colours in limited range, ITU-R BT.601-7, table 2 (75 and 100 % bars computed from its equations)."""
RGB = {"red": (255, 0, 0), "green": (0, 255, 0), "blue": (0, 0, 255), "white": (255, 255, 255), "black": (0, 0, 0)}


def halves(left: str, right: str, width: int = 128, height: int = 72) -> I420Frame:
    planes = []
    for number, (w, h) in enumerate(((width, height), (width // 2, height // 2), (width // 2, height // 2))):
        plane = np.full((h, w), YUV[left][number], np.uint8)
        plane[:, w // 2 :] = YUV[right][number]
        planes.append(plane)
    return I420Frame(*planes, captured_at=0.0)


def close_to(colour: QColor, wanted: tuple[int, int, int]) -> bool:
    return all(abs(a - b) <= 4 for a, b in zip((colour.red(), colour.green(), colour.blue()), wanted, strict=True))


@pytest.fixture
def slot() -> FrameSlot[I420Frame]:
    return FrameSlot()


def shown(qtbot, slot: FrameSlot[I420Frame], mirrored: bool = False) -> PaintedSurface:
    surface = PaintedSurface(slot, Painter().paint, mirrored)
    qtbot.addWidget(surface)
    surface.resize(256, 200)
    surface.show()
    qtbot.waitExposed(surface)
    return surface


@pytest.mark.parametrize("colour", list(YUV))
def test_colours(qtbot, slot, colour) -> None:
    surface = shown(qtbot, slot)
    with qtbot.waitSignal(surface.painted):
        slot.put(halves(colour, colour))
    assert close_to(surface.grab().toImage().pixelColor(128, 100), RGB[colour])


def test_sides_and_margins(qtbot, slot) -> None:
    slot.put(halves("red", "blue"))
    picture = shown(qtbot, slot).grab().toImage()
    assert close_to(picture.pixelColor(10, 100), RGB["red"])
    assert close_to(picture.pixelColor(245, 100), RGB["blue"])
    assert picture.pixelColor(128, 5) == STAGE


def test_own_picture_is_mirrored(qtbot, slot) -> None:
    slot.put(halves("red", "blue"))
    picture = shown(qtbot, slot, mirrored=True).grab().toImage()
    assert close_to(picture.pixelColor(10, 100), RGB["blue"])


def test_of_the_own_picture_every_second_one_is_told_and_its_end_always() -> None:
    slot: FrameSlot[I420Frame] = FrameSlot()
    told: list[bool] = []
    watch = SlotWatch(slot, lambda: told.append(watch.look()[1] is not None), every=2)
    watch.start()
    for _ in range(9):
        slot.put(halves("red", "blue"))
    assert told == [False, *[True] * 4]
    slot.clear()
    slot.put(halves("red", "blue"))
    slot.clear()
    assert told[5:] == [False, False]
    watch.stop()


def test_pictures_from_another_thread_are_painted_once_each(qtbot, slot) -> None:
    surface = shown(qtbot, slot)
    painted: list[object] = []
    surface.painted.connect(painted.append)
    frame = halves("green", "green")
    writer = threading.Thread(target=lambda: slot.put(frame))
    writer.start()
    qtbot.waitUntil(lambda: painted == [frame])
    writer.join()
    surface.repaint()
    assert painted == [frame]


def test_without_a_picture_the_stage_is_empty(qtbot, slot) -> None:
    slot.put(halves("white", "white"))
    surface = shown(qtbot, slot)
    qtbot.waitUntil(lambda: surface.has_picture)
    with qtbot.waitSignal(surface.painted):
        slot.clear()
    assert surface.grab().toImage().pixelColor(128, 100) == STAGE


def test_hidden_surface_converts_nothing(qtbot, slot) -> None:
    calls: list[int] = []
    painter = Painter()

    def counted(frame: I420Frame, width: int, height: int):
        calls.append(1)
        return painter.paint(frame, width, height)

    surface = PaintedSurface(slot, counted)
    qtbot.addWidget(surface)
    slot.put(halves("red", "red"))
    assert calls == []
    surface.show()
    qtbot.waitUntil(lambda: calls == [1])
    surface.hide()
    slot.put(halves("blue", "blue"))
    assert slot._watchers == ()
    surface.show()
    qtbot.waitUntil(lambda: calls == [1, 1])


@pytest.mark.parametrize(("picture", "room"), [((1280, 720), (757, 433)), ((480, 640), (1119, 555)), ((1, 1), (1, 1)), ((640, 3), (9, 9))])
def test_fitted_is_even_and_inside(picture, room) -> None:
    place = fitted(QSize(*picture), QSize(*room))
    assert place.width() % 2 == place.height() % 2 == 0
    assert min(place.width(), place.height()) >= 2
    assert place.width() <= max(2, room[0])
    assert place.height() <= max(2, room[1])


def test_choice(qtbot, slot, tmp_path) -> None:
    assert not has_graphics_device(tmp_path)
    assert isinstance(choose_surface(lambda: Painter().paint)(slot), PaintedSurface)
    assert not is_hardware("")
    assert not is_hardware("llvmpipe (LLVM 15.0.6, 256 bits)")
    assert not is_hardware("GDI Generic")
    assert is_hardware("Mesa Intel(R) UHD Graphics 630 (CFL GT2)")


def slow_scaler():
    """A scaler that costs the processor much more than the real one."""
    scale = Painter().paint

    def paint(frame, width, height):
        for _ in range(10):
            pixels = scale(frame, width, height)
        return pixels

    return paint


def test_the_surface_that_costs_less_is_taken(qtbot) -> None:
    def quick(slot):
        return PaintedSurface(slot, Painter().paint)

    def slow(slot):
        return PaintedSurface(slot, slow_scaler())

    assert processor_ms(quick) > 0
    assert cheaper(quick, slow) is quick
    assert cheaper(slow, quick) is quick


def test_opengl_surface_paints_the_same_colours() -> None:
    """In a process of its own under a virtual display: the offscreen platform has no OpenGL."""
    run = subprocess.run(
        ["xvfb-run", "-a", sys.executable, "-W", "error", str(Path(__file__).with_name("gl_colours.py"))],
        input=json.dumps(list(YUV.values())),
        env={**os.environ, "QT_QPA_PLATFORM": "xcb", "PYTHONPATH": str(Path(__file__).resolve().parents[2])},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    seen = [QColor(*rgb) for rgb in json.loads(run.stdout)]
    assert all(close_to(colour, wanted) for colour, wanted in zip(seen, RGB.values(), strict=True)), run.stdout
    assert "destroy" not in run.stderr
