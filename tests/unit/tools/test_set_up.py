"""Set-up and preflight: which packages at which level, what counts as missing, what counts as done, what fails."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.preflight import Check, checks, report
from tools.set_up import ROOT, Level, Stamp, level_for_run, missing_packages, read_packages

LIST = """# a remark
[program]
libegl1   # why
[demo]
chromium
[test]
iproute2
[package]
lintian
"""


@pytest.mark.parametrize(
    ("level", "packages"),
    [
        (Level.PROGRAM, ["libegl1"]),
        (Level.DEMO, ["libegl1", "chromium"]),
        (Level.TEST, ["libegl1", "chromium", "iproute2"]),
        (Level.PACKAGE, ["libegl1", "chromium", "lintian"]),
    ],
)
def test_each_level_takes_what_it_needs(level: Level, packages: list[str]) -> None:
    assert read_packages(LIST, level.sections()) == packages


def test_the_real_list_has_a_package_in_every_section() -> None:
    text = (ROOT / "packaging/debian-packages.txt").read_text("utf-8")
    counts = [len(read_packages(text, level.sections())) for level in Level]
    assert 0 < counts[0] < counts[1] < counts[2]
    assert counts[1] < counts[3]


def test_a_package_counts_only_when_it_is_installed() -> None:
    answer = "libegl1 installed\nchromium config-files\n"
    assert missing_packages(["libegl1", "chromium", "iproute2"], answer) == ["chromium", "iproute2"]


@pytest.mark.parametrize(
    ("environment", "level"),
    [({}, Level.DEMO), ({"DISPLAY": ""}, Level.DEMO), ({"DISPLAY": ":0"}, Level.PROGRAM), ({"WAYLAND_DISPLAY": "w"}, Level.PROGRAM)],
)
def test_a_display_spares_the_demonstration_its_packages(environment: dict[str, str], level: Level) -> None:
    assert level_for_run(environment) is level


def test_a_stamp_holds_until_the_lock_file_changes(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    lock.write_text("a==1", "utf-8")
    stamp = Stamp(tmp_path / "ready", lock)
    assert not stamp.fresh()
    stamp.press()
    assert Stamp(tmp_path / "ready", lock).fresh()
    lock.write_text("a==2", "utf-8")
    assert not Stamp(tmp_path / "ready", lock).fresh()


def test_preflight_names_every_lack_and_fails(capsys: pytest.CaptureFixture[str]) -> None:
    passed = report([Check("a", lambda: False, "Do this."), Check("b", lambda: True, "Never said."), Check("c", lambda: False, "Do that.")])
    assert not passed
    assert capsys.readouterr().err == "preflight: LACKING a. Do this.\npreflight: LACKING c. Do that.\n"


def test_preflight_says_how_much_it_looked_at(capsys: pytest.CaptureFixture[str]) -> None:
    assert report([Check("a", lambda: True, "")])
    assert capsys.readouterr().out == "preflight: all 1 checks hold\n"


def test_the_tests_ask_more_of_a_machine_than_the_program() -> None:
    assert len(checks(Level.PROGRAM)) < len(checks(Level.DEMO)) < len(checks(Level.TEST))
