"""`videoberatung policy` tells IT what holds, what cannot, and shows no value."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.prescribing import main


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "policy.json"


def test_what_holds_is_named_without_its_value(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text('{"phone": "0123 456789", "mail": {"host": "mail.example.org"}}')
    assert main(["--file", str(file), "--language", "en"]) == 0
    assert capsys.readouterr().out == "These policies hold: phone, mail.\n"


def test_what_cannot_be_used_is_told(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text('{"retention_days": 400, "Phone": "0123"}')
    assert main(["--file", str(file), "--json"]) == 1
    assert json.loads(capsys.readouterr().out) == {
        "holds": [],
        "refused": ["retention_days"],
        "unknown": ["Phone"],
        "contradictions": [],
    }
    assert main(["--file", str(file)]) == 1
    said = capsys.readouterr().out
    assert "retention_days" in said
    assert "400" not in said


@pytest.mark.parametrize("content", [None, b"", b"[]", b"{", b"\xff\xfe"])
def test_a_file_that_cannot_be_read(file: Path, content: bytes | None, capsys: pytest.CaptureFixture[str]) -> None:
    if content is None:
        file.mkdir()
    else:
        file.write_bytes(content)
    assert main(["--file", str(file)]) == 2
    assert str(file) in capsys.readouterr().out


def test_without_a_policy_nothing_is_wrong(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--file", str(file), "--language", "en"]) == 0
    assert "No policy holds" in capsys.readouterr().out


def test_policies_that_contradict_each_other_are_told(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text('{"server_url": "https://video.example.org", "label": "Jobcenter", "phone": "0123 456789"}')
    assert main(["--file", str(file), "--language", "en"]) == 1
    said = capsys.readouterr().out
    assert "“label” has no effect beside “server_url”" in said
    assert "phone” has" not in said
    file.write_text('{"turn_urls": ["turn:turn.example.org"]}')
    assert main(["--file", str(file), "--json"]) == 1
    wanted = {"kind": "lacks", "name": "turn_urls", "other": "turn_secret_file"}
    assert json.loads(capsys.readouterr().out)["contradictions"] == [wanted]


def test_a_policy_that_cannot_be_used_contradicts_nothing(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text('{"server_url": "http://video.example.org", "label": "Jobcenter"}')
    assert main(["--file", str(file), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["contradictions"] == []
