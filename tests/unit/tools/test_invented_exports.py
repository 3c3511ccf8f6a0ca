"""The invented exports in the tree are what the tool makes, and say that they are invented."""

from __future__ import annotations

import json

from app.services.evaluation.accepting import accept
from app.services.evaluation.export import ExportReader
from app.services.evaluation.folder import read_key, read_sites
from tests.support.evaluation import DATA, QUESTIONNAIRES, TODAY
from tools.invented_exports import NOTE, main


def read(folder):
    sites = read_sites(folder / "sites.json")
    accepted = accept(
        folder.glob("*.vbx"), ExportReader(read_key(folder / "office.key", "office"), sites.sites, QUESTIONNAIRES), TODAY, invented=True
    )
    return sites, accepted.rejected, {name: (export.invented, export.quarters) for name, export in accepted.exports}


def test_they_are_the_same_in_every_run(tmp_path) -> None:
    assert main([str(tmp_path)]) == 0
    assert read(tmp_path) == read(DATA)


def test_they_are_marked() -> None:
    sites, _, exports = read(DATA)
    assert sites.invented
    assert len(sites.sites) >= 5
    assert all(invented for invented, _ in exports.values())
    assert json.loads((DATA / "office.key").read_text("utf-8"))["note"] == NOTE
