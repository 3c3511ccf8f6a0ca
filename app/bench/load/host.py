"""Server processes under load: the real one of `python -m app.server serve`, and others that print a line once they listen.

Each is told which cores it may use. Imports nothing of `app`.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[3]
START_S = 60.0
END_S = 20.0


class HostError(Exception):
    """A server did not start. For us; the log says why."""


@dataclass(frozen=True, slots=True)
class Running:
    """One server process."""

    pid: int
    first_line: str

    def resident_bytes(self) -> int:
        """What of it lies in memory now."""
        return int(psutil.Process(self.pid).memory_info().rss)

    def cpu_s(self) -> float:
        """Processor time so far, seconds."""
        times = psutil.Process(self.pid).cpu_times()
        return float(times.user + times.system)


@dataclass(frozen=True, slots=True)
class Server:
    """Ours."""

    process: Running
    origin: str
    control_url: str


@contextlib.asynccontextmanager
async def running(command: Sequence[str], cores: frozenset[int], log: Path, environment: Mapping[str, str] = {}) -> AsyncIterator[Running]:
    """A process on these cores, from its first line on. Raises HostError."""
    with log.open("ab") as errors:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdout=asyncio.subprocess.PIPE,
            stderr=errors,
            cwd=ROOT,
            env=dict(os.environ) | dict(environment),
            preexec_fn=lambda: os.sched_setaffinity(0, cores),
        )
    assert process.stdout is not None  # noqa: S101 - it was asked for
    reading: asyncio.Task[None] | None = None
    try:
        line = await _first_line(process.stdout, log)
        reading = asyncio.create_task(_read_on(process.stdout))
        yield Running(process.pid, line)
    finally:
        await _end(process)
        if reading is not None:
            await reading


async def _first_line(output: asyncio.StreamReader, log: Path) -> str:
    try:
        line = (await asyncio.wait_for(output.readline(), START_S)).decode("utf-8", "replace")
    except TimeoutError:
        line = ""
    if not line:
        raise HostError(f"did not start, see {log}")
    return line


async def _read_on(output: asyncio.StreamReader) -> None:
    """So that a full pipe halts nobody."""
    while await output.read(65536):
        pass


async def _end(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), END_S)
    except TimeoutError:
        process.kill()
        await process.wait()


@contextlib.asynccontextmanager
async def server(folder: Path, cores: frozenset[int], keys: Sequence[str], **settings: str) -> AsyncIterator[Server]:
    """Our server, as it is started under systemd, with these workstations registered."""
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    environment = {f"VB_{name.upper()}": value for name, value in settings.items()}
    environment |= {"VB_DATA_DIR": str(folder), "VB_WORKSTATION_KEYS": ",".join(keys)}
    command = (sys.executable, "-m", "app.server", "serve")
    async with running(command, cores, folder / "log", environment) as process:
        said = json.loads(process.first_line)
        if "ready" not in said:
            raise HostError(f"{said}, see {folder / 'log'}")
        ready = said["ready"]
        yield Server(process, ready["public_url"], f"ws://127.0.0.1:{ready['control_port']}")
