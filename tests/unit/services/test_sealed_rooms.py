"""Today's rooms in a sealed file: found again, unreadable for others, gone with the last room, put aside when broken."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from app.services.fakes import ManualClock
from app.services.profile import Settings
from app.services.room_book import RoomBook
from app.services.rooms_kept import KeptRoom, NothingKept
from app.services.sealed_rooms import KEY_BYTES, SealedRooms

KEY = bytes(range(KEY_BYTES))


def room(title: str = "Frau Geheim", ran: str | None = None) -> KeptRoom:
    book = RoomBook(Settings(public_port=4711), NothingKept())
    record = book.create_now(title, "de", 30, ManualClock().unix())
    return KeptRoom(card=record.card, title=record.title, link=record.link, ran=ran)


def saved(file: Path, *rooms: KeptRoom) -> None:
    kept = SealedRooms(file, KEY)
    kept.load()
    kept.save(rooms)
    kept.close()


def test_what_was_saved_is_found_again(tmp_path: Path) -> None:
    file, rooms = tmp_path / "rooms.sealed", [room(), room("", ran="s" * 22)]
    saved(file, *rooms)
    assert list(SealedRooms(file, KEY).load()) == rooms
    assert [f.name for f in tmp_path.iterdir()] == ["rooms.sealed"]


def test_nobody_reads_it_without_the_key(tmp_path: Path) -> None:
    file, kept = tmp_path / "rooms.sealed", room()
    saved(file, kept)
    sealed = file.read_bytes()
    for secret in (b"Geheim", kept.link.encode(), kept.card.room.encode(), kept.link.partition("#")[2].encode()):
        assert secret not in sealed
    assert "Geheim" not in repr(kept)
    assert kept.link not in repr(kept)


def test_a_room_that_is_gone_is_gone_from_the_file(tmp_path: Path) -> None:
    file, stays, goes = tmp_path / "rooms.sealed", room("bleibt"), room("geht")
    saved(file, stays, goes)
    saved(file, stays)
    assert list(SealedRooms(file, KEY).load()) == [stays]
    saved(file)
    assert list(tmp_path.iterdir()) == []


def test_the_same_rooms_are_not_written_twice(tmp_path: Path) -> None:
    file, kept = tmp_path / "rooms.sealed", room()
    saved(file, kept)
    before = file.read_bytes()
    saved(file, kept)
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    "breaks",
    [
        lambda sealed: b"",
        lambda sealed: sealed[:30],
        lambda sealed: sealed[:-1] + bytes([sealed[-1] ^ 1]),
        lambda sealed: b"another format" + sealed,
        lambda sealed: os.urandom(200),
    ],
    ids=["empty", "cut", "changed", "other", "noise"],
)
def test_a_broken_file_is_put_aside_and_work_goes_on(tmp_path: Path, breaks: object) -> None:
    file, kept = tmp_path / "rooms.sealed", room()
    saved(file, kept)
    broken = breaks(file.read_bytes())  # type: ignore[operator]
    file.write_bytes(broken)
    again = SealedRooms(file, KEY)
    assert list(again.load()) == []
    assert again.put_aside == tmp_path / "rooms.broken-1.sealed"
    assert again.put_aside.read_bytes() == broken
    again.save([kept])
    again.close()
    assert list(SealedRooms(file, KEY).load()) == [kept]


def test_two_broken_files_lie_side_by_side(tmp_path: Path) -> None:
    file = tmp_path / "rooms.sealed"
    for number in (1, 2):
        file.write_bytes(b"broken")
        kept = SealedRooms(file, KEY)
        kept.load()
        assert kept.put_aside == tmp_path / f"rooms.broken-{number}.sealed"


def test_another_key_opens_nothing(tmp_path: Path) -> None:
    file = tmp_path / "rooms.sealed"
    saved(file, room())
    other = SealedRooms(file, bytes(KEY_BYTES))
    assert list(other.load()) == []
    assert other.put_aside is not None


def test_a_disk_that_refuses_ends_nothing(tmp_path: Path) -> None:
    file = tmp_path / "missing" / "rooms.sealed"
    kept = SealedRooms(file, KEY)
    kept.save([room()])
    kept.close()
    assert list(SealedRooms(file, KEY).load()) == []
