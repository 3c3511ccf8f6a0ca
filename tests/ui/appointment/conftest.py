"""The door to an appointment's windows, over the sample book."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio
from PySide6.QtWidgets import QApplication, QWidget

from app.services.fakes import ManualClock
from app.services.fakes.appointments import SampleBook
from app.services.tasks import Tasks
from app.texts import Texts
from app.ui.appointment.parts import AppointmentParts
from app.ui.appointment.windows import AppointmentWindows
from app.ui.messages import Messages
from app.ui.quiet import Quiet
from app.ui.theme import Theme
from tests.ui.appointment.support import settle, turn


@pytest_asyncio.fixture
async def parts(qtbot, book: SampleBook, clock: ManualClock, texts: Texts, theme: Theme) -> AsyncIterator[AppointmentParts]:
    crashes: list[BaseException] = []
    tasks = Tasks(lambda _name, error: crashes.append(error))
    made = AppointmentParts(book, tasks, Messages(texts), texts, theme, Quiet(clock), ["de", "en"], clock)
    yield made
    await settle(made)
    await tasks.close()
    assert not crashes


@pytest_asyncio.fixture
async def windows(parts: AppointmentParts) -> AsyncIterator[AppointmentWindows]:
    main = QWidget()
    main.show()
    made = AppointmentWindows(main, parts)
    yield made
    made.close()
    for window in QApplication.topLevelWidgets():
        window.hide()
        window.deleteLater()
    await turn()
