"""One short round of the call benchmark: every figure is there and can be believed. No thresholds: those stand in docs/benchmarks.md."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.bench.__main__ import main

SIDES = ("ours", "aiortc", "chromium")
MUST = {"join_ms", "delay_p50_ms", "delay_p95_ms", "cpu_cores", "freeze_share", "client_width", "client_kbps", "hd_from_client_ms"}


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("bench")
    files = ("--json", str(folder / "call.json"), "--markdown", str(folder / "call.md"), "--plot", str(folder / "call.svg"))
    assert main(["call", "--rounds", "1", "--seconds", "3", *files]) == 0
    assert (folder / "call.svg").read_text("utf-8").startswith("<svg ")
    paper = (folder / "call.md").read_text("utf-8")
    assert "| ours | aiortc | chromium |" in paper
    loaded: dict[str, Any] = json.loads((folder / "call.json").read_text("utf-8"))
    return loaded


@pytest.mark.timeout(600)
@pytest.mark.parametrize("side", SIDES)
def test_every_side_is_measured(report: dict[str, Any], side: str) -> None:
    entry = report[side]
    assert entry.keys() >= MUST
    (only,) = entry["rounds"]
    assert {name: entry[name] for name in MUST} == {name: only[name] for name in MUST}, "the median of one round is that round"
    assert 0 < entry["join_ms"] < 60_000
    assert 0 <= entry["delay_p50_ms"] <= entry["delay_p95_ms"] < 32_768
    assert 0 <= entry["back_p50_ms"] <= entry["back_p95_ms"] < 32_768
    assert 0.01 < entry["cpu_cores"] < 64
    assert 0 <= entry["freeze_share"] <= 1
    assert 100 <= entry["client_width"] <= 1280
    assert entry["client_kbps"] > 0
    assert entry["fps_at_client"] > 0


def test_the_program_itself_is_measured(report: dict[str, Any]) -> None:
    assert 100 < report["program_start_ms"] < 60_000
    assert 50 < report["memory_session_mb"] < 1000
    assert 10 < report["server_idle_mb"] <= report["server_idle_resident_mb"] < 300
    assert report["memory_session_mb"] <= report["memory_session_resident_mb"] < 1000
    assert report["settings"]["rounds"] == 1
    assert report["machine"]["cores"] >= 1


def test_a_file_for_the_report_is_asked_for(tmp_path: Path) -> None:
    with pytest.raises(SystemExit):
        main(["call", "--rounds", "1"])
    assert not list(tmp_path.iterdir())
