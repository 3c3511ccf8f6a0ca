"""Texts of the script, and how the training is started."""

from __future__ import annotations

import configparser
import subprocess
import sys

from app.services.training import starting
from app.services.training.script import ScriptStep
from app.services.training.starting import ROOT


def test_ten_steps_one_after_the_other() -> None:
    steps = [ScriptStep.PHONE_CALL]
    while steps[-1].next is not steps[-1]:
        steps.append(steps[-1].next)
    assert steps == list(ScriptStep)
    assert [step.number for step in steps] == list(range(1, 11))


def test_training_is_a_program_of_its_own(monkeypatch) -> None:
    assert starting.training_command() == [sys.executable, "-m", "app", "--training"]
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert starting.training_command() == [sys.executable, "--training"]
    monkeypatch.setattr(starting, "training_command", lambda: ["/no/such/program"])
    assert not starting.start_training()


def test_start_menu_starts_the_training() -> None:
    entry = configparser.ConfigParser(interpolation=None)
    entry.read(ROOT / "packaging" / "linux" / "videoberatung-schulung.desktop", "utf-8")
    assert entry["Desktop Entry"]["Exec"] == "videoberatung --training"
    assert entry["Desktop Entry"]["Type"] == "Application"


def test_an_ordinary_start_loads_nothing_of_the_training() -> None:
    look = "import sys, app.application; print([n for n in sys.modules if 'training' in n and n.startswith('app.')])"
    done = subprocess.run([sys.executable, "-c", look], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['app.services.training', 'app.services.training.starting']"
