"""What an agency runs, for breaking: two replicas as processes, HAProxy before them, PostgreSQL with a standby, Redis."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.daemons import installed
from tests.support.postgres import Postgres, Standby, running_postgres, standby_of
from tests.support.redis_server import RedisServer, running_redis

ROOT = Path(__file__).parents[3]
STARTS_WITHIN_S = 60.0
ENDS_WITHIN_S = 15.0
BALANCER = """
global
  maxconn 4000
defaults
  mode http
  timeout connect 2s
  timeout client 60s
  timeout server 60s
  timeout tunnel 1h
  retries 3
  option redispatch 1
  option forwardfor
  balance leastconn
  timeout check 5s
  default-server check inter 500ms fall 2 rise 1
"""
SIDE = """
frontend {name}
  bind 127.0.0.1:{port}
  default_backend {name}
backend {name}
  option httpchk
  http-check send meth GET uri /readyz ver HTTP/1.1 hdr Host 127.0.0.1:{port}
"""


def free_port() -> int:
    """A port that nobody has at the moment."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return int(bound.getsockname()[1])


@dataclass
class Replica:
    """One server process, always at the same ports."""

    environment: dict[str, str]
    log: Path
    public_port: int = field(default_factory=free_port)
    control_port: int = field(default_factory=free_port)
    server_key: str = ""
    _process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Returns once it is ready."""
        ports = {"VB_PUBLIC_PORT": str(self.public_port), "VB_CONTROL_PORT": str(self.control_port)}
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-W", "error", "-m", "app.server", "serve"),
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                cwd=ROOT,
                env={**os.environ, **self.environment, **ports},
            )
        assert self._process.stdout is not None
        line = await asyncio.wait_for(self._process.stdout.readline(), STARTS_WITHIN_S)
        self.server_key = json.loads(line)["ready"]["server_key"]

    async def end(self, with_signal: signal.Signals) -> None:
        """Returns once it is gone."""
        if self._process is not None:
            self._process.send_signal(with_signal)
            await asyncio.wait_for(self._process.wait(), ENDS_WITHIN_S)
            self._process = None


@dataclass
class Machines:
    """All of it, running."""

    postgres: Postgres
    standby: Standby
    redis: RedisServer
    replicas: tuple[Replica, Replica]
    public_port: int
    control_port: int
    database: str
    """Name of the database."""
    away_s: float = 0.0
    """So long what was killed stays away before somebody or something starts the next."""
    promoted: bool = False

    @property
    def origin(self) -> str:
        """Where pages find the servers."""
        return f"http://127.0.0.1:{self.public_port}"

    @property
    def control_url(self) -> str:
        """Where programs find them."""
        return f"ws://127.0.0.1:{self.control_port}/ws/control"

    @property
    def writable(self) -> str:
        """libpq's words for whichever database takes writes."""
        hosts = self.standby.folder if self.promoted else self.postgres.folder
        return f"host={hosts} user=postgres dbname={self.database}"


@contextlib.asynccontextmanager
async def machines(folder: Path, workstation_keys: list[str], away_s: float) -> AsyncIterator[Machines]:
    """Everything started, empty. Raises DaemonMissing."""
    with running_postgres() as postgres, standby_of(postgres) as standby, running_redis() as redis, postgres.database(drop=False) as url:
        postgres.wait_for_standby()
        public, control = free_port(), free_port()
        (folder / "redis-url").write_text(redis.url)
        environment = {
            "VB_DATA_DIR": str(folder / "data"),
            "VB_WORKSTATION_KEYS": ",".join(workstation_keys),
            "VB_DATABASE_URL": standby.both(url),
            "VB_REDIS_URL_FILE": str(folder / "redis-url"),
            "VB_PUBLIC_URL": f"http://127.0.0.1:{public}",
            "VB_CONTROL_HOSTS": f"127.0.0.1:{control}",
            "VB_TRUSTED_PROXIES": "127.0.0.1",
        }
        replicas = (Replica(environment, folder / "one.log"), Replica(environment, folder / "two.log"))
        try:
            for replica in replicas:  # the first one makes the keys
                await replica.start()
            with balancer(folder, public, control, replicas):
                name = url.partition("@/")[2].partition("?")[0]
                yield Machines(postgres, standby, redis, replicas, public, control, name, away_s)
        finally:
            for replica in replicas:
                with contextlib.suppress(ProcessLookupError):
                    await replica.end(signal.SIGKILL)


@contextlib.contextmanager
def balancer(folder: Path, public: int, control: int, replicas: tuple[Replica, Replica]) -> Iterator[None]:
    """HAProxy before the two, as the handbook has it: asks each whether it is ready, tries the other when one refuses."""
    sides = (("public", public, [r.public_port for r in replicas]), ("control", control, [r.control_port for r in replicas]))
    text = BALANCER
    for name, port, behind in sides:
        text += SIDE.format(name=name, port=port)
        text += "".join(f"  server replica{number} 127.0.0.1:{to}\n" for number, to in enumerate(behind))
    (folder / "haproxy.cfg").write_text(text)
    with (folder / "haproxy.log").open("ab") as log:
        command = [installed("haproxy", "haproxy"), "-db", "-f", str(folder / "haproxy.cfg")]
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        yield
    finally:
        process.kill()
        process.wait()
