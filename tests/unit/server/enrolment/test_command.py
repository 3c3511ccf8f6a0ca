"""IT's commands on the server: one code on stdout, sentences elsewhere, nothing secret taken or left anywhere."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
import structlog

from app.domain.enrolment import EnrolmentCode
from app.domain.secrets import new_token
from app.server.__main__ import main
from app.server.enrolment.ports import Way, Workstation
from app.server.enrolment.sql import SqlWorkstationStore
from app.server.identity import Identity

ROOT = Path(__file__).parents[4]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The data folder of a server that ran once."""
    monkeypatch.setenv("VB_DATA_DIR", str(tmp_path))
    Identity.load_or_create(tmp_path)
    yield tmp_path
    structlog.reset_defaults()


def store_does(folder: Path, *workstations: Workstation) -> None:
    async def register() -> None:
        store = await SqlWorkstationStore.open(f"sqlite:///{folder}/workstations.sqlite3")
        for one in workstations:
            await store.register(one)
        await store.close()

    asyncio.run(register())


def test_a_code_stands_alone_on_stdout(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["enrol", "--site", "musterstadt", "--label", "Jobcenter Musterstadt"]) == 0
    written = capsys.readouterr()
    code = EnrolmentCode.parse(written.out)
    assert written.out == code.text + "\n"
    assert code.is_for(Identity.load_or_create(folder).public_key)
    assert "24 Stunden" in written.err
    assert code.text[4:9] not in written.err


def test_nothing_that_could_be_used_lies_on_the_disk(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["enrol", "--site", "musterstadt", "--label", "Jobcenter Musterstadt"])
    code = EnrolmentCode.parse(capsys.readouterr().out)
    content = b"".join(file.read_bytes() for file in folder.iterdir())
    assert code.offer.encode() in content
    seed = code.signer().private_bytes_raw()
    for secret in (code.secret, seed, code.secret.hex().encode(), code.text.encode(), code.text.replace("-", "").encode()):
        assert secret not in content


def test_json_says_all_of_it(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["enrol", "--site", "musterstadt", "--label", "Jobcenter Musterstadt", "--json", "--language", "en"]) == 0
    written = capsys.readouterr()
    given = json.loads(written.out)
    EnrolmentCode.parse(given["code"])
    assert (given["site"], given["label"], given["replaces"]) == ("musterstadt", "Jobcenter Musterstadt", None)
    assert datetime.fromisoformat(given["until"]).tzinfo is not None
    assert "24 hours" in written.err


