"""Nobody waits unnoticed, nobody is named, nothing sounds in a conversation, nothing shows while a screen is shared."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from app.domain.wishes import Ringing
from app.ui.alarm import REPEAT_MS, Moment
from app.ui.calendar.spans import Mode
from tests.ui.support import FakeScreens, everything, find, names, noted

DAY_S = 24 * 3600


def test_arrival_is_told_at_once_without_names(shell, desk, room, tray, task_bar, chime) -> None:
    said = []
    shell.alarm.told.connect(lambda *told: said.append(told))
    desk.client_arrives(room.room)
    assert (chime.played, task_bar.flashes, task_bar.count) == (1, 1, 1)
    assert tray.waiting
    assert len(tray.messages) == 1
    assert "Erstgespräch" not in "".join(tray.messages[0])
    assert said == [("Im Warteraum wartet jemand auf Sie.", True)]
    assert shell.alarm.repeats


def test_minimised_window_is_told_too(qtbot, shell, desk, room, tray) -> None:
    shell.main.showMinimized()
    qtbot.waitUntil(shell.main.isMinimized)
    desk.client_arrives(room.room)
    assert len(tray.messages) == 1
    shell.show()
    qtbot.waitUntil(lambda: not shell.main.isMinimized())
    focused = shell.main.focusWidget()
    assert focused is not None
    assert focused.accessibleName() == "Einlassen"


def test_sounds_again_until_nobody_waits_with_one_notification(shell, desk, room, chime, tray, task_bar) -> None:
    seat = desk.client_arrives(room.room)
    shell.alarm._repeat.timeout.emit()
    assert (chime.played, task_bar.flashes, len(tray.messages)) == (2, 2, 1)
    assert shell.alarm._repeat.interval() == REPEAT_MS == 20_000
    desk.client_vanishes(room.room, seat)
    assert not shell.alarm.repeats
    assert (tray.waiting, task_bar.count) == (False, 0)
    shell.alarm.ring()
    assert chime.played == 2


@pytest.mark.parametrize(("ringing", "sounds", "repeats"), [(Ringing.ONCE, 1, False), (Ringing.SILENT, 0, True)])
def test_who_wants_less_sound_is_still_told(shell, desk, room, chime, tray, task_bar, ringing, sounds, repeats) -> None:
    shell.alarm.ringing = ringing
    desk.client_arrives(room.room)
    assert (chime.played, len(tray.messages), task_bar.flashes) == (sounds, 1, 1)
    assert shell.alarm.repeats is repeats


@pytest.mark.parametrize("look", ["key", "click", "coming back from elsewhere"])
def test_sounds_no_more_once_somebody_looked(qtbot, shell, desk, room, chime, look) -> None:
    desk.client_arrives(room.room)
    assert shell.alarm.repeats
    handle = shell.main.windowHandle()
    if look == "key":
        QTest.keyClick(handle, Qt.Key.Key_Shift)
    elif look == "click":
        QTest.mouseClick(handle, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, shell.main.rect().center())
    else:
        elsewhere = QWidget()
        qtbot.addWidget(elsewhere)
        elsewhere.show()
        elsewhere.activateWindow()
        qtbot.waitUntil(elsewhere.isActiveWindow)
        assert shell.alarm.repeats
        shell.show()
        qtbot.waitUntil(shell.main.isActiveWindow)
    assert not shell.alarm.repeats
    assert chime.played == 1
    desk.client_arrives(desk.create_now("Nächster", "de", 30).room)
    assert shell.alarm.repeats


def test_knocking_again_rings_again(qtbot, shell, desk, room, chime, tray, texts) -> None:
    seat = desk.client_arrives(room.room)
    shell.alarm.looked()
    desk.client_knocks(room.room, seat)
    assert (chime.played, len(tray.messages), shell.alarm.repeats) == (2, 2, True)
    assert any(name.startswith("Hat um ") for name in names(shell.main))


def test_one_person_or_the_whole_day_can_be_silenced(qtbot, shell, desk, room, chime, tray, clock) -> None:
    desk.client_arrives(room.room)
    qtbot.mouseClick(find(shell.main, "Für diese Person nicht klingeln"), Qt.MouseButton.LeftButton)
    shell.alarm.ring()
    assert (chime.played, len(tray.messages)) == (1, 2)
    other = desk.create_now("Nächster", "de", 30)
    desk.client_arrives(other.room)
    assert chime.played == 2

    qtbot.mouseClick(find(shell.main, "Heute nicht klingeln"), Qt.MouseButton.LeftButton)
    shell.alarm.ring()
    assert chime.played == 2
    clock.advance(DAY_S)
    shell.agenda.changed.emit()
    assert not find(shell.main, "Heute nicht klingeln").isChecked()
    desk.client_arrives(desk.create_now("Am Tag darauf", "de", 30).room)
    assert chime.played == 3


SECRETS = ("Frau", "Erstgespräch", "030", "kundin@")


def told(window: QWidget) -> list[str]:
    """Everything that a screen reader could say of a window."""
    kinds = (QAccessible.Text.Name, QAccessible.Text.Description, QAccessible.Text.Value, QAccessible.Text.Help)
    return [thing.text(kind) for thing in everything(window) for kind in kinds]


def betrayed(window: QWidget) -> list[str]:
    return [text for text in told(window) if any(secret in text for secret in SECRETS)]


@pytest.mark.parametrize("mode", list(Mode))
def test_visitor_at_the_table_hides_names_everywhere_and_silences(
    qtbot, shell, book, desk, talked, to_call, chime, tray, task_bar, mode
) -> None:
    """Of who waits, who is to be phoned, whose conversation has ended, and in every way of looking at the calendar."""
    shell.planning.calendar.head.mode_wanted.emit(mode)
    assert len({secret for secret in SECRETS for text in betrayed(shell.main) if secret in text}) >= 2
    qtbot.mouseClick(find(shell.main, "Besuch am Tisch"), Qt.MouseButton.LeftButton)
    before = chime.played, len(tray.messages), task_bar.flashes
    desk.client_arrives(noted(book, "Frau Neu").access.room)
    assert betrayed(shell.main) == []
    assert (chime.played, len(tray.messages), task_bar.flashes) == (before[0], before[1], before[2] + 1)
    assert tray.waiting
    qtbot.mouseClick(find(shell.main, "Besuch am Tisch"), Qt.MouseButton.LeftButton)
    assert any("Frau Neu" in text for text in betrayed(shell.main))


def test_visitor_does_not_read_whose_conversation_runs(shell, call) -> None:
    shell.show()
    assert betrayed(shell.main)
    shell.quiet.set_visitor(True)
    assert betrayed(shell.main) == []


def test_alarm_beside_an_open_call_sheet(qtbot, shell, desk, room, to_call, press, chime, tray) -> None:
    """The sheet does not lock the main window: who waits rings, is told in it, and is let in without closing it."""
    sheet = shell.planning.windows.sheet(to_call.id)
    qtbot.waitUntil(sheet.isActiveWindow)
    desk.client_arrives(room.room)
    assert (chime.played, len(tray.messages), shell.alarm.repeats) == (1, 1, True)
    shell.show()
    qtbot.waitUntil(shell.main.isActiveWindow)
    press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: room.room in shell.calls)
    assert sheet.isVisible()


def test_in_a_conversation_nothing_sounds_or_pops_up(shell, call, desk, chime, tray, task_bar) -> None:
    played, shown, flashed = chime.played, len(tray.messages), task_bar.flashes
    other = desk.create_now("Nächster", "de", 30)
    desk.client_arrives(other.room)
    shell.alarm.remind()
    assert shell.alarm.moment is Moment.IN_CONVERSATION
    assert (chime.played, len(tray.messages), task_bar.flashes) == (played, shown, flashed + 2)
    assert tray.waiting
    assert "Es wartet noch jemand" in names(call)


def test_while_a_screen_is_shown_only_the_conversations_own_window_tells(shell, call, session, desk, chime, tray, task_bar) -> None:
    session.client_connects()
    session.share_screen(FakeScreens())
    before = chime.played, len(tray.messages), task_bar.flashes
    other = desk.create_now("Nächster", "de", 30)
    desk.client_arrives(other.room)
    shell.alarm.remind()
    assert (chime.played, len(tray.messages), task_bar.flashes) == before
    assert (tray.waiting, task_bar.count) == (False, 0)
    assert "Es wartet noch jemand" in names(call)
    assert not any("Nächster" in name for name in names(shell.main))
    session.share_screen(None)  # now it is made up for
    assert (tray.waiting, task_bar.count, task_bar.flashes) == (True, 1, before[2] + 1)
    assert (chime.played, len(tray.messages)) == before[:2]


def test_admitting_the_last_one_ends_the_alarm(shell, call, tray) -> None:
    assert not tray.waiting
    assert not shell.alarm.repeats


def test_who_was_gone_and_comes_back_rings_again(shell, desk, room, chime, tray) -> None:
    seat = desk.client_arrives(room.room)
    desk.client_vanishes(room.room, seat)
    assert not shell.alarm.repeats
    desk.client_returns(room.room, seat)
    assert chime.played == 2
    assert shell.alarm.repeats
    assert tray.waiting


def test_whom_the_counsellor_sends_back_does_not_ring_until_they_were_gone(shell, call, session, desk, room, chime) -> None:
    played = chime.played
    call._view_model.send_back()
    assert [w.room.room for w in shell.agenda.waiting] == [room.room]
    assert (chime.played, shell.alarm.repeats) == (played, False)
    seat = desk.rooms[0].seats[0].seat
    desk.client_vanishes(room.room, seat)
    desk.client_returns(room.room, seat)
    assert (chime.played, shell.alarm.repeats) == (played + 1, True)


def test_who_came_during_a_conversation_is_told_of_when_it_ends(qtbot, shell, call, session, desk, room, clock, chime, tray) -> None:
    session.client_connects()
    played, shown = chime.played, len(tray.messages)
    desk.client_arrives(desk.create_now("Nächster", "de", 30).room)
    session.end_now()
    qtbot.waitUntil(lambda: not shell.calls)
    qtbot.waitUntil(shell.main.isActiveWindow)
    assert (chime.played, len(tray.messages)) == (played + 1, shown + 1)
    assert shell.alarm.repeats, "the program brought its window up by itself; nobody has looked"
    QTest.keyClick(shell.main.windowHandle(), Qt.Key.Key_Shift)
    assert not shell.alarm.repeats


def test_who_was_seen_during_a_conversation_does_not_ring_after_it(qtbot, shell, call, session, desk, chime, tray) -> None:
    session.client_connects()
    desk.client_arrives(desk.create_now("Nächster", "de", 30).room)
    shell.alarm.looked()
    played, shown = chime.played, len(tray.messages)
    session.end_now()
    qtbot.waitUntil(lambda: not shell.calls)
    assert (chime.played, len(tray.messages)) == (played, shown)
