"""The gate for licences, and the lists of what is inside a package."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tools.package_licences import LICENCE_TEXT, Inside, Part, cyclonedx, notices, read_table, refused

TABLE: dict[str, Any] = {
    "allowed": ["MIT", "GPL-3.0-or-later"],
    "texts": {},
    "python": {},
    "native": {"x.libs/": {"name": "Rest", "licence": "MIT"}, "x.libs/libx264": {"name": "x264", "licence": "GPL-3.0-or-later"}},
    "inside": {},
}
ELF = b"\x7fELF"


@pytest.mark.parametrize("licence", ["MIT", "MIT OR Proprietary", "MIT AND GPL-3.0-or-later", "(MIT AND Other) OR GPL-3.0-or-later"])
def test_what_is_allowed_passes(licence: str) -> None:
    assert refused([Part("a", "1", licence, "python")], TABLE) == []


@pytest.mark.parametrize("licence", ["", "Proprietary", "MIT AND Proprietary", "AGPL-3.0-only OR Proprietary"])
def test_anything_else_stops_the_build(licence: str) -> None:
    assert refused([Part("a", "1", licence, "python")], TABLE) == [f"a (python): licence {licence or 'unknown'}"]


def test_our_own_table_allows_what_it_names() -> None:
    table = read_table()
    named = [*table["python"].values(), *(entry["licence"] for entry in table["native"].values())]
    named += [entry["licence"] for entries in table["inside"].values() for entry in entries]
    assert refused([Part(licence, "", licence, "library") for licence in named], table) == []


def test_a_library_nobody_knows_has_no_licence(tmp_path: Path) -> None:
    for name in ("x.libs/libx264-1.so", "x.libs/liba.so.1", "x.libs/libb.so.1", "y/strange.so", "y/part.abi3.so"):
        path = tmp_path / "_internal" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(ELF)
    parts = {part.name: part for part in Inside(tmp_path, [], TABLE).parts()}
    assert {name: part.licence for name, part in parts.items()} == {"Rest": "MIT", "x264": "GPL-3.0-or-later", "y/strange.so": ""}
    assert [file.name for file in parts["Rest"].files] == ["liba.so.1", "libb.so.1"]


def test_the_handbooks_bring_what_they_look_like(tmp_path: Path) -> None:
    table = {**TABLE, "inside": {"handbook": [{"name": "Look", "licence": "MIT"}]}}
    assert Inside(tmp_path, [], table).parts() == []
    (tmp_path / "_internal/resources/handbook").mkdir(parents=True)
    assert [part.name for part in Inside(tmp_path, [], table).parts()] == ["Look (in handbook)"]


def test_the_list_for_machines_is_the_same_twice_and_names_each_part(tmp_path: Path) -> None:
    library = tmp_path / "libx.so"
    library.write_bytes(ELF)
    parts = [Part("a_b", "1", "MIT", "python"), Part("x", "", "MIT", "library", (library,))]
    said = cyclonedx("videoberatung", "0.1.0", parts, "2026-01-01T00:00:00Z")
    assert said == cyclonedx("videoberatung", "0.1.0", parts, "2026-01-01T00:00:00Z")
    document = json.loads(said)
    assert [component["name"] for component in document["components"]] == ["a_b", "x"]
    assert document["components"][0]["purl"] == "pkg:pypi/a-b@1"
    assert str(tmp_path.parent) not in said


def test_the_notices_hold_the_texts() -> None:
    said = notices([Part("a", "1", "MIT", "python", texts=("Copyright somebody",)), Part("b", "", "MIT", "inside")], TABLE)
    assert "a 1: MIT" in said
    assert "b: MIT" in said
    assert "Copyright somebody" in said


def test_a_compiled_program_among_the_licences_is_no_text() -> None:
    folder = "av-18.1.0.dist-info/licenses"
    for text in (f"{folder}/AUTHORS.rst", f"{folder}/LICENSE.txt", "x.dist-info/COPYING"):
        assert LICENCE_TEXT.search(text)
    for program in (f"{folder}/AUTHORS.py", f"{folder}/__pycache__/AUTHORS.cpython-311.pyc"):
        assert not LICENCE_TEXT.search(program)
