"""A whole training on a host whose line is watched: nothing leaves it, whatever this person's own profile and IT's policy say.

The host has a real adapter and a default route, so that a packet for somebody else would be seen.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.services.mail.settings import MailSettings
from app.services.profile import APP_NAME, Profile
from tests.support.netns import CLIENT_ADDRESS, Alone, Host, Line

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 110


@pytest.fixture
def line() -> Iterator[Line]:
    with Line() as line:
        yield line


def real_profile(home: Path) -> None:
    """Of a person whose links lead outside, and whose mail server is a real one."""
    profile = Profile(home / APP_NAME)
    mail = MailSettings(host=CLIENT_ADDRESS, port=2525, sender="termine@jobcenter.example")
    profile.save(msgspec.structs.replace(profile.load(), public_url="https://10.88.0.2", bind_host="0.0.0.0", mail=mail))  # noqa: S104


def trained(host: Host, home: Path, *how: str) -> dict[str, Any]:
    real_profile(home)
    before = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
    environment = os.environ | {"XDG_DATA_HOME": str(home), "VB_PROFILE": str(home / APP_NAME), "QT_QPA_PLATFORM": "offscreen"}
    command = [*host.prefix, sys.executable, "-m", "tests.support.training_host", *how]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    assert {path: path.read_bytes() for path in home.rglob("*") if path.is_file()} == before, "the person's own profile was touched"
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def test_a_training_reaches_nobody(line: Line, tmp_path: Path) -> None:
    watcher = line.watch()
    told = trained(line.counsellor, tmp_path)
    assert {way: count for way, count in watcher.packets.items() if way[0] == line.counsellor.address} == {}
    assert told == {
        "mails": 1,
        "talked": True,
        "marked": True,
        "listened_on": ["127.0.0.1"],
        "folders_left": 0,
        "fresh": True,
    }
    # The watch sees what goes out: a single packet to where this person's mail server would be.
    out = f"import socket; socket.create_connection(({CLIENT_ADDRESS!r}, 2525), 2)"
    subprocess.run([*line.counsellor.prefix, sys.executable, "-c", out], capture_output=True, check=False)
    assert (line.counsellor.address, CLIENT_ADDRESS) in watcher.close()


def test_a_training_needs_no_network(tmp_path: Path) -> None:
    with Alone() as alone:
        assert trained(alone.client, tmp_path, "brief")["talked"]
