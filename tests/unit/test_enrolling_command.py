"""The command `videoberatung enrol`, against a real server."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from app.enrolling import Around, main
from app.services.keys import KeysOfAFolder, MemoryKeyStore, agency_key
from app.services.profile import Profile
from tests.support.enrolments import EnrollingServer, enrolling_server


@pytest.fixture
async def agency(tmp_path: Path) -> AsyncIterator[EnrollingServer]:
    async with enrolling_server(tmp_path / "server") as running:
        yield running


@pytest.fixture
def keys() -> KeysOfAFolder:
    return KeysOfAFolder()


@pytest.fixture
def around(keys: KeysOfAFolder) -> Around:
    return Around(keys=lambda: keys, policy=dict)


async def run(argv: Sequence[str], around: Around, typed: str, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    return await asyncio.to_thread(main, argv, around)


async def test_a_workstation_is_enrolled_without_a_window(
    agency: EnrollingServer,
    around: Around,
    keys: KeysOfAFolder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    code = (await agency.code()).text
    argv = ["--server", agency.url.removesuffix("/ws/control"), "--profile", str(tmp_path / "profile"), "--json"]
    assert await run(argv, around, code + "\n", monkeypatch) == 0
    written = capsys.readouterr()
    assert json.loads(written.out[written.out.index("{\n") :]) == {
        "server": f"http://127.0.0.1:{agency.server.ready.control_port}",
        "site": "musterstadt",
        "label": "Jobcenter Musterstadt",
    }
    assert written.err == ""
    kept = Profile(tmp_path / "profile").load().agency
    assert kept is not None
    assert (kept.url, kept.server_key, kept.site) == (agency.url, agency.server.ready.server_key, "musterstadt")
    assert [one.key for one in await agency.store.workstations()] == [agency_key(keys).public]
    assert not [file for file in (tmp_path / "profile").rglob("*") if file.is_file() and code[4:9].encode() in file.read_bytes()]


async def test_a_key_that_was_revoked_gives_way_to_a_new_one(
    agency: EnrollingServer, around: Around, keys: KeysOfAFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    argv = ["--server", agency.url, "--profile", str(tmp_path / "profile")]
    assert await run(argv, around, (await agency.code()).text, monkeypatch) == 0
    former = agency_key(keys).public
    await agency.desk.revoke(former)
    assert await run(argv, around, (await agency.code()).text, monkeypatch) == 0
    assert agency_key(keys).public != former
    known = await agency.store.find(agency_key(keys).public)
    assert known is not None
    assert known.holds(int(agency.server.clock()))


@pytest.mark.parametrize(
    "argv",
    [
        ["VB1-PP1MB-Y7698"],
        ["--server", "https://video.example.org", "vb1 pp1mb y7698"],
        ["--server", "https://video.example.org", "--code", "PP1MBY7698"],
        ["--server=VB1-PP1MB-Y7698"],
        ["--code=VB1-PP1MB-Y7698"],
    ],
)
async def test_a_code_on_the_command_line_is_refused_and_not_repeated(
    around: Around, argv: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await run(argv, around, "", monkeypatch) == 2
    written = capsys.readouterr()
    assert "Befehlszeile" in written.err
    assert "pp1mb" not in (written.out + written.err).lower()


async def test_a_prescribed_server_needs_no_address_and_bears_no_other(
    agency: EnrollingServer, keys: KeysOfAFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    around = Around(keys=lambda: keys, policy=lambda: {"server_url": agency.url})
    profile = ["--profile", str(tmp_path / "profile")]
    assert await run(["--server", "https://elsewhere.example.org", *profile], around, "", monkeypatch) == 2
    assert "schreibt den Server vor" in capsys.readouterr().err
    assert await run(profile, around, (await agency.code()).text, monkeypatch) == 0


@pytest.mark.parametrize(
    ("typed", "language", "expected"),
    [("", "de", "Bitte fügen Sie den Code ein"), ("VB1-123", "de", "nicht vollständig"), ("hello", "en", "no code of this program")],
)
async def test_what_is_wrong_is_said_in_a_sentence(
    around: Around,
    tmp_path: Path,
    typed: str,
    language: str,
    expected: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    argv = ["--server", "http://127.0.0.1:1", "--language", language, "--profile", str(tmp_path)]
    assert await run(argv, around, typed, monkeypatch) == 1
    written = capsys.readouterr()
    assert expected in written.err


async def test_without_an_address_or_a_lasting_keyring_nothing_is_tried(
    around: Around, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await run([], around, "", monkeypatch) == 2
    assert "--server" in capsys.readouterr().err
    forgetful = Around(keys=MemoryKeyStore, policy=dict)
    assert await run(["--server", "http://127.0.0.1:1", "--profile", str(tmp_path)], forgetful, "VB1", monkeypatch) == 1
    assert "Schlüsselbund" in capsys.readouterr().err
