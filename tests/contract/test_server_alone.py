"""The server runs where nothing but `packaging/requirements/server.txt` is installed: no Qt, no media library.

`make fresh-test` shows it in a virtual environment of its own; here the other packages are made to look absent.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

ROOT = Path(__file__).resolve().parent.parent.parent

ONLY_SERVER_PACKAGES = """
import re, runpy, sys
from importlib.metadata import packages_distributions
from pathlib import Path

def plain(name):
    return re.sub(r"[-_.]+", "-", name).lower()

pinned = {plain(name) for name in re.findall(r"^([\\w.-]+)==", Path("packaging/requirements/server.txt").read_text("utf-8"), re.MULTILINE)}
absent = {module for module, owners in packages_distributions().items() if not {plain(owner) for owner in owners} & pinned}

class NotInstalled:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name.partition(".")[0] in absent:
            raise ModuleNotFoundError(f"{name} is not in server.txt")

sys.meta_path.insert(0, NotInstalled)
module = sys.argv.pop(1)
runpy.run_module(module, run_name="__main__")
"""


def start(*arguments: str, **environment: str) -> subprocess.Popen[str]:
    command, pipe = [sys.executable, "-c", ONLY_SERVER_PACKAGES, *arguments], subprocess.PIPE
    return subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=pipe, text=True, env={**os.environ, **environment})


def test_the_server_serves_with_its_own_packages_only(tmp_path: Path) -> None:
    key = base64.urlsafe_b64encode(Ed25519PrivateKey.generate().public_key().public_bytes_raw()).decode().rstrip("=")
    with start("app.server", "serve", "--embedded") as server:
        assert server.stdin is not None
        assert server.stdout is not None
        server.stdin.write(json.dumps({"workstation_key": key, "data_dir": str(tmp_path)}) + "\n")
        server.stdin.flush()
        ready = server.stdout.readline()
        _, errors = server.communicate(timeout=30)
    assert json.loads(ready or "{}").get("ready", {}).get("public_port"), errors
    assert server.returncode == 0, errors


@pytest.mark.parametrize(
    ("setting", "what"), [("VB_DATABASE_URL", "postgresql://vb:geheim@127.0.0.1:1/vb"), ("VB_REDIS_URL", "redis://:geheim@127.0.0.1:1")]
)
def test_what_an_agencys_server_needs_besides_is_said(tmp_path: Path, setting: str, what: str) -> None:
    with start("app.server", "serve", VB_DATA_DIR=str(tmp_path), **{setting: what}) as server:
        said, errors = server.communicate(timeout=30)
    assert server.returncode == 2, errors
    assert "videoberatung[server-agency]" in json.loads(said)["failed"]["detail"]
    assert "geheim" not in said + errors


def test_packages_of_the_desktop_are_absent_there() -> None:
    with start("numpy") as server:
        _, errors = server.communicate(timeout=30)
    assert server.returncode != 0
    assert "numpy is not in server.txt" in errors
