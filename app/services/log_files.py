"""The program's log on disk: a few files that take turns, so that IT finds what happened and no disk fills up.

What a line may hold is decided before (`app.logs`). Imports nothing of `app`.
"""

from __future__ import annotations

import contextlib
import logging
import time
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TextIO

FILE_NAME = "videoberatung.log"
MOST_BYTES = 512 * 1024
"""Of one file; then it is put aside as `.1`, and the older ones move on."""
MOST_FILES = 4
"""Put aside at most."""
MOST_DAYS = 30
"""An older one goes at the next start (the default of § 84 SGB X practice: what nobody needs any more is not kept)."""


class LogFiles:
    """What `structlog` writes to. A disk that refuses costs lines, never the program."""

    def __init__(self, folder: Path, beside: TextIO | None = None) -> None:
        """`beside` gets every line too: the terminal, where there is one."""
        self.folder = folder
        self._beside = beside
        self._handler: RotatingFileHandler | None = None
        with contextlib.suppress(OSError):
            for one in (folder.parent, folder):  # the profile may not be there yet, and is its person's alone
                one.mkdir(parents=True, exist_ok=True, mode=0o700)
            _drop_old(folder)
            self._handler = _Quiet(folder / FILE_NAME, maxBytes=MOST_BYTES, backupCount=MOST_FILES, encoding="utf-8", delay=True)

    def write(self, text: str) -> int:
        """One line with its end, from any thread."""
        if self._beside is not None:
            self._beside.write(text)
        if self._handler is not None:
            self._handler.handle(logging.makeLogRecord({"msg": "%s", "args": (text.rstrip("\n"),)}))
        return len(text)

    def flush(self) -> None:
        """Lines of the file are flushed as they come."""
        if self._beside is not None:
            self._beside.flush()

    def close(self) -> None:
        """Give the file back."""
        if self._handler is not None:
            self._handler.close()
            self._handler = None


class _Quiet(RotatingFileHandler):
    def handleError(self, record: logging.LogRecord) -> None:
        """A full disk, or another program that holds the file (Windows): the line is lost, and writing goes on."""


def lines_of(folder: Path, most: int) -> list[str]:
    """The newest `most` lines, the oldest first; none where there is no log."""
    lines: list[str] = []
    for file in _by_age(folder):
        with contextlib.suppress(OSError):
            lines = file.read_text("utf-8", "replace").splitlines() + lines
        if len(lines) >= most:
            break
    return lines[-most:]


def _by_age(folder: Path) -> list[Path]:
    """The newest first."""
    return [folder / FILE_NAME, *(folder / f"{FILE_NAME}.{number}" for number in range(1, MOST_FILES + 1))]


def _drop_old(folder: Path) -> None:
    border = time.time() - MOST_DAYS * 24 * 3600
    for file in folder.glob(f"{FILE_NAME}*"):
        if file.stat().st_mtime < border:
            file.unlink()
