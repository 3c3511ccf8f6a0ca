"""The diagnostics are read before they are saved; what has no tick stays here."""

from __future__ import annotations

import zipfile
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from app.services.diagnostics import Diagnostics, Part
from app.services.profile import Profile
from app.ui.settings.diagnostics import DiagnosticsWindow
from tests.ui.appointment.support import press, settle, until
from tests.ui.support import dialog
from tests.ui.test_accessibility import nameless


class Ready(Diagnostics):
    """What was gathered before."""

    def gather(self) -> list[Part]:
        return [Part("program.json", '{"version": "1"}'), Part("log.txt", "a line"), Part("crash.json", "{}")]


def opened(main, parts, tmp_path: Path) -> DiagnosticsWindow:
    window = DiagnosticsWindow(main, parts, Ready(Profile(tmp_path), {}))
    window.open()
    return window


async def test_every_file_can_be_read(main, parts, tmp_path) -> None:
    window = opened(main, parts, tmp_path)
    await until(lambda: window.list.count() == 3)
    assert [window.list.item(row).text() for row in range(3)] == ["Programm und Rechner", "Protokoll", "Letzter Fehler"]
    assert window.text.toPlainText() == '{"version": "1"}'
    window.list.setCurrentRow(1)
    assert window.text.toPlainText() == "a line"
    assert nameless(window) == []
    window.reject()


async def test_what_is_ticked_is_saved_and_said(main, parts, texts, told, tmp_path) -> None:
    window = opened(main, parts, tmp_path)
    await until(lambda: window.list.count() == 3)
    window.list.item(1).setCheckState(Qt.CheckState.Unchecked)
    press(window, texts("app.diagnostics.save"))
    shown = dialog(QFileDialog)
    assert shown is not None
    file = tmp_path / "diagnose.zip"
    shown.fileSelected.emit(str(file))
    shown.close()
    await until(lambda: bool(told))
    await settle(parts)
    assert told == [texts("app.diagnostics.saved", file=str(file))]
    with zipfile.ZipFile(file) as archive:
        assert archive.namelist() == ["program.json", "crash.json"]
    assert not [one for one in main.children() if isinstance(one, DiagnosticsWindow)]


async def test_a_place_that_cannot_be_written_is_said_and_nothing_is_lost(main, parts, texts, told, tmp_path) -> None:
    window = opened(main, parts, tmp_path)
    await until(lambda: window.list.count() == 3)
    window._save(tmp_path / "nowhere" / "x.zip")
    await until(lambda: bool(told))
    assert told == [texts("app.diagnostics.not-saved", file=str(tmp_path / "nowhere" / "x.zip"))]
    assert window.isVisible()
    window.reject()


async def test_nothing_ticked_is_nothing_to_save(main, parts, texts, tmp_path) -> None:
    window = opened(main, parts, tmp_path)
    await until(lambda: window.list.count() == 3)
    for row in range(3):
        window.list.item(row).setCheckState(Qt.CheckState.Unchecked)
    assert not window._save_button.isEnabled()
    window.reject()
