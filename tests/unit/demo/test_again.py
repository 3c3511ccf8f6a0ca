"""The demonstration starts its parts from a checkout and from a packed program."""

from __future__ import annotations

import subprocess
import sys

import pytest

from app.demo.__main__ import PARTS, main
from app.demo.again import ROOT, part_command


@pytest.mark.parametrize("part", PARTS)
def test_a_packed_program_starts_itself(monkeypatch: pytest.MonkeyPatch, part: str) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert part_command(part) == [sys.executable, "demo", part]


def test_a_checkout_starts_the_part_by_its_module_or_file() -> None:
    said = subprocess.run([*part_command("keeper"), "true"], input=b"", capture_output=True, cwd=ROOT, check=False)
    assert said.stdout.strip().isdigit()
    assert part_command("film") == [sys.executable, "-m", "app.demo.film"]


def test_the_words_reach_the_part(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[list[str]] = []
    monkeypatch.setitem(PARTS, "film", lambda words: heard.append(list(words)) or 7)
    assert main(["film", "camera.mjpeg"]) == 7
    assert heard == [["camera.mjpeg"]]
