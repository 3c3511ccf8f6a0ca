"""The Node lock file says nothing of sponsors, so that no foreign address stands in it."""

from __future__ import annotations

import json

from tools.lock import without_sponsors
from tools.set_up import ROOT


def test_sponsors_are_left_out_and_nothing_else() -> None:
    lock = {
        "lockfileVersion": 3,
        "packages": {"": {"name": "a"}, "node_modules/b": {"version": "1", "funding": {"url": "https://b.example"}}},
    }
    assert json.loads(without_sponsors(json.dumps(lock))) == {**lock, "packages": {"": {"name": "a"}, "node_modules/b": {"version": "1"}}}


def test_the_lock_file_stays_as_it_is() -> None:
    text = (ROOT / "package-lock.json").read_text("utf-8")
    assert without_sponsors(text) == text
