"""The main window: who waits, what the server's link is like, questions before something cannot be undone."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton

from app.domain.rooms import SeatState
from app.media.ports import CallError
from app.services.fakes import FakeDesk, FakeSession
from app.services.ports import LinkState
from app.ui.agenda.view import MainWindow
from app.ui.agenda.view_model import AgendaViewModel
from app.ui.quiet import Quiet
from tests.ui.support import dialog, find, names


def answer(qtbot, text: str) -> None:
    """Press that answer of the open question."""
    qtbot.waitUntil(lambda: any(isinstance(w, QMessageBox) and w.isVisible() for w in QApplication.topLevelWidgets()))
    box = next(w for w in QApplication.topLevelWidgets() if isinstance(w, QMessageBox) and w.isVisible())
    pressed = next(b for b in box.findChildren(QPushButton) if b.text() == text)
    qtbot.mouseClick(pressed, Qt.MouseButton.LeftButton)


def test_banner_only_while_demonstration(shell, desk, texts, parts) -> None:
    assert texts("app.agenda.demonstration") in names(shell.main)
    real = AgendaViewModel(FakeDesk(only_demonstration=False), desk.clock)
    assert not real.only_demonstration
    real.close()


@pytest.mark.parametrize("state", list(LinkState))
def test_link_in_words(shell, desk, texts, state) -> None:
    desk.set_link(state)
    assert texts(f"app.link.{state.value}") in names(shell.main)


def test_empty_day_says_what_to_do(shell, texts) -> None:
    assert texts("app.agenda.empty.more") in names(shell.main)


def test_card_stays_and_goes_with_its_client(shell, desk, room, clock, texts) -> None:
    seat = desk.client_arrives(room.room)
    card = find(shell.main, "Einlassen")
    clock.advance(125)
    shell.agenda.changed.emit()
    assert find(shell.main, "Einlassen") is card
    assert texts("app.room.waiting", time="seit 2 Minuten") in names(shell.main)
    desk.client_vanishes(room.room, seat)
    assert "Einlassen" not in names(shell.main)


def test_second_browser_in_a_conversation_is_asked_about(qtbot, shell, call, desk, room, session) -> None:
    second = desk.client_arrives(room.room)
    shell.show()
    qtbot.mouseClick(find(shell.main, "Einlassen"), Qt.MouseButton.LeftButton)
    assert [s.state for s in desk.rooms[0].seats] == [SeatState.ADMITTED, SeatState.WAITING]
    answer(qtbot, "Nicht einlassen")
    assert [s.state for s in desk.rooms[0].seats] == [SeatState.ADMITTED, SeatState.WAITING]

    qtbot.mouseClick(find(shell.main, "Einlassen"), Qt.MouseButton.LeftButton)
    answer(qtbot, "Gerät wechseln")
    assert [(s.seat, s.state) for s in desk.rooms[0].seats] == [(second, SeatState.ADMITTED)]
    assert desk.session(room.room) is session


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Dieselbe Person", [SeatState.ADMITTED]),
        ("Nur dieses Gerät einlassen", [SeatState.ADMITTED, SeatState.WAITING]),
        ("Noch niemanden einlassen", [SeatState.WAITING, SeatState.WAITING]),
    ],
)
def test_two_waiting_browsers(qtbot, shell, desk, room, text, left) -> None:
    desk.client_arrives(room.room)
    desk.client_arrives(room.room)
    shell.main.admit_first()
    answer(qtbot, text)
    assert [s.state for s in desk.rooms[0].seats] == left


def test_who_vanished_before_the_answer_is_passed_over(qtbot, shell, desk, room) -> None:
    first = desk.client_arrives(room.room)
    desk.client_arrives(room.room)
    shell.main.admit_first()
    desk.client_vanishes(room.room, first)
    answer(qtbot, "Dieselbe Person")
    assert shell.calls == {}


def test_who_went_while_the_question_was_open_is_not_removed(qtbot, shell, desk, room) -> None:
    seat = desk.client_arrives(room.room)
    qtbot.mouseClick(find(shell.main, "Entfernen"), Qt.MouseButton.LeftButton)
    desk.client_vanishes(room.room, seat)
    answer(qtbot, "Warteplatz schließen")
    assert [(s.seat, s.state) for s in desk.rooms[0].seats] == [(seat, SeatState.WAITING)]


def test_remove_and_revoke_ask_first(qtbot, shell, desk, room) -> None:
    desk.client_arrives(room.room)
    qtbot.mouseClick(find(shell.main, "Entfernen"), Qt.MouseButton.LeftButton)
    answer(qtbot, "Weiter warten lassen")
    assert len(shell.agenda.waiting) == 1
    qtbot.mouseClick(find(shell.main, "Entfernen"), Qt.MouseButton.LeftButton)
    answer(qtbot, "Warteplatz schließen")
    assert shell.agenda.waiting == []

    qtbot.mouseClick(find(shell.main, "Link zurückziehen"), Qt.MouseButton.LeftButton)
    answer(qtbot, "Link zurückziehen")
    assert desk.rooms[0].over


def test_refusal_is_told_and_can_be_put_away(qtbot, shell, desk, texts) -> None:
    desk.server_refuses("conflict")
    assert texts("app.refused.conflict") in names(shell.main)
    qtbot.mouseClick(find(shell.main, "Hinweis schließen"), Qt.MouseButton.LeftButton)
    assert texts("app.refused.conflict") not in names(shell.main)


def test_a_newer_note_hides_an_older_one_only_until_it_is_put_away(qtbot, shell, desk, texts) -> None:
    shell._parts.messages.tell_crash()
    desk.server_refuses("conflict")
    crash, refusal = texts("app.messages.crash"), texts("app.refused.conflict")
    assert [name for name in names(shell.main) if name in (crash, refusal)] == [refusal]
    qtbot.mouseClick(find(shell.main, "Hinweis schließen"), Qt.MouseButton.LeftButton)
    assert [name for name in names(shell.main) if name in (crash, refusal)] == [crash]
    qtbot.mouseClick(find(shell.main, "Hinweis schließen"), Qt.MouseButton.LeftButton)
    assert "Hinweis schließen" not in names(shell.main)


def test_leaving_while_somebody_waits_asks(qtbot, shell, desk, room) -> None:
    desk.client_arrives(room.room)
    shell.main.close()
    assert shell.main.isVisible()
    with qtbot.waitSignal(shell.closed):
        answer(qtbot, "Programm beenden")


def test_leaving_an_idle_program_does_not_ask(qtbot, shell, room) -> None:
    with qtbot.waitSignal(shell.closed):
        shell.main.close()
    assert not shell.main.isVisible()


def test_enter_on_a_row_does_what_is_likely_wanted(qtbot, shell, desk, room) -> None:
    shell.main._list.setFocus()
    with qtbot.waitSignal(shell.main.invitation_wanted):
        qtbot.keyClick(shell.main._list, Qt.Key.Key_Return)
    QApplication.activeModalWidget().close()
    desk.client_arrives(room.room)
    qtbot.keyClick(shell.main._list, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: list(shell.calls) == [room.room])


def test_while_a_conversation_runs_nobody_else_is_let_in_and_the_window_says_why(qtbot, shell, call, desk, texts) -> None:
    other = desk.create_now("Nächster", "de", 30)
    desk.client_arrives(other.room)
    shell.show()
    assert any(texts("app.waiting.session-runs") in name for name in names(shell.main))
    qtbot.mouseClick(find(shell.main, "Einlassen"), Qt.MouseButton.LeftButton)
    assert texts("app.refused.session-runs") in names(shell.main)
    assert list(shell.calls) == [call._session.room.room]
    call.end_now()
    assert not any(texts("app.waiting.session-runs") in name for name in names(shell.main))
    shell.main.admit_first()
    qtbot.waitUntil(lambda: list(shell.calls) == [other.room])


class DeskWithoutMedia(FakeDesk):
    """Its engine is not there yet."""

    def admit(self, room: str, seat: str, replaces: str | None = None) -> FakeSession:
        raise CallError("the media engine did not start")


def test_engine_that_is_not_there_is_said_in_a_sentence(qtbot, clock) -> None:
    desk = DeskWithoutMedia(clock)
    model = AgendaViewModel(desk, clock)
    desk.client_arrives(desk.create_now("", "de", 30).room)
    with qtbot.waitSignal(model.refused) as refused, qtbot.assertNotEmitted(model.session_opened):
        model.admit(model.waiting[0])
    assert refused.args == ["app.call.not-opened"]
    model.close()


class BusyDesk(FakeDesk):
    """Lets nobody in, as the real one does while a conversation runs that the window has not heard of yet."""

    def admit(self, room: str, seat: str, replaces: str | None = None) -> None:
        self.refused.announce("app.refused.session-runs")


def test_desk_that_refuses_opens_no_window(qtbot, clock) -> None:
    desk = BusyDesk(clock)
    model = AgendaViewModel(desk, clock)
    desk.client_arrives(desk.create_now("", "de", 30).room)
    with qtbot.waitSignal(model.refused) as refused, qtbot.assertNotEmitted(model.session_opened):
        model.admit(model.waiting[0])
    assert refused.args == ["app.refused.session-runs"]
    model.close()


@pytest.mark.parametrize("has_phone", [True, False])
def test_missing_telephone_number_is_said(qtbot, desk, clock, parts, texts, has_phone) -> None:
    model = AgendaViewModel(desk, clock, has_phone)
    window = MainWindow(model, Quiet(clock), texts, parts.theme, parts.messages, lambda: True)
    qtbot.addWidget(window)
    window.show()
    assert (texts("app.agenda.no-phone") in names(window)) is not has_phone
    model.close()


def test_enter_ends_nothing(qtbot, shell, desk, room) -> None:
    desk.client_arrives(room.room)
    for pressed, kept in (("Entfernen", "Weiter warten lassen"), ("Link zurückziehen", "Link behalten")):
        qtbot.mouseClick(find(shell.main, pressed), Qt.MouseButton.LeftButton)
        box = dialog(QMessageBox)
        assert box.defaultButton().text() == kept
        box.defaultButton().click()
    assert (len(shell.agenda.waiting), desk.rooms[0].over) == (1, False)


def test_who_was_gone_for_a_while_returns_to_their_place(shell, desk, room, clock) -> None:
    first = desk.client_arrives(room.room)
    clock.advance(60)
    second = desk.client_arrives(desk.create_now("Nächster", "de", 30).room)
    desk.client_vanishes(room.room, first)
    assert shell.main._waiting.first.waiting.seat.seat == second
    desk.client_returns(room.room, first)
    assert [w.seat.seat for w in shell.agenda.waiting] == [first, second]
    assert shell.main._waiting.first.waiting.seat.seat == first
    cards = sorted(shell.main._waiting._cards.values(), key=shell.main._waiting._column.indexOf)
    assert [card.waiting.seat.seat for card in cards] == [first, second]
