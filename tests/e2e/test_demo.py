"""The unattended demonstration as a person starts it: one command, its lines, its JSON, its screenshots, its exit status."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).resolve().parents[2]
STEPS = [
    "program-started",
    "appointment-noted",
    "phoned-and-agreed",
    "invited",
    "mail-received",
    "page-opened",
    "look-shown",
    "rehearsed",
    "light-green",
    "agreed",
    "preview-shown",
    "waiting",
    "client-announced",
    "admitted",
    "picture-to-client",
    "picture-to-counsellor",
    "sound-to-client",
    "sound-to-counsellor",
    "talked",
    "words-equal",
    "chat-to-client",
    "chat-to-counsellor",
    "screen-shown",
    "screen-ended",
    "paused",
    "pause-ended",
    "network-lost",
    "network-back",
    "identity-confirmed",
    "end-undone",
    "ended",
    "goodbye",
    "outcome",
]


def _demo(*options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "app", "demo", "--unattended", *options]
    clean = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "QT_QPA_PLATFORM")}
    return subprocess.run(command, cwd=ROOT, env=clean | environment, capture_output=True, text=True, timeout=240, check=False)


@pytest.mark.timeout(300)
def test_one_command_shows_the_whole_appointment(tmp_path: Path) -> None:
    done = _demo("--json", str(tmp_path / "report.json"), "--shots", str(tmp_path / "shots"), DEMO_MARK=str(tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    report = json.loads((tmp_path / "report.json").read_text("utf-8"))
    assert report["ok"] is True
    assert [step["name"] for step in report["steps"]] == STEPS
    assert all(step["ok"] and step["ms"] >= 0 for step in report["steps"])
    took = {step["name"]: step["ms"] for step in report["steps"]}
    assert took["talked"] >= 10_000
    assert took["network-lost"] >= 4_900
    assert report["audio"] == {"to_client": True, "to_counsellor": True}
    for way in ("to_client", "to_counsellor"):
        assert report["video"][way]["fps"] > 0
        assert report["video"][way]["width"] >= 160
    lines = done.stdout.splitlines()
    assert sum(line.startswith("ok ") for line in lines) == len(STEPS), "one line for each step"
    assert not [line for line in lines + done.stderr.splitlines() if line.startswith("{")], "the program's log stands in a file of its own"
    log = (tmp_path / "shots" / "program.log").read_text("utf-8")
    assert '"event": "call_state"' in log
    assert [line for line in log.splitlines() if '"level": "error"' in line or '"level": "critical"' in line] == []
    _look_at(tmp_path / "shots")
    assert not _processes_with_mark(str(tmp_path))


def _processes_with_mark(mark: str) -> list[str]:
    """What still runs of everything that inherited the mark."""
    left = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.environ().get("DEMO_MARK") == mark:
                left.append(process.name())
    return left


def _look_at(folder: Path) -> None:
    """Both sides of every step from the opened page on, none of them a single colour."""
    names = sorted(path.name for path in folder.iterdir())
    for number, step in enumerate(STEPS, 1):
        assert f"{number:02}-{step}-counsellor.png" in names
        assert (f"{number:02}-{step}-client.png" in names) == (number > STEPS.index("page-opened"))
    empty = [path.name for path in folder.glob("*.png") if path.stat().st_size < 4000]
    assert set(empty) <= {"06-page-opened-client.png"}, "only a page that has just been opened may still be blank"


def test_without_a_browser_a_sentence_says_what_to_do(tmp_path: Path) -> None:
    done = _demo("--json", str(tmp_path / "report.json"), PATH=str(tmp_path))
    assert done.returncode == 2
    assert "Bitte installieren Sie Chromium" in done.stderr
    assert not (tmp_path / "report.json").exists()
