"""The log on disk takes turns, costs no more than it may, and a disk that refuses costs lines only."""

from __future__ import annotations

import io
import os
import stat
import time
from pathlib import Path

import pytest

from app.services import log_files
from app.services.log_files import FILE_NAME, MOST_DAYS, MOST_FILES, LogFiles, lines_of


def test_lines_go_to_the_file_and_beside(tmp_path: Path) -> None:
    beside = io.StringIO()
    files = LogFiles(tmp_path / "profile" / "logs", beside)
    files.write('{"event": "100 % as it is"}\n')
    files.flush()
    files.close()
    assert lines_of(files.folder, 10) == ['{"event": "100 % as it is"}']
    assert beside.getvalue() == '{"event": "100 % as it is"}\n'
    if os.name == "posix":
        assert stat.S_IMODE((tmp_path / "profile").stat().st_mode) == 0o700


def test_the_files_take_turns_and_the_newest_lines_are_kept_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_files, "MOST_BYTES", 1000)
    files = LogFiles(tmp_path)
    for number in range(1000):
        files.write(f"line {number}\n")
    files.close()
    kept = sorted(file.name for file in tmp_path.iterdir())
    assert kept == [FILE_NAME, *(f"{FILE_NAME}.{number}" for number in range(1, MOST_FILES + 1))]
    assert sum(file.stat().st_size for file in tmp_path.iterdir()) <= 1000 * (MOST_FILES + 1)
    assert lines_of(tmp_path, 50) == [f"line {number}" for number in range(950, 1000)]
    assert lines_of(tmp_path, 10_000)[-1] == "line 999"


def test_what_is_too_old_goes_at_the_next_start(tmp_path: Path) -> None:
    old, young = tmp_path / f"{FILE_NAME}.2", tmp_path / f"{FILE_NAME}.1"
    for file, days in ((old, MOST_DAYS + 1), (young, MOST_DAYS - 1)):
        file.write_text("x\n")
        os.utime(file, times=(time.time() - days * 86_400,) * 2)
    LogFiles(tmp_path).close()
    assert [file.name for file in tmp_path.iterdir()] == [young.name]


def test_a_disk_that_refuses_costs_lines_only(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("a file where the folder should be")
    beside = io.StringIO()
    files = LogFiles(tmp_path / "logs", beside)
    files.write("still told\n")
    files.close()
    assert beside.getvalue() == "still told\n"
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / FILE_NAME).mkdir()
    files = LogFiles(tmp_path / "more")
    assert files.write("lost\n") == len("lost\n")
    files.close()


def test_no_log_has_no_lines(tmp_path: Path) -> None:
    assert lines_of(tmp_path, 5) == []
