"""Starts the training as a program of its own, beside the one that runs. Imports the standard library only."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
"""Where `app` lies."""


def training_command() -> list[str]:
    """As `app.services.server_process.server_command` does it."""
    program = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "app"]
    return [*program, "--training"]


def start_training() -> bool:
    """It lives on when this program ends. False if it could not be started."""
    try:
        subprocess.Popen(
            training_command(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=ROOT,
            start_new_session=True,
            creationflags=getattr(subprocess, "DETACHED_PROCESS", 0) if os.name == "nt" else 0,
        )
    except OSError:
        return False
    return True
