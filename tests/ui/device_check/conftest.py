"""The windows of the device check over simulated devices."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio
from PySide6.QtWidgets import QApplication, QWidget

from app.services.tasks import Tasks
from app.ui.device_check.windows import CheckWindows
from tests.ui.appointment.support import turn, until
from tests.ui.device_check.support import Bench, bench


@pytest_asyncio.fixture
async def made(qtbot, clock, texts, theme) -> AsyncIterator[Bench]:
    crashes: list[BaseException] = []
    tasks = Tasks(lambda _name, error: crashes.append(error))
    bench_ = bench(texts, theme, clock, tasks)
    yield bench_
    await until(lambda: not tasks.names)
    await tasks.close()
    bench_.parts.devices.close()
    assert not crashes


@pytest_asyncio.fixture
async def windows(made: Bench) -> AsyncIterator[CheckWindows]:
    main = QWidget()
    main.show()
    opened = CheckWindows(main, made.parts, lambda unix: f"at {unix}")
    yield opened
    opened.close()
    await until(lambda: not made.parts.tasks.names)
    for window in QApplication.topLevelWidgets():
        window.close()
        window.deleteLater()
    await turn()
