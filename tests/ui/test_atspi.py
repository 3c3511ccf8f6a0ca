"""The real program, driven from another process through AT-SPI alone."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from app.texts import Texts

ROOT = Path(__file__).resolve().parents[2]
KEYS = {
    "connected": "app.link.connected",
    "new": "app.agenda.new",
    "name": "app.new.name",
    "make": "app.new.make",
    "link": "app.invitation.link",
    "close": "app.close",
}


@pytest.mark.timeout(240)
def test_an_appointment_is_made_through_the_accessibility_tree(texts: Texts, tmp_path: Path) -> None:
    said = {name: texts(key) for name, key in KEYS.items()} | {"title": "Erster Termin"}
    (tmp_path / "said.json").write_text(json.dumps(said), encoding="utf-8")
    script = (
        f'"{sys.executable}" -m app --simulated-devices --language de --profile "{tmp_path / "profile"}" '
        f'2>"{tmp_path / "program.log"}" & program=$!\n'
        f'/usr/bin/python3 "{Path(__file__).with_name("atspi_driver.py")}" <"{tmp_path / "said.json"}"; status=$?\n'
        "kill -TERM $program; wait $program; exit $status\n"
    )
    environment = {
        **{name: value for name, value in os.environ.items() if name not in ("QT_QPA_PLATFORM", "DBUS_SESSION_BUS_ADDRESS", "DISPLAY")},
        "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
        "NO_AT_BRIDGE": "1",
        "LANG": "C.UTF-8",
        "XDG_RUNTIME_DIR": str(tmp_path),
    }
    # A group of its own: whatever the bus started goes with it.
    with subprocess.Popen(
        ["xvfb-run", "-a", "dbus-run-session", "--", "sh", "-c", script],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as run:
        try:
            out, errors = run.communicate(timeout=200)
        finally:
            if run.poll() is None:
                os.killpg(run.pid, signal.SIGKILL)
    assert run.returncode == 0, errors + (tmp_path / "program.log").read_text(encoding="utf-8")
    seen = json.loads(out.splitlines()[-1])
    assert "/r#" in seen["link"]
    assert [row.split(", ", 1)[1] for row in seen["rows"]] == [f"Erster Termin: {texts('app.room.nobody')}"]
    assert seen["nameless"] == []
