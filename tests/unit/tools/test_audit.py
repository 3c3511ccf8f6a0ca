"""Known vulnerabilities: what is new, late or gone is said, what was not looked up is no good news, and the times are the promised ones."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tools import audit
from tools.audit import KNOWN, LOCKS, TIMES, CouldNotAsk, Found, Known, ask, main, native_parts, of_npm, of_pip, problems, read_known
from tools.set_up import ROOT

TODAY = datetime.date(2026, 12, 1)
CLEAN: Mapping[str, Any] = {"dependencies": [{"name": "msgspec", "version": "0.22.0", "vulns": []}], "fixes": []}
BAD = {"dependencies": [{"name": "aiortc", "version": "1.0", "vulns": [{"id": "PYSEC-2026-7", "fix_versions": ["1.1"], "aliases": []}]}]}
SKIPPED = {"dependencies": [{"name": "msgspec", "skip_reason": "Dependency not found"}]}
NPM: Mapping[str, Any] = {"auditReportVersion": 2, "vulnerabilities": {}}
NPM_BAD = {
    "auditReportVersion": 2,
    "vulnerabilities": {
        "koa": {"range": "<3.1", "via": [{"url": "https://github.com/advisories/GHSA-aaaa", "severity": "high"}]},
        "oidc-provider": {"range": "*", "via": ["koa"]},
    },
}


def entry(**changes: str) -> str:
    lines = {"id": '"PYSEC-2026-7"', "severity": '"high"', "since": "2026-11-20", "why": '"It is not reached."'} | changes
    return "[[known]]\n" + "\n".join(f"{name} = {value}" for name, value in lines.items())


def test_the_times_are_those_that_are_promised() -> None:
    rows = re.findall(r"^\| (critical|high|medium|low) \|[^|]*\| (\d+) days \|$", (ROOT / "SECURITY.md").read_text("utf-8"), re.MULTILINE)
    assert {name: int(days) for name, days in rows} == TIMES
    handbook = re.findall(
        r"^\| (?:kritisch|hoch|mittel|gering) .*\| (\d+) Tagen \|$", (ROOT / "docs/handbook/upkeep.md").read_text("utf-8"), re.MULTILINE
    )
    assert [int(days) for days in handbook] == [*TIMES.values()]


def test_the_file_of_known_ones_can_be_read_and_its_example_is_one() -> None:
    text = KNOWN.read_text("utf-8")
    read_known(text)
    (example,) = read_known(re.sub(r"^#   ", "", text, flags=re.MULTILINE))
    assert example.severity in TIMES


@pytest.mark.parametrize("changes", [{"severity": '"bad"'}, {"since": '"soon"'}, {"why": '" "'}], ids=["severity", "since", "why"])
def test_an_entry_that_lacks_something_is_none(changes: dict[str, str]) -> None:
    assert read_known(entry()) == [Known("PYSEC-2026-7", "high", datetime.date(2026, 11, 20))]
    with pytest.raises(ValueError, match="PYSEC-2026-7"):
        read_known(entry(**changes))


def test_what_is_new_what_is_late_and_what_is_gone() -> None:
    found = [Found("a", "1", "A"), Found("b", "2", "B"), Found("c", "3", "C")]
    known = [
        Known("B", "high", TODAY - datetime.timedelta(days=TIMES["high"])),
        Known("C", "critical", TODAY - datetime.timedelta(days=TIMES["critical"] + 1)),
        Known("D", "low", TODAY),
    ]
    said = problems(found, known, TODAY)
    assert [line.split(" ")[0] for line in said] == ["a", "C", "D"]
    assert "2026-11-30" in said[1]
    assert problems(found[1:2], known[:1], TODAY) == []


def test_the_answers_of_both_tools_are_read() -> None:
    assert list(of_pip(BAD)) == [Found("aiortc", "1.0", "PYSEC-2026-7")]
    assert list(of_npm(NPM_BAD)) == [Found("koa", "<3.1", "GHSA-aaaa")]


@pytest.mark.parametrize(
    ("pip", "npm", "status"),
    [(CLEAN, NPM, 0), (BAD, NPM, 1), (CLEAN, NPM_BAD, 1), (SKIPPED, NPM, 2), (CLEAN, {"message": "405 Method Not Allowed"}, 2)],
    ids=["clean", "python", "node", "skipped", "refused"],
)
def test_only_what_was_looked_up_is_good_news(
    pip: Mapping[str, Any], npm: Mapping[str, Any], status: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[Sequence[str]] = []

    def answers(command: Sequence[str]) -> Mapping[str, Any]:
        asked.append(command)
        return npm if "audit" in command else pip

    monkeypatch.setattr(audit, "link_node", lambda: Path("node"))
    monkeypatch.setattr(audit, "npm_script", lambda _: Path("npm-cli.js"))
    assert main([], answers) == status
    if status != 2:
        locks = {word.partition("=")[2] for command in asked for word in command if word.startswith("--requirement=")}
        assert locks == {str(path) for path in LOCKS.glob("*.txt")}
        assert "native" in capsys.readouterr().out
    else:
        assert "network" in capsys.readouterr().err


def test_a_tool_that_says_nothing_is_no_good_news() -> None:
    assert ask(["echo", "{}"]) == {}
    with pytest.raises(CouldNotAsk, match="gone"):
        ask(["sh", "-c", "echo gone >&2"])


def test_native_libraries_are_named_for_a_person(tmp_path: Path) -> None:
    components = [{"name": "FFmpeg", "version": "8.0"}, {"name": "aiortc", "version": "1", "purl": "pkg:pypi/aiortc@1"}, {"name": "x264"}]
    (tmp_path / "linux").mkdir()
    (tmp_path / "linux/contents.cdx.json").write_text(json.dumps({"components": components}), "utf-8")
    assert native_parts(tmp_path) == ["FFmpeg 8.0", "x264"]
