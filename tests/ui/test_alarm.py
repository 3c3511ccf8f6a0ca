"""Nobody waits unnoticed, nobody is named, nothing sounds in a conversation."""

from __future__ import annotations

from app.ui.alarm import REPEAT_MS


def test_arrival_is_told_at_once_without_names(shell, desk, room, tray, chime) -> None:
    desk.client_arrives(room.room)
    assert chime.played == 1
    assert tray.waiting
    assert len(tray.messages) == 1
    assert "Erstgespräch" not in "".join(tray.messages[0])
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


def test_rings_again_until_nobody_waits(shell, desk, room, chime, tray) -> None:
    seat = desk.client_arrives(room.room)
    shell.alarm.ring()
    assert chime.played == 2
    desk.client_vanishes(room.room, seat)
    assert not shell.alarm.repeats
    assert not tray.waiting
    shell.alarm.ring()
    assert chime.played == 2
    assert REPEAT_MS <= 30_000


def test_in_a_conversation_nothing_sounds_or_pops_up(shell, call, desk, chime, tray) -> None:
    played, shown = chime.played, len(tray.messages)
    other = desk.create_now("Nächster", "de", 30)
    desk.client_arrives(other.room)
    shell.alarm.ring()
    assert (chime.played, len(tray.messages)) == (played, shown)
    assert tray.waiting
    assert call._head._others.isVisible()


def test_admitting_the_last_one_ends_the_alarm(shell, call, tray) -> None:
    assert not tray.waiting
    assert not shell.alarm.repeats


def test_task_bar_is_asked_for_attention(qtbot, shell, desk, room) -> None:
    flashed = []
    shell.alarm._flash = lambda: flashed.append(True)
    desk.client_arrives(room.room)
    assert flashed == [True]


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
