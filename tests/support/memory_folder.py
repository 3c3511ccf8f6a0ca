"""Temporary folders of tests lie in memory: what the program confirms it writes through to the disk, and each test would wait for that."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

SHARED_MEMORY = Path("/dev/shm")  # noqa: S108  a file system in memory wherever Chromium runs
LEAST_FREE = 2 << 30
"""Bytes; what tests keep is a tenth of it."""


def put_folders_into_memory() -> None:
    """For this process and those that it starts. A TMPDIR that is set stays; where memory is short or runs no program, so does the disk."""
    if "TMPDIR" not in os.environ and _good(SHARED_MEMORY):
        os.environ["TMPDIR"] = str(SHARED_MEMORY)
        tempfile.tempdir = None  # what was found before is forgotten


def _good(folder: Path) -> bool:
    """Whether there is room, and a script may be started from there."""
    if not os.access(folder, os.W_OK):
        return False
    about = os.statvfs(folder)
    return about.f_bavail * about.f_frsize >= LEAST_FREE and not about.f_flag & os.ST_NOEXEC
