"""Whole ways by the keyboard alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QMessageBox, QTabBar, QWidget

from app.domain.appointments import Stage
from app.domain.outcome import OutcomeKind
from app.services.ports import SessionState
from app.ui.appointment.invitation import InvitationWindow
from app.ui.appointment.new import NowDialog
from app.ui.appointment.outcome import OutcomeDialog
from app.ui.appointment.sheet import CallSheet
from app.ui.call.share_dialog import ShareDialog
from app.wire.messages import Notice
from tests.ui.support import dialog

CTRL = Qt.KeyboardModifier.ControlModifier
CTRL_SHIFT = CTRL | Qt.KeyboardModifier.ShiftModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def active(qtbot) -> Callable[[type[QWidget]], QWidget]:
    """Waits for the dialog of that class to have the keyboard."""

    def wait(kind: type[QWidget]) -> QWidget:
        qtbot.waitUntil(lambda: QApplication.activeWindow() is dialog(kind) is not None and getattr(dialog(kind), "stands", True))
        found = dialog(kind)
        assert found is not None
        return found

    return wait


@pytest.fixture
def go_to(press) -> Callable[[str], None]:
    """Tab on until the keyboard is on the control of that name."""

    def walk(name: str) -> None:
        for _ in range(60):
            focused = QApplication.focusWidget()
            if focused is not None and spoken(focused) == name:
                return
            press(Qt.Key.Key_Tab)
        raise AssertionError(f"Tab never comes to {name!r}")

    return walk


def spoken(widget: QWidget) -> str:
    """What a screen reader calls it."""
    return QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)


def note_now(press, active, name: str = "") -> None:
    """A Sofort-Termin, from anywhere in the main window to its call sheet."""
    press(Qt.Key.Key_N, CTRL)
    active(NowDialog)
    press(name)
    press(Qt.Key.Key_Tab, SHIFT)
    assert isinstance(QApplication.focusWidget(), QCheckBox)
    press(Qt.Key.Key_Space)
    press(Qt.Key.Key_Return)
    active(CallSheet)


def test_without_an_agreement_enter_makes_no_link(shell, book, press, active, texts) -> None:
    press(Qt.Key.Key_N, CTRL)
    asked = active(NowDialog)
    press("Erster Termin")
    press(Qt.Key.Key_Return)
    assert asked.isVisible()
    assert not book.store.between(0, book.clock.unix() + 1)
    assert asked._fields["agreement"].error == texts("app.noting.now.not-agreed")


def test_little_data_volume_is_noted_while_phoning(shell, door, desk, press, active, go_to, texts) -> None:
    press(Qt.Key.Key_N, CTRL)
    active(NowDialog)
    press(Qt.Key.Key_Tab, SHIFT)
    press(Qt.Key.Key_Space)
    go_to(texts("app.noting.save-data"))
    press(Qt.Key.Key_Space)
    press(Qt.Key.Key_Return)
    active(CallSheet)
    assert [entry.save_data for entry in desk.rooms] == [True]


def test_from_sofort_termin_to_the_outcome(qtbot, shell, door, book, desk, clock, press, active, go_to, texts) -> None:
    note_now(press, active, "Frau Weber")
    (entry,) = desk.rooms
    assert entry.title == "Frau Weber"

    go_to(texts("app.sheet.invite.others"))
    press(Qt.Key.Key_Space)
    active(InvitationWindow)
    while not isinstance(QApplication.focusWidget(), QTabBar):
        press(Qt.Key.Key_Tab)
    for _ in range(3):
        press(Qt.Key.Key_Right)
    go_to(texts("app.letter.copy.link"))
    press(Qt.Key.Key_Space)
    assert QGuiApplication.clipboard().text() == entry.link
    press(Qt.Key.Key_Escape)
    active(CallSheet)
    press(Qt.Key.Key_Escape)
    qtbot.waitUntil(shell.main.isActiveWindow)

    desk.client_arrives(entry.room)
    press(Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: bool(shell.calls) and next(iter(shell.calls.values())).isActiveWindow())
    session = desk.session(entry.room)
    assert session is not None
    session.client_connects()
    press(Qt.Key.Key_E, CTRL_SHIFT)
    clock.advance(10)
    assert session.state is SessionState.OVER
    qtbot.waitUntil(lambda: not shell.calls and shell.main.isActiveWindow())

    press(Qt.Key.Key_S, CTRL)
    asked = active(OutcomeDialog)
    go_to(texts("app.outcome.kind.held"))
    press(Qt.Key.Key_Space)
    press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not asked.isVisible())
    (kept,) = book.store.between(entry.starts_at, entry.starts_at + 1)
    assert (kept.stage, kept.outcome.kind) == (Stage.CLOSED, OutcomeKind.HELD)
    qtbot.waitUntil(shell.main.isActiveWindow)
    assert not shell.planning.ended.isVisible()


@pytest.mark.parametrize("place", ["search", "grid", "list", "head", "to-call"])
def test_who_waits_is_reached_from_anywhere(qtbot, shell, desk, room, press, go_to, to_call, place, texts) -> None:
    calendar = shell.planning.calendar
    if place == "search":
        press(Qt.Key.Key_F, CTRL)
        press("web")
    elif place == "list":
        press(Qt.Key.Key_4, CTRL)
        calendar.list.setFocus()
    elif place == "grid":
        calendar.grid.setFocus()
    elif place == "head":
        go_to(texts("app.calendar.mode.week"))
    else:
        go_to(texts("app.sheet.again.open"))
    seat = desk.client_arrives(room.room)
    press(Qt.Key.Key_F5)
    assert desk.rooms[-1].waiting[0].notice is Notice.FIVE_MINUTES
    press(Qt.Key.Key_F8)
    assert shell.quiet.is_silenced(seat)
    go_to(texts("app.waiting.admit"))
    press(Qt.Key.Key_F, CTRL)
    press(Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: room.room in shell.calls)


def test_back_to_the_conversation(qtbot, shell, call, press) -> None:
    shell.show()
    qtbot.waitUntil(shell.main.isActiveWindow)
    press(Qt.Key.Key_G, CTRL)
    qtbot.waitUntil(call.isActiveWindow)


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


def test_tab_reaches_every_control_and_comes_round(qtbot, shell, call, session, press, desk, to_call) -> None:
    session.client_connects()
    qtbot.waitUntil(lambda: not call._side.is_empty)
    desk.client_arrives(desk.create_now("Zweiter", "de", 30).room)
    desk.server_refuses("conflict")
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


def test_tab_goes_from_the_head_over_who_waits_to_the_calendar(qtbot, shell, call, desk, press, to_call, texts) -> None:
    """The order in which the window is read, whenever its parts came into it."""
    desk.client_arrives(desk.create_now("Zweiter", "de", 30).room)
    shell.show()
    qtbot.waitUntil(shell.main.isActiveWindow)
    shell.main._head.new.setFocus()
    walked = []
    while (focused := QApplication.focusWidget()) is not shell.main._head.new or not walked:
        walked.append(focused.accessibleName())
        press(Qt.Key.Key_Tab)
    wanted = [
        texts("app.agenda.new"),
        texts("app.quiet.visitor"),
        texts("app.help"),
        texts("app.waiting.admit"),
        texts("app.agenda.to-call"),
        texts("app.sheet.again.open"),
        texts("app.calendar.today"),
        texts("app.calendar.search"),
        texts("app.calendar.table.grid"),
    ]
    assert [name for name in walked if name in wanted] == wanted


def takes_tab(widget: QWidget) -> bool:
    return widget.isVisible() and widget.isEnabled() and bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