def test_the_name_of_a_site_comes_from_the_settings_unless_it_is_given(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VB_SITE_LABELS", '{"nord": "Jobcenter Nord"}')
    for named, label in (([], "Jobcenter Nord"), (["--label", "Jobcenter Nord, Team Jugend"], "Jobcenter Nord, Team Jugend")):
        assert main(["enrol", "--site", "nord", "--json", *named]) == 0
        assert json.loads(capsys.readouterr().out)["label"] == label
    assert main(["enrol", "--site", "west"]) == 1
    written = capsys.readouterr()
    assert written.out == ""
    assert "VB_SITE_LABELS" in written.err
    assert "west" in written.err


def test_what_was_changed_stands_in_the_system_log_and_nothing_secret_with_it(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[str] = []
    monkeypatch.setattr("syslog.syslog", kept.append)
    workstation = Workstation(new_token(), "canarystadt", "Canary", 1_800_000_000, Way.CODE)
    store_does(folder, workstation)
    main(["enrol", "--site", "canarystadt", "--label", "Canary"])
    code = EnrolmentCode.parse(capsys.readouterr().out)
    main(["revoke", workstation.id])
    assert [json.loads(line)["event"] for line in kept] == ["enrolment-offered", "workstation-revoked"]
    secrets = [*code.text.split("-")[1:], code.offer, workstation.key, workstation.id, "anary"]
    assert not [secret for secret in secrets if secret in "".join(kept)]


def test_workstations_are_listed_revoked_and_replaced(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, other = (Workstation(new_token(), "musterstadt", label, 1_800_000_000, Way.CODE) for label in ("A", "B"))
    store_does(folder, one, other)
    assert main(["workstations"]) == 0
    table = capsys.readouterr().out.splitlines()
    assert [line.split()[:3] for line in table[1:]] == [[w.id[:12], "musterstadt", w.label] for w in (one, other)]
    assert "2027-01-15T08:00:00Z" in table[1]

    assert main(["rotate", one.id[:12], "--json"]) == 0
    written = capsys.readouterr()
    assert json.loads(written.out)["replaces"] == one.id
    assert one.id in written.err

    assert main(["revoke", other.id[:8].upper()]) == 0
    assert capsys.readouterr().out == f"{other.id}\n"
    assert main(["workstations", "--json"]) == 0
    assert [w["state"] for w in json.loads(capsys.readouterr().out)["workstations"]] == ["valid", "revoked"]
    assert main(["rotate", other.id]) == 1
    assert "schon widerrufen" in capsys.readouterr().err


@pytest.mark.parametrize(("named", "sentence"), [("abc", "mindestens 6"), ("abcdef01", "gibt es nicht"), ("-_%'\"", "mindestens 6")])
def test_who_is_not_known_is_not_revoked(folder: Path, named: str, sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["revoke", "--", named]) == 1
    written = capsys.readouterr()
    assert (written.out, sentence in written.err) == ("", True)


def test_ids_that_begin_alike_are_told_apart(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = (Workstation(new_token(), "musterstadt", label, 1_800_000_000, Way.CODE) for label in ("A", "B"))
    store_does(folder, one, other)
    monkeypatch.setattr("app.server.enrolment.command.SHORTEST_ID", 0)
    assert main(["revoke", ""]) == 1
    said = capsys.readouterr().err
    assert one.id in said
    assert other.id in said


def test_a_workstation_of_the_settings_is_changed_there(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    key = new_token()
    monkeypatch.setenv("VB_WORKSTATION_KEYS", key)
    assert main(["revoke", Workstation(key, "", "", 0, Way.CONFIGURED).id]) == 1
    assert "VB_WORKSTATION_KEYS" in capsys.readouterr().err


def test_where_nothing_can_be_kept_a_sentence_says_so(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    command = ["enrol", "--site", "musterstadt", "--label", "A"]
    monkeypatch.setenv("VB_DATABASE", "memory")
    assert main(command) == 1
    assert "Datenbank" in capsys.readouterr().err
    monkeypatch.delenv("VB_DATABASE")
    (folder / "server-key").unlink()
    assert main(command) == 1
    written = capsys.readouterr()
    assert (written.out, "starten Sie den Server" in written.err) == ("", True)
    monkeypatch.delenv("VB_DATA_DIR")
    assert main(command) == 2
    written = capsys.readouterr()
    assert (written.out, "data_dir" in written.err) == ("", True)
    assert "--file" in written.err


def test_what_cannot_be_reached_is_said_in_a_sentence_with_a_way_out(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VB_DATABASE_URL", "postgresql://vb:geheim@127.0.0.1:1/vb")
    assert main(["workstations"]) == 2
    said = capsys.readouterr()
    assert (said.out, "check-config" in said.err, "geheim" in said.err) == ("", True, False)
    monkeypatch.delenv("VB_DATABASE_URL")
    (folder / "server-key").write_bytes(b"short")
    assert main(["enrol", "--site", "musterstadt", "--label", "A"]) == 2
    assert "Der Schlüssel des Servers" in capsys.readouterr().err
    (folder / "server-key").chmod(0o600)

    def closed(_: Path) -> bool:
        raise PermissionError

    monkeypatch.setattr(Path, "is_file", closed)
    assert main(["workstations"]) == 2
    assert "--user" in capsys.readouterr().err


def test_somebody_else_than_the_servers_own_user_is_sent_there(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    assert main(["workstations"]) == 1
    assert "sudo -u" in capsys.readouterr().err


def test_settings_come_from_a_file_and_the_command_runs_as_somebody_who_is_there(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("VB_DATA_DIR")
    file = folder / "environment"
    assert main(["workstations", "--file", str(file)]) == 2
    assert "lässt sich nicht lesen" in capsys.readouterr().err
    file.write_text(f"VB_DATA_DIR={folder}\n", "utf-8")
    assert main(["workstations", "--file", str(file)]) == 0
    assert "Noch" in capsys.readouterr().out
    assert main(["workstations", "--file", str(file), "--user", "nobody-of-this-name", "--language", "en"]) == 2
    assert "nobody-of-this-name" in capsys.readouterr().err


def test_the_command_is_there_beside_serve(folder: Path) -> None:
    command = [sys.executable, "-W", "error", "-m", "app.server", "enrol", "--site", "musterstadt", "--label", "Jobcenter Musterstadt"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True, timeout=60)
    EnrolmentCode.parse(done.stdout)
    assert done.stderr.count("\n") == 1


def test_a_site_that_is_no_id_is_refused_before_anything_happens(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["enrol", "--site", "Musterstadt!", "--label", "A"])
    assert ended.value.code == 2
    assert "Kleinbuchstaben" in capsys.readouterr().err
