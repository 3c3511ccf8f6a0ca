"""A client without media, and the server that the program brings along."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.domain.checks import FaultTable
from app.paths import RESOURCES
from app.services.clock import LoopClock
from app.services.fakes.client_media import FakeClientMedia
from app.services.tasks import Tasks
from app.services.training.client import SimulatedClient
from tests.support.server import RunningServer, running_server


@pytest.fixture(scope="session")
def table() -> FaultTable:
    return FaultTable.parse((RESOURCES / "web" / "faults.json").read_bytes())


@pytest.fixture
def media() -> FakeClientMedia:
    return FakeClientMedia()


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[RunningServer]:
    async with running_server(tmp_path / "data", training=True) as running:
        yield running


@pytest.fixture
async def tasks() -> AsyncIterator[Tasks]:
    crashes: list[BaseException] = []
    running = Tasks(lambda _name, error: crashes.append(error))
    yield running
    await running.close()
    assert crashes == []


@pytest.fixture
async def client(media: FakeClientMedia, tasks: Tasks) -> AsyncIterator[SimulatedClient]:
    made = SimulatedClient(media, LoopClock(asyncio.get_running_loop()), tasks)
    yield made
    await made.close()


@pytest.fixture
def links() -> list[str]:
    """Links that lead off this machine, or nowhere."""
    token = "t" * 43
    return [
        f"https://beratung.jobcenter.example/r#{token}",
        f"http://10.0.0.7:8000/r#{token}",
        f"http://localhost.jobcenter.example:80/r#{token}",
        f"http://localhost@jobcenter.example:80/r#{token}",
        f"https://localhost:8000/r#{token}",
        f"http://localhost/r#{token}",
        "http://localhost:8000/r",
        f"http://localhost:8000/other#{token}",
    ]
