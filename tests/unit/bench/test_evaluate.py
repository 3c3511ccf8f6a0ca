"""The benchmark of the evaluation counts what it says it counts, on little data."""

from __future__ import annotations

import sys

from app.bench.evaluate import QUARTERS, _measured, write_exports
from app.services.evaluation.accepting import accept
from app.services.evaluation.export import ExportReader
from app.services.evaluation.folder import read_key, read_sites
from tests.support.evaluation import QUESTIONNAIRES, TODAY


def test_every_export_counts_and_they_stand_for_so_many_sheets(tmp_path) -> None:
    files = write_exports(tmp_path, sites=3, sheets=12_000)
    reader = ExportReader(read_key(tmp_path / "office.key", "office"), read_sites(tmp_path / "sites.json").sites, QUESTIONNAIRES)
    accepted = accept(files, reader, TODAY, invented=True)
    assert not accepted.rejected
    quarters = [quarter for _, export in accepted.exports for quarter in export.quarters]
    assert len(quarters) == 3 * len(QUARTERS)
    assert abs(sum(cell.sheets for quarter in quarters for cell in quarter.cells) - 12_000) < 50


def test_a_process_is_measured() -> None:
    run = _measured([sys.executable, "-c", "pass"], rounds=1)
    assert run.seconds > 0
    assert run.memory_mb > 1
