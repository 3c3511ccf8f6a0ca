"""SIGKILL in the middle of writes: whatever was confirmed is there, nothing is half there, and the file is sound."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.services.store.opening import open_store
from app.services.store.place import StorePlace
from tests.support.soak import rounds
from tests.support.stores import KEY, begin


@pytest.mark.timeout(0)
def test_a_killed_program_loses_nothing_that_was_confirmed(tmp_path: Path) -> None:
    place = begin(StorePlace(tmp_path))
    confirmed: dict[str, int] = {}
    gone: set[str] = set()
    for number in range(rounds(5)):
        going = note(lines_of_a_killed_child(place, number), confirmed, gone)
        store = open_store(place, KEY)
        assert store.database.outside("PRAGMA cipher_integrity_check") == []
        assert store.database.outside("PRAGMA integrity_check") == [("ok",)]
        assert store.database.outside("PRAGMA foreign_key_check") == []
        found = {appointment.id: appointment.revision for appointment in store.search("", limit=10**6)}
        undecided = going & (confirmed.keys() - found.keys())
        for ident in undecided:
            del confirmed[ident]
        assert confirmed.keys() <= found.keys()
        assert all(found[ident] >= revision for ident, revision in confirmed.items())
        assert not gone & found.keys()
        assert {e.appointment for e in store.evidence()} == found.keys()
        for ident in found:
            assert len(store.mails_of(ident)) == 1
        confirmed = found
        store.close()
    assert confirmed


def lines_of_a_killed_child(place: StorePlace, seed: int) -> list[list[str]]:
    """What it had confirmed when it was killed, at a moment of chance."""
    chance = random.Random(seed)
    command = [sys.executable, "-m", "tests.support.writing_child", str(place.profile), str(seed)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    lines = [child.stdout.readline()]
    assert lines == ["open\n"]
    lines += [child.stdout.readline() for _ in range(chance.randrange(1, 60))]
    time.sleep(chance.random() * 0.005)  # somewhere within a write
    child.kill()
    rest, _ = child.communicate()
    lines += rest.splitlines(keepends=True)
    return [line.split() for line in lines[1:] if line.endswith("\n")]


def note(lines: list[list[str]], confirmed: dict[str, int], gone: set[str]) -> set[str]:
    """Takes in what a child said; gives what it was about to delete."""
    going = set()
    for word, ident, *revision in lines:
        if word == "gone":
            gone.add(ident)
            confirmed.pop(ident)
        elif word == "going":
            going.add(ident)
        else:
            confirmed[ident] = int(revision[0]) if revision else 1
    return going - gone
