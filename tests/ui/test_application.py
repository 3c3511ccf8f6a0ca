"""The composition root's own parts and the command line. The whole program runs in test_atspi.py and in the demonstration's tests."""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from PySide6.QtWidgets import QApplication

from app import __version__, application
from app.__main__ import main
from app.application import SIMULATED, Options, SimulatedProfile, program_running
from app.services.fakes import FakeEngine
from app.services.fakes.agency import FakeServer, sample_agency
from app.services.host import Services
from app.services.keys import KeysOfAFolder
from app.services.late_engine import LateEngine
from app.services.profile import Devices, Profile, ProfileError, Settings
from app.services.room_book import RoomBook
from app.ui import qt_loop
from app.ui.alone import alone_in
from app.ui.shell import Shell
from tests.support.services import until, until_told


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"Videoberatung {__version__}\n"
    assert main(["--version", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["version"] == __version__
    assert said["libraries"]["aiortc"] == "1.16.0"


@pytest.mark.parametrize(("wanted", "opens"), [(False, 0), (True, 1)])
def test_at_sign_in_the_program_stays_only_where_it_is_wanted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wanted: bool, opens: int
) -> None:
    opened: list[object] = []
    monkeypatch.setattr("app.services.server_process.early_server", contextlib.nullcontext)
    monkeypatch.setattr("app.application.run_window", lambda *_: opened.append(None) or 0)
    Profile(tmp_path).save(Settings(public_port=1, control_port=2, autostart=wanted))
    assert main(["--autostart", "--profile", str(tmp_path)]) == 0
    assert len(opened) == opens


def test_unknown_arguments_end_with_a_line_of_help(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--nonsense"])
    assert ended.value.code == 2
    assert "--nonsense" in capsys.readouterr().err


def test_simulated_devices_leave_the_persons_choice_alone(tmp_path: Path) -> None:
    own = Profile(tmp_path)
    chosen = Devices(camera="/dev/video3")
    own.save(msgspec.structs.replace(own.load(), devices=chosen))
    simulated = SimulatedProfile(tmp_path)
    assert simulated.load().devices.choice() == SIMULATED
    simulated.save(msgspec.structs.replace(simulated.load(), devices=Devices()))
    assert own.load().devices == chosen


def test_simulated_profile_keeps_its_ports(tmp_path: Path) -> None:
    first = SimulatedProfile(tmp_path).load()
    assert first.public_port
    assert SimulatedProfile(tmp_path).load() == first


def test_one_program_in_a_profile(tmp_path: Path, texts) -> None:
    with alone_in(Profile(tmp_path)):
        with pytest.raises(ProfileError) as refused, alone_in(Profile(tmp_path)):
            pass
        assert texts(refused.value.key) == "Das Programm läuft schon. Sie finden sein Fenster in der Taskleiste."
        with alone_in(Profile(tmp_path / "other")):
            assert (tmp_path / "other").is_dir()
    with alone_in(Profile(tmp_path)):
        assert (tmp_path / "program.lock").exists()


def test_lock_of_a_killed_program_is_taken_over(tmp_path: Path) -> None:
    hold = "import os, sys; from pathlib import Path; from app.services.profile import Profile; from app.ui.alone import alone_in"
    hold += "; lock = alone_in(Profile(Path(sys.argv[1]))); lock.__enter__(); os._exit(9)"
    assert subprocess.run([sys.executable, "-c", hold, str(tmp_path)], check=False).returncode == 9
    assert (tmp_path / "program.lock").exists()
    with alone_in(Profile(tmp_path)):
        pass


def test_at_another_desk_it_is_said_so_and_a_machine_that_went_off_holds_nothing(tmp_path: Path, texts) -> None:
    hold = "import sys; from pathlib import Path; from app.services.profile import Profile; from app.ui.alone import alone_in"
    hold += "; lock = alone_in(Profile(Path(sys.argv[1])), 'PC-17'); lock.__enter__(); print('held', flush=True); sys.stdin.read()"
    other = subprocess.Popen([sys.executable, "-c", hold, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(ProfileError) as refused, alone_in(Profile(tmp_path)):
            pass
        said = texts(refused.value.key, **refused.value.values)
        assert said.startswith("Das Programm ist an einem anderen Arbeitsplatz geöffnet (PC-17). Bitte schließen Sie es dort")
    finally:
        other.kill()
        other.communicate()
    with alone_in(Profile(tmp_path)):
        pass


def test_a_folder_that_refuses_the_lock_is_said(tmp_path: Path) -> None:
    Profile(tmp_path).load()
    (tmp_path / "program.lock").mkdir()
    with pytest.raises(ProfileError) as refused, alone_in(Profile(tmp_path)):
        pass
    assert refused.value.key == "app.profile.unwritable"


@pytest.mark.parametrize("interrupted", [True, False])
def test_a_conversation_to_be_resumed_has_its_engine_loading_before_the_window(
    tmp_path: Path, qapp: QApplication, monkeypatch: pytest.MonkeyPatch, interrupted: bool
) -> None:
    steps: list[str] = []
    warm, shell = LateEngine.warm, application._shell

    def warming(late: LateEngine) -> None:
        steps.append("engine")
        warm(late)

    def building(*parts: Any) -> Shell:
        steps.append("window")
        return shell(*parts)

    monkeypatch.setattr(LateEngine, "warm", warming)
    monkeypatch.setattr(application, "_shell", building)
    monkeypatch.setattr(application, "_engine", lambda *_: FakeEngine())
    monkeypatch.setattr(RoomBook, "interrupted", interrupted)

    async def main() -> int:
        options = Options(profile=tmp_path, simulated_devices=True)
        async with program_running(qapp, options, key_store=KeysOfAFolder()):
            await until(lambda: {"engine", "window"} <= set(steps))
        return 0

    assert qt_loop.run(qapp, main) == 0
    assert steps[:2] == (["engine", "window"] if interrupted else ["window", "engine"])


def test_with_another_server_the_program_begins_anew_in_the_same_process(
    tmp_path: Path, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The agency of the second run does not exist: the window says so, and no server of its own is started."""
    shells: asyncio.Queue[Shell] = asyncio.Queue()
    running, keys = application.services_running, KeysOfAFolder()
    pids: list[int | None] = []

    @contextlib.asynccontextmanager
    async def noted(*values: Any, **named: Any) -> AsyncIterator[Services]:
        async with running(*values[:3], keys, *values[4:], **named) as services:
            yield services
            pids.append(services.server.pid)

    def building(*parts: Any, shell: Any = application._shell) -> Shell:
        made = shell(*parts)
        shells.put_nowait(made)
        return made

    monkeypatch.setattr(application, "_shell", building)
    monkeypatch.setattr(application, "services_running", noted)
    monkeypatch.setattr(application, "_engine", lambda *_: FakeEngine())
    options = Options(profile=tmp_path, simulated_devices=True)

    async def main() -> int:
        over = asyncio.ensure_future(application._until_closed(qapp, options, None))
        first = await until_told(shells)
        await until(first.main.isVisible)
        profile = Profile(tmp_path)
        agency = sample_agency("ws://127.0.0.1:9/ws/control")
        profile.save(msgspec.structs.replace(profile.load(), agency=agency))
        first.changed_over.emit()
        second = await until_told(shells)
        await until(second.main.isVisible)
        second.closed.emit()
        return await over

    assert qt_loop.run(qapp, main) == 0
    assert (pids[0] is not None, pids[1]) == (True, None)


@pytest.mark.parametrize("problem", [None, "not-enrolled", "away"])
async def test_at_the_first_start_a_workstation_that_is_not_enrolled_is_led_to_it(
    problem: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    server = FakeServer()
    server.problem = problem
    services = SimpleNamespace(opening=asyncio.ensure_future(asyncio.sleep(0)), server=server)
    chores = SimpleNamespace(team_opened=lambda: None, connect_workstation=lambda: asked.append("code"))
    watchdog, devices = SimpleNamespace(start=lambda: None), SimpleNamespace(warm=lambda: None)
    monkeypatch.setattr(application, "SETTLED_S", 0)
    await application._settle(services, SimpleNamespace(chores=chores), watchdog, devices, None)  # type: ignore[arg-type]
    assert asked == (["code"] if problem == "not-enrolled" else [])
