"""What a device check measures over a real sound system: PortAudio, ALSA, PulseAudio.

One process does all of it, each test looks at a part.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from app.domain import check_rules
from app.domain.check_rules import MicrophoneFigures
from app.domain.checks import Fault, FaultTable
from tests.support.pulse import plug, sound_system
from tests.support.sound_measured import DELAY_S

ROOT = Path(__file__).resolve().parents[3]
LIMITS = FaultTable.parse((ROOT / "resources/web/faults.json").read_bytes()).limits


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("sound")
    with sound_system(folder) as environment:
        plug("headset", environment)
        command = [sys.executable, "-m", "tests.support.sound_measured"]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=110, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    result: dict[str, Any] = json.loads(next(line for line in done.stdout.splitlines() if line.startswith("{")))
    return result


def faults(measured: dict[str, Any], name: str) -> set[Fault]:
    figures = {key: value for key, value in measured["microphones"][name].items() if key != "level_dbfs"}
    return set(check_rules.microphone(MicrophoneFigures(**figures), LIMITS))


def test_the_level_is_that_of_the_sound(measured: dict[str, Any]) -> None:
    tone = measured["microphones"]["tone"]
    assert tone["peak_dbfs"] == pytest.approx(-20, abs=0.5)
    assert (tone["speech_dbfs"], tone["level_dbfs"]) == (pytest.approx(-23, abs=0.5), pytest.approx(-23, abs=0.5))
    assert tone["clipped_share"] == 0
    assert not faults(measured, "tone")


@pytest.mark.parametrize(
    ("sound", "fault"),
    [
        ("muted", Fault.MIC_SILENT),
        ("far", Fault.MIC_QUIET),
        ("overdriven", Fault.MIC_CLIPPING),
        ("hum", Fault.MIC_HUM),
    ],
)
def test_a_microphones_fault_is_found(measured: dict[str, Any], sound: str, fault: Fault) -> None:
    assert faults(measured, sound) == {fault}


def test_a_microphone_is_found_that_hears_better(measured: dict[str, Any]) -> None:
    assert measured["microphones"]["others louder"] == [False, True]


def test_each_ear_hears_its_tone(measured: dict[str, Any]) -> None:
    played = measured["loudspeakers"]
    a, silence = pytest.approx(440, abs=2), 0
    assert (played["left"], played["right"], played["both"]) == ([None, a, silence], [None, silence, a], [None, a, a])


def test_the_own_voice_is_played_once(measured: dict[str, Any]) -> None:
    fault, hz, seconds = measured["loudspeakers"]["own voice"]
    assert (fault, hz) == (None, pytest.approx(800, abs=4))
    assert 0.7 < seconds < 1.1


def test_the_echo_comes_as_late_as_it_does(measured: dict[str, Any]) -> None:
    at_once, late, headset = (measured["echoes"][name] for name in ("at once", "late", "headset"))
    assert at_once == [None, pytest.approx(0, abs=1), pytest.approx(0, abs=10)]
    assert late == [None, pytest.approx(0, abs=1), pytest.approx(DELAY_S * 1000, abs=10)]
    assert headset == [None, None, None]


def test_what_goes_or_is_not_there_is_told(measured: dict[str, Any]) -> None:
    assert measured["gone"] == {
        "in mid-use": [None, "mic-ended"],
        "not there": ["mic-none", "speaker-none"],
        "own voice": "mic-none",
    }
