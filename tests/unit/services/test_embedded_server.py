"""The embedded child: told on stdin, watched, started again, never an orphan. With small children here; the real one in test_host."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import astuple
from pathlib import Path

import psutil
import pytest

from app.services import server_process
from app.services.embedded_server import EmbeddedServer, ReadyServer, ServerPlan
from app.services.server_port import ServerState
from app.services.server_process import early_server, server_command, spawn
from tests.support.services import until_told

PLAN = ServerPlan("k" * 43, "127.0.0.1", 4711, 4712, "http://localhost:4711", "data", "Jobcenter", "", ["de"])
READY = """
import json, sys
plan = json.loads(sys.stdin.readline())
print(json.dumps({"ready": {"public_port": plan["public_port"], "control_port": plan["control_port"], "server_key": "s"}}), flush=True)
sys.stdin.read()
"""
REFUSES = """
import json, sys
sys.stdin.readline()
print(json.dumps({"failed": {"code": "port-taken", "detail": "4711"}}), flush=True)
sys.exit(3)
"""
DEAF = """
import threading
print('{"ready": {"public_port": 1, "control_port": 2, "server_key": "s"}}', flush=True)
threading.Event().wait()
"""


class Watched:
    """A server with what it told."""

    def __init__(self, child: str, first: subprocess.Popen[bytes] | None = None) -> None:
        self.server = EmbeddedServer(PLAN, [sys.executable, "-c", child], first)
        self.states: asyncio.Queue[ServerState] = asyncio.Queue()
        self.ready: asyncio.Queue[ReadyServer] = asyncio.Queue()
        self.server.changed.subscribe(self.states.put_nowait)
        self.server.ready.subscribe(self.ready.put_nowait)


@asynccontextmanager
async def started(child: str, first: subprocess.Popen[bytes] | None = None) -> AsyncIterator[Watched]:
    watched = Watched(child, first)
    watched.server.start()
    try:
        yield watched
    finally:
        await watched.server.close()


async def test_it_is_told_its_plan_and_says_where_it_listens() -> None:
    async with started(READY) as watched:
        assert await until_told(watched.ready) == ReadyServer(4711, 4712, "s")
        assert await until_told(watched.states) is ServerState.READY
        assert watched.server.pid is not None
    assert await until_told(watched.states) is ServerState.STOPPED
    assert watched.server.pid is None


async def test_a_child_that_dies_is_started_again_with_the_same_ports() -> None:
    async with started(READY) as watched:
        first = await until_told(watched.ready)
        pid = watched.server.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        assert await until_told(watched.ready) == first
        assert [await until_told(watched.states) for _ in range(3)] == [
            ServerState.READY,
            ServerState.RESTARTING,
            ServerState.READY,
        ]
        assert watched.server.pid not in (None, pid)


async def test_a_child_that_was_started_before_is_told_its_plan_and_followed_by_others() -> None:
    first = spawn([sys.executable, "-c", READY])
    async with started(READY, first) as watched:
        assert await until_told(watched.ready) == ReadyServer(4711, 4712, "s")
        assert watched.server.pid == first.pid
        first.kill()
        assert await until_told(watched.ready) == ReadyServer(4711, 4712, "s")
        assert watched.server.pid not in (None, first.pid)
    assert first.poll() == -signal.SIGKILL


async def test_a_child_that_was_started_before_and_died_is_replaced() -> None:
    first = spawn([sys.executable, "-c", ""])
    first.wait(10)
    async with started(READY, first) as watched:
        assert await until_told(watched.ready) == ReadyServer(4711, 4712, "s")
        assert watched.server.pid not in (None, first.pid)


def test_an_early_server_that_nobody_took_over_ends_in_silence() -> None:
    with early_server() as server:
        assert server is not None
        assert (server.communicate(timeout=30), server.returncode) == ((b"", b""), 0)


def test_a_program_that_fails_ends_its_early_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_process, "END_WITHIN_S", 60.0)  # how long its imports take is not asked here

    def program() -> None:
        with early_server() as server:
            servers.append(server)
            raise LookupError

    servers: list[subprocess.Popen[bytes] | None] = []
    with pytest.raises(LookupError):
        program()
    assert [server and server.returncode for server in servers] == [0]


@pytest.mark.logs_errors
async def test_a_child_that_cannot_start_is_tried_again_and_told() -> None:
    async with started(REFUSES) as watched:
        assert await until_told(watched.states) is ServerState.RESTARTING
        assert await until_told(watched.states) is ServerState.FAILING
        assert watched.server.problem == "port-taken"
        assert watched.server.state is ServerState.FAILING


@pytest.mark.logs_errors
async def test_a_program_that_is_not_there_is_told() -> None:
    server = EmbeddedServer(PLAN, ["/nowhere/at/all"])
    states: asyncio.Queue[ServerState] = asyncio.Queue()
    server.changed.subscribe(states.put_nowait)
    server.start()
    try:
        assert await until_told(states) is ServerState.RESTARTING
    finally:
        await server.close()


async def test_a_child_that_does_not_hear_the_end_is_ended() -> None:
    async with started(DEAF) as watched:
        await until_told(watched.ready)
        pid = watched.server.pid
        assert pid is not None
    assert not psutil.pid_exists(pid)


async def test_closing_before_the_first_start_waits_for_nothing() -> None:
    await Watched(READY).server.close()


def test_a_program_that_is_killed_leaves_no_server_behind(tmp_path: Path) -> None:
    """Only the pipe tells the child, as after `kill -9` of the program."""
    script = tmp_path / "program.py"
    script.write_text(
        "import asyncio, sys\n"
        "from app.services.embedded_server import EmbeddedServer, ServerPlan\n"
        f"plan = ServerPlan(*{astuple(PLAN)!r})\n"
        "async def main():\n"
        f"    server = EmbeddedServer(plan, [sys.executable, '-c', {READY!r}])\n"
        "    server.ready.subscribe(lambda ready: print(server.pid, flush=True))\n"
        "    server.start()\n"
        "    await asyncio.Event().wait()\n"
        "asyncio.run(main())\n"
    )
    root = Path(__file__).resolve().parents[3]
    with subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, cwd=root, env=os.environ | {"PYTHONPATH": str(root)}
    ) as program:
        assert program.stdout is not None
        child = psutil.Process(int(program.stdout.readline()))
        program.kill()
        program.wait(10)
    assert psutil.wait_procs([child], timeout=10)[1] == []


def test_the_command_is_this_program_itself() -> None:
    assert server_command() == [sys.executable, "-m", "app.server", "serve", "--embedded"]


async def test_closing_at_any_moment_of_the_start_ends_the_child_in_silence() -> None:
    for moment in range(8):
        watched = Watched(READY)
        watched.server.start()
        await asyncio.sleep(moment / 200)  # the moment is what is tested
        async with asyncio.timeout(10):
            await watched.server.close()
        assert watched.server.pid is None
        assert watched.server.problem is None
