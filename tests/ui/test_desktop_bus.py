"""What really reaches a desktop when somebody waits: over a session bus of its own, with a tray (KDE and others) and without (GNOME)."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
WITHIN_S = 5.0


def morning(tmp_path: Path, desktop: str) -> tuple[dict[str, float], list[list]]:
    """Plays a morning before that desktop; gives what the window's side noted, and what the desktop saw."""
    seen = tmp_path / "seen.jsonl"
    script = (
        f'/usr/bin/python3 "{HERE / "fake_desktop.py"}" "{seen}" {desktop} & desktop=$!\n'
        f'"{sys.executable}" "{HERE / "desk_on_a_bus.py"}" "{seen}"; status=$?\n'
        "kill $desktop; exit $status\n"
    )
    environment = {
        **{name: value for name, value in os.environ.items() if name not in ("DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "WAYLAND_DISPLAY")},
        "QT_QPA_PLATFORM": "xcb",
        "XDG_RUNTIME_DIR": str(tmp_path),
        "PYTHONPATH": str(ROOT),
    }
    # A group of its own: whatever the bus started goes with it.
    with subprocess.Popen(
        ["xvfb-run", "-a", "dbus-run-session", "--", "sh", "-c", script],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as run:
        try:
            out, errors = run.communicate(timeout=90)
        finally:
            if run.poll() is None:
                os.killpg(run.pid, signal.SIGKILL)
    lines = seen.read_text("utf-8").splitlines() if seen.exists() else []
    assert run.returncode == 0, errors + "\n".join(lines)
    return json.loads(out.splitlines()[-1]), [json.loads(line) for line in lines]


@pytest.mark.timeout(150)
@pytest.mark.parametrize("desktop", ["tray", "portal"])
def test_a_morning_of_arrivals(tmp_path: Path, texts, desktop) -> None:
    said, seen = morning(tmp_path, desktop)
    assert "Geheim" not in json.dumps(seen, ensure_ascii=False)
    messages = [call for call in seen if call[1] in ("Notify", "AddNotification")]
    assert len(messages) == 3  # at the first arrival; none in the conversation and while a screen is shown, but after it; after knocking
    assert 0 <= messages[0][0] - said["arrived"] <= WITHIN_S
    assert texts("app.alarm.text") in json.dumps(messages[0], ensure_ascii=False)
    assert (said["sounds"], said["sounds after knocking"]) == (2, 3)
    signs = [call[2] for call in seen if call[1] == "Sign"]
    if desktop == "tray":
        assert len(set(signs)) == 2
        assert signs[0] == signs[-1]
    else:
        assert [call[2] for call in seen if call[1] == "RemoveNotification"] == [["waiting"], ["waiting"]]
        assert signs == []
