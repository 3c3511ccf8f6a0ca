"""Whole ways by the keyboard alone."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget

from app.services.ports import SessionState
from app.ui.call.share_dialog import ShareDialog
from app.ui.invitation.view import InvitationDialog, NewAppointmentDialog
from app.wire.messages import Notice
from tests.ui.support import dialog

CTRL = Qt.KeyboardModifier.ControlModifier
CTRL_SHIFT = CTRL | Qt.KeyboardModifier.ShiftModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def test_little_data_volume_is_noted_while_phoning(qtbot, shell, desk, press, texts) -> None:
    press(Qt.Key.Key_N, CTRL)
    qtbot.waitUntil(lambda: QApplication.activeWindow() is dialog(NewAppointmentDialog) is not None)
    for _ in range(3):
        press(Qt.Key.Key_Tab)
    assert QApplication.focusWidget().text() == texts("app.new.save-data")
    press(Qt.Key.Key_Space)
    press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: QApplication.activeWindow() is dialog(InvitationDialog) is not None)
    assert [entry.save_data for entry in desk.rooms] == [True]


def test_from_sofort_termin_to_the_conversation(qtbot, shell, desk, press) -> None:
    press(Qt.Key.Key_N, CTRL)
    qtbot.waitUntil(lambda: QApplication.activeWindow() is dialog(NewAppointmentDialog) is not None)
    press("Erster Termin")
    press(Qt.Key.Key_Return)

    qtbot.waitUntil(lambda: QApplication.activeWindow() is dialog(InvitationDialog) is not None)
    assert [entry.title for entry in desk.rooms] == ["Erster Termin"]
    press(Qt.Key.Key_Return)
    assert QGuiApplication.clipboard().text() == desk.rooms[0].link
    press(Qt.Key.Key_Escape)
    qtbot.waitUntil(shell.main.isActiveWindow)

    desk.client_arrives(desk.rooms[0].room)
    press(Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: bool(shell.calls) and next(iter(shell.calls.values())).isActiveWindow())
    assert desk.session(desk.rooms[0].room) is not None


def test_through_the_conversation(qtbot, shell, call, session, clock, press) -> None:
    session.client_connects()
    press(Qt.Key.Key_M, CTRL_SHIFT)
    press(Qt.Key.Key_K, CTRL_SHIFT)
    assert (session.own_media.microphone, session.own_media.camera) == (False, False)
    press(Qt.Key.Key_M, CTRL_SHIFT)
    assert session.own_media.microphone

    press(Qt.Key.Key_N, CTRL_SHIFT)
    press("Guten Tag")
    press(Qt.Key.Key_Return)
    assert [line.text for line in session.chat] == ["Guten Tag"]

    press(Qt.Key.Key_I, CTRL_SHIFT)
    assert session.identity_checked

    press(Qt.Key.Key_E, CTRL_SHIFT)
    assert session.state is SessionState.ENDING
    press(Qt.Key.Key_F, CTRL_SHIFT)
    assert session.state is SessionState.RUNNING

    press(Qt.Key.Key_E, CTRL_SHIFT)
    clock.advance(10)
    assert session.state is SessionState.OVER
    qtbot.waitUntil(lambda: not shell.calls and shell.main.isActiveWindow())


@pytest.mark.qt_log_ignore("does not support grabbing the keyboard", extend=True)  # a menu on the offscreen platform
def test_a_whole_session_with_everything_in_it(qtbot, shell, desk, room, clock, press, screens) -> None:
    seat = desk.client_arrives(room.room)
    press(Qt.Key.Key_F5)
    assert desk.rooms[0].waiting[0].notice is Notice.FIVE_MINUTES
    press(Qt.Key.Key_F8)
    assert shell.quiet.is_silenced(seat)
    press(Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: bool(shell.calls) and next(iter(shell.calls.values())).isActiveWindow())
    call, session = shell.calls[room.room], desk.session(room.room)
    session.client_connects()

    press(Qt.Key.Key_P, CTRL_SHIFT)
    assert session.own_media.paused
    press(Qt.Key.Key_Space)  # the keyboard is on "Weiter"
    assert not session.own_media.paused

    press(Qt.Key.Key_B, CTRL_SHIFT)
    qtbot.waitUntil(lambda: QApplication.activeWindow() is dialog(ShareDialog) is not None)
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Return)
    qtbot.waitUntil(call.isActiveWindow)
    assert (session.own_media.screen, screens.chosen.name) == (True, "Brief")
    press(Qt.Key.Key_B, CTRL_SHIFT)
    assert not session.own_media.screen

    press(Qt.Key.Key_O, CTRL_SHIFT)
    assert session.devices.headphones
    press(Qt.Key.Key_F11)
    qtbot.waitUntil(call.isFullScreen)
    press(Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not call.isFullScreen())
    press(Qt.Key.Key_L, CTRL_SHIFT)
    qtbot.waitUntil(lambda: QApplication.activeWindow() is call._shapes.mini)
    press(Qt.Key.Key_M, CTRL_SHIFT)
    assert not session.own_media.microphone
    press(Qt.Key.Key_L, CTRL_SHIFT)
    qtbot.waitUntil(call.isActiveWindow)

    press(Qt.Key.Key_A, CTRL_SHIFT)
    qtbot.waitUntil(call._menu.isVisible)
    QTest.keyClick(call._menu, Qt.Key.Key_Escape)
    press(Qt.Key.Key_T, CTRL_SHIFT)
    qtbot.waitUntil(lambda: QApplication.activeWindow() is dialog(QMessageBox) is not None)
    press(Qt.Key.Key_Return)
    assert session.state is SessionState.ENDING
    clock.advance(10)
    qtbot.waitUntil(lambda: not shell.calls and shell.main.isActiveWindow())
    assert room.room in desk.by_phone


def test_ending_puts_the_keyboard_on_taking_it_back(call, session, press) -> None:
    session.client_connects()
    press(Qt.Key.Key_E, CTRL_SHIFT)
    press(Qt.Key.Key_Space)
    assert session.state is SessionState.RUNNING


def test_send_back_by_keyboard(qtbot, shell, call, desk, room, press) -> None:
    press(Qt.Key.Key_W, CTRL_SHIFT)
    qtbot.waitUntil(lambda: not shell.calls)
    assert [w.room.room for w in shell.agenda.waiting] == [room.room]


def test_tab_reaches_every_control_and_comes_round(qtbot, shell, call, session, press, desk, room) -> None:
    session.client_connects()
    qtbot.waitUntil(lambda: not call._side.is_empty)
    shell.agenda.create("Zweiter", "de", 30)
    desk.client_arrives(next(r.room for r in desk.rooms if r.title == "Zweiter"))
    for window in (shell.main, call):
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        wanted = {w for w in window.findChildren(QWidget) if takes_tab(w)}
        assert len(wanted) >= 6
        reached = set()
        for _ in range(3 * len(wanted)):
            press(Qt.Key.Key_Tab)
            reached.add(QApplication.focusWidget())
        assert wanted <= reached, [w.accessibleName() for w in wanted - reached]
        before = QApplication.focusWidget()
        press(Qt.Key.Key_Tab)
        press(Qt.Key.Key_Backtab, SHIFT)
        assert QApplication.focusWidget() is before


def takes_tab(widget: QWidget) -> bool:
    return widget.isVisible() and widget.isEnabled() and bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
