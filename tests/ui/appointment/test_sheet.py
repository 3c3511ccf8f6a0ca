"""The call sheet: the phone call from the first ring to the green light, and every way out of it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QObject, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QLineEdit, QMessageBox, QPlainTextEdit, QPushButton

from app.domain.appointments import Client, Stage, Way
from app.domain.mails import MailKind, MailState
from app.domain.readiness import Check, Wish
from app.services.appointments.lock import Lock
from app.services.appointments.take_up import kept_of
from app.ui.appointment.asking import AskDialog
from app.ui.appointment.call_steps import POINTS, tel_link
from app.ui.appointment.signs import Sign
from tests.ui.appointment.support import FRAU_YILMAZ, becomes, invited, mail_becomes, noted, opened, press, says, settle, until
from tests.ui.support import dialog, find, names


class Telephone(QObject):
    """Takes `tel:` links as the system's would."""

    def __init__(self) -> None:
        super().__init__()
        self.rung: list[str] = []

    @Slot(QUrl)
    def ring(self, link: QUrl) -> None:
        self.rung.append(link.toString())


@pytest.fixture
def telephone():
    made = Telephone()
    QDesktopServices.setUrlHandler("tel", made, "ring")
    yield made
    QDesktopServices.unsetUrlHandler("tel")


async def answer(text: str) -> None:
    box = await opened(QMessageBox)
    QTest.mouseClick(next(b for b in box.findChildren(QPushButton) if b.text() == text), Qt.MouseButton.LeftButton)


async def sheet_of(windows, parts, appointment):
    sheet = windows.sheet(appointment.id)
    await until(lambda: sheet.model.loaded)
    await settle(parts)
    return sheet


# ---- the call


async def test_one_press_rings_up(windows, parts, book, telephone) -> None:
    sheet = await sheet_of(windows, parts, await noted(book))
    assert says(sheet, FRAU_YILMAZ.phone)
    press(sheet, "Anrufen")
    assert telephone.rung == ["tel:+499115550123"]
    press(sheet, "Nummer kopieren")
    assert QGuiApplication.clipboard().text() == FRAU_YILMAZ.phone


def test_tel_links() -> None:
    assert tel_link("+49 (0)911 / 555-0123").toString() == "tel:+499115550123"
    assert tel_link("0911 555 0188").toString() == "tel:09115550188"


async def test_without_a_number(windows, parts, book) -> None:
    sheet = await sheet_of(windows, parts, await noted(book, Client(name="Weber")))
    assert not find(sheet, "Anrufen", QPushButton).isEnabled()
    assert says(sheet, "Keine Telefonnummer eingetragen")


async def test_what_is_to_be_explained(windows, parts, book, texts) -> None:
    sheet = await sheet_of(windows, parts, await noted(book))
    for point in POINTS:
        find(sheet, texts(f"app.sheet.explain.{point}"), QCheckBox).click()
    assert says(sheet, texts("app.sheet.explain.done", done=6, all=6))


# ---- agreement and invitation


async def test_from_the_agreement_to_green_while_on_the_phone(windows, parts, book, texts) -> None:
    changed: list[str] = []
    windows.changed.connect(changed.append)
    appointment = await noted(book)
    sheet = await sheet_of(windows, parts, appointment)
    send = find(sheet, "Einladung senden")
    assert not send.isEnabled()
    assert texts("app.sheet.not-invitable.agreement") in names(sheet)
    press(sheet, "Ja, per Video")
    await until(send.isEnabled)
    assert says(sheet, "Zugestimmt um")
    assert book.store.find(appointment.id).agreement.text_version == "1"
    send.click()
    send.click()
    await settle(parts)
    assert sheet.model.appointment.stage is Stage.INVITED
    assert [mail.kind for mail in book.store.mails_of(appointment.id)].count(MailKind.INVITATION) == 1
    assert not send.isEnabled()
    watch = sheet.watch
    mail_becomes(book, appointment.id, MailState.ACCEPTED)
    await settle(parts)
    assert watch.mail.told.sign is Sign.GIVEN
    assert "Zustellung unbekannt" in watch.mail.told.text
    becomes(book, appointment.id, opened_at=book.clock.unix(), camera=Check.OK)
    await settle(parts)
    assert [line.told.sign for line in (watch.opened, watch.camera, watch.sound)] == [Sign.GOOD, Sign.GOOD, Sign.OPEN]
    assert watch.light.told.sign is Sign.WEAK
    becomes(book, appointment.id, microphone=Check.OK, loudspeaker=Check.OK, network=Check.OK)
    await settle(parts)
    assert watch.light.told.sign is Sign.GOOD
    assert says(sheet, "Technik bereit")
    assert set(changed) == {appointment.id}


