"""The real program, driven from another process through AT-SPI alone."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from app.texts import Texts

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
KEYS = {
    "connected": "app.link.connected",
    "new": "app.agenda.new",
    "name": "app.noting.name",
    "make": "app.noting.now.begin",
    "others": "app.sheet.invite.others",
    "copy": "app.letter.tab.copy",
    "link": "app.letter.link",
    "copy-link": "app.letter.copy.link",
    "copied": "app.letter.copied.link",
    "close": "app.close",
    "list": "app.calendar.mode.list",
    "table": "app.calendar.table.list",
}


SESSION_KEYS = {
    "visitor": "app.quiet.visitor",
    "admit": "app.waiting.admit",
    "running": "app.call.state.running",
    "pause": "app.switch.pause",
    "paused": "app.pause.text",
    "go-on": "app.pause.end",
    "share": "app.switch.share",
    "choices": "app.share.list",
    "begin": "app.share.begin",
    "stop": "app.share.stop",
    "camera-off": "app.verdict.camera-off",
    "close-side": "app.side.close",
    "chat": "app.switch.chat",
    "chat-field": "app.chat.field",
}


CALENDAR_KEYS = {
    "connected": "app.link.connected",
    "day": "app.calendar.mode.day",
    "grid": "app.calendar.table.grid",
    "month": "app.calendar.mode.month",
    "tree": "app.calendar.table.month",
    "sheet": "app.sheet.title",
}


def used_by_ear(tmp_path: Path, program: str, driver: str, said: dict[str, str]) -> dict[str, Any]:
    """Runs a program and a driver on a bus of their own; gives what the driver saw."""
    (tmp_path / "said.json").write_text(json.dumps(said), encoding="utf-8")
    script = (
        f'{program} 2>"{tmp_path / "program.log"}" & program=$!\n'
        f'/usr/bin/python3 "{HERE / driver}" <"{tmp_path / "said.json"}"; status=$?\n'
        "kill -TERM $program; wait $program; exit $status\n"
    )
    left_out = ("QT_QPA_PLATFORM", "DBUS_SESSION_BUS_ADDRESS", "DISPLAY")
    environment = {
        **{name: value for name, value in os.environ.items() if name not in left_out},
        "QT_QPA_PLATFORM": "xcb",
        "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
        "NO_AT_BRIDGE": "1",
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(ROOT),
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
    return json.loads(out.splitlines()[-1])


@pytest.mark.timeout(240)
def test_an_appointment_is_made_through_the_accessibility_tree(texts: Texts, tmp_path: Path) -> None:
    said = {name: texts(key) for name, key in KEYS.items()} | {"person": "Frau Weber"}
    said["agreed"] = f"{texts('app.noting.now.agreement')}: {texts('app.noting.now.agreed')}"
    program = f'"{sys.executable}" "{HERE / "program_on_a_bus.py"}" "{tmp_path / "profile"}"'
    seen = used_by_ear(tmp_path, program, "atspi_driver.py", said)
    assert "/r#" in seen["link"]
    assert any("Frau Weber" in cell and texts("app.calendar.stage.invited") in cell for cell in seen["cells"])
    assert seen["nameless"] == []


@pytest.mark.timeout(240)
def test_the_calendar_is_walked_and_opened_through_the_accessibility_tree(texts: Texts, tmp_path: Path) -> None:
    said = {name: texts(key) for name, key in CALENDAR_KEYS.items()} | {"first": "Frau Weber", "second": "Herr Adam"}
    program = f'"{sys.executable}" "{HERE / "program_on_a_bus.py"}" "{tmp_path / "profile"}" "{said["first"]}" "{said["second"]}"'
    seen = used_by_ear(tmp_path, program, "atspi_calendar_driver.py", said)
    state = texts("app.calendar.stage.noted")
    assert f"12:00: 12:00 bis 12:30, {said['first']}" in seen["slot"]
    assert state in seen["slot"]
    assert seen["free"] > 40
    assert "2 Termine" in seen["today"]
    assert [node.split(", ")[:2] for node in seen["below"]] == [["12:00 bis 12:30", said["first"]], ["14:00 bis 14:30", said["second"]]]
    assert all(state in node for node in seen["below"])
    assert seen["days"] in (28, 35, 42)
    assert seen["sheets"] == [said["first"], said["second"]]
    assert seen["focused"].startswith("14:00 bis 14:30")
    assert seen["nameless"] == []


@pytest.mark.timeout(240)
def test_a_session_with_its_new_controls_through_the_accessibility_tree(texts: Texts, tmp_path: Path) -> None:
    said = {name: texts(key) for name, key in SESSION_KEYS.items()}
    said["showing"] = texts("app.share.now", name=texts("app.share.window", name="Bewilligungsbescheid – Textverarbeitung"))
    said["heading"] = f"16:15 · {texts('app.room.hidden')}"
    seen = used_by_ear(tmp_path, f'"{sys.executable}" "{HERE / "session_on_a_bus.py"}"', "atspi_session_driver.py", said)
    assert seen == {"nameless": [], "titles hidden": True}
