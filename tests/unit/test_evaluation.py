"""`videoberatung evaluate` on the command line: the invented exports that lie in the tree, and everything that may go wrong."""

from __future__ import annotations

import json
import os
import shutil
import stat
from datetime import date
from pathlib import Path

import msgspec
import pytest

from app.__main__ import main
from app.domain.secrets import from_b64url
from app.evaluation import main as evaluate
from app.services.evaluation.schema import KeyFile, SiteList
from app.services.papers.typesetting import PaperError
from tests.support.evaluation import DATA, MADE_ON, TODAY, counted, office_key, site_list, writer

EXPORTS = sorted(map(str, DATA.glob("*.vbx")))
FILES = {"report.pdf", "report.html", "figures.csv", "figures.xlsx", "dictionary.csv", "summary.json", "indicators.svg", "sites.svg"}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A list of sites, a key and one export."""
    (tmp_path / "sites.json").write_bytes(msgspec.json.encode(site_list()))
    (tmp_path / "office.key").write_bytes(msgspec.json.encode(office_key()))
    for site in ("jc-a", "jc-b"):
        (tmp_path / f"{site}.vbx").write_bytes(writer(site).write([counted()], MADE_ON))
    return tmp_path


def run(place: Path, *more: str, exports: tuple[str, ...] = ("jc-a.vbx", "jc-b.vbx"), today: date = TODAY, out: str = "out") -> int:
    ways = ["--trust", str(place / "sites.json"), "--key", str(place / "office.key"), "--out", str(place / out)]
    return evaluate([*(str(place / name) for name in exports), *ways, *more], today=lambda: today)


def summary(place: Path, out: str = "out") -> dict:
    return json.loads((place / out / "summary.json").read_text("utf-8"))


def test_the_invented_exports_make_a_report(tmp_path, capsys) -> None:
    trust = ["--trust", str(DATA / "sites.json"), "--key", str(DATA / "office.key"), "--out", str(tmp_path / "report")]
    assert main(["evaluate", *EXPORTS, *trust]) == 1, "some are spoilt"
    said = summary(tmp_path, "report")
    assert said["invented"]
    assert said["sites"] == 6
    assert {file["reason"] for file in said["rejected"]} == {"altered", "double", "overlapping", "unknown-site"}
    assert set(said["indicators"]) == {"recommend", "easy", "again", "next_by_video"}
    assert all(0.3 < share < 1 for share in said["indicators"].values())
    assert {file.name for file in (tmp_path / "report").iterdir()} >= FILES
    assert "jc-birkenau-nord-veraendert.vbx (altered): Die Datei ist beschädigt" in capsys.readouterr().err


def test_a_good_run_ends_with_nothing_to_complain(place, capsys) -> None:
    assert run(place) == 0
    shown = capsys.readouterr()
    assert shown.err == ""
    assert "Jobcenter: 2" in shown.out
    assert summary(place)["rejected"] == []


def test_english(place) -> None:
    assert run(place, "--language", "en") == 0
    assert "The main figures" in (place / "out/report.html").read_text("utf-8")


def test_a_second_run_says_the_same_and_leaves_other_files_alone(place) -> None:
    assert run(place) == 0
    first = (place / "out/figures.csv").read_bytes()
    (place / "out/notes.txt").write_text("mine")
    assert run(place) == 0
    assert (place / "out/figures.csv").read_bytes() == first
    assert (place / "out/notes.txt").read_text() == "mine"


def test_the_next_publication_keeps_what_was_said(place) -> None:
    assert run(place) == 0
    (place / "late.vbx").write_bytes(writer("jc-c").write([counted(sheets=80, seed=5)], MADE_ON))
    (place / "few.vbx").write_bytes(writer("jc-d").write([counted(sheets=6, seed=6)], MADE_ON))
    exports = ("jc-a.vbx", "jc-b.vbx", "late.vbx", "few.vbx")
    assert run(place, "--previous", str(place / "out/summary.json"), exports=exports, out="next") == 1
    assert summary(place, "next")["rejected"] == [{"file": "few.vbx", "reason": "too-few-new"}]
    assert summary(place, "next")["sites"] == 3
    assert run(place, "--previous", str(place / "out/summary.json"), exports=("jc-a.vbx",), out="gone") == 2
    assert not (place / "gone").exists()


def test_without_one_good_export_there_is_no_report(place, capsys) -> None:
    assert run(place, today=date(2025, 11, 2)) == 2
    assert "Uhr" in capsys.readouterr().err
    assert not (place / "out").exists()


@pytest.mark.parametrize("name", ["sites.json", "office.key"])
@pytest.mark.parametrize("content", [None, b"", b"{", b"\xff", b"[]", b'{"videoberatung_sites": 2, "sites": []}', b"x" * 5_000_000])
def test_files_that_cannot_be_used_are_said(place, capsys, name, content) -> None:
    (place / name).unlink()
    if content is not None:
        (place / name).write_bytes(content)
    assert run(place) == 2
    assert name in capsys.readouterr().err
    assert not (place / "out").exists()


def test_a_site_with_an_endless_name_or_twice_is_said(place, capsys) -> None:
    listed = msgspec.to_builtins(site_list())
    for spoilt in ([{**listed["sites"][0], "name": "x" * 10_000}], [listed["sites"][0]] * 2, [{**listed["sites"][0], "name": "a\nb"}]):
        (place / "sites.json").write_bytes(msgspec.json.encode({**listed, "sites": spoilt}))
        assert run(place) == 2
        assert "100 Zeichen" in capsys.readouterr().err


@pytest.mark.parametrize("out", ["jc-a.vbx", "jc-a.vbx/below", "x" * 10_000, "\0"])
def test_a_folder_that_cannot_be_written_costs_nothing(place, capsys, out) -> None:
    before = sorted(place.iterdir())
    assert run(place, out=out) == 2
    assert "nichts geschrieben" in capsys.readouterr().err
    assert sorted(place.iterdir()) == before


def test_a_file_name_that_is_no_text_is_still_told(place, capsys) -> None:
    odd = os.fsdecode(b"jc-\xff\xf0\x9f\x8e\x93.vbx")
    (place / odd).write_bytes(b"")
    assert run(place, exports=("jc-a.vbx", odd)) == 1
    assert summary(place)["rejected"] == [{"file": "jc-?🎓.vbx", "reason": "altered"}]
    assert "jc-?" in capsys.readouterr().err


def test_a_report_that_cannot_be_set_is_ours_to_mend(place, capsys, monkeypatch) -> None:
    def fail(*_: object) -> bytes:
        raise PaperError("typst")

    monkeypatch.setattr("app.services.evaluation.setting.set_paper", fail)
    assert run(place) == 2
    assert "Fehler des Programms" in capsys.readouterr().err
    assert not (place / "out").exists()


def test_groups_are_never_smaller_than_the_floor(place) -> None:
    assert run(place, "--least", "1") == 0
    assert summary(place)["least"] == 5


def test_keys_are_made_once_and_for_their_owner_only(tmp_path, capsys) -> None:
    office, site = tmp_path / "office.key", tmp_path / "site.key"
    assert main(["evaluate-keys", "office", str(office)]) == 0
    assert main(["evaluate-keys", "site", str(site), "--id", "jc-neu", "--name", "Jobcenter Neu"]) == 0
    public, entry = capsys.readouterr().out.splitlines()
    keys = {file: msgspec.json.decode(file.read_bytes(), type=KeyFile) for file in (office, site)}
    assert keys[office].public == public
    assert msgspec.convert({"videoberatung_sites": 1, "sites": [json.loads(entry)]}, SiteList).sites[0].key == keys[site].public
    for file, key in keys.items():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert len(from_b64url(key.private)) == 32
        assert key.private not in public + entry
        assert main(["evaluate-keys", "office", str(file)]) == 2, "never over one that is there"
    assert main(["evaluate-keys", "site", str(tmp_path / "no.key"), "--id", "NOT SO"]) == 2
    assert not (tmp_path / "no.key").exists()


def test_a_key_of_a_site_is_none_of_the_office(place, capsys) -> None:
    (place / "office.key").unlink()
    assert main(["evaluate-keys", "site", str(place / "office.key"), "--id", "jc-a"]) == 0
    assert run(place) == 2
    assert "evaluate-keys office" in capsys.readouterr().err


def test_everything_stays_where_it_was_when_the_disk_is_full(place, monkeypatch, capsys) -> None:
    """The last file cannot be written: the report of before stands there whole."""
    assert run(place) == 0
    before = {file.name: file.read_bytes() for file in (place / "out").iterdir()}
    write = Path.write_bytes

    def full(self: Path, data: bytes) -> int:
        if self.name == "summary.json":
            raise OSError(28, "no space")
        return write(self, data)

    shutil.copy(place / "jc-a.vbx", place / "again.vbx")
    monkeypatch.setattr(Path, "write_bytes", full)
    assert run(place, exports=("jc-a.vbx", "again.vbx")) == 2
    assert {file.name: file.read_bytes() for file in (place / "out").iterdir()} == before
    assert not [file for file in place.iterdir() if file.name.startswith(".report")]
