"""The door to the team's windows: Bernd looks, Anna is ill."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from PySide6.QtWidgets import QApplication, QWidget

from app.texts import Texts
from app.ui.messages import Messages
from app.ui.quiet import Quiet
from app.ui.team.parts import TeamParts
from app.ui.team.windows import TeamWindows
from app.ui.theme import Theme
from tests.support.teams import TeamTable
from tests.ui.appointment.support import settle, turn


@pytest_asyncio.fixture
async def table(request: pytest.FixtureRequest) -> AsyncIterator[TeamTable]:
    """Its parameter is the key of an agency's server at which all of them work."""
    made = await TeamTable(server=getattr(request, "param", "")).open()
    yield made
    await made.close()


@pytest_asyncio.fixture
async def parts(qtbot, table: TeamTable, texts: Texts, theme: Theme) -> AsyncIterator[TeamParts]:
    bernd = table.bernd
    made = TeamParts(bernd.team, bernd.book, bernd.tasks, Messages(texts), texts, theme, Quiet(table.clock), table.clock)
    yield made
    await settle(made)


@pytest_asyncio.fixture
async def windows(parts: TeamParts) -> AsyncIterator[TeamWindows]:
    main = QWidget()
    main.show()
    made = TeamWindows(main, parts)
    yield made
    made.close()
    for window in QApplication.topLevelWidgets():
        window.close()
        window.deleteLater()
    await turn()
