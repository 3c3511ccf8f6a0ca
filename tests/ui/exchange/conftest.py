"""The doors to exchange and store, over the sample book."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from PySide6.QtWidgets import QApplication, QWidget

from app.services.exchange.feed_file import CalendarFeed
from app.services.exchange.feed_settings import FeedSettings
from app.ui.appointment.parts import AppointmentParts
from tests.ui.appointment.conftest import parts
from tests.ui.appointment.support import turn

__all__ = ["parts"]


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
def calendar_file(tmp_path: Path) -> Path:
    return tmp_path / "kalender.ics"
