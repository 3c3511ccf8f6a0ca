"""What a screen reader finds: every control has a name and a role, lists are lists, states are told."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QDialog, QMessageBox, QWidget

from app.domain.appointments import Stage
from app.media.ports import DeviceKind, DeviceTrouble
from app.services.appointments.ports import Write
from app.services.ports import WordsState
from app.ui.calendar.spans import Mode
from app.ui.call.screen_view import ZoomedSurface
from app.ui.call.side import Panel
from app.ui.help import HelpDialog
from app.ui.shortcuts import CALL_WINDOW
from tests.ui.support import FakeScreens, dialog, everything, find, names, noted

Role = QAccessible.Role
PLAIN = {Role.NoRole, Role.Client, Role.Window, Role.Pane}
"""Roles that say nothing about what one can do with a thing."""


def nameless(window: QWidget) -> list[str]:
    wrong = []
    for widget in window.findChildren(QWidget):
        if not widget.isVisible() or widget.focusPolicy() == Qt.FocusPolicy.NoFocus or widget.focusProxy() is not None:
            continue
        thing = QAccessible.queryAccessibleInterface(widget)
        if thing is None or thing.role() in PLAIN or not thing.text(QAccessible.Text.Name).strip():
            wrong.append(f"{type(widget).__name__} {widget.accessibleName()!r} {thing and thing.role()}")
    return wrong


def cells(table: QWidget) -> list[str]:
    return [thing.text(QAccessible.Text.Name) for thing in everything(table) if thing.role() is Role.Cell]


def test_main_window(qtbot, shell, desk, room, to_call) -> None:
    desk.client_arrives(room.room)
    desk.server_refuses("conflict")
    assert find(shell.main, "Gesprächsbogen").isVisible()
    for mode in Mode:
        shell.planning.calendar.head.mode_wanted.emit(mode)
        assert nameless(shell.main) == []


def test_what_is_offered_after_a_conversation(qtbot, shell, talked) -> None:
    assert shell.planning.ended.isVisible()
    assert nameless(shell.main) == []


@pytest.mark.parametrize("panel", list(Panel))
def test_call_window(qtbot, call, session, panel) -> None:
    session.client_connects()
    call._open_panel(panel)
    session.client_says("Guten Tag")
    assert nameless(call) == []


def test_dialogs(qtbot, shell, to_call) -> None:
    windows = shell.planning.windows
    shell.main.new_wanted.emit()
    windows.new(to_call.starts_at)
    sheet = windows.sheet(to_call.id)
    qtbot.waitUntil(lambda: sheet.stands)
    windows.invitation(to_call.id)
    windows.outcome(to_call.id)
    HelpDialog(shell.main, shell._parts.texts, CALL_WINDOW).open()
    dialogs = [w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible()]
    assert len(dialogs) == 6
    for shown in dialogs:
        assert nameless(shown) == []
        assert shown.windowTitle()


def test_questions(qtbot, shell, desk, room) -> None:
    desk.client_arrives(room.room)
    qtbot.mouseClick(find(shell.main, "Entfernen"), Qt.MouseButton.LeftButton)
    box = dialog(QMessageBox)
    assert nameless(box) == []
    assert box.windowTitle()
    box.reject()


def test_banners_and_the_pause(qtbot, call, session) -> None:
    session.client_connects()
    session.show_words(WordsState.BROKEN)
    session.device_fails(DeviceKind.CAMERA, DeviceTrouble.VANISHED)
    session.share_screen(FakeScreens())
    assert nameless(call) == []
    session.pause(True)
    assert nameless(call) == []
    session.pause(False)
    session.end()
    assert nameless(call) == []


def test_small_window_and_menu(qtbot, call, session) -> None:
    session.client_connects()
    call._shapes.show_mini()
    assert nameless(call._shapes.mini) == []
    entries = [action.text() for action in call._menu.actions() if not action.isSeparator()]
    assert entries
    assert all(entries)


def test_the_clients_screen(qtbot, call, session) -> None:
    session.client_connects()
    session.client_shares(True)
    qtbot.waitUntil(lambda: call._stage.shows_screen)
    (picture,) = call.findChildren(ZoomedSurface)
    assert picture.accessibleName(), "Qt gives a painted widget no role of its own; its name says what it is"
    assert [wrong for wrong in nameless(call) if not wrong.startswith("ZoomedSurface")] == []


def test_taking_a_conversation_up_again(qtbot, shell, desk, room) -> None:
    seat = desk.client_arrives(room.room)
    desk.admit(room.room, seat)
    desk.program_was_killed(room.room)
    assert desk.resumable
    assert nameless(shell.main) == []


def test_an_appointment_at_the_door_is_a_sentence_of_the_calendar(shell, book, door) -> None:
    shell.planning.calendar.head.mode_wanted.emit(Mode.LIST)
    made = noted(book, "Frau Weber")
    assert any("Frau Weber, Erstgespräch, Video, eingeladen" in said for said in cells(shell.planning.calendar.list))
    book.store.write(Write(appointments=[replace(made, stage=Stage.WAITING)]))
    book.changed.announce([made.id])
    assert any("Frau Weber, Erstgespräch, Video, wartet" in said for said in cells(shell.planning.calendar.list))


def test_admit_button_keeps_its_name_and_describes_whom(shell, desk, room) -> None:
    desk.client_arrives(room.room)
    thing = QAccessible.queryAccessibleInterface(find(shell.main, "Einlassen"))
    assert thing.role() is Role.Button
    assert "Erstgespräch" in thing.text(QAccessible.Text.Description)


def test_who_came_with_the_dictated_code_is_said_before_and_after_letting_in(qtbot, shell, desk, room, texts) -> None:
    desk.client_arrives(room.room)
    assert texts("app.main.by-code") not in names(shell.main)
    desk.client_arrives(other := desk.create_now("Nächster", "de", 30).room, by_code=True)
    qtbot.waitUntil(lambda: names(shell.main).count(texts("app.main.by-code")) == 1)
    (card,) = [card for card in shell.main._waiting._cards.values() if card.waiting.room.room == other]
    said = [QAccessible.queryAccessibleInterface(act).text(QAccessible.Text.Description) for act in (card.button, card.message)]
    assert all(texts("app.main.by-code") in each for each in said)
    card.button.click()
    qtbot.waitUntil(lambda: other in shell.calls)
    assert texts("app.main.identity.by-code") in names(shell.calls[other])
    desk.session(other).confirm_identity()
    assert texts("app.main.identity.by-code") not in names(shell.calls[other])


def test_who_came_with_the_link_is_asked_about_as_always(call, session, texts) -> None:
    assert texts("app.identity.text") in names(call)
    assert texts("app.main.identity.by-code") not in names(call)


def test_switches_tell_whether_they_are_on(call, session) -> None:
    microphone = QAccessible.queryAccessibleInterface(find(call, "Mikrofon"))
    assert microphone.state().checked
    session.set_microphone(False)
    assert not microphone.state().checked


def test_words_are_read_in_their_order(qtbot, call, session) -> None:
    session.client_connects(("Apfel", "Brücke", "Wolke", "Zebra"))
    qtbot.waitUntil(lambda: "Zebra" in names(call))
    found = names(call)
    start = found.index("1")
    assert found[start : start + 8] == ["1", "Apfel", "2", "Brücke", "3", "Wolke", "4", "Zebra"]
