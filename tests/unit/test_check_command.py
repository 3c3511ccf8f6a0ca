"""`videoberatung check`: its output, its exit status, and what it says when it cannot begin."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence

import pytest

from app import check
from app.check import main
from app.domain.checks import Part, Side
from app.paths import RESOURCES
from app.services.checks.check_list import Probes
from app.services.checks.simulated import Simulation
from tests.support.checks import TABLE, no_time

ROOT = RESOURCES.parent


@pytest.fixture(autouse=True)
def quick(monkeypatch) -> None:
    monkeypatch.setattr(check, "Simulation", lambda table: Simulation(table, pause=no_time))


def run(capsys, *words: str) -> tuple[int, str, str]:
    status = main(words)
    said = capsys.readouterr()
    return status, said.out, said.err


def test_it_lists_every_fault_that_it_can_simulate(capsys) -> None:
    status, said, _ = run(capsys, "--simulate", "list")
    assert status == 0
    assert said.split() == [row.fault.value for row in TABLE.rows if Side.COUNSELLOR in row.provoked_by]


def test_a_simulated_fault_as_json(capsys) -> None:
    status, said, _ = run(capsys, "--json", "--simulate", "mic-silent")
    told = json.loads(said)
    assert status == 1
    assert told["ok"] is False
    assert {"check", "outcome", "sentence", "next_action"} <= told["results"][0].keys()
    assert told["verdict"]["fault"] == "mic-silent"


@pytest.mark.parametrize("words", [(), ("--short",)])
def test_in_sentences_and_in_english(capsys, words: Sequence[str]) -> None:
    status, said, _ = run(capsys, "--simulate", "camera-dark", "--language", "en", *words)
    assert status == 1
    assert "Next step: Turn on a light" in said
    assert said.splitlines()[-1].startswith("It is our device. Next step: Turn on a light")


def test_the_paper(capsys, tmp_path) -> None:
    status, _, _ = run(capsys, "--simulate", "clock-wrong", "--pdf", str(tmp_path / "check.pdf"))
    assert status == 1
    assert (tmp_path / "check.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--simulate", "toothache"), "toothache"),
        (("--profile", "{}/nowhere"), "nowhere"),
        (("--profile", "{}", "--ice-servers", "{}/nothing.json"), "nothing.json"),
        (("--simulate", "mic-hum", "--pdf", "{}/nowhere/check.pdf"), "check.pdf"),
    ],
)
def test_what_cannot_be_done_has_a_status_of_its_own(capsys, tmp_path, words: Sequence[str], says: str) -> None:
    status, _, told = run(capsys, *(word.format(tmp_path) for word in words))
    assert status == 2
    assert says in told


def test_a_broken_profile_stays_as_it_is(capsys, tmp_path) -> None:
    (tmp_path / "settings.json").write_text("{", "utf-8")
    status, _, told = run(capsys, "--profile", str(tmp_path))
    assert status == 2
    assert "settings.json" in told
    assert [path.name for path in tmp_path.iterdir()] == ["settings.json"]


def test_the_command_itself_measures_this_machine(tmp_path) -> None:
    """Whatever this machine has: every part is told, the bundled server is reached, and nothing is left in the profile."""
    command = [sys.executable, "-m", "app", "check", "--json", "--short", "--profile", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False, cwd=ROOT)
    told = json.loads(done.stdout)
    outcomes = {line["check"]: line for line in told["results"]}
    assert list(outcomes) == [part.value for part in Part]
    assert outcomes["network"]["outcome"] == "ok", done.stderr
    assert outcomes["network"]["figures"]["round_trip_ms"] > 0
    assert done.returncode == (0 if told["ok"] else 1)
    assert not list(tmp_path.iterdir())


def test_with_real_probes_all_well_is_status_0(capsys, tmp_path, monkeypatch) -> None:
    asked: list[object] = []

    class Around:
        def __init__(self, *given: object) -> None:
            asked.extend(given)

        async def __aenter__(self) -> Probes:
            return Simulation(TABLE, pause=no_time).probes()

        async def __aexit__(self, *_: object) -> None:
            pass

    monkeypatch.setattr("app.check_probes.real_probes", Around)
    monkeypatch.setattr("app.services.checks.check_list.LOOK_S", dict.fromkeys(check.Length, 0))
    monkeypatch.setattr("app.services.checks.check_list.LISTEN_S", dict.fromkeys(check.Length, 0))
    (tmp_path / "ice.json").write_text('[{"urls": ["stun:stun.example"]}]', "utf-8")
    status, said, _ = run(capsys, "--json", "--profile", str(tmp_path), "--ice-servers", str(tmp_path / "ice.json"))
    assert (status, json.loads(said)["ok"]) == (0, True)
    assert asked[1][0].urls == ["stun:stun.example"]
