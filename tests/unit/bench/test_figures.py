"""Percentiles, medians, delays over the clock's turn, and the printed forms."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys

import pytest

from app.bench.figures import Reading, Round, entry, medians, percentile
from app.bench.processes import CpuMark, memory_mb, tree
from app.bench.report import SIDES, markdown, table

ROUND = Round(
    join_ms=300.0,
    delay_p50_ms=40.0,
    delay_p95_ms=90.0,
    cpu_cores=0.5,
    freeze_share=0.01,
    client_width=1280,
    client_kbps=1500.0,
    hd_from_client_ms=None,
    back_p50_ms=41.0,
    back_p95_ms=91.0,
    fps_at_client=29.9,
    width_at_client=1280,
    server_cpu_cores=0.01,
    window_cpu_cores=None,
    program_start_ms=1200.0,
    memory_mb=210.0,
    resident_mb=260.0,
    server_idle_mb=60.0,
    server_idle_resident_mb=70.0,
)


@pytest.mark.parametrize(
    ("value", "at", "delay"),
    [(100, 65536 * 3 + 150.0, 50.0), (65500, 65536 * 2 + 14.0, 50.0), (100, 65536 + 99.5, -0.5), (0, 65536.0, 0.0)],
)
def test_delay_over_the_clocks_turn(value: int, at: float, delay: float) -> None:
    assert Reading(value, at).delay_ms == pytest.approx(delay)


def test_percentile() -> None:
    assert percentile([], 0.5) is None
    assert percentile([3, 1, 2], 0.5) == 2
    assert percentile(list(range(100)), 0.95) == 95
    assert percentile([7], 0.95) == 7


def test_medians_count_a_missing_figure_as_the_worst() -> None:
    def with_hd(value: float | None) -> Round:
        return dataclasses.replace(ROUND, hd_from_client_ms=value)

    assert medians([with_hd(None), with_hd(None), with_hd(5.0)])["hd_from_client_ms"] is None
    assert medians([with_hd(None), with_hd(2.0), with_hd(5.0)])["hd_from_client_ms"] == 5.0
    assert medians([with_hd(1.0), with_hd(2.0), with_hd(5.0)])["hd_from_client_ms"] == 2.0


def test_table_and_markdown_show_every_side() -> None:
    report = {side: entry([ROUND, ROUND]) for side in SIDES} | {
        "program_start_ms": 1200.0,
        "memory_session_mb": 210.0,
        "memory_session_resident_mb": 260.0,
        "server_idle_mb": 60.0,
        "server_idle_resident_mb": 70.0,
        "settings": {"rounds": 2, "seconds": 20.0},
        "machine": {"cores": 2, "browser": "Chromium"},
    }
    printed, paper = table(report), markdown(report)
    for text in (printed, paper):
        assert all(side in text for side in SIDES)
        assert "never" in text, "a figure that was never reached is said to be so"
        assert "1200" in text
    assert len({line.count("|") for line in paper.splitlines()[2:16]}) == 1, "one table, equal columns"


def test_processes_are_measured() -> None:
    work = "import sys; sum(range(3_000_000)); print('done', flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", work], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"done\n"
        assert child.pid in [p.pid for p in tree(os.getpid())]
        before = CpuMark.of(tree(child.pid))
        assert 1 < memory_mb(tree(child.pid)) < 500
        assert child.stdin is not None
        child.stdin.close()
        child.wait()
        assert before.used >= 0
    assert tree(child.pid) == []
    assert CpuMark(10.0, 1.0).cores_until(CpuMark(14.0, 3.0)) == 0.5
