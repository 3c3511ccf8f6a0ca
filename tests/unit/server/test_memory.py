"""What was loaded is not looked through again by the collector, and giving back what is unused does no harm."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
import gc
from app.server.memory import SELDOM, give_back
ring = []
ring.append(ring)
before = gc.get_freeze_count()
give_back()
print(before, gc.get_freeze_count() > 1000, ring[0] is ring, gc.isenabled(), gc.get_threshold()[2] == SELDOM)
"""


def test_giving_back_keeps_what_lives() -> None:
    run = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True, timeout=60)
    assert run.stdout.split() == ["0", "True", "True", "True", "True"]
