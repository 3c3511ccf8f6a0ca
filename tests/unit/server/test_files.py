"""File descriptors: as many as a full house needs, as far as the system lets a process go."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
import resource
from app.server.files import allow_files
resource.setrlimit(resource.RLIMIT_NOFILE, (100, 300))
print(allow_files(50), resource.getrlimit(resource.RLIMIT_NOFILE)[0])
print(allow_files(200), resource.getrlimit(resource.RLIMIT_NOFILE)[0])
print(allow_files(5000), resource.getrlimit(resource.RLIMIT_NOFILE))
"""


def test_the_soft_limit_is_raised_and_the_hard_one_is_not() -> None:
    run = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True, timeout=60)
    assert run.stdout.splitlines() == ["100 100", "200 200", "300 (300, 300)"]
