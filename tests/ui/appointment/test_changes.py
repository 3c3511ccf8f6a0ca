"""Moving, calling off, the outcome, the list to phone again, a person's rights."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QMessageBox, QPushButton, QRadioButton, QSpinBox

from app.domain.appointments import Client, Stage
from app.domain.mails import MailKind, MailState
from app.domain.outcome import OutcomeKind
from app.domain.readiness import Check, Wish
from app.domain.visit import Visit
from app.services.appointments.ports import Write
from app.ui.appointment.moving import CancelDialog, MoveDialog
from app.ui.appointment.outcome import OutcomeDialog
from app.ui.appointment.when import When
from tests.ui.appointment.support import FRAU_YILMAZ, becomes, invited, mail_becomes, noted, opened, press, says, settle, until
from tests.ui.support import dialog, find, names

DAY = 86_400


async def dialog_of(windows, parts, opener, kind, appointment):
    opener(appointment.id)
    made = await opened(kind)
    await settle(parts)
    return made


def visited(book, appointment, **visit) -> None:
    """What the program saw of the appointment."""
    found = book.store.find(appointment.id)
    book.store.write(Write(appointments=[replace(found, visit=Visit(**visit))]))


# ---- moving and calling off


@pytest.mark.parametrize("mails", [True, False])
async def test_moving_asks_before_it_mails(windows, parts, book, mails) -> None:
    appointment = await invited(book)
    mail_becomes(book, appointment.id, MailState.ACCEPTED)
    when = When(appointment.starts_at // 60 * 60 + DAY, 45)
    windows.move(appointment.id, when)
    asked = await opened(MoveDialog)
    await settle(parts)
    assert book.store.find(appointment.id).starts_at == appointment.starts_at
    words = "Verschieben und die Person per E-Mail benachrichtigen" if mails else "Verschieben, ohne eine E-Mail zu senden"
    press(asked, words)
    await until(lambda: dialog(MoveDialog) is None)
    moved = book.store.find(appointment.id)
    assert (moved.starts_at, moved.minutes) == (when.starts_at, 45)
    assert any(mail.kind is MailKind.MOVED for mail in book.store.mails_of(appointment.id)) is mails


async def test_nobody_is_to_be_told_before_the_invitation(windows, parts, book, texts) -> None:
    asked = await dialog_of(windows, parts, windows.move, MoveDialog, await noted(book))
    assert [each.text() for each in asked.answers()] == [texts("app.sheet.moving.quietly")]
    assert says(asked, texts("app.sheet.moving.follows.noted"))
    find(asked, "Dauer", QSpinBox).setValue(60)
    press(asked, texts("app.sheet.moving.quietly"))
    await until(lambda: dialog(MoveDialog) is None)


async def test_a_move_into_the_past_is_refused_at_the_field(windows, parts, book, clock, texts) -> None:
    appointment = await invited(book)
    windows.move(appointment.id, When(clock.unix() - DAY, 30))
    asked = await opened(MoveDialog)
    await settle(parts)
    press(asked, texts("app.sheet.moving.quietly"))
    await until(lambda: says(asked, texts("app.appointment.draft.past")))
    assert book.store.find(appointment.id).starts_at == appointment.starts_at


async def test_escape_moves_nothing(windows, parts, book) -> None:
    appointment = await invited(book)
    asked = await dialog_of(windows, parts, windows.move, MoveDialog, appointment)
    QTest.keyClick(asked, Qt.Key.Key_Escape)
    await settle(parts)
    assert book.store.find(appointment.id).revision == appointment.revision


@pytest.mark.parametrize(("name", "kind"), [("Die Person sagt ab", "client"), ("Wir sagen ab", "us")])
async def test_calling_off_says_by_whom(windows, parts, book, texts, name, kind) -> None:
    appointment = await invited(book)
    mail_becomes(book, appointment.id, MailState.ACCEPTED)
    asked = await dialog_of(windows, parts, windows.cancel, CancelDialog, appointment)
    press(asked, texts("app.sheet.cancelling.mail"))
    await settle(parts)
    assert says(asked, texts("app.sheet.cancelling.no-one"))
    assert book.store.find(appointment.id).stage is Stage.INVITED
    find(asked, name, QRadioButton).click()
    press(asked, texts("app.sheet.cancelling.mail"))
    await until(lambda: dialog(CancelDialog) is None)
    gone = book.store.find(appointment.id)
    assert (gone.stage, gone.outcome.kind.value) == (Stage.CANCELLED, f"cancelled-by-{kind}")
    alive = [mail for mail in book.store.mails_of(appointment.id) if mail.state is MailState.WAITING]
    assert [mail.kind for mail in alive] == [MailKind.CANCELLED]


async def test_who_cannot_come_is_believed(windows, parts, book) -> None:
    appointment = await invited(book)
    becomes(book, appointment.id, opened_at=book.clock.unix(), wish=Wish.CANNOT_COME)
    asked = await dialog_of(windows, parts, windows.cancel, CancelDialog, appointment)
    assert find(asked, "Die Person sagt ab", QRadioButton).isChecked()


# ---- the outcome


async def test_held_and_the_note_in_one_press(windows, parts, book, clock, told, texts) -> None:
    appointment = await invited(book)
    clock.advance(DAY + 1_800)
    visited(book, appointment, talked_s=1_500)
    chosen = await dialog_of(windows, parts, windows.outcome, OutcomeDialog, appointment)
    assert chosen.kind is OutcomeKind.HELD
    assert says(chosen, texts("app.outcome.because.held", minutes=25))
    QTest.keyClick(chosen, Qt.Key.Key_Return)
    await until(lambda: dialog(OutcomeDialog) is None)
    closed = book.store.find(appointment.id)
    assert (closed.stage, closed.outcome.talked_minutes) == (Stage.CLOSED, 25)
    assert QGuiApplication.clipboard().text() == await book.case_note(appointment.id)
    assert FRAU_YILMAZ.name not in QGuiApplication.clipboard().text()
    assert texts("app.outcome.copied") in told


async def test_technical_failure_is_proposed_with_step_and_reason(windows, parts, book, clock, texts) -> None:
    appointment = await invited(book)
    mail_becomes(book, appointment.id, MailState.ACCEPTED)
    clock.advance(DAY + 1_800)
    visited(book, appointment, step="permission", reason="blocked", trouble=True, watched_s=1_800)
    chosen = await dialog_of(windows, parts, windows.outcome, OutcomeDialog, appointment)
    assert chosen.kind is OutcomeKind.COULD_NOT_GET_IN
    assert says(chosen, texts("app.outcome.not-absence"))
    press(chosen, "Speichern")
    await until(lambda: dialog(OutcomeDialog) is None)
    outcome = book.store.find(appointment.id).outcome
    assert (outcome.kind, outcome.step, outcome.reason) == (OutcomeKind.COULD_NOT_GET_IN, "permission", "blocked")


async def test_not_attended_by_us(windows, parts, book, clock, texts) -> None:
    appointment = await invited(book)
    clock.advance(DAY + 3_600)
    visited(book, appointment, waited_from=appointment.starts_at, waited_until=appointment.starts_at + 900)
    chosen = await dialog_of(windows, parts, windows.outcome, OutcomeDialog, appointment)
    assert chosen.kind is OutcomeKind.NOT_ATTENDED
    assert says(chosen, texts("app.outcome.because.not-attended"))


async def test_the_counsellor_decides_otherwise(windows, parts, book, clock) -> None:
    appointment = await invited(book)
    clock.advance(DAY + 1_800)
    visited(book, appointment, talked_s=1_500)
    chosen = await dialog_of(windows, parts, windows.outcome, OutcomeDialog, appointment)
    find(chosen, "Per Telefon gesprochen", QRadioButton).click()
    chosen._remark.setPlainText("Fortsetzung nächste Woche")
    press(chosen, "Speichern")
    await until(lambda: dialog(OutcomeDialog) is None)
    outcome = book.store.find(appointment.id).outcome
    assert (outcome.kind, outcome.remark) == (OutcomeKind.BY_PHONE, "Fortsetzung nächste Woche")


async def test_who_was_quicker_than_the_proposal_has_decided(windows, parts, book, clock, texts) -> None:
    appointment = await invited(book)
    clock.advance(DAY + 1_800)
    visited(book, appointment, talked_s=1_500)
    windows.outcome(appointment.id)
    chosen = await opened(OutcomeDialog)
    chosen._decide(copies=False)
    assert says(chosen, texts("app.outcome.none"))
    find(chosen, "Per Telefon gesprochen", QRadioButton).click()
    assert not says(chosen, texts("app.outcome.none"))
    await settle(parts)
    assert chosen.kind is OutcomeKind.BY_PHONE
    assert says(chosen, texts("app.outcome.because.held", minutes=25))


async def test_nothing_is_decided_without_a_choice_or_with_too_many_words(windows, parts, book, texts) -> None:
    appointment = await noted(book)
    chosen = await dialog_of(windows, parts, windows.outcome, OutcomeDialog, appointment)
    assert says(chosen, texts("app.outcome.no-proposal"))
    press(chosen, "Speichern")
    assert says(chosen, texts("app.outcome.none"))
    find(chosen, "Per Telefon gesprochen", QRadioButton).click()
    chosen._remark.setPlainText("x" * 501)
    press(chosen, "Speichern")
    await until(lambda: says(chosen, texts("app.appointment.draft.too-many-letters", most="500")))
    assert chosen._remark.toPlainText() == "x" * 501
    assert book.store.find(appointment.id).outcome is None


# ---- noch einmal anrufen


async def test_red_ones_are_listed_with_number_and_reason(qtbot, windows, parts, book) -> None:
    panel = windows.to_call_panel()
    qtbot.addWidget(panel)
    await settle(parts)
    assert not panel.isVisible()
    red = await invited(book)
    becomes(book, red.id, opened_at=book.clock.unix(), camera=Check.FAILED, wish=Wish.CALL_ME)
    refused = await invited(book, Client(name="Jonas Weber", email="weber@example.org", phone="0911 555 0188"), 2 * DAY)
    mail_becomes(book, refused.id, MailState.REFUSED, "550 no")
    await settle(parts)
    panel.show()
    assert says(panel, "Noch einmal anrufen (2)")
    listed = "\n".join(names(panel))
    assert "Die Person bittet um einen Anruf. Die Kamera geht noch nicht." in listed
    assert "Die E-Mail wurde abgelehnt." in listed
    assert listed.index("Aylin Yılmaz") < listed.index("Jonas Weber")
    parts.quiet.set_visitor(True)
    assert not says(panel, "Weber")
    assert not says(panel, "0911 555 0188")
    press(panel, "Gesprächsbogen")
    await until(lambda: red.id in windows.sheets)
    becomes(book, red.id, camera=Check.OK, wish=None)
    await settle(parts)
    assert says(panel, "Noch einmal anrufen (1)")
    panel.close_panel()


# ---- rights


async def test_export_and_deletion_of_a_person(windows, parts, book, tmp_path, told, texts) -> None:
    appointment, other = await noted(book), await noted(book, in_s=2 * DAY)
    stranger = await noted(book, Client(name="Jonas Weber", email="weber@example.org"))
    sheet = windows.sheet(appointment.id)
    await settle(parts)
    find(sheet, "Auskunft speichern …", QPushButton).click()
    asked = await opened(QFileDialog)
    asked.selectFile(str(tmp_path / "a.json"))
    asked.accept()
    await until(lambda: texts("app.sheet.exported") in told)
    assert FRAU_YILMAZ.email in json.dumps(json.loads((tmp_path / "a.json").read_text("utf-8")))
    find(sheet, "Daten löschen …", QPushButton).click()
    box = await opened(QMessageBox)
    QTest.keyClick(box, Qt.Key.Key_Return)
    await settle(parts)
    assert book.store.find(appointment.id) is not None
    find(sheet, "Daten löschen …", QPushButton).click()
    box = await opened(QMessageBox)
    next(b for b in box.findChildren(QPushButton) if b.text() == "Endgültig löschen").click()
    await until(lambda: not windows.sheets)
    assert book.store.find(appointment.id) is None
    assert book.store.find(other.id) is None
    assert book.store.find(stranger.id) is not None
    assert texts("app.sheet.forgotten", gone=2) in told
