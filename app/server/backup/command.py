"""The two commands: where the files go, and what is said of them."""

from __future__ import annotations

import argparse
import datetime
import json
import os
import sys
from pathlib import Path

from app.command_line import CommandLine, Commands
from app.paths import RESOURCES
from app.server.backup import databases, keys
from app.server.backup.errors import BackupError
from app.server.checkup.command import NO_ENVIRONMENT, add_source, explained, settings_of
from app.server.settings import Settings
from app.texts import Texts

DONE, FAILED = 0, 2


def add_to(commands: Commands) -> None:
    """`backup` and `restore`."""
    _add_backup(commands.add("backup", commands.texts("commands.backup")))
    _add_restore(commands.add("restore", commands.texts("commands.restore")))


def _add_backup(parser: CommandLine) -> None:
    texts, folder = parser.texts, parser.texts("commands.folder")
    add_source(parser)
    parser.set_defaults(run=run)
    parser.add_argument("--database-to", type=Path, metavar=folder, help=texts("commands.backup.database-to"))
    parser.add_argument("--keys-to", type=Path, metavar=folder, help=texts("commands.backup.keys-to"))


def _add_restore(parser: CommandLine) -> None:
    texts, file = parser.texts, parser.texts("commands.file")
    add_source(parser)
    parser.set_defaults(run=run)
    parser.add_argument("--database-from", type=Path, metavar=file, help=texts("commands.restore.database-from"))
    parser.add_argument("--keys-from", type=Path, metavar=file, help=texts("commands.restore.keys-from"))


def run(options: argparse.Namespace) -> int:
    """Either of them; gives the exit status."""
    texts = Texts.load(RESOURCES / "i18n", options.language, "running")
    try:
        settings = settings_of(options)
        told = _backup(settings, options) if options.command == "backup" else _restore(settings, options)
    except NO_ENVIRONMENT as error:
        print(explained(error, options), file=sys.stderr)
        return FAILED
    except BackupError as error:
        print(texts(error.key, **error.values), file=sys.stderr)
        return FAILED
    except OSError as error:
        print(texts("running.backup.file", file=error.filename or "", why=type(error).__name__), file=sys.stderr)
        return FAILED
    print(json.dumps({options.command: told}, ensure_ascii=False))
    return DONE


def _backup(settings: Settings, options: argparse.Namespace) -> dict[str, object]:
    database_to, keys_to = options.database_to, options.keys_to
    if not (database_to or keys_to):
        raise BackupError("running.backup.nothing")
    if database_to and keys_to and _together(database_to, keys_to):
        raise BackupError("running.backup.together")
    stamp = f"videoberatung-{datetime.datetime.now(datetime.UTC):%Y%m%dT%H%M%SZ}"
    told: dict[str, object] = {}
    if keys_to:
        file = keys_to / f"{stamp}-keys.tar"
        told |= {"keys": str(file), "names": keys.pack(settings, file)}
    if database_to:
        told["database"] = str(_dumped(settings, database_to / f"{stamp}{databases.suffix(settings)}"))
    return told


def _dumped(settings: Settings, file: Path) -> Path:
    """Whole, or not there under its name."""
    part = file.with_name(f"{file.name}.part")
    try:
        databases.dump(settings, part)
        part.rename(file)
    finally:
        part.unlink(missing_ok=True)
    return file


def _together(one: Path, other: Path) -> bool:
    """Whoever has the one folder has the other."""
    here, there = one.resolve(), other.resolve()
    return here == there or here in there.parents or there in here.parents


def _restore(settings: Settings, options: argparse.Namespace) -> dict[str, object]:
    if not (options.database_from or options.keys_from):
        raise BackupError("running.backup.nothing")
    told: dict[str, object] = {}
    for source in filter(None, (options.database_from, options.keys_from)):
        if not os.access(source, os.R_OK):
            raise BackupError("running.backup.file", file=source, why="PermissionError" if source.exists() else "FileNotFoundError")
    if options.database_from:
        databases.check_empty(settings)
    if options.keys_from:
        told["names"] = keys.unpack(settings, options.keys_from)
    if options.database_from:
        databases.restore(settings, options.database_from)
        told["database"] = True
    return told
