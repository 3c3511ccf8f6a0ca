"""Microphone and loudspeaker through a real sound system: PortAudio, ALSA, PulseAudio."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.pulse import plug, sound_system

ROOT = Path(__file__).resolve().parents[3]


def run(module: str, folder: Path) -> dict[str, Any]:
    """PortAudio reads the sound system's settings once for each process."""
    with sound_system(folder) as environment:
        plug("headset", environment)
        done = subprocess.run(
            [sys.executable, "-m", module], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False
        )
    assert done.returncode == 0, done.stderr[-4000:]
    result: dict[str, Any] = json.loads(next(line for line in done.stdout.splitlines() if line.startswith("{")))
    return result


def test_a_tone_that_we_play_is_the_tone_that_we_hear(tmp_path: Path) -> None:
    result = run("tests.support.sound_loop", tmp_path)
    assert result["heard_hz"] == pytest.approx(600, abs=4)
    assert 0.1 < result["level"] < 0.6
    assert result["troubles"] == []
    assert {"default", "headset"} <= {*result["devices"]["microphone"]} & {*result["devices"]["loudspeaker"]}
    assert result["devices"]["camera"] == []


def test_devices_come_and_go_and_the_call_stays(tmp_path: Path) -> None:
    result = run("tests.support.sound_call", tmp_path)
    assert result["states"] == ["connecting", "connected"]
    assert result["troubles"] == ["loudspeaker returned", "loudspeaker vanished", "microphone returned", "microphone vanished"]


def test_a_device_that_goes_while_it_is_opened_holds_nobody_up(tmp_path: Path) -> None:
    result = run("tests.support.sound_gone", tmp_path)
    assert result == {"first": "not-found", "second": "delivers"}
