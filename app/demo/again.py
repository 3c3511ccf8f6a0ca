"""How the demonstration starts a part of itself in a process of its own, from a checkout or packed. Standard library only."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
"""Where `app` lies: the folder such a process is started in."""


def part_command(part: str) -> list[str]:
    """The words before a part's own: `videoberatung demo PART` when packed, otherwise the module, and the keeper as a bare script, which
    starts quicker. `part` is a key of `app.demo.__main__.PARTS`."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "demo", part]
    if part == "keeper":
        return [sys.executable, "-I", "-S", str(Path(__file__).with_name("keeper.py"))]
    return [sys.executable, "-m", f"app.demo.{part}"]
