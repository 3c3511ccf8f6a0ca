"""What is written down when the program fails: kinds of errors and places in the code, never a message, a value or a name.

An exception's text may hold a link, a title or a chat line, and a path the name of whoever is logged in; neither gets into a file.
Imports nothing of `app` but its version.
"""

from __future__ import annotations

import contextlib
import datetime
import faulthandler
import importlib.metadata
import json
import platform
import re
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import IO

import structlog

from app import __version__

_log = structlog.get_logger(__name__)

MOST_FILES = 10
"""So many are kept; the oldest goes."""
_LIBRARIES = ("PySide6", "aiortc", "av", "livekit", "numpy", "websockets")
_FAULT_PLACE = re.compile(r'File "(?P<file>[^"\n]*)", line (?P<line>\d+) in (?P<name>[^\n]*)')
_FAULT_HEAD = re.compile(r"^(Fatal Python error: [A-Za-z ]+|Windows fatal exception: [\w ]+|(Current thread|Thread) 0x[0-9a-f]+)")


def places(trace: TracebackType | None) -> list[str]:
    """File, line and function of each level, outermost first; no values."""
    return [f"{_module(frame.filename)}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)]


class CrashFiles:
    """A folder with the newest crash files, and one that the interpreter itself writes when it dies."""

    def __init__(self, folder: Path, today: Callable[[], datetime.datetime] = lambda: datetime.datetime.now(datetime.UTC)) -> None:
        """`folder` is made when it is needed."""
        self._folder = folder
        self._today = today
        self._hard = folder / "hard-crash.txt"
        self._hard_file: IO[str] | None = None
        self._written: dict[str, Path | None] = {}

    def record(self, where: str, error: BaseException, trace: TracebackType | None = None) -> Path | None:
        """Write one error down, the same one once in a run; `where` is a fixed word of the program. None if the disk refuses, which is
        no second error."""
        chain = [{"error": type(e).__name__, "places": places(t)} for e, t in _chain(error, trace)]
        known = json.dumps([where, chain])
        if known not in self._written:
            self._written[known] = self._write({"where": where, "errors": chain})
        return self._written[known]

    def watch(self) -> Path | None:
        """From now on the interpreter's own death (a crash of a library) leaves a trace. Gives the last run's, if it died so."""
        died = self._last_death()
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._hard_file = self._hard.open("w", encoding="utf-8")
            faulthandler.enable(self._hard_file)
        except OSError as error:
            _log.warning("crash.not_watched", error=type(error).__name__)
        return died

    def close(self) -> None:
        """An orderly end: nothing is left but crash files."""
        if self._hard_file is not None:
            faulthandler.disable()
            self._hard_file.close()
            self._hard_file = None
            with contextlib.suppress(OSError):
                self._hard.unlink()
                self._folder.rmdir()  # only if it is empty

    def _last_death(self) -> Path | None:
        try:
            lines = self._hard.read_text("utf-8", "replace").splitlines()
        except OSError:
            return None
        kept = [place for line in lines if (place := _fault_line(line)) is not None]
        return self._write({"where": "interpreter", "stack": kept}) if kept else None

    def _write(self, what: dict[str, object]) -> Path | None:
        now = self._today()
        content = {"at": now.strftime("%Y-%m-%d %H:%M UTC"), "version": __version__, "libraries": dict(_libraries()), **_system(), **what}
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            file = self._free_name(now)
            file.write_text(json.dumps(content, indent=2) + "\n", "utf-8")
            for old in sorted(self._folder.glob("crash-*.json"))[:-MOST_FILES]:
                old.unlink()
        except OSError as error:
            _log.warning("crash.not_written", error=type(error).__name__)
            return None
        return file

    def _free_name(self, now: datetime.datetime) -> Path:
        number = 1
        while (file := self._folder / f"crash-{now:%Y%m%d-%H%M%S}-{number:03}.json").exists():
            number += 1
        return file


def _chain(error: BaseException, trace: TracebackType | None) -> Iterator[tuple[BaseException, TracebackType | None]]:
    """The error and what led to it, the newest first."""
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        yield link, (trace if link is error else None) or link.__traceback__
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)


def _fault_line(line: str) -> str | None:
    """One line of what `faulthandler` writes, without paths; None for what is not known to be harmless."""
    if place := _FAULT_PLACE.search(line):
        return f"{_module(place['file'])}:{place['line']} {place['name']}"
    head = _FAULT_HEAD.match(line)
    return head[0] if head else None


def _module(filename: str) -> str:
    """The path from `app/` or the package on; what stands before it may name a person."""
    parts = filename.replace("\\", "/").split("/")
    for root in ("site-packages", "app"):
        if root in parts:
            return "/".join(parts[len(parts) - 1 - parts[::-1].index(root) :])
    return parts[-1]


def _libraries() -> Iterator[tuple[str, str]]:
    for name in _LIBRARIES:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            yield name, importlib.metadata.version(name)


def _system() -> dict[str, object]:
    return {"python": platform.python_version(), "system": f"{platform.system()} {platform.release()} {platform.machine()}"}
