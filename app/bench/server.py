"""`videoberatung bench server`: how many waiting clients one server process carries, and how soon an admitted one knows.

Ours is the real server process on one core, over its own SQLite; in the same run and on the same core a PeerJS server does the same
signalling for as many clients (`app.bench.load.peerjs`). With the addresses of a PostgreSQL and a Redis one replica is held against two.
Who plays the clients runs on the other core, in this process.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import platform
import socket
import tempfile
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from app.bench.load.bounds import allow_files
from app.bench.load.crowd import Crowd
from app.bench.load.host import Server, server
from app.bench.load.measured import Measured, Pace, Point
from app.bench.load.peerjs import PeerCrowd, reference
from app.server.state.engines import engine_for
from app.server.state.tables import metadata

STEPS = (1_000, 2_000, 5_000, 10_000)
"""Clients at which the growth is measured."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is measured, and how."""

    clients: int = STEPS[-1]
    pace: Pace = field(default_factory=Pace)
    database: str | None = None
    """URL of an empty PostgreSQL database for the replicas; without it and `redis` they are left out."""
    redis: str | None = None
    replicas_clients: int = 1_000

    @property
    def steps(self) -> list[int]:
        """Up to all clients."""
        return [*(step for step in STEPS if step < self.clients), self.clients]


@dataclass(frozen=True, slots=True)
class Cores:
    """Who runs where. With a single core everybody shares it."""

    server: frozenset[int]
    others: frozenset[int]

    @classmethod
    def of_machine(cls) -> Cores:
        """The first one for the server."""
        first, *rest = sorted(os.sched_getaffinity(0))
        return cls(frozenset({first}), frozenset(rest or [first]))


async def measure(plan: Plan) -> dict[str, Any]:
    """The report. Raises HostError."""
    cores = Cores.of_machine()
    everywhere = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores.others)
    try:
        with tempfile.TemporaryDirectory() as made:
            folder = Path(made)
            growth = await _growth(plan, cores, folder)
            beside = await _reference(plan, cores, folder)
            replicas = await _replicas(plan, cores, folder) if plan.database and plan.redis else None
    finally:
        os.sched_setaffinity(0, everywhere)
    return report_of(growth, beside, replicas)


async def _growth(plan: Plan, cores: Cores, folder: Path) -> list[Point]:
    crowd = Crowd(plan.clients)
    async with server(folder / "ours", cores.server, crowd.keys) as ours:
        return await _points(crowd, [ours], plan.steps, plan.pace)


async def _points(crowd: Crowd, servers: Sequence[Server], steps: Sequence[int], pace: Pace) -> list[Point]:
    """One after the other, with everybody who came before still there."""
    measured, points = Measured([each.process for each in servers], pace), []
    await measured.empty()
    for clients in steps:
        await crowd.come(servers, clients)
        points.append(await measured.point(crowd, clients))
        crowd.tally.begin_anew()
    await crowd.go()
    return points


async def _reference(plan: Plan, cores: Cores, folder: Path) -> Point:
    port = _free_port()
    crowd = PeerCrowd(plan.clients, port)
    async with reference(port, cores.server, folder / "reference.log") as process:
        measured = Measured([process], plan.pace)
        await measured.empty()
        await crowd.come()
        point = await measured.point(crowd, plan.clients)
        await crowd.go()
    return point


async def _replicas(plan: Plan, cores: Cores, folder: Path) -> dict[str, Any]:
    """One, two with twice as many clients and sessions, and two with as many, over the same database and broker. How much more two carry
    follows from their processor time: this machine has no third core for who plays the clients, for the database and the broker."""
    clients = min(plan.clients, plan.replicas_clients)
    one, two, two_for_one = [
        await _replicas_point(plan, cores, folder, replicas, clients * times, plan.pace.faster(times))
        for replicas, times in ((1, 1), (2, 2), (2, 1))
    ]
    return {
        "one": asdict(one),
        "two": asdict(two),
        "two_with_the_work_of_one": asdict(two_for_one),
        "carries": round(2 * one.cpu_sessions / (two.cpu_sessions / 2), 2),
        "carries_with_the_work_of_one": round(2 * one.cpu_sessions / two_for_one.cpu_sessions, 2),
    }


