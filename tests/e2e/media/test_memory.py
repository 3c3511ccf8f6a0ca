"""Memory over a conversation of two hours, as fast as the computer carries it: every picture and every packet that two hours have.

Real in it: routers, encoders, packets, encryption, a socket, repair, decoders, the buffer before the loudspeaker; both ends in one process
of their own, so what either keeps is seen, and nothing else. Not in it: two hours of clock time (what grows with time alone), devices, the
window. `make soak` does the two hours; `make test` twenty seconds of them.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.support.media_soak import LOOKS
from tests.support.soak import rounds

ROOT = Path(__file__).resolve().parents[3]
PICTURES = 300
"""Ten seconds; 720 times as many are two hours."""
TWO_HOURS = 2 * 3600 * 30
MOST_MB = 10.0
WARM = 0.25
"""Share of the run after which caches and pools have their size …"""
WARM_PICTURES = 300
"""… and the least there is before."""


@pytest.mark.timeout(0)
async def test_two_hours_of_media_leave_no_memory_behind() -> None:
    measured = rounds(PICTURES)
    number = max(measured, PICTURES + WARM_PICTURES)
    command = [sys.executable, "-W", "error", "-m", "tests.support.media_soak", str(number)]
    soak = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    printed, _ = await soak.communicate()
    assert soak.returncode == 0
    carried = json.loads(printed.splitlines()[-1])
    looks = carried["looks"]
    late = looks[int(len(looks) * max(WARM, WARM_PICTURES / number)) :]
    grown, per_two_hours = late[-1][1] - late[0][1], _slope(late) * TWO_HOURS
    print(f"\n{number} pictures each way, {number / TWO_HOURS:.1%} of two hours")
    print(f"{late[-1][1]:.1f} MB, {grown:+.2f} MB from {late[0][1]:.1f} MB")
    print("MB at each eighth: " + ", ".join(f"{mb:.1f}" for _, mb in looks[:: LOOKS // 8]))
    print(f"slope: {per_two_hours:+.2f} MB in two hours; shown {carried['shown']}")
    assert all(shown > 0.9 * number for shown in carried["shown"]), "media was carried"
    assert grown < MOST_MB
    if number >= TWO_HOURS:
        assert per_two_hours < MOST_MB


def _slope(looks: list[tuple[int, float]]) -> float:
    """MB for each picture, by least squares."""
    late = np.array(looks, float)
    return float(np.polyfit(late[:, 0], late[:, 1], 1)[0])
