"""The server's keys in one archive, and back to their places. A key that is there and differs is never written over."""

from __future__ import annotations

import io
import os
import tarfile
from collections.abc import Iterator
from pathlib import Path

from app.server.backup.errors import BackupError
from app.server.key_file import place_new
from app.server.key_files import is_survey_key, key_files, key_places, survey_folder
from app.server.settings import Settings

MOST_BYTES = 64 * 1024
"""Of one key; the largest is an RSA key of a few thousand bytes."""


def pack(settings: Settings, target: Path) -> list[str]:
    """Write them into `target`, which must not be there; gives their names. Raises BackupError, OSError."""
    found = list(key_files(settings))
    if not found:
        raise BackupError("running.backup.no-keys", folder=settings.data_dir)
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as archive:
            for name, path in found:
                content = path.read_bytes()
                entry = tarfile.TarInfo(name)
                entry.size, entry.mode, entry.mtime = len(content), 0o600, int(path.stat().st_mtime)
                archive.addfile(entry, io.BytesIO(content))
        file.flush()
        os.fsync(file.fileno())
    return [name for name, _ in found]


def unpack(settings: Settings, source: Path) -> list[str]:
    """Put them where they belong; gives the names of those that were not there before. Raises BackupError, OSError."""
    keys = dict(_read(source))
    places = {name: _place(settings, name) for name in keys}
    for name, place in places.items():
        if place.exists() and place.read_bytes() != keys[name]:
            raise BackupError("running.backup.other-key", file=place)
    Path(settings.data_dir).mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = [name for name, place in places.items() if not place.exists()]
    for name in fresh:
        place_new(places[name], keys[name])
    return fresh


def _read(source: Path) -> Iterator[tuple[str, bytes]]:
    try:
        with tarfile.open(source, mode="r:") as archive:
            for entry in archive:
                content = archive.extractfile(entry) if entry.isreg() and entry.size <= MOST_BYTES else None
                if content is None:
                    raise BackupError("running.backup.no-archive", file=source)
                yield entry.name, content.read()
    except tarfile.TarError:
        raise BackupError("running.backup.no-archive", file=source) from None


def _place(settings: Settings, name: str) -> Path:
    """Only names that we know lead anywhere. Raises BackupError."""
    place = key_places(settings).get(name)
    if place is not None:
        return place
    if not is_survey_key(name) or Path(name).name != name:
        raise BackupError("running.backup.strange-key", name=name)
    return survey_folder(settings) / name
