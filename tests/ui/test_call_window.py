"""The conversation's window: states in words, the end and its undoing, chat, words, devices."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QMainWindow, QMessageBox

from app.domain.features import EVERY, Feature
from app.media.catalogue import SYNTHETIC_CAMERA
from app.media.ports import DeviceKind, DeviceTrouble
from app.services.ports import SessionState, WordsState
from app.ui.call.bar import CallBar
from app.ui.call.side import Panel
from app.ui.shortcuts import Shortcut
from tests.ui.support import find, names


def press(qtbot, window, name: str) -> None:
    qtbot.mouseClick(find(window, name), Qt.MouseButton.LeftButton)


def test_states_in_words(call, session, texts) -> None:
    assert texts("app.call.state.waiting-for-client") in names(call)
    session.client_connects()
    assert texts("app.call.state.running") in names(call)
    session.line_lost()
    assert texts("app.call.state.recovering") in names(call)
    session.line_back()
    session.client_leaves()
    assert texts("app.call.state.client-away") in names(call)
    assert texts("app.call.stage.client-away") in names(call)


def test_while_the_line_recovers_the_last_picture_stays(call, session, texts) -> None:
    session.client_connects()
    session.line_lost()
    assert find(call, texts("app.call.remote")).isVisible()


def test_end_can_be_taken_back_for_ten_seconds(qtbot, call, session, clock, texts) -> None:
    session.client_connects()
    press(qtbot, call, "Beenden")
    assert session.state is SessionState.ENDING
    assert texts("app.end.ending", seconds=10) in names(call)
    assert not find(call, "Mikrofon").isEnabled()
    clock.advance(9)
    press(qtbot, call, "Gespräch fortsetzen")
    assert session.state is SessionState.RUNNING
    assert "Gespräch fortsetzen" not in names(call)
    assert find(call, "Mikrofon").isEnabled()
    clock.advance(60)
    assert session.state is SessionState.RUNNING


def test_after_ten_seconds_the_window_goes_and_the_main_window_says_so(qtbot, shell, call, session, clock, texts) -> None:
    press(qtbot, call, "Beenden")
    clock.advance(10)
    assert shell.calls == {}
    assert not call.isVisible()
    assert texts("app.call.ended") in names(shell.main)


def test_sending_back_says_where_the_client_is(qtbot, shell, call, session, texts) -> None:
    call._menu.send_back.trigger()
    assert shell.calls == {}
    assert texts("app.call.sent-back") in names(shell.main)
    assert texts("app.call.ended") not in names(shell.main)


def test_closing_the_window_ends_with_undo_and_closing_again_ends_for_good(shell, call, session) -> None:
    call.close()
    assert (call.isVisible(), session.state) == (True, SessionState.ENDING)
    call.close()
    assert (call.isVisible(), session.state) == (False, SessionState.OVER)


def test_identity_banner_stands_until_confirmed(qtbot, call, session, texts) -> None:
    assert texts("app.identity.text") in names(call)
    press(qtbot, call, "Identität geprüft")
    assert session.identity_checked
    assert texts("app.identity.text") not in names(call)
    session.client_connects()
    assert texts("app.identity.text") not in names(call)
    session.another_device()  # somebody else may sit there
    assert texts("app.identity.text") in names(call)


@pytest.mark.parametrize("left_out", list(Feature))
def test_what_the_agency_leaves_out_has_no_switch_and_no_keys(qtbot, texts, theme, left_out) -> None:
    bar, pressed = CallBar(texts, theme, EVERY - {left_out}), []
    switches = {Feature.CHAT: bar.chat, Feature.SCREEN: bar.share}
    window = QMainWindow()
    qtbot.addWidget(window)
    window.setCentralWidget(bar)
    bar.bind_keys(window)
    for feature, switch in switches.items():
        switch.toggled.connect(lambda _on, feature=feature: pressed.append(feature))
    window.show()
    qtbot.waitActive(window)
    for shortcut in (Shortcut.CHAT, Shortcut.SHARE):
        QTest.keySequence(window.windowHandle(), shortcut.keys)
    assert [feature for feature, switch in switches.items() if not switch.isVisible()] == [left_out]
    assert pressed == [feature for feature in switches if feature is not left_out]


def test_unread_lines_are_counted_until_the_chat_is_opened(qtbot, call, session, texts) -> None:
    session.client_connects()
    session.client_says("Eins")
    session.client_says("Zwei")
    switch = find(call, "Chat")
    assert switch.text() == "Chat (2)"
    press(qtbot, call, "Chat")
    assert switch.text() == "Chat"
    assert any(name.endswith("Zwei") for name in names(call))
    session.client_says("Drei")
    assert switch.text() == "Chat"


def test_own_lines_say_when_they_have_arrived(qtbot, call, session, clock, texts) -> None:
    session.client_connects()
    press(qtbot, call, "Chat")
    field = find(call, "Nachricht schreiben")
    qtbot.keyClicks(field, "  Hallo  ")
    press(qtbot, call, "Senden")
    assert [line.text for line in session.chat] == ["Hallo"]
    assert any("wird gesendet: Hallo" in name for name in names(call))
    session.client_sees()
    assert any("angekommen: Hallo" in name for name in names(call))
    press(qtbot, call, "Senden")
    assert len(session.chat) == 1


@pytest.mark.parametrize("state", list(WordsState))
def test_words_say_what_to_do(qtbot, call, session, texts, state) -> None:
    session.client_connects()
    qtbot.waitUntil(lambda: texts("app.words.state.ready") in names(call))
    session.show_words(state, () if state in (WordsState.NONE, WordsState.BROKEN) else ("a", "b", "c", "d"))
    found = names(call)
    assert texts(f"app.words.state.{state.value}") in found
    assert ("a" in found) == (state not in (WordsState.NONE, WordsState.BROKEN))
    assert texts("app.words.limits") in found


def test_client_without_camera_and_microphone(call, session, texts) -> None:
    session.client_connects()
    session.client_switches(microphone=False, camera=False)
    assert texts("app.call.stage.camera-off") in names(call)
    assert texts("app.call.client-muted") in names(call)
    session.client_switches(microphone=True, camera=True)
    assert texts("app.call.client-muted") not in names(call)


TROUBLES = [(kind, trouble) for kind in DeviceKind for trouble in DeviceTrouble if trouble is not DeviceTrouble.SILENT]


@pytest.mark.parametrize(("kind", "trouble"), [*TROUBLES, (DeviceKind.MICROPHONE, DeviceTrouble.SILENT)])
def test_device_trouble_is_told_with_a_way_out(qtbot, call, session, texts, kind, trouble) -> None:
    session.device_fails(kind, trouble)
    assert texts(f"app.trouble.{kind.value}.{trouble.value}") in names(call)
    if trouble is not DeviceTrouble.RETURNED:
        press(qtbot, call, "Geräte auswählen")
        assert call._side.shows(Panel.DEVICES)


def test_mended_trouble_goes_by_itself_and_uncovers_the_one_before(qtbot, call, session, texts) -> None:
    session.device_fails(DeviceKind.CAMERA, DeviceTrouble.BUSY)
    session.device_fails(DeviceKind.MICROPHONE, DeviceTrouble.VANISHED)
    session.device_fails(DeviceKind.MICROPHONE, DeviceTrouble.RETURNED)
    assert texts("app.trouble.microphone.returned") in names(call)
    assert "Geräte auswählen" not in names(call)
    call._head.trouble._mended.timeout.emit()
    assert texts("app.trouble.camera.busy") in names(call)
    session.device_fails(DeviceKind.CAMERA, DeviceTrouble.RETURNED)
    call._head.trouble._mended.timeout.emit()
    assert call._head.trouble.isHidden()


def test_chosen_device_counts_at_once_and_is_remembered(qtbot, shell, call, session) -> None:
    call._menu.devices.trigger()
    box = find(call, "Kamera auswählen", QLabel).buddy()
    assert isinstance(box, QComboBox)
    qtbot.waitUntil(lambda: [box.itemText(row) for row in range(box.count())] == ["Standard des Systems", "Kamera A", "Ohne Kamera"])
    qtbot.keyClick(box, Qt.Key.Key_Down)
    assert session.devices.camera == SYNTHETIC_CAMERA
    qtbot.keyClick(box, Qt.Key.Key_Down)
    assert session.devices.camera is None


def test_level_is_read_only_while_the_window_is_seen(qtbot, call, session) -> None:
    session.level = 0.5
    qtbot.waitUntil(lambda: call._bar.meter.level > 0.5)
    session.set_microphone(False)
    qtbot.waitUntil(lambda: call._bar.meter.level == 0)
    call.hide()
    assert not call._view_model._levels.isActive()


def test_panels_close_again(qtbot, call, session) -> None:
    qtbot.waitUntil(lambda: call._side.shows(Panel.WORDS))
    call._menu.words.trigger()
    assert not call._side.isVisible()
    call._menu.words.trigger()
    assert call._side.shows(Panel.WORDS)
    press(qtbot, call, "Seitenbereich schließen")
    assert not call._side.isVisible()
    switch = find(call, "Chat")
    for wanted in (True, False):
        qtbot.mouseClick(switch, Qt.MouseButton.LeftButton)
        assert call._side.shows(Panel.CHAT) is wanted
    assert not call._side.isVisible()


def test_closed_window_hears_nothing_more(shell, call, session, desk) -> None:
    shell.close()
    assert session.state is SessionState.OVER
    session.client_says("zu spät")
    assert shell.calls == {}


@pytest.mark.parametrize("panel", [None, Panel.CHAT, Panel.DEVICES])
def test_words_to_compare_again_are_said_whatever_is_open(qtbot, call, session, texts, panel) -> None:
    qtbot.waitUntil(lambda: call._side.shows(Panel.WORDS))
    call._open_panel(panel)
    session.client_connects()
    session.show_words(WordsState.READY)
    said = texts("app.words.banner.compare-again")
    assert said not in names(call)
    session.show_words(WordsState.COMPARE_AGAIN)
    assert said in names(call)
    press(qtbot, call, texts("app.words.banner.show"))
    assert call._side.shows(Panel.WORDS)
    assert said not in names(call), "the panel says it"
    call._open_panel(panel)
    session.show_words(WordsState.BROKEN)
    assert texts("app.words.banner.broken") in names(call)


def test_the_small_window_says_it_too_and_leads_to_the_words(qtbot, call, session, texts) -> None:
    session.client_connects()
    call._shapes.show_mini()
    mini = call._shapes.mini
    session.show_words(WordsState.COMPARE_AGAIN)
    assert texts("app.words.banner.compare-again") in names(mini)
    press(qtbot, mini, texts("app.words.banner.show"))
    assert call._side.shows(Panel.WORDS)
    assert not mini.isVisible()


def test_a_connection_that_does_not_come_names_the_telephone(qtbot, call, session, texts) -> None:
    text = texts("app.call.nothing-comes.text")
    assert text not in names(call)
    call._view_model._patience.start(1)
    qtbot.waitUntil(lambda: text in names(call))
    press(qtbot, call, texts("app.call.nothing-comes.phone"))
    assert texts("app.by-phone.text") in [box.text() for box in call.findChildren(QMessageBox)]
    session.client_connects()
    assert text not in names(call)


def test_no_more_than_two_banners_take_the_pictures_room(qtbot, call, session, texts) -> None:
    session.client_connects()
    session.show_words(WordsState.BROKEN)
    call._open_panel(None)
    session.device_fails(DeviceKind.CAMERA, DeviceTrouble.VANISHED)
    told = [texts("app.words.banner.broken"), texts("app.trouble.camera.vanished")]
    assert [name for name in names(call) if name in (*told, texts("app.identity.text"))] == told
    session.show_words(WordsState.KEPT)
    assert texts("app.identity.text") in names(call)
