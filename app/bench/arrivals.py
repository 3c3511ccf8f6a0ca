"""How the client's picture arrives at the counsellor: in the program's window, or in the browser that stands in. Only looks.

Both read the clock in every third picture when it is shown, so that looking costs the same on each side.
"""

from __future__ import annotations

import asyncio
from typing import Any, Protocol

from PySide6.QtWidgets import QWidget

from app.bench.chromium_engine import ChromiumEngine
from app.media.clock import PERIOD_MS, read_clock, unix_ms
from app.media.ports import I420Frame

READ_EVERY = 3


class Arrivals(Protocol):
    """Either of both."""

    async def count(self) -> dict[str, int]:
        """`pictures` shown so far and the newest one's `width`."""
        ...

    async def drain(self) -> list[dict[str, float]]:
        """`value` and `at` (Unix ms) of each clock read since the last call."""
        ...


class InTheWindow:
    """Told by the surface of each picture that it painted."""

    def __init__(self, surface: QWidget) -> None:
        self._pictures = 0
        self._width = 0
        self._readings: list[dict[str, float]] = []
        surface.painted.connect(self._look)  # type: ignore[attr-defined]

    async def count(self) -> dict[str, int]:
        return {"pictures": self._pictures, "width": self._width}

    async def drain(self) -> list[dict[str, float]]:
        taken, self._readings = self._readings, []
        return taken

    def _look(self, frame: I420Frame) -> None:
        self._pictures += 1
        self._width = frame.width
        if self._pictures % READ_EVERY == 0:
            value = read_clock(frame.y)
            if value is not None:
                self._readings.append({"value": value % PERIOD_MS, "at": unix_ms()})


class AtTheBrowser:
    """Asks the probe in the counsellor's page."""

    def __init__(self, engine: ChromiumEngine) -> None:
        self._engine = engine

    async def count(self) -> dict[str, int]:
        shown: dict[str, int] = await self._ask("({ pictures: __probe.clock.pictures, width: __probe.clock.newest?.width ?? 0 })")
        return shown

    async def drain(self) -> list[dict[str, float]]:
        readings: list[dict[str, float]] = await self._ask("__probe.drain()")
        return readings

    async def _ask(self, expression: str) -> Any:
        return await asyncio.wrap_future(self._engine.run(self._engine.page.evaluate(expression)))
