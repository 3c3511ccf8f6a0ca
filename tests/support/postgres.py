"""Debian's PostgreSQL for tests: one cluster for each test process, on a socket, forgetting its promises to the disk (`fsync=off`)."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psycopg

from app.server.state import tables
from app.server.state.engines import engine_for
from app.server.state.upgrade import upgrade
from app.server.survey import sql as survey
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
        names = ", ".join((*tables.metadata.tables, *survey.metadata.tables))
        with self.connect(KEPT) as connection:
            connection.execute(f"TRUNCATE {names}")  # type: ignore[call-overload]
        return self.url(KEPT)

    @contextlib.contextmanager
    def database(self) -> Iterator[str]:
        """The URL of an empty database; gone afterwards, whoever is still connected."""
        name = f"test{next(_numbers)}"
        with self.connect() as connection:
            connection.execute(f"CREATE DATABASE {name}")  # type: ignore[call-overload]
        yield self.url(name)
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
            user=USER if os.geteuid() == 0 else None,
            capture_output=True,
            check=False,
            cwd="/",
        )
        assert made.returncode == 0, made.stderr.decode()
        options = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
        command = [str(BINARIES / "postgres"), "-D", str(data), "-k", str(folder), *options]
        daemon = Daemon(USER, command, folder / "log", lambda: _answers(folder))
        daemon.start()
        try:
            yield Postgres(daemon, folder)
        finally:
            daemon.stop()


def _answers(folder: Path) -> bool:
    try:
        psycopg.connect(f"host={folder} user={USER} dbname={USER}").close()
    except psycopg.OperationalError:
        return False
    return True
