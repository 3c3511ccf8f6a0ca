"""The load on a server, small: everybody comes, everything arrives, nobody is lost. No thresholds: those stand in docs/benchmarks.md."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.bench.load.crowd import SURVEY_EVERY
from app.bench.load.measured import Pace
from app.bench.load.session import CANDIDATES
from app.bench.server import Plan, run, table
from app.server.state.sql import SqlRoomStore
from app.wire.messages import RoomCard
from tests.support.page_client import Appointment
from tests.support.postgres import running_postgres
from tests.support.redis_server import running_redis

CLIENTS = 200
REPLICAS_CLIENTS = 50
SESSIONS = 40
NOW = 1_800_000_000


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    file = tmp_path_factory.mktemp("bench") / "server.json"
    with running_postgres() as postgres, running_redis() as redis, postgres.database() as database:
        plan = Plan(CLIENTS, Pace(rest_s=0, quiet_s=1, per_s=SESSIONS, seconds=1), database, redis.empty(), REPLICAS_CLIENTS)
        assert run(plan, file) == 0
    loaded: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return loaded


def _complete(point: dict[str, Any], surveys: int, sessions: int = SESSIONS) -> None:
    """Nothing was lost on the way, however long it took."""
    durations = point["durations"]
    assert point["errors"] == {}
    assert durations["admitted"]["count"] == sessions
    assert durations["signalled"]["count"] == sessions * 2 * (1 + CANDIDATES)
    assert durations["surveyed"]["count"] == surveys
    assert 0 < durations["admitted"]["p50_ms"] <= durations["admitted"]["p99_ms"] <= durations["admitted"]["max_ms"]
    assert point["cpu_sessions"] > 0


@pytest.mark.timeout(300)
def test_every_client_is_served(report: dict[str, Any]) -> None:
    (point,) = report["growth"]
    _complete(point, SESSIONS // SURVEY_EVERY)
    assert point["durations"]["connected"]["count"] == point["clients"] == CLIENTS
    assert point["bytes_per_client"] > 0
    assert (report["clients"], report["errors"]) == (CLIENTS, 0)
    assert report["bytes_per_client"] == point["bytes_per_client"]
    assert report["admit_p99_ms"] == point["durations"]["admitted"]["p99_ms"]


def test_so_does_the_reference(report: dict[str, Any]) -> None:
    _complete(report["reference"], 0)
    assert {"memory_of_ours", "admit_p99_of_ours", "signal_p99_of_ours"} <= report["reference"].keys()


@pytest.mark.parametrize(("which", "times"), [("one", 1), ("two", 2), ("two_with_the_work_of_one", 1)])
def test_two_replicas_carry_what_one_carries_and_twice_as_much(report: dict[str, Any], which: str, times: int) -> None:
    _complete(report["replicas"][which], times * SESSIONS // SURVEY_EVERY, times * SESSIONS)
    assert report["replicas"][which]["clients"] == times * REPLICAS_CLIENTS
    assert report["replicas"]["carries"] > 0
    assert report["replicas"]["carries_with_the_work_of_one"] > 0


def test_the_table_has_a_line_for_each(report: dict[str, Any]) -> None:
    lines = table(report).splitlines()
    assert [line.split()[-1] for line in lines[1:]] == ["ours", "PeerJS"]


def test_what_nobody_can_play_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="clients"):
        run(Plan(clients=15), tmp_path / "nothing.json")


async def test_a_database_in_which_there_is_something_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with running_postgres() as postgres, postgres.database() as database:
        store = await SqlRoomStore.open(database)
        card = msgspec.convert(Appointment(NOW).card(), RoomCard)
        await store.publish("owner", [card], NOW)
        assert await asyncio.to_thread(run, Plan(CLIENTS, database=database, redis="unix:///nobody"), tmp_path / "nothing.json") == 2
        assert "give it an empty one" in capsys.readouterr().out
        assert await store.find(card.room) is not None
        await store.close()
