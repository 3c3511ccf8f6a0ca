"""`videoberatung purge` deletes what is of one person on this computer, and nothing where it was not asked twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.purging import LOCK, main
from app.services.key_remains import ours
from app.services.system_lock import SystemLock


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    profile = tmp_path / "profile of Jörg"
    (profile / "server").mkdir(parents=True)
    (profile / "settings.json").write_text("{}")
    (profile / LOCK).touch()
    return profile


class Keys:
    """A store that counts."""

    def __init__(self, error: OSError | None = None) -> None:
        self.asked = 0
        self._error = error

    def forget(self) -> int:
        self.asked += 1
        if self._error is not None:
            raise self._error
        return 3


def test_folder_and_keys_go(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keys = Keys()
    assert main(["--profile", str(folder), "--yes", "--language", "en"], keys.forget, {}) == 0
    assert not folder.exists()
    assert keys.asked == 1
    assert capsys.readouterr().out == "Nothing of this person is left on this computer.\n"
    assert main(["--profile", str(folder), "--yes"], keys.forget, {}) == 0


def test_asked_once_it_only_tells(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keys = Keys()
    assert main([], keys.forget, {"VB_PROFILE": str(folder)}) == 2
    assert str(folder) in capsys.readouterr().out
    assert (folder / "settings.json").exists()
    assert keys.asked == 0


def test_while_the_program_runs_nothing_goes(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keys = Keys()
    lock = SystemLock(folder / LOCK)
    try:
        assert main(["--profile", str(folder), "--yes"], keys.forget, {}) == 2
    finally:
        lock.release()
    assert (folder / "settings.json").exists()
    assert keys.asked == 0
    assert "läuft noch" in capsys.readouterr().err


def test_a_store_that_does_not_answer_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--profile", str(folder), "--yes"], Keys(OSError("locked")).forget, {}) == 1
    assert not folder.exists()
    assert "Schlüsselspeicher" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("target", "is_ours"),
    [("Videoberatung", True), ("rooms-key@Videoberatung", True), ("Videoberatung2", False), ("git:https://example.org", False)],
)
def test_credentials_of_ours(target: str, is_ours: bool) -> None:
    assert ours(target) is is_ours
