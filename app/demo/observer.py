"""What arrives at the counsellor: pictures as they are painted in the window, sound as it is played. Only looks.

The window's picture is found by its accessible name (`app.demo.desk`); it tells of each picture that it painted.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from app.media.clock import read_clock
from app.media.ports import CallStats, I420Frame

LINE_S = 15.0
LOOK_EVERY_S = 0.1


class NothingArrives(Exception):
    """Pictures or sound of the other side do not come, or stand still; the text says which."""


@dataclass(frozen=True, slots=True)
class Rate:
    """How a picture arrives."""

    fps: float
    """Pictures a second."""
    width: int
    """Pixels, of the newest picture."""


class PaintedPictures:
    """Counts the pictures that the window painted and reads their clocks."""

    def __init__(self, surface: QWidget) -> None:
        self._surface = surface
        self.count = 0
        self.width = 0
        self.clock: int | None = None
        """Of the newest picture that shows one, ms in the film."""
        self._surface.painted.connect(self._look)  # type: ignore[attr-defined]

    def close(self) -> None:
        """Look no more."""
        self._surface.painted.disconnect(self._look)  # type: ignore[attr-defined]

    async def see_moving(self) -> None:
        """Three different clocks, one after the other. Raises NothingArrives."""
        seen: list[int] = []
        end = time.monotonic() + LINE_S
        while len(seen) < 3:
            if self.clock is not None and self.clock not in seen:
                seen.append(self.clock)
            if time.monotonic() > end:
                raise NothingArrives(f"the clock in the client's picture does not go on: {seen}, {self.count} pictures painted")
            await asyncio.sleep(LOOK_EVERY_S)

    def _look(self, frame: I420Frame) -> None:
        self.count += 1
        self.width = frame.width
        clock = read_clock(frame.y)
        if clock is not None:
            self.clock = clock


def clock_on_screen(image: QImage) -> int | None:
    """The clock as the pixels of a painted picture show it."""
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(grey.constBits(), np.uint8).reshape(grey.height(), grey.bytesPerLine())
    return read_clock(rows[:, : grey.width()])


async def hear(stats: Callable[[], CallStats]) -> None:
    """Sound with energy is played, and it is not made up to fill gaps. Raises NothingArrives."""
    end = time.monotonic() + LINE_S
    before = stats().played_energy
    while not (stats().played_energy > before and stats().audio_concealed_share < 0.5):
        if time.monotonic() > end:
            raise NothingArrives(f"no sound of the client is played: {stats()}")
        await asyncio.sleep(LOOK_EVERY_S)
