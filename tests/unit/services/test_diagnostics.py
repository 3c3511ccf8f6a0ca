"""The bundle for IT: what helps, nothing of a person, whole or not at all, and the same from the command line."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import msgspec
import pytest

from app import __version__, diagnosing
from app.__main__ import main
from app.services import diagnostics
from app.services.crash_files import CrashFiles
from app.services.diagnostics import Diagnostics, Part, Seen, save
from app.services.log_files import LogFiles
from app.services.mail.settings import MailSettings
from app.services.profile import Profile, Settings

CANARY = "Kanarienvogel"
PRIVATE = Settings(
    public_port=1,
    control_port=2,
    label=f"Jobcenter {CANARY}",
    phone="0123 987654",
    public_url=f"https://{CANARY.lower()}.example",
    turn_secret_file=f"/home/{CANARY}/secret",
    mail=MailSettings(host=f"mail.{CANARY.lower()}.example", sender=f"{CANARY}@agency.example"),
)


@pytest.fixture
def profile(tmp_path: Path) -> Profile:
    made = Profile(tmp_path / "profile")
    made.folder.mkdir()
    made.save(PRIVATE)
    logs = LogFiles(made.folder / "logs")
    logs.write('{"event": "link.lost", "detail": "from anna.weber@example.org at 192.168.7.9"}\n')
    logs.close()
    CrashFiles(made.folder / "crashes").record("window", ValueError(CANARY))
    return made


def named(parts: object) -> dict[str, str]:
    return {part.name: part.text for part in parts}  # type: ignore[attr-defined]


def test_it_holds_what_helps(profile: Profile) -> None:
    seen = Seen({"camera": 1, "microphone": 2}, {"qt": "6.11", "server": "running"})
    found = named(Diagnostics(profile, {"retention_days": 14, "label": "x", "nonsense": 1, "site": "!"}, seen).gather())
    program, settings = json.loads(found["program.json"]), json.loads(found["settings.json"])
    assert (program["version"], program["qt"], program["server"]) == (__version__, "6.11", "running")
    assert json.loads(found["devices.json"]) == {"camera": 1, "microphone": 2}
    assert settings["prescribed"] == ["label", "retention_days"]
    assert (settings["refused"], settings["unknown"]) == (["site"], 1)
    assert settings["in force"]["retention_days"] == 14
    assert settings["in force"]["ringing"] == "repeated"
    assert (settings["in force"]["public_url"], settings["in force"]["bind_host"]) == ("set", "set")
    assert "link.lost" in found["log.txt"]
    assert json.loads(found["crash.json"])["errors"][0]["error"] == "ValueError"


def test_nothing_of_a_person_is_in_it(profile: Profile) -> None:
    whole = "".join(named(Diagnostics(profile, {"profile": f"/home/{CANARY}", CANARY: 1}).gather()).values()).lower()
    for private in (CANARY.lower(), "987654", "anna", "192.168", str(profile.folder).lower()):
        assert private not in whole


def test_a_profile_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    (tmp_path / "settings.json").write_text("{", "utf-8")
    found = named(Diagnostics(Profile(tmp_path), {}).gather())
    assert json.loads(found["settings.json"]) == {"unreadable": "app.profile.broken"}
    assert (tmp_path / "settings.json").read_text("utf-8") == "{"


def test_it_is_saved_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "diagnose.zip"
    save([Part("log.txt", "größer\n"), Part("crash.json", "{}")], file)
    with zipfile.ZipFile(file) as archive:
        assert archive.namelist() == ["log.txt", "crash.json"]
        assert archive.read("log.txt").decode() == "größer\n"
    before = file.read_bytes()

    class FullDisk(zipfile.ZipFile):
        def writestr(self, *_: object, **__: object) -> None:
            raise OSError(28, "no space")

    monkeypatch.setattr(diagnostics.zipfile, "ZipFile", FullDisk)
    with pytest.raises(OSError, match="no space"):
        save([Part("log.txt", "")], file)
    assert file.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == [file.name]


def test_the_command_prints_or_saves_the_same(profile: Profile, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert diagnosing.main(["--profile", str(profile.folder)], lambda: {"camera": 2, "microphone": 1}) == 0
    printed = capsys.readouterr().out
    for part in Diagnostics(profile, {}, Seen({"camera": 2, "microphone": 1}, {})).gather():
        assert f"---- {part.name}\n{part.text}" in printed
    assert main(["diagnostics", "--profile", str(profile.folder), "--output", str(tmp_path / "out.zip")]) == 0
    assert zipfile.is_zipfile(tmp_path / "out.zip")
    assert main(["diagnostics", "--profile", str(profile.folder), "--output", str(tmp_path / "nowhere" / "out.zip")]) == 1
    assert "nowhere" in capsys.readouterr().err


def test_devices_are_counted_without_a_window_and_never_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number, index in enumerate("0110"):
        (tmp_path / f"video{number}").mkdir()
        (tmp_path / f"video{number}/index").write_text(f"{index}\n", "ascii")
    found = diagnosing.counted(tmp_path)
    assert found["camera"] == 2
    assert set(found) == {"camera", "microphone", "loudspeaker"}
    assert capsys.readouterr().err == ""


def test_devices_that_cannot_be_looked_at_keep_nobody_from_the_rest(
    profile: Profile, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object) -> None:
        raise OSError("PortAudio library not found")

    monkeypatch.setattr("app.media.catalogue.SoundCatalogue.devices", broken)
    assert main(["diagnostics", "--profile", str(profile.folder)]) == 0
    written = capsys.readouterr()
    assert "---- log.txt" in written.out
    assert "devices: OSError" in written.err


def test_every_setting_is_shown_as_no_more_than_it_may(profile: Profile) -> None:
    shown = json.loads(named(Diagnostics(profile, {}).gather())["settings.json"])["in force"]
    texts = {name: value for name, value in shown.items() if isinstance(value, str)}
    own = {name: value for name, value in msgspec.to_builtins(PRIVATE).items() if isinstance(value, str)}
    assert all(value in ("set", "not set") or value == own[name] for name, value in texts.items())
    assert {name for name, value in texts.items() if value not in ("set", "not set")} == {"language", "region", "ringing", "log_level"}
