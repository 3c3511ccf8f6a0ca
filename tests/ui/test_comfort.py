"""The session as people live it: a pause, screens of both sides, the small window, one's own picture, on by phone, words for the line."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton, QWidget

from app.domain.line import LineVerdict
from app.media.ports import CallStats, Device, DeviceChoice, DeviceKind
from app.services.ports import SessionState
from app.ui.call.screen_view import STEPS, part_of
from app.ui.call.self_view import Corner
from app.ui.call.share_dialog import ShareDialog
from app.ui.devices import DeviceLists
from app.ui.screens import ScreenTrouble
from app.ui.wording import Wording
from tests.ui.support import dialog, find, grey, names

WEAK = [verdict for verdict in LineVerdict if verdict not in (LineVerdict.GOOD, LineVerdict.UNKNOWN)]


def press(qtbot, window: QWidget, name: str) -> None:
    qtbot.mouseClick(find(window, name), Qt.MouseButton.LeftButton)


def answer(qtbot, text: str) -> None:
    qtbot.waitUntil(lambda: dialog(QMessageBox) is not None)
    box = dialog(QMessageBox)
    qtbot.mouseClick(next(b for b in box.findChildren(QPushButton) if b.text() == text), Qt.MouseButton.LeftButton)


@pytest.fixture
def talk(qtbot, call, session):
    """A conversation that runs, with pictures."""
    session.client_connects()
    session.remote_picture.put(grey(320, 180))
    session.confirm_identity()
    return session


# ---- a short pause


def test_own_pause_covers_the_stage_and_leads_back(qtbot, call, talk, texts) -> None:
    press(qtbot, call, "Pause")
    assert talk.own_media.paused
    assert texts("app.pause.text") in names(call)
    assert not find(call, "Mikrofon").isEnabled()
    press(qtbot, call, "Weiter")
    assert (talk.own_media.paused, talk.own_media.microphone) == (False, True)
    assert texts("app.pause.text") not in names(call)
    assert find(call, "Mikrofon").isEnabled()


def test_the_clients_pause_is_said_kindly(call, talk, texts) -> None:
    talk.client_pauses(True)
    assert texts("app.call.stage.client-paused") in names(call)
    assert texts("app.call.client-muted") not in names(call)
    talk.client_pauses(False)
    assert texts("app.call.remote") in names(call)


# ---- showing a screen


def open_share(qtbot, call) -> ShareDialog:
    press(qtbot, call, "Zeigen")
    qtbot.waitUntil(lambda: dialog(ShareDialog) is not None)
    return dialog(ShareDialog)


def test_a_window_is_what_is_shown_unless_one_chooses_otherwise(qtbot, call, talk, screens, texts) -> None:
    asked = open_share(qtbot, call)
    assert (screens.running, screens.chosen.name) == (True, "Formular")
    assert texts("app.share.whole") not in names(asked)
    press(qtbot, asked, "Zeigen")
    assert talk.own_media.screen
    assert texts("app.share.now", name="Fenster: Formular") in names(call)
    assert (screens.running, talk.own_screen.newest()[1] is not None) == (True, True)
    press(qtbot, call, "Nicht mehr zeigen")
    assert (talk.own_media.screen, screens.running) == (False, False)
    assert "Nicht mehr zeigen" not in names(call)


def test_a_whole_screen_comes_with_a_warning(qtbot, call, talk, screens, texts) -> None:
    asked = open_share(qtbot, call)
    for _ in range(2):
        qtbot.keyClick(asked._list, Qt.Key.Key_Down)
    assert screens.chosen.name == "Bildschirm 1"
    assert texts("app.share.whole") in names(asked)
    qtbot.keyClick(asked, Qt.Key.Key_Escape)
    assert (talk.own_media.screen, screens.running) == (False, False)


def test_showing_goes_on_after_a_pause_and_ends_when_the_client_shows(qtbot, call, talk, screens, texts) -> None:
    press(qtbot, open_share(qtbot, call), "Zeigen")
    press(qtbot, call, "Pause")
    assert not screens.running
    press(qtbot, call, "Weiter")
    assert texts("app.share.now", name="Fenster: Formular") in names(call)
    assert screens.running
    talk.client_shares(True)
    assert "Nicht mehr zeigen" not in names(call)
    assert not screens.running


def test_a_shown_window_that_is_closed_is_told(qtbot, call, talk, screens, texts) -> None:
    press(qtbot, open_share(qtbot, call), "Zeigen")
    screens.trouble.emit(ScreenTrouble.GONE)
    assert not talk.own_media.screen
    assert texts("app.screen.gone") in names(call)


def test_dialog_follows_windows_that_open_and_says_what_cannot_be_previewed(qtbot, call, talk, screens, texts) -> None:
    screens.refusal = ScreenTrouble.REFUSED
    asked = open_share(qtbot, call)
    assert texts("app.screen.refused") in names(asked)
    screens.there = []
    call.activateWindow()
    asked.activateWindow()
    asked._read()
    assert texts("app.share.nothing") in names(asked)
    assert not asked._begin.isEnabled()
    asked.reject()


# ---- the client's screen


def test_the_clients_screen_is_large_and_can_be_magnified(qtbot, call, talk) -> None:
    talk.client_shares(True)
    talk.remote_screen.put(grey(640, 360))
    large, small = find(call, "Bildschirm der Kundin oder des Kunden"), find(call, "Bild der Kundin oder des Kunden")
    qtbot.waitUntil(lambda: large.has_picture)
    assert large.width() > 3 * small.width()
    for _ in range(len(STEPS)):
        QTest.keyClick(call, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    assert large.zoom == STEPS[-1]
    assert not call._stage._screen._larger.isEnabled()
    QTest.keyClick(call, Qt.Key.Key_Minus, Qt.KeyboardModifier.ControlModifier)
    assert large.zoom == STEPS[-2]
    middle = large._middle
    QTest.keyClick(large, Qt.Key.Key_Left)
    assert large._middle.x() < middle.x()
    QTest.keyClick(call, Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
    assert large.zoom == 1
    talk.client_shares(False)
    assert not large.isVisible()
    assert small.width() > 300


def test_a_magnified_part_keeps_its_colours_in_place() -> None:
    frame = grey(640, 360)
    frame.y[100:200, 200:300] = 200
    part = part_of(frame, 4.0, QPointF(250 / 640, 150 / 360))
    assert (part.width, part.height) == (160, 90)
    assert part.u.shape == part.v.shape == (45, 80)
    assert int(part.y[45, 80]) == 200
    for corner in (QPointF(0, 0), QPointF(1, 1)):
        assert part_of(frame, 3.0, corner).y.shape == (120, 212)


# ---- shapes of the window


def test_small_window_and_back(qtbot, call, talk, texts) -> None:
    call._menu.mini.trigger()
    mini = call._shapes.mini
    assert (mini.isVisible(), call.isVisible()) == (True, False)
    assert mini.windowFlags() & Qt.WindowType.WindowStaysOnTopHint
    press(qtbot, mini, "Mikrofon")
    assert not talk.own_media.microphone
    press(qtbot, mini, "Pause")
    assert talk.own_media.paused
    press(qtbot, mini, "Pause")
    talk.client_pauses(True)
    assert texts("app.call.stage.client-paused") in names(mini)
    press(qtbot, mini, "Zurück zum großen Fenster")
    assert (mini.isVisible(), call.isVisible()) == (False, True)
    call._menu.mini.trigger()
    mini.close()
    assert call.isVisible()


def test_what_ends_in_the_small_window_ends_in_the_large_one(qtbot, shell, call, talk, clock) -> None:
    call._menu.mini.trigger()
    talk.end()
    assert (call._shapes.is_mini, call.isVisible()) == (False, True)
    call._head.undo.pressed.emit()
    call._menu.mini.trigger()
    talk.send_back()
    assert shell.calls == {}
    assert call._shapes.mini is None


def test_full_screen_and_escape(qtbot, call, talk) -> None:
    QTest.keyClick(call, Qt.Key.Key_F11)
    qtbot.waitUntil(call.isFullScreen)
    assert not call._head._row.isVisible()
    QTest.keyClick(call, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not call.isFullScreen())
    assert call._head._row.isVisible()


def test_own_picture_goes_to_every_corner_by_keyboard_and_mouse_and_stays_there(qtbot, shell, call, talk) -> None:
    own = call._stage.own
    kept = []
    shell.corner_chosen.connect(kept.append)
    own.setFocus()
    for key, corner in (
        (Qt.Key.Key_Up, Corner.TOP_RIGHT),
        (Qt.Key.Key_Left, Corner.TOP_LEFT),
        (Qt.Key.Key_Down, Corner.BOTTOM_LEFT),
        (Qt.Key.Key_Right, Corner.BOTTOM_RIGHT),
    ):
        QTest.keyClick(own, key)
        assert own.corner is corner
        middle = own.geometry().center()
        assert (middle.x() < call._stage.width() / 2, middle.y() < call._stage.height() / 2) == (corner.is_left, corner.is_top)
    QTest.mousePress(own, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(20, 20))
    QTest.mouseMove(own, own.mapFromParent(QPoint(40, 40)))
    assert own.is_held
    QTest.mouseRelease(own, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, own.mapFromParent(QPoint(40, 40)))
    assert own.corner is Corner.TOP_LEFT
    assert kept[-1] is Corner.TOP_LEFT
    talk.send_back()
    shell.main.admit_first()
    qtbot.waitUntil(lambda: bool(shell.calls))
    assert next(iter(shell.calls.values()))._stage.own.corner is Corner.TOP_LEFT
    assert [Corner.kept(c.value) for c in Corner] == list(Corner)
    assert Corner.kept("somewhere") is Corner.BOTTOM_RIGHT


# ---- on by phone, the line, devices


def test_on_by_phone_warns_of_iphones_first(qtbot, shell, call, talk, clock, desk, room, texts) -> None:
    call._menu.by_phone.trigger()
    qtbot.waitUntil(lambda: dialog(QMessageBox) is not None)
    assert "iPhone" in dialog(QMessageBox).informativeText()
    answer(qtbot, "Video beenden, dann anrufen")
    assert talk.state is SessionState.ENDING
    clock.advance(10)
    assert room.room in desk.by_phone
    assert texts("app.call.by-phone") in names(shell.main)


def test_phone_that_was_taken_back_is_an_ordinary_end_later(qtbot, shell, call, talk, clock, texts) -> None:
    call._view_model.go_on_by_phone()
    press(qtbot, call, "Gespräch fortsetzen")
    press(qtbot, call, "Beenden")
    clock.advance(10)
    assert texts("app.call.ended") in names(shell.main)


@pytest.mark.parametrize("verdict", WEAK)
def test_weak_line_is_said_with_one_way_out(qtbot, call, talk, texts, verdict) -> None:
    talk.line_is(verdict)
    assert texts(f"app.verdict.{verdict.value}") in names(call)
    press(qtbot, call, "Kamera ausschalten")
    assert not talk.own_media.camera
    press(qtbot, call, "Weiter per Telefon")
    answer(qtbot, "Im Video bleiben")
    talk.line_is(LineVerdict.GOOD)
    assert texts(f"app.verdict.{verdict.value}") not in names(call)


def test_who_speaks_is_seen(qtbot, call, talk) -> None:
    talk.call_stats = CallStats(remote_level=0.2)
    qtbot.waitUntil(lambda: call._stage._speaking)
    talk.client_switches(microphone=False, camera=True)
    qtbot.waitUntil(lambda: not call._stage._speaking)


def test_headphones_are_said_in_the_panel_and_in_the_menu(qtbot, call, talk) -> None:
    call._menu.devices.trigger()
    switch = find(call, "Ich höre über Kopfhörer oder ein Headset")
    qtbot.keyClick(switch, Qt.Key.Key_Space)
    assert talk.devices.headphones
    assert call._menu.headphones.isChecked()
    call._menu.headphones.trigger()
    assert not talk.devices.headphones
    assert not switch.isChecked()


class Shelf:
    """Devices that a test plugs in and out."""

    def __init__(self) -> None:
        self.cameras = ["Kamera A"]

    def devices(self, kind: DeviceKind) -> list[Device]:
        return [Device(kind, name, name) for name in self.cameras] if kind is DeviceKind.CAMERA else []


class Plug(QPushButton):
    """Has a signal."""


def test_lists_follow_what_is_plugged_in_and_out_and_keep_the_choice(qtbot, texts) -> None:
    from app.ui.call.device_panel import DevicePanel

    shelf, plug = Shelf(), Plug()
    qtbot.addWidget(plug)
    lists = DeviceLists(shelf, plug.clicked)
    panel = DevicePanel(lists, DeviceChoice(camera="Kamera A"), texts, True)
    qtbot.addWidget(panel)
    box = panel._boxes[DeviceKind.CAMERA]
    panel.show()
    qtbot.waitUntil(lambda: box.currentText() == "Kamera A")
    shelf.cameras.append("Kamera B")
    plug.click()
    qtbot.waitUntil(lambda: box.findText("Kamera B") > 0)
    assert box.currentText() == "Kamera A"
    shelf.cameras.remove("Kamera B")
    plug.click()
    qtbot.waitUntil(lambda: box.findText("Kamera B") < 0)
    lists.close()
    lists.close()


# ---- after the program was killed


def test_conversation_that_still_runs_is_offered_again(qtbot, shell, desk, room, clock, texts) -> None:
    seat = desk.client_arrives(room.room)
    desk.admit(room.room, seat)
    desk.program_was_killed(room.room)
    assert texts("app.resume.text", time=Wording(texts).time(room.starts_at)) in names(shell.main)
    QTest.keyClick(shell.main, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: list(shell.calls) == [room.room])
    assert desk.session(room.room).state is SessionState.RECOVERING
    assert "Zurück ins Gespräch" not in names(shell.main)
    assert QApplication.activeModalWidget() is None
