"""Where the store lies, and whether that is a network drive. Imports nothing of `app`."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import psutil

NETWORK_KINDS = (
    "nfs",
    "cifs",
    "smb",
    "ncp",
    "afs",
    "afpfs",
    "9p",
    "webdav",
    "davfs",
    "fuse.sshfs",
    "fuse.davfs",
    "fuse.rclone",
    "ceph",
    "gluster",
)
"""Beginnings of the names of file systems that other machines write to as well."""
_DRIVE_REMOTE = 4
"""`GetDriveTypeW` of Windows (fileapi.h)."""


class Partition(Protocol):
    """What `psutil.disk_partitions` gives."""

    @property
    def mountpoint(self) -> str: ...
    @property
    def fstype(self) -> str: ...


Partitions = Callable[[], Iterable[Partition]]


def _all_partitions() -> Iterable[Partition]:
    return tuple(psutil.disk_partitions(all=True))


@dataclass(frozen=True, slots=True)
class StorePlace:
    """The store's folder in a profile, and what stands beside it while it is restored."""

    profile: Path
    shared: bool = False
    """On a network drive: one writer, and no write-ahead log, which needs memory that all its users share (SQLite, wal.html)."""

    @classmethod
    def of(cls, profile: Path, partitions: Partitions = _all_partitions) -> StorePlace:
        """Looks where the profile lies."""
        return cls(profile, on_network_drive(profile, partitions))

    @property
    def folder(self) -> Path:
        """Database and key file; replaced as a whole by a backup."""
        return self.profile / "appointments"

    @property
    def before(self) -> Path:
        """The folder that a backup replaced, until the backup has worked."""
        return self.profile / "appointments.before"

    @property
    def coming(self) -> Path:
        """The folder that a backup is unpacked into."""
        return self.profile / "appointments.coming"

    @property
    def lock(self) -> Path:
        return self.profile / "appointments.lock"

    @property
    def database(self) -> Path:
        return self.folder / "appointments.db"

    @property
    def keys(self) -> Path:
        return self.folder / "keys.json"


def on_network_drive(folder: Path, partitions: Partitions = _all_partitions) -> bool:
    """Whether other machines may write there too. A drive that cannot be told counts as this machine's own."""
    path = folder.absolute() if sys.platform == "win32" else Path(os.path.realpath(folder))
    if str(folder).startswith(("\\\\", "//")):
        return True  # a UNC path of Windows
    if sys.platform == "win32" and ctypes.windll.kernel32.GetDriveTypeW(path.anchor) == _DRIVE_REMOTE:
        return True
    holding = [p for p in partitions() if p.mountpoint and path.is_relative_to(p.mountpoint)]
    nearest = max(holding, key=lambda partition: len(Path(partition.mountpoint).parts), default=None)
    return nearest is not None and nearest.fstype.lower().startswith(NETWORK_KINDS)
