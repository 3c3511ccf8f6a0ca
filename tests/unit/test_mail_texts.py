"""The agency's mail texts on the command line: shown as they would go out, or refused with the sentence why."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.__main__ import main
from app.domain.mails import MailKind
from app.services.mail.templates import SAMPLE


def text(folder: Path, name: str, content: str) -> Path:
    file = folder / "de" / f"{name}.txt"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content, "utf-8")
    return folder


def test_texts_are_shown_as_they_would_go_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = text(tmp_path / "own", "invitation", "Subject: Unser Gespräch\n\nBitte öffnen Sie {{ link }}.\n")
    assert main(["mail-texts", str(folder), "--html", str(tmp_path / "html")]) == 0
    shown = capsys.readouterr().out
    assert "Unser Gespräch" in shown
    assert SAMPLE.link in shown
    assert {path.stem for path in (tmp_path / "html").iterdir()} >= {kind.value for kind in MailKind}


def test_a_text_without_the_link_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = text(tmp_path, "invitation", "Subject: Unser Gespräch\n\nBis bald.\n")
    assert main(["mail-texts", str(folder)]) == 1
    said = capsys.readouterr()
    assert "===" not in said.out, "nothing is shown"
    assert "de/invitation" in said.err


def test_a_folder_that_is_none_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["mail-texts", str(tmp_path / "nowhere")]) == 2
    assert "Ordner" in capsys.readouterr().err
