"""Debian's Redis for tests: one for each test process, on a socket, keeping nothing on disk."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from tests.support.daemons import Daemon, folder_of, installed

USER = "redis"


@dataclass
class RedisServer:
    """A running Redis."""

    daemon: Daemon
    socket: Path

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    def empty(self) -> str:
        """The URL, with nothing in it."""
        with redis.Redis.from_url(self.url) as client:
            client.flushall()
        return self.url


@contextlib.contextmanager
def running_redis(*further: str) -> Iterator[RedisServer]:
    """A server while the context lasts; `further` are switches of its own. Raises DaemonMissing."""
    program = installed("redis-server", "redis-server")
    with folder_of(USER) as folder:
        socket = folder / "s"
        command = [program, "--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "777", "--save", "", "--dir", str(folder)]
        command += further
        daemon = Daemon(USER, command, folder / "log", lambda: _answers(socket))
        daemon.start()
        try:
            yield RedisServer(daemon, socket)
        finally:
            daemon.stop()


def _answers(socket: Path) -> bool:
    try:
        with redis.Redis(unix_socket_path=str(socket), retry=Retry(NoBackoff(), 0)) as client:
            return bool(client.ping())
    except redis.AuthenticationError:
        return True
    except redis.RedisError:
        return False
