"""Crash files: enough to find the place, nothing about a person."""

from __future__ import annotations

import datetime
import json
import subprocess
import sys
from pathlib import Path

from app import __version__
from app.services.crash_files import MOST_FILES, CrashFiles

SECRETS = ("Frau Geheim", "https://beratung.example/r#kqN2token", "0176 5550123", "C:\\Users\\geheim\\Termine")


class Clock:
    def __init__(self) -> None:
        self.now = datetime.datetime(2026, 11, 22, 12, 0, tzinfo=datetime.UTC)

    def __call__(self) -> datetime.datetime:
        return self.now


def fails(text: str) -> None:
    title, link = text, SECRETS[1]
    try:
        raise KeyError(link)
    except KeyError:
        raise ValueError(f"{title} {SECRETS}") from None


def chained(text: str) -> None:
    try:
        fails(text)
    except ValueError as error:
        raise RuntimeError(text) from error


def crash(files: CrashFiles, where: str = "window") -> Path:
    try:
        chained(SECRETS[0])
    except RuntimeError as error:
        file = files.record(where, error, error.__traceback__)
    assert file is not None
    return file


def test_kinds_and_places_are_written_down_and_nothing_else(tmp_path: Path) -> None:
    file = crash(CrashFiles(tmp_path / "crashes", Clock()))
    text = file.read_text("utf-8")
    for secret in (*SECRETS, "kqN2token", "Geheim", "geheim", str(Path.home()), str(tmp_path)):
        assert secret not in text
    said = json.loads(text)
    assert (said["where"], said["version"], said["at"]) == ("window", __version__, "2026-11-22 12:00 UTC")
    assert [link["error"] for link in said["errors"]] == ["RuntimeError", "ValueError"]
    assert any(place.startswith("test_crash_files.py:") and place.endswith(" fails") for place in said["errors"][1]["places"])
    assert said["libraries"]["aiortc"]
    assert set(said) == {"at", "version", "libraries", "python", "system", "where", "errors"}


def test_no_more_than_ten_are_kept_the_newest_ones(tmp_path: Path) -> None:
    clock = Clock()
    files = CrashFiles(tmp_path, clock)
    made = []
    for minute in range(MOST_FILES + 3):
        clock.now += datetime.timedelta(minutes=minute % 2)
        made.append(crash(files, f"task {minute}"))
    assert sorted(tmp_path.glob("crash-*.json")) == made[-MOST_FILES:]


def test_an_error_that_comes_again_and_again_is_written_once(tmp_path: Path) -> None:
    files = CrashFiles(tmp_path)
    assert {crash(files) for _ in range(3)} == set(tmp_path.iterdir())


def test_a_disk_that_refuses_is_no_second_error(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    assert CrashFiles(tmp_path / "taken").record("window", ValueError("x")) is None


RUN = """
import faulthandler, sys
from pathlib import Path
from app.services.crash_files import CrashFiles
files = CrashFiles(Path(sys.argv[1]))
print(files.watch())
def broken_library():
    faulthandler._sigsegv()
broken_library() if sys.argv[2] == "dies" else files.close()
"""


def run(folder: Path, how: str) -> str:
    """A program that watches for its own death; gives what it found of the one before."""
    ended = subprocess.run([sys.executable, "-c", RUN, str(folder), how], check=False, timeout=60, capture_output=True, text=True)
    assert (ended.returncode == 0) == (how == "ends")
    return ended.stdout.strip()


def test_after_an_orderly_end_nothing_is_left(tmp_path: Path) -> None:
    assert run(tmp_path / "crashes", "ends") == "None"
    assert list(tmp_path.iterdir()) == []


def test_a_crash_of_the_interpreter_is_found_at_the_next_start(tmp_path: Path) -> None:
    run(tmp_path, "dies")
    hard = tmp_path / "hard-crash.txt"
    hard.write_text(hard.read_text("utf-8").replace('File "', 'File "C:\\\\Users\\\\geheim\\\\') + "Extension modules: geheim\n", "utf-8")
    file = Path(run(tmp_path, "ends"))
    assert "geheim" not in file.read_text("utf-8")
    said = json.loads(file.read_text("utf-8"))
    assert said["stack"][0] == "Fatal Python error: Segmentation fault"
    assert any(place.endswith(" broken_library") for place in said["stack"])
    assert list(tmp_path.iterdir()) == [file]


def test_the_place_in_a_library_begins_at_its_name(tmp_path: Path) -> None:
    try:
        json.loads("{")
    except ValueError as error:
        file = CrashFiles(tmp_path).record("task", error)
    assert file is not None
    places = json.loads(file.read_text("utf-8"))["errors"][0]["places"]
    assert all("/" not in place or place.startswith(("app/", "site-packages/")) for place in places)
