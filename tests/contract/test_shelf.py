"""What every shelf of a team keeps: the folder, and the fake in memory."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.services.fakes.team import MemoryShelf
from app.services.team.shelf import FolderShelf, Shelf, ShelfAway


@pytest.fixture(params=["folder", "memory"])
def shelf(request: pytest.FixtureRequest, tmp_path: Path) -> Shelf:
    return FolderShelf(tmp_path) if request.param == "folder" else MemoryShelf()


def test_what_is_not_there(shelf: Shelf) -> None:
    assert shelf.read("copies/a/b", 10) is None
    assert list(shelf.names("copies/a")) == []
    shelf.remove("copies/a/b")


def test_replacing_and_removing(shelf: Shelf) -> None:
    shelf.replace("copies/a/c", b"one")
    shelf.replace("copies/a/b", b"two")
    shelf.replace("copies/a/c", b"three")
    assert list(shelf.names("copies/a")) == ["b", "c"]
    assert shelf.read("copies/a/c", 10) == b"three"
    assert shelf.read("copies/a/c", 2) == b"th"
    shelf.remove("copies/a/c")
    assert list(shelf.names("copies/a")) == ["b"]
    assert list(shelf.names("copies")) == []


def test_only_the_first_creates(shelf: Shelf) -> None:
    assert shelf.create("acts/a/b.act", b"first")
    assert not shelf.create("acts/a/b.act", b"second")
    assert shelf.read("acts/a/b.act", 10) == b"first"


def test_of_many_at_once_one_creates(shelf: Shelf) -> None:
    def create(number: int) -> bool:
        return shelf.create("acts/a/b.act", f"{number}".encode())

    with ThreadPoolExecutor(8) as pool:
        created = list(pool.map(create, range(40)))
    assert created.count(True) == 1
    assert shelf.read("acts/a/b.act", 10) == f"{created.index(True)}".encode()
    assert list(shelf.names("acts/a")) == ["b.act"]


USES: list[Callable[[Shelf], object]] = [
    lambda shelf: shelf.names("copies/a"),
    lambda shelf: shelf.read("copies/a/b", 10),
    lambda shelf: shelf.replace("copies/a/b", b""),
    lambda shelf: shelf.create("copies/a/b", b""),
    lambda shelf: shelf.remove("copies/a/b"),
]


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("kind", ["folder", "memory"])
def test_a_shelf_that_is_away_is_not_an_empty_one(kind: str, use: Callable[[Shelf], object], tmp_path: Path) -> None:
    away = MemoryShelf()
    away.away = True
    shelf: Shelf = FolderShelf(tmp_path / "share") if kind == "folder" else away
    with pytest.raises(ShelfAway):
        use(shelf)
    assert not (tmp_path / "share").exists()
