"""The main window: who waits, what the server's link is like, questions before something cannot be undone."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox, QPushButton, QWidget

from app.domain.outcome import Outcome, OutcomeKind
from app.domain.rooms import SeatState
from app.media.ports import CallError
from app.services.fakes import FakeDesk, FakeSession
from app.services.ports import LinkState
from app.ui.agenda.view import MainParts, MainWindow
from app.ui.agenda.view_model import AgendaViewModel
from app.ui.appointment.moving import CancelDialog, MoveDialog
from app.ui.appointment.outcome import OutcomeDialog
from app.ui.quiet import Quiet
from tests.ui.support import dialog, find, names, noted


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


def test_remove_asks_first(qtbot, shell, desk, room) -> None:
    desk.client_arrives(room.room)
    qtbot.mouseClick(find(shell.main, "Entfernen"), Qt.MouseButton.LeftButton)
    answer(qtbot, "Weiter warten lassen")
    assert len(shell.agenda.waiting) == 1
    qtbot.mouseClick(find(shell.main, "Entfernen"), Qt.MouseButton.LeftButton)
    answer(qtbot, "Warteplatz schließen")
    assert shell.agenda.waiting == []


def test_taking_the_agreement_back_turns_the_client_away_at_the_door(qtbot, shell, book, door, desk, texts) -> None:
    made = noted(book, "Frau Weber")
    desk.client_arrives(made.access.room)
    sheet = shell.planning.windows.sheet(made.id)
    qtbot.waitUntil(lambda: sheet.stands)
    qtbot.mouseClick(find(sheet, texts("app.sheet.agreement.withdraw")), Qt.MouseButton.LeftButton)
    answer(qtbot, texts("app.sheet.withdraw.no"))
    assert len(shell.agenda.waiting) == 1
    qtbot.mouseClick(find(sheet, texts("app.sheet.agreement.withdraw")), Qt.MouseButton.LeftButton)
    answer(qtbot, texts("app.sheet.withdraw.yes"))
    assert shell.agenda.waiting == []
    assert desk.rooms == []


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
    window = MainWindow(MainParts(model, Quiet(clock), texts, parts.theme, parts.messages, lambda: True))
    qtbot.addWidget(window)
    window.show()
    assert (texts("app.agenda.no-phone") in names(window)) is not has_phone
    model.close()


def test_enter_ends_nothing(qtbot, shell, desk, room) -> None:
    desk.client_arrives(room.room)
    qtbot.mouseClick(find(shell.main, "Entfernen"), Qt.MouseButton.LeftButton)
    box = dialog(QMessageBox)
    assert box.defaultButton().text() == "Weiter warten lassen"
    box.defaultButton().click()
    assert len(shell.agenda.waiting) == 1


def test_enter_cancels_no_appointment(qtbot, shell, book, to_call, press) -> None:
    calendar = shell.planning.calendar
    calendar.select(to_call.id)
    calendar.grid.setFocus()
    press(Qt.Key.Key_Delete)
    asked = dialog(CancelDialog)
    press(Qt.Key.Key_Return)
    assert not book.store.find(to_call.id).stage.is_over
    asked.reject()
    shell.main.activateWindow()
    press(Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    press(Qt.Key.Key_Return)
    moved = dialog(MoveDialog)
    assert moved is not None
    assert book.store.find(to_call.id).starts_at == to_call.starts_at
    moved.reject()


def test_the_conversation_that_runs_leads_back_to_its_window(qtbot, shell, call, session, texts) -> None:
    shell.show()
    running = texts("app.agenda.running", who="Erstgespräch")
    assert running in names(shell.main)
    qtbot.mouseClick(find(shell.main, "Zum Gespräch"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(call.isActiveWindow)
    session.end_now()
    assert running not in names(shell.main)


# ---- after a conversation


def test_the_outcome_is_offered_and_not_forced(qtbot, shell, book, talked, texts) -> None:
    (said,) = [name for name in names(shell.main) if texts("app.call.ended") in name]
    assert talked.client.name in said
    assert dialog(OutcomeDialog) is None
    qtbot.mouseClick(find(shell.main, texts("app.main.outcome")), Qt.MouseButton.LeftButton)
    asked = dialog(OutcomeDialog)
    assert asked.model.id == talked.id
    asked.reject()
    assert shell.planning.ended.isVisible()
    qtbot.mouseClick(find(shell.main, texts("app.main.outcome.later")), Qt.MouseButton.LeftButton)
    assert not shell.planning.ended.isVisible()
    assert book.store.find(talked.id).outcome is None


@pytest.mark.parametrize("gone", ["decided elsewhere", "deleted"])
def test_what_is_decided_is_offered_no_more(shell, book, talked, tasks, gone) -> None:
    outcome = Outcome(kind=OutcomeKind.HELD, decided_at=1, talked_minutes=10)
    tasks.start("gone", book.decide(talked.id, outcome) if gone == "decided elsewhere" else book.forget_person(talked.id))
    assert not shell.planning.ended.isVisible()


def test_a_visitor_does_not_read_who_it_was(shell, talked) -> None:
    assert any(talked.client.name in name for name in names(shell.planning.ended))
    shell.quiet.set_visitor(True)
    assert not any(talked.client.name in name for name in names(shell.planning.ended))


def test_who_was_sent_back_has_no_outcome_yet(qtbot, shell, book, door, desk, texts) -> None:
    made = noted(book, "Frau Weber")
    desk.client_arrives(made.access.room)
    shell.main.admit_first()
    qtbot.waitUntil(lambda: bool(shell.calls))
    shell.calls[made.access.room]._view_model.send_back()
    qtbot.waitUntil(lambda: not shell.calls)
    assert not shell.planning.ended.isVisible()


def test_a_room_without_an_appointment_has_its_last_words_only(qtbot, shell, call, session, texts) -> None:
    session.end_now()
    qtbot.waitUntil(lambda: not shell.calls)
    assert texts("app.call.ended") in names(shell.main)
    assert not shell.planning.ended.isVisible()


# ---- nothing is squeezed


@pytest.mark.parametrize(("width", "height"), [(800, 600), (960, 540), (1120, 780)])
def test_nothing_is_cut_off(qtbot, shell, desk, room, clock, to_call, width, height) -> None:
    for number in range(2):
        desk.client_knocks(room.room, desk.client_arrives(room.room, by_code=bool(number)))
    shell.main.resize(width, height)
    qtbot.waitUntil(lambda: shell.main.width() == width)
    first = shell.main._waiting.first
    qtbot.waitUntil(lambda: first.visibleRegion().boundingRect() == first.rect())
    desk.server_refuses("conflict")
    qtbot.waitUntil(lambda: squeezed(shell.main) == [])
    qtbot.waitUntil(lambda: shell.planning.calendar.height() > height / 2)
    assert shell.main.height() == height


def squeezed(window: QWidget) -> list[str]:
    """Texts and buttons that have less room than they need, or stick out sideways."""
    wrong = []
    for shown in (*window.findChildren(QLabel), *window.findChildren(QPushButton)):
        if not shown.isVisible():
            continue
        needed = shown.heightForWidth(shown.width()) if shown.hasHeightForWidth() else shown.minimumSizeHint().height()
        right = shown.mapTo(window, shown.rect().topRight()).x()
        if shown.height() < needed or shown.width() < shown.minimumSizeHint().width() or right >= window.width():
            wrong.append(f"{type(shown).__name__} {shown.text()!r} {shown.size()}")
    return wrong


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
