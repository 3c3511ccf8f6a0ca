"""The doors to exchange and store, over the sample book."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from PySide6.QtWidgets import QApplication, QWidget

from app.services.exchange.feed_file import CalendarFeed
from app.services.exchange.feed_settings import FeedSettings
from app.services.fakes import ManualClock
from app.services.fakes.appointments import SampleBook
from app.services.tasks import Tasks
from app.texts import Texts
from app.ui.appointment.parts import AppointmentParts
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


@pytest.fixture
def feed(parts: AppointmentParts) -> CalendarFeed:
    return CalendarFeed(parts.book, parts.clock, parts.tasks, parts.texts, FeedSettings(), lambda _settings: None)


@pytest_asyncio.fixture
async def main(parts: AppointmentParts) -> AsyncIterator[QWidget]:
    window = QWidget()
    window.show()
    yield window
    for each in QApplication.topLevelWidgets():
        each.hide()
        each.deleteLater()
    await turn()


@pytest.fixture
def told(parts: AppointmentParts) -> list[str]:
    """Notes that were shown."""
    sentences: list[str] = []
    parts.messages.told.connect(sentences.append)
    return sentences


@pytest.fixture
def calendar_file(tmp_path: Path) -> Path:
    return tmp_path / "kalender.ics"