async def _replicas_point(plan: Plan, cores: Cores, folder: Path, replicas: int, clients: int, pace: Pace) -> Point:
    crowd = Crowd(clients)
    async with contextlib.AsyncExitStack() as stack:
        servers = [
            await stack.enter_async_context(_replica(plan, (cores.server, cores.others)[number], folder / "replicas", crowd))
            for number in range(replicas)
        ]
        (point,) = await _points(crowd, servers, [clients], pace)
    await asyncio.to_thread(_empty, plan.database or "")
    return point


def _holds_something(database: str) -> bool:
    """Rooms or workstations, which would be thrown away between the points."""
    engine = engine_for(database)
    try:
        with engine.connect() as connection:
            there = [table for table in metadata.sorted_tables if engine.dialect.has_table(connection, table.name)]
            return any(connection.execute(table.select().limit(1)).first() is not None for table in there)
    finally:
        engine.dispose()


def _empty(database: str) -> None:
    """For those who come next: every sweep would look at these again."""
    engine = engine_for(database)
    try:
        with engine.begin() as connection:
            for table in reversed(metadata.sorted_tables):
                connection.execute(table.delete())
    finally:
        engine.dispose()


@contextlib.asynccontextmanager
async def _replica(plan: Plan, cores: frozenset[int], folder: Path, crowd: Crowd) -> AsyncIterator[Server]:
    async with server(folder, cores, crowd.keys, database_url=plan.database or "", redis_url=plan.redis or "") as replica:
        yield replica


def _free_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return int(bound.getsockname()[1])


def report_of(growth: Sequence[Point], beside: Point, replicas: dict[str, Any] | None) -> dict[str, Any]:
    """The headline figures, the growth, and what stood beside it."""
    most = growth[-1]
    return {
        "clients": most.clients,
        "bytes_per_client": most.bytes_per_client,
        "admit_p99_ms": _p99(most, "admitted"),
        "errors": sum(point.error_count for point in growth),
        "reference": {
            "program": "PeerJS server",
            **asdict(beside),
            "memory_of_ours": round(most.resident_mb / beside.resident_mb, 2),
            "admit_p99_of_ours": _share(most, beside, "admitted"),
            "signal_p99_of_ours": _share(most, beside, "signalled"),
            "pass_on_p99_of_ours": _share(most, beside, "passed_on"),
        },
        "growth": [asdict(point) for point in growth],
        "replicas": replicas or {"left_out": "needs --database and --redis"},
        "machine": {"cores": os.cpu_count(), "load": os.getloadavg()[0], "python": platform.python_version()},
    }


def _p99(point: Point, what: str) -> float | None:
    figures: Any = point.durations[what]
    return figures["p99_ms"]  # type: ignore[no-any-return]


def _share(ours: Point, other: Point, what: str) -> float | None:
    mine, theirs = _p99(ours, what), _p99(other, what)
    return None if mine is None or not theirs else round(mine / theirs, 2)


def run(plan: Plan, file: Path) -> int:
    """Measure, print the headlines and write the report to `file`."""
    allowed = allow_files(plan.clients)
    if allowed < plan.clients:
        print(f"The system lets a process open {allowed} files only; {plan.clients} clients need as many (ulimit -Hn).")
        return 2
    if plan.database and _holds_something(plan.database):
        print(
            "--database names a database in which there is something. The benchmark deletes what it finds; give it an empty one of its own."
        )
        return 2
    report = asyncio.run(measure(plan))
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(report, indent=2) + "\n", "utf-8")
    print(table(report))
    return 0


def table(report: dict[str, Any]) -> str:
    """The growth, line by line, and the reference."""
    heads = ("clients", "MB", "B each", "waiting", "sessions", "admit p99", "signal p99", "pass on p99", "errors")
    lines = ["".join(f"{head:>12}" for head in heads) + "    (cores while waiting and with sessions, ms)"]
    for name, point in [*(("ours", point) for point in report["growth"]), ("PeerJS", report["reference"])]:
        tails = [point["durations"][what]["p99_ms"] for what in ("admitted", "signalled", "passed_on")]
        figures = [point[field] for field in ("clients", "resident_mb", "bytes_per_client", "cpu_quiet", "cpu_sessions")]
        lines.append("".join(f"{figure!s:>12}" for figure in (*figures, *tails, sum(point["errors"].values()))) + f"  {name}")
    return "\n".join(lines)
