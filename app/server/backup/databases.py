"""The database in one file, by the tools of its maker: pg_dump and pg_restore, or SQLite's own copy. Knows no table.

What leads to the database, its password with it, goes to the tools in their environment, which only they and root can read.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from pathlib import Path

from sqlalchemy import inspect
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from app.server.backup.errors import BackupError
from app.server.settings import Settings, database_url
from app.server.state.engines import engine_for

SQLITE_FILES = "*.sqlite3"
SQLITE_BESIDE = ("", "-wal", "-shm", "-journal")
"""What belongs to a file of SQLite (sqlite.org, "Temporary Files Used By SQLite"): left beside another database, it would spoil that."""
_SQLITE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\.sqlite3")
KEPT_VARIABLES = ("PATH", "LANG", "HOME", "TZ")
"""What the tools get of our environment. Not the search path of libraries, which in the packed program leads to its own."""


def suffix(settings: Settings) -> str:
    """Of the file that `dump` writes. Raises BackupError for a server that keeps nothing."""
    url = database_url(settings)
    if url is None:
        raise BackupError("running.backup.memory")
    return ".dump" if url.startswith("postgresql") else ".sqlite.tar"


def dump(settings: Settings, target: Path) -> None:
    """Write the whole database into `target`, readable by its owner only. Raises BackupError, OSError."""
    target.touch(0o600, exist_ok=False)
    url = database_url(settings) or ""
    if url.startswith("postgresql"):
        _tool("pg_dump", ["--format=custom", "--no-owner", "--no-privileges", f"--file={target}"], url)
        _tool("pg_restore", ["--list", str(target)], url)  # can it be read at all?
    else:
        _dump_sqlite(settings, target)


def check_empty(settings: Settings) -> None:
    """Raises BackupError for a database that holds anything, with what has to make room."""
    url = database_url(settings) or ""
    if url.startswith("postgresql"):
        _check_no_tables(url)
    elif there := _sqlite_there(settings):
        raise BackupError("running.backup.files-there", files=" ".join(map(str, there)))


def restore(settings: Settings, source: Path) -> None:
    """Fill the empty database (`check_empty`) from a file of `dump`. Raises BackupError; then the database is as empty as before."""
    url = database_url(settings) or ""
    if url.startswith("postgresql"):
        name = make_url(url).database or ""
        _tool("pg_restore", ["--exit-on-error", "--single-transaction", "--no-owner", f"--dbname={name}", str(source)], url)
    else:
        _restore_sqlite(settings, source)


def _check_no_tables(url: str) -> None:
    engine = engine_for(url)
    try:
        if inspect(engine).get_table_names():
            raise BackupError("running.backup.not-empty", database=engine.url.database)
    except SQLAlchemyError as error:
        raise BackupError("running.backup.database-away", why=type(error).__name__) from None
    finally:
        engine.dispose()


def _tool(name: str, arguments: list[str], url: str) -> None:
    """Run one of PostgreSQL's tools against this database. Raises BackupError."""
    program = shutil.which(name)
    if program is None:
        raise BackupError("running.backup.no-tool", tool=name)
    kept = {variable: os.environ[variable] for variable in KEPT_VARIABLES if variable in os.environ}
    done = subprocess.run([program, *arguments], env=kept | _libpq(url), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["?"])[-1]
        raise BackupError("running.backup.tool-failed", tool=name, why=last)


def _libpq(url: str) -> dict[str, str]:
    """A URL as libpq's environment (PostgreSQL, "Environment Variables")."""
    from psycopg import ProgrammingError, pq
    from psycopg.conninfo import conninfo_to_dict

    scheme, _, rest = url.partition("://")
    try:
        given = conninfo_to_dict(f"{scheme.partition('+')[0]}://{rest}")
    except ProgrammingError:
        raise BackupError("running.backup.database-away", why="URL") from None
    variables = {option.keyword.decode(): option.envvar.decode() for option in pq.Conninfo.get_defaults() if option.envvar}
    return {variables[name]: str(value) for name, value in given.items() if name in variables}


# ---- SQLite


def _rooms(settings: Settings) -> Path:
    """The file of the rooms; whatever else is kept lies beside it, in files of its own."""
    return Path(make_url(database_url(settings) or "").database or "")


def _sqlite_there(settings: Settings) -> list[Path]:
    rooms = _rooms(settings)
    beside = [f"{name}{end}" for name in {SQLITE_FILES, rooms.name} for end in SQLITE_BESIDE]
    return sorted({file for name in beside for file in rooms.parent.glob(name)})


def _dump_sqlite(settings: Settings, target: Path) -> None:
    rooms = _rooms(settings)
    files = sorted({*rooms.parent.glob(SQLITE_FILES), *([rooms] if rooms.is_file() else [])})
    if not files:
        raise BackupError("running.backup.no-database", folder=rooms.parent)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder, tarfile.open(target, "w") as archive:
        for file in files:
            copy = Path(folder, file.name)
            with contextlib.closing(sqlite3.connect(file)) as source, contextlib.closing(sqlite3.connect(copy)) as sink:
                source.backup(sink)
            archive.add(copy, file.name)


def _restore_sqlite(settings: Settings, source: Path) -> None:
    rooms = _rooms(settings)
    try:
        with tarfile.open(source, "r:") as archive:
            entries = {entry.name: archive.extractfile(entry) for entry in archive if entry.isreg()}
            if not all(name == rooms.name or _SQLITE_NAME.fullmatch(name) for name in entries):
                raise BackupError("running.backup.no-archive", file=source)
            rooms.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            for name, content in entries.items():
                if content is not None:
                    place = rooms.with_name(name)
                    place.touch(0o600)
                    with place.open("wb") as sink:
                        shutil.copyfileobj(content, sink)
    except tarfile.TarError:
        raise BackupError("running.backup.no-archive", file=source) from None