async def test_taking_the_agreement_back_asks_and_ends_the_link(windows, parts, book) -> None:
    appointment = await invited(book)
    sheet = await sheet_of(windows, parts, appointment)
    press(sheet, "Zustimmung zurücknehmen")
    await answer("Zustimmung behalten")
    await settle(parts)
    assert book.store.find(appointment.id).agreed
    press(sheet, "Zustimmung zurücknehmen")
    await answer("Zurücknehmen")
    await settle(parts)
    found = book.store.find(appointment.id)
    assert (found.stage, found.agreed, found.access) == (Stage.NOTED, False, None)
    assert not find(sheet, "Einladung senden").isEnabled()
    assert says(sheet, "Zustimmung zurückgenommen")


async def test_locked_by_what_it_has_to_set(windows, parts, book, texts) -> None:
    appointment = await noted(book)
    await book.agree(appointment.id, "1")
    book.lock_now = Lock("app.appointment.locked.no-mail-server")
    sheet = await sheet_of(windows, parts, appointment)
    send = find(sheet, "Einladung senden")
    assert not send.isEnabled()
    assert send.accessibleDescription() == texts("app.appointment.locked.no-mail-server")
    assert texts("app.appointment.locked.no-mail-server") in names(sheet)
    assert find(sheet, "Vorschau und andere Wege …").isEnabled()


# ---- another way


@pytest.mark.parametrize(("name", "way"), [("Lieber per Telefon", Way.PHONE), ("Lieber vor Ort", Way.ON_SITE)])
async def test_rather_otherwise_is_one_press_before_the_invitation(windows, parts, book, name, way) -> None:
    appointment = await noted(book)
    sheet = await sheet_of(windows, parts, appointment)
    assert find(sheet, name).size() == find(sheet, "Ja, per Video").size()
    press(sheet, name)
    await until(lambda: book.store.find(appointment.id).way is way)
    await settle(parts)
    assert not sheet.watch.isVisible()
    press(sheet, "Per Video")
    await until(lambda: book.store.find(appointment.id).way is Way.VIDEO)
    await settle(parts)


async def test_a_reason_can_be_said_and_is_counted_without_a_name(windows, parts, book) -> None:
    appointment = await noted(book)
    sheet = await sheet_of(windows, parts, appointment)
    assert not sheet.why_not.isVisible()
    press(sheet, "Lieber per Telefon")
    await until(sheet.why_not.isVisible)
    reasons = sheet.why_not.reasons
    assert reasons.accessibleName() == "Warum nicht per Video?"
    assert reasons.currentText() == "lieber am Telefon"
    reasons.setFocus()
    QTest.keyClicks(reasons, "Sorge")
    reasons.activated.emit(reasons.currentIndex())
    await settle(parts)
    assert kept_of(book.store, appointment.id).waiting["asked"].answer == "declined.privacy"
    press(sheet, "Per Video")
    await settle(parts)
    assert not sheet.why_not.isVisible()


async def test_another_way_after_the_invitation_asks_whether_to_mail(windows, parts, book) -> None:
    appointment = await invited(book)
    mail_becomes(book, appointment.id, MailState.ACCEPTED)
    sheet = await sheet_of(windows, parts, appointment)
    press(sheet, "Per Telefon")
    question = await opened(AskDialog)
    press(question, "Zurück, nichts ändern")
    await settle(parts)
    assert book.store.find(appointment.id).way is Way.VIDEO
    press(sheet, "Per Telefon")
    press(await opened(AskDialog), "Ändern, ohne eine E-Mail zu senden")
    await settle(parts)
    assert book.store.find(appointment.id).way is Way.PHONE
    assert all(mail.kind is not MailKind.CANCELLED for mail in book.store.mails_of(appointment.id))


# ---- what is typed


