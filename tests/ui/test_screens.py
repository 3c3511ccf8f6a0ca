"""What a screen source offers and captures: real windows under a virtual display, right colours, even sizes, every trouble said."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtMultimedia import QScreenCapture, QWindowCapture

from app.media.screen_pictures import from_rgba
from app.ui.screens import ScreenTrouble, letters_of, rgba_of, trouble_of

YUV = {"red": (81, 90, 240), "lime": (145, 54, 34), "blue": (41, 240, 110), "white": (235, 128, 128), "black": (16, 128, 128)}
"""Pure colours in limited range, ITU-R BT.601-7."""


@pytest.mark.parametrize("colour", list(YUV))
def test_colours_of_a_picture(colour) -> None:
    image = QImage(65, 33, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    rows = rgba_of(image)
    assert rows is not None
    frame = from_rgba(rows)
    assert (frame.y.shape, frame.u.shape, frame.v.shape) == ((32, 64), (16, 32), (16, 32))
    for plane, wanted in zip((frame.y, frame.u, frame.v), YUV[colour], strict=True):
        assert abs(int(plane.min()) - wanted) <= 1
        assert abs(int(plane.max()) - wanted) <= 1


def test_a_picture_without_area_is_passed_over() -> None:
    assert rgba_of(QImage()) is None
    assert rgba_of(QImage(1, 40, QImage.Format.Format_RGB32)) is None


def test_every_error_of_qt_has_a_sentence(texts) -> None:
    for error in (*QWindowCapture.Error, *QScreenCapture.Error):
        assert texts(trouble_of(error.name).value).endswith(".")
    assert trouble_of("CapturingNotSupported") is ScreenTrouble.REFUSED
    assert trouble_of("NotFound") is ScreenTrouble.GONE
    assert trouble_of("CaptureFailed") is ScreenTrouble.FAILED


def test_own_titles_are_known_in_every_encoding() -> None:
    title = "Gespräch – Videoberatung"
    for read in ("Gespr\ufffdch \x1b%G\ufffd\ufffd\ufffd\x1b%@ Videoberatung", "GesprÃ¤ch â€“ Videoberatung", title):
        assert letters_of(read) == letters_of(title)
    assert letters_of("Gespräch 2") != letters_of("Gespräch")


def test_window_and_screen_are_captured() -> None:
    """In a process of its own under a virtual display: the offscreen platform has nothing to capture."""
    run = subprocess.run(
        ["xvfb-run", "-a", sys.executable, "-X", "faulthandler", "-W", "error", str(Path(__file__).with_name("screen_captured.py"))],
        env={
            **os.environ,
            "QT_QPA_PLATFORM": "xcb",
            "XDG_SESSION_TYPE": "x11",  # without it Qt lists no windows
            "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
        },
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    said = json.loads(run.stdout)
    assert said["choices"] == [["Formular", True], ["screen", False]]
    assert said["window"]["size"] == [300, 200]
    assert said["window"]["planes"] == [[200, 300], [100, 150], [100, 150]]
    assert all(abs(value - wanted) <= 2 for value, wanted in zip(said["window"]["yuv"], YUV["red"], strict=True)), said
    assert said["screen"][0] % 2 == said["screen"][1] % 2 == 0
    assert said["troubles"] == ["GONE"]
    assert said["empty afterwards"] is True
    assert said["gone"] == "GONE"
