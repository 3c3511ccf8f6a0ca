"""The trainer's windows: every fault can be switched, keys hold in every window, notes stay with the trainer."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace

import pypdf
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QLabel, QPushButton

from app.domain.checks import Fault, Side
from app.services.training.client import ClientState
from app.services.training.ports import Letter
from app.services.training.script import ScriptStep
from app.training import Group, _until_over
from app.ui.training import notes
from app.ui.training.mark import TrainingMark
from app.ui.training.notes import NotesWindow, paper_of
from app.ui.training.pause import PauseWindow
from app.ui.training.windows import LARGE, TrainerWindows
from tests.ui.training.support import TABLE, TrainerBench


def texts_of(window) -> str:
    return "\n".join(shown.text() for shown in window.findChildren(QLabel) if shown.isVisibleTo(window))


def test_every_fault_of_the_table_has_its_switches_and_says_what_is_seen(windows: TrainerWindows, bench: TrainerBench) -> None:
    panel, faults = windows.control.faults, bench.training.faults
    assert set(panel.switches) == {(side, row.fault) for row in TABLE.rows for side in row.provoked_by}
    for (side, fault), switch in panel.switches.items():
        switch.click()
        assert fault in faults.on(side)
        row, said = TABLE.row(fault), texts_of(panel)
        if Side.COUNSELLOR in row.provoked_by:
            assert bench.parts.wording.sentence(fault) in said
        if Side.CLIENT in row.provoked_by:
            assert bench.parts.page_texts(f"page.fault.{fault.value}.sentence") in said
    panel.all_well.click()
    assert not any(switch.isChecked() for switch in panel.switches.values())
    assert faults.on(Side.CLIENT) == faults.on(Side.COUNSELLOR) == frozenset()


def test_a_fault_that_is_switched_elsewhere_is_shown(windows: TrainerWindows, bench: TrainerBench) -> None:
    bench.training.faults.switch(Side.CLIENT, Fault.CAMERA_DARK, on=True)
    assert windows.control.faults.switches[Side.CLIENT, Fault.CAMERA_DARK].isChecked()


@pytest.mark.parametrize(
    ("state", "can"),
    [
        (ClientState.AWAY, {"arrive", "rehearse"}),
        (ClientState.ARRIVING, set()),
        (ClientState.WAITING, {"knock", "drop_out", "leave"}),
        (ClientState.IN_ROOM, {"drop_out", "leave", "say"}),
        (ClientState.DROPPED, {"come_back"}),
        (ClientState.OVER, {"arrive", "rehearse"}),
    ],
)
def test_only_what_makes_sense_can_be_pressed(windows: TrainerWindows, bench: TrainerBench, desk, state, can) -> None:
    desk.create_now("Erstgespräch", "de", 30)
    panel = windows.control.client
    bench.training.client._go(state)
    panel.refresh()
    acts = {name: getattr(panel, name) for name in ("arrive", "rehearse", "knock", "drop_out", "come_back", "leave", "say")}
    assert {name for name, act in acts.items() if act.isEnabled()} == can
    assert panel.state.text() == bench.parts.texts(f"app.training.client.state.{state.value}")


def test_client_falls_silent_and_speaks_again(windows: TrainerWindows, bench: TrainerBench) -> None:
    panel = windows.control.client
    panel.speak.click()
    assert not bench.media.speaks
    panel.speak.click()
    assert bench.media.speaks


def test_reset_and_large_letters_by_one_key_in_every_window(qtbot, windows: TrainerWindows, shell) -> None:
    resets: list[None] = []
    windows.reset_wanted.connect(lambda: resets.append(None))
    before = QApplication.font().pointSizeF()
    for window in (windows.control, shell.main):
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        QTest.keyClick(window, Qt.Key.Key_F12)
    assert len(resets) == 2
    QTest.keyClick(shell.main, Qt.Key.Key_F9)
    assert QApplication.font().pointSizeF() == pytest.approx(before * LARGE)
    assert windows.control.large.isChecked()
    QTest.keyClick(shell.main, Qt.Key.Key_F9)
    assert QApplication.font().pointSizeF() == pytest.approx(before)


def test_keys_stand_on_their_buttons(windows: TrainerWindows) -> None:
    assert "F12" in windows.control.reset.text()
    assert "F9" in windows.control.large.text()


def test_everything_can_be_reached_by_keyboard_and_has_a_name(windows: TrainerWindows) -> None:
    for widget in [*windows.control.findChildren(QPushButton), *windows.control.findChildren(QCheckBox)]:
        assert widget.accessibleName(), widget.text()
        assert widget.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_notes_do_not_show_on_the_only_screen(windows: TrainerWindows, bench: TrainerBench, told) -> None:
    windows.control.notes.click()
    assert windows.notes is None
    assert told == [bench.parts.texts("app.training.notes.one-screen")]
    note = bench.parts.texts("app.training.step.phone-call.note")
    assert note not in texts_of(windows.control)


def test_notes_follow_the_script_on_another_screen(windows: TrainerWindows, bench: TrainerBench, monkeypatch) -> None:
    monkeypatch.setattr("app.ui.training.windows.other_screen", lambda of: of.screen())
    windows.control.notes.click()
    window = windows.notes
    assert isinstance(window, NotesWindow)
    for step in ScriptStep:
        assert bench.parts.texts(f"app.training.step.{step.value}.note") in texts_of(window)
        assert bench.parts.texts(f"app.training.step.{step.value}.show") in texts_of(windows.control.script)
        windows.control.script.forward.click()
    assert not windows.control.script.forward.isEnabled()
    windows.control.script.list.setCurrentRow(0)
    assert bench.training.step is ScriptStep.PHONE_CALL


def test_only_screen_is_no_other_screen(windows: TrainerWindows, shell) -> None:
    assert notes.other_screen(shell.main) is None


async def test_notes_on_paper(windows: TrainerWindows, bench: TrainerBench, told, tmp_path: Path) -> None:
    path = tmp_path / "notes.pdf"
    await windows.save_paper(path)
    read = "".join(page.extract_text() for page in pypdf.PdfReader(path).pages)
    joined = "".join(read.split())
    for _title, show, note in paper_of(bench.parts.texts).steps:
        assert "".join(note.split())[:40] in joined.replace("-", "") or "".join(note.split())[:20] in joined
        assert "".join(show.split())[:20] in joined
    await windows.save_paper(tmp_path / "no" / "folder.pdf")
    assert len(told) == 2


def test_mails_of_the_training(windows: TrainerWindows, bench: TrainerBench, qtbot) -> None:
    mails = windows.control.mails
    bench.letters.append(Letter("kundin-10@kunden.example", "Ihr Termin", "Der Link"))
    mails.arrived.emit()
    qtbot.waitUntil(lambda: mails.text.toPlainText() == "Der Link")
    assert mails.list.count() == 1


def test_phone_shows_what_the_page_says(qtbot, windows: TrainerWindows, bench: TrainerBench) -> None:
    windows.control.phone.click()
    assert windows.phone is not None
    phone, client, page = windows.phone.telephone, bench.training.client, bench.parts.page_texts

    def shows(said: str) -> None:
        qtbot.waitUntil(lambda: said in texts_of(phone))

    shows(page("page.welcome.voluntary"))
    for state, said in (
        (ClientState.ARRIVING, "page.waiting.joining"),
        (ClientState.WAITING, "page.waiting.stay"),
        (ClientState.DROPPED, "page.waiting.lost"),
        (ClientState.IN_ROOM, "page.room.connecting"),
        (ClientState.OVER, "page.goodbye.devices"),
    ):
        client._go(state)
        shows(page(said))
        assert phone.picture.isVisibleTo(phone) is (state is ClientState.IN_ROOM)
    client._go(ClientState.IN_ROOM)
    client.talk.words = (0, 1, 2, 3)
    bench.training.changed.announce(None)
    words = bench.parts.words("de")
    shows(" · ".join(words[:4]))


def test_real_page_opens_for_the_chosen_appointment(windows: TrainerWindows, bench: TrainerBench, desk, told) -> None:
    windows.show_phone()
    assert windows.phone is not None
    windows.phone.open_page.click()
    assert told == [bench.parts.texts("app.training.phone.no-browser")]
    room = desk.create_now("Erstgespräch", "de", 30)
    windows.control.client.refresh()
    windows.phone.open_page.click()
    assert bench.opened == [room.link]


def test_trainer_window_is_put_away_but_not_closed(windows: TrainerWindows) -> None:
    windows.control.close()
    assert windows.control.isMinimized()


def test_mark_says_that_all_is_invented(qtbot, texts) -> None:
    mark = TrainingMark(texts)
    qtbot.addWidget(mark)
    assert mark.accessibleName() == "Schulung – alles hier ist erfunden"


async def test_next_group_begins_with_the_letters_of_the_last(windows: TrainerWindows, shell, bench: TrainerBench) -> None:
    program = SimpleNamespace(shell=shell)
    group = Group(program, bench.training, windows, Path())  # type: ignore[arg-type]
    over = asyncio.ensure_future(_until_over(group, large=False))
    await asyncio.sleep(0)
    windows.control.large.click()
    windows.control.reset.click()
    assert await over == (True, True)
    over = asyncio.ensure_future(_until_over(group, large=True))
    await asyncio.sleep(0)
    shell.main.close()
    assert await over == (False, True)


def test_pause_says_that_it_begins_anew(qtbot, texts) -> None:
    pause = PauseWindow(texts)
    qtbot.addWidget(pause)
    assert texts("app.training.pause") in "\n".join(shown.text() for shown in pause.findChildren(QLabel))
