"""The folder that a team shares. It may be far away, missing, or full of other people's files. Blocks: called on a thread.

Imports nothing of `app` but tasks.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol
from uuid import uuid4

from app.services.tasks import Refusal


class ShelfAway(Refusal):
    """The folder cannot be reached, read or written now. `key` is the sentence for the person (catalogue `app`)."""

    key = "app.team.folder.away"


class Shelf(Protocol):
    """Port: small files under names such as `copies/ab12/cd34.sealed`. One contract suite for the folder and the fake. Raises ShelfAway."""

    def names(self, folder: str) -> Sequence[str]:
        """Of the files there, sorted; none where the folder is not there."""
        ...

    def read(self, name: str, most: int) -> bytes | None:
        """At most so many bytes; None where it is not there."""
        ...

    def replace(self, name: str, content: bytes) -> None:
        """Whole or not at all, over what was there."""
        ...

    def create(self, name: str, content: bytes) -> bool:
        """Whole or not at all, if nothing is there; False otherwise. Of several who try only one succeeds."""
        ...

    def remove(self, name: str) -> None:
        """Gone already is no trouble."""
        ...


class FolderShelf:
    """A folder, usually a network share. It is never made here: a share that is not mounted must not be taken for an empty one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def names(self, folder: str) -> Sequence[str]:
        self._there()
        try:
            return sorted(entry.name for entry in os.scandir(self._folder / folder) if not entry.name.startswith(".") and entry.is_file())
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise ShelfAway from error

    def read(self, name: str, most: int) -> bytes | None:
        self._there()
        try:
            with (self._folder / name).open("rb") as file:
                return file.read(most)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise ShelfAway from error

    def replace(self, name: str, content: bytes) -> None:
        try:
            self._written(name, content).replace(self._folder / name)
        except OSError as error:
            raise ShelfAway from error

    def create(self, name: str, content: bytes) -> bool:
        try:
            fresh = self._written(name, content)
            try:
                _take_the_name(fresh, self._folder / name, content)
            finally:
                fresh.unlink(missing_ok=True)
        except FileExistsError:
            return False
        except OSError as error:
            raise ShelfAway from error
        return True

    def remove(self, name: str) -> None:
        self._there()
        try:
            (self._folder / name).unlink(missing_ok=True)
        except OSError as error:
            raise ShelfAway from error

    def _there(self) -> None:
        try:
            if self._folder.is_dir():
                return
        except OSError as error:
            raise ShelfAway from error
        raise ShelfAway

    def _written(self, name: str, content: bytes) -> Path:
        """Beside its place, under a name that nobody looks for."""
        self._there()
        place = self._folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        fresh = place.with_name(f".{uuid4().hex}.new")
        try:
            with fresh.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            with contextlib.suppress(OSError):
                fresh.unlink(missing_ok=True)
            raise
        return fresh


def _take_the_name(fresh: Path, place: Path, content: bytes) -> None:
    """Raises FileExistsError where the name is taken."""
    if os.name == "nt":
        fresh.rename(place)  # refuses a name that is taken
        return
    try:
        os.link(fresh, place)
    except FileExistsError:
        raise
    except OSError:  # a share without hard links: exclusive, though a reader may come while it is written
        with place.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
