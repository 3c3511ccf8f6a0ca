"""Every import contract of pyproject.toml breaks when somebody breaks it: a contract that nothing could break would hold nothing."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent.parent

OFFENCES = {
    "The program's imports point one way": ("app/services/offence.py", "import app.ui.theme"),
    "The server stands on the wire alone": ("app/server/offence.py", "import numpy"),
    "Nobody imports the server": ("app/ui/offence.py", "import app.server.settings"),
    "Picture and sound libraries only in app.media": ("app/ui/offence.py", "import cv2"),
    "Qt only in app.ui": ("app/services/offence.py", "from PySide6 import QtCore"),
    "SQL only in the server's state": ("app/services/offence.py", "import sqlalchemy"),
    "Prometheus' client only in app.server.metrics": ("app/server/offence.py", "import prometheus_client"),
    "Signed tokens only at the server's sign-in": ("app/ui/offence.py", "import jwt"),
    "Words and wire do no input or output": ("app/wire/offence.py", "import socket"),
}
"""Beginning of a contract's name -> a line that breaks it, and where it would stand."""


def test_each_offence_breaks_its_contract(tmp_path: Path) -> None:
    names = [
        contract["name"] for contract in tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    ]
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copytree(ROOT / "app", tmp_path / "app", ignore=shutil.ignore_patterns("__pycache__"))
    for file, line in OFFENCES.values():
        with (tmp_path / file).open("a", encoding="utf-8") as offence:
            offence.write(line + "\n")
    linter = "import sys; sys.path.insert(0, '.'); from importlinter.cli import lint_imports_command; lint_imports_command()"
    environment = {"PATH": "/usr/bin:/bin", "COLUMNS": "200"}
    result = subprocess.run(
        [sys.executable, "-c", linter, "--no-cache", "--no-logo"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 1, result.stderr
    assert [name for name in names if f"{name} BROKEN" not in result.stdout.replace("\n", " ")] == []
    assert all(any(name.startswith(offence) for name in names) for offence in OFFENCES)
