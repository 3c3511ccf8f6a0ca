"""Debian's PostgreSQL for tests: one cluster for each test process, on a socket, forgetting its promises to the disk (`fsync=off`)."""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psycopg

from app.server.state.engines import engine_for
from app.server.state.upgrade import ALL, upgrade
from tests.support.daemons import Daemon, folder_of, installed

BINARIES = Path("/usr/lib/postgresql/15/bin")
USER = "postgres"
KEPT = "kept"
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "shared_buffers": "16MB",
    "max_connections": "100",
    "autovacuum": "off",
    "timezone": "UTC",
    "wal_retrieve_retry_interval": "500ms",
}

_numbers = count()


@dataclass
class Postgres:
    """A running cluster."""

    daemon: Daemon
    folder: Path
    _ready: bool = False

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://{USER}@/{database}?host={self.folder}"

    def connect(self, database: str = USER) -> psycopg.Connection[tuple[object, ...]]:
        """For what no store does: making databases, looking behind."""
        return psycopg.connect(f"host={self.folder} user={USER} dbname={database}", autocommit=True)

    def empty_tables(self) -> str:
        """The URL of a database with the server's tables, empty, always the same one: quicker than a new one for each test."""
        if not self._ready:
            with self.connect() as connection:
                connection.execute(f"CREATE DATABASE {KEPT}")
            engine = engine_for(self.url(KEPT))
            upgrade(engine)
            engine.dispose()
            self._ready = True
        names = ", ".join(name for metadata in ALL for name in metadata.tables)
        with self.connect(KEPT) as connection:
            connection.execute(f"TRUNCATE {names}")  # type: ignore[call-overload]
        return self.url(KEPT)

    def wait_for_standby(self) -> None:
        """From now on a commit counts only when the standby has it, too."""
        with self.connect() as connection:
            connection.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
            connection.execute("SELECT pg_reload_conf()")

    @contextlib.contextmanager
    def database(self, drop: bool = True) -> Iterator[str]:
        """The URL of an empty database; gone afterwards, whoever is still connected, unless the cluster may be."""
        name = f"test{next(_numbers)}"
        with self.connect() as connection:
            connection.execute(f"CREATE DATABASE {name}")  # type: ignore[call-overload]
        yield self.url(name)
        if not drop:
            return
        with self.connect() as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")  # type: ignore[call-overload]


@contextlib.contextmanager
def running_postgres() -> Iterator[Postgres]:
    """A cluster while the context lasts. Raises DaemonMissing."""
    installed(str(BINARIES / "initdb"), "postgresql-15")
    with folder_of(USER) as folder:
        data = folder / "data"
        made = subprocess.run(
            [str(BINARIES / "initdb"), "-D", str(data), "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
            user=_as_user(),
            capture_output=True,
            check=False,
            cwd="/",
        )
        assert made.returncode == 0, made.stderr.decode()
        daemon = Daemon(USER, _command(data, folder), folder / "log", lambda: _answers(folder))
        daemon.start()
        try:
            yield Postgres(daemon, folder)
        finally:
            daemon.stop()


@dataclass
class Standby:
    """A second cluster that follows the first one's every write, on a socket of its own."""

    primary: Postgres
    folder: Path

    def both(self, url: str) -> str:
        """The URL of whichever of the two takes writes."""
        return f"{url}&host={self.folder}&target_session_attrs=read-write"

    def caught_up(self) -> None:
        """Returns when the standby has everything that the primary has now."""
        with self.primary.connect() as primary, self._connect() as standby:
            [place] = primary.execute("SELECT pg_current_wal_lsn()::text").fetchone() or [None]
            deadline = time.monotonic() + 30
            while not (standby.execute("SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", [place]).fetchone() or [False])[0]:
                assert time.monotonic() < deadline
                time.sleep(0.02)

    def promote(self) -> None:
        """Takes writes from now on."""
        with self._connect() as standby:
            assert (standby.execute("SELECT pg_promote()").fetchone() or [False])[0]

    def _connect(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(f"host={self.folder} user={USER} dbname={USER}", autocommit=True)


@contextlib.contextmanager
def standby_of(primary: Postgres) -> Iterator[Standby]:
    """A standby of the cluster while the context lasts; the primary may be gone before it."""
    with folder_of(USER) as folder:
        data = folder / "data"
        copy = [str(BINARIES / "pg_basebackup"), "-h", str(primary.folder), "-U", USER, "-D", str(data), "-R", "-X", "stream", "-c", "fast"]
        made = subprocess.run([*copy, "--no-sync"], user=_as_user(), capture_output=True, check=False, cwd="/")
        assert made.returncode == 0, made.stderr.decode()
        daemon = Daemon(USER, _command(data, folder), folder / "log", lambda: _answers(folder))
        daemon.start()
        try:
            yield Standby(primary, folder)
        finally:
            daemon.stop()


def _as_user() -> str | None:
    return USER if os.geteuid() == 0 else None


def _command(data: Path, folder: Path) -> list[str]:
    options = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
    return [str(BINARIES / "postgres"), "-D", str(data), "-k", str(folder), *options]


def _answers(folder: Path) -> bool:
    try:
        psycopg.connect(f"host={folder} user={USER} dbname={USER}").close()
    except psycopg.OperationalError:
        return False
    return True