async def test_a_left_field_is_kept(windows, parts, book) -> None:
    appointment = await noted(book)
    sheet = await sheet_of(windows, parts, appointment)
    needs = find(sheet, "Was ist zu beachten?", QPlainTextEdit)
    needs.setFocus()
    QTest.keyClicks(needs, "Pausen")
    QTest.keyClick(needs, Qt.Key.Key_Tab)
    await until(lambda: book.store.find(appointment.id).client.needs == "Pausen")
    await settle(parts)
    assert says(sheet, "Gespeichert")


async def test_what_others_change_overwrites_nothing_typed(windows, parts, book) -> None:
    appointment = await noted(book)
    sheet = await sheet_of(windows, parts, appointment)
    phone = find(sheet, "Telefon", QLineEdit)
    phone.setFocus()
    phone.setText("0911 1")
    becomes(book, appointment.id, camera=Check.OK)
    await settle(parts)
    assert phone.text() == "0911 1"


async def test_the_invitation_waits_for_the_corrected_address(windows, parts, book) -> None:
    appointment = await noted(book)
    await book.agree(appointment.id, "1")
    sheet = await sheet_of(windows, parts, appointment)
    email = find(sheet, "E-Mail-Adresse", QLineEdit)
    email.setText("neu@")
    find(sheet, "Einladung senden").click()
    await settle(parts)
    assert not book.store.mails_of(appointment.id)
    assert email.hasFocus()
    email.setText("neu@example.org")
    find(sheet, "Einladung senden").click()
    await settle(parts)
    assert {mail.recipient for mail in book.store.mails_of(appointment.id)} == {"neu@example.org"}


async def test_closing_asks_about_what_cannot_be_kept(windows, parts, book) -> None:
    appointment = await noted(book)
    sheet = await sheet_of(windows, parts, appointment)
    email = find(sheet, "E-Mail-Adresse", QLineEdit)
    email.setText("halb")
    email.editingFinished.emit()
    await settle(parts)
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    await answer("Weiter bearbeiten")
    assert sheet.isVisible()
    assert email.text() == "halb"
    sheet.close()
    await answer("Schließen und Änderung verwerfen")
    await until(lambda: not windows.sheets)


async def test_closed_before_it_stands(windows, book) -> None:
    sheet = windows.sheet((await noted(book)).id)
    assert not sheet.stands
    sheet.close()
    await until(lambda: not windows.sheets)


async def test_a_sheet_that_could_not_be_built_goes_at_the_end(windows, book, monkeypatch) -> None:
    def broken(*_given: object) -> None:
        raise LookupError("a file of the program is gone")

    monkeypatch.setattr("app.ui.appointment.sheet.ContactStep", broken)
    sheet = windows.sheet((await noted(book)).id)
    with pytest.raises(LookupError):
        _ = sheet.watch
    assert not sheet.stands
    windows.close()
    assert not windows.sheets


# ---- quiet, gone, names


async def test_a_visitor_reads_no_name(windows, parts, book) -> None:
    appointment = await noted(book)
    sheet = await sheet_of(windows, parts, appointment)
    assert says(sheet, FRAU_YILMAZ.name)
    parts.quiet.set_visitor(True)
    for secret in (FRAU_YILMAZ.name, FRAU_YILMAZ.phone, FRAU_YILMAZ.email, "Weiterbildung"):
        assert not says(sheet, secret)
        assert all(secret not in field.text() for field in sheet.findChildren(QLineEdit) if field.isVisible())
    parts.quiet.set_visitor(False)
    assert says(sheet, FRAU_YILMAZ.name)


async def test_a_wish_is_said(windows, parts, book) -> None:
    appointment = await invited(book)
    sheet = await sheet_of(windows, parts, appointment)
    becomes(book, appointment.id, opened_at=book.clock.unix(), wish=Wish.CALL_ME)
    await until(lambda: says(sheet, "Die Person bittet um einen Anruf."))
    assert sheet.watch.light.told.sign is Sign.BAD


async def test_one_sheet_for_each_and_none_for_what_is_gone(windows, parts, book, told, texts) -> None:
    appointment = await noted(book)
    sheet = await sheet_of(windows, parts, appointment)
    assert windows.sheet(appointment.id) is sheet
    await book.forget_person(appointment.id)
    await until(lambda: not windows.sheets)
    assert texts("app.sheet.gone") in told
    assert dialog(type(sheet)) is None
    assert QApplication.activeModalWidget() is None
