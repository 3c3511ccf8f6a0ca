"""Microphone and loudspeaker through a real sound system: PortAudio, ALSA, PulseAudio."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.pulse import sound_system

ROOT = Path(__file__).resolve().parents[3]


def test_a_tone_that_we_play_is_the_tone_that_we_hear(tmp_path: Path) -> None:
    with sound_system(tmp_path) as environment:
        done = subprocess.run(
            [sys.executable, "-m", "tests.support.sound_loop"],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout.splitlines()[-1])
    assert result["heard_hz"] == pytest.approx(600, abs=4)
    assert 0.1 < result["level"] < 0.6
    assert result["troubles"] == []
    assert result["devices"]["microphone"]
    assert result["devices"]["loudspeaker"]
    assert result["devices"]["camera"] == []
