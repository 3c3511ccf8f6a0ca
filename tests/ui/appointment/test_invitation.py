"""Giving the link out: what the preview shows, how each mail stands, and the ways without mail."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QLabel, QLineEdit, QPlainTextEdit

from app.domain.appointments import Stage
from app.domain.mails import MailKind, MailState
from app.services.appointments.lock import lock_of
from app.ui.appointment.invitation import InvitationWindow
from app.ui.appointment.mail_list import MailRow
from app.ui.appointment.signs import Sign
from app.ui.appointment.ways_out import in_threes, start_page
from app.ui.invitation.qr import QrCode
from tests.ui.appointment.support import FRAU_YILMAZ, invited, mail_becomes, noted, opened, press, says, settle, until
from tests.ui.support import dialog, find


async def agreed(book):
    appointment = await noted(book)
    return await book.agree(appointment.id, "1")


async def window_of(windows, parts, appointment, way: str = "mail"):
    windows.invitation(appointment.id)
    window = await opened(InvitationWindow)
    await settle(parts)
    window.show_way(way)
    await settle(parts)
    return window


def rows(window) -> list[MailRow]:
    return [row for row in window.findChildren(MailRow) if row.isVisible()]


async def test_what_is_previewed_is_sent(windows, parts, book) -> None:
    appointment = await agreed(book)
    window = await window_of(windows, parts, appointment)
    assert says(window, FRAU_YILMAZ.email)
    assert find(window, "Text", QPlainTextEdit).toPlainText() == (await book.preview(appointment.id, MailKind.INVITATION)).plain
    press(window, "Einladung senden")
    await settle(parts)
    assert book.store.find(appointment.id).stage is Stage.INVITED
    assert not find(window, "Einladung senden").isEnabled()
    assert says(window, "Wird gleich gesendet")


@pytest.mark.parametrize("state", list(MailState))
async def test_no_state_of_a_mail_is_green(windows, parts, book, state, texts) -> None:
    appointment = await invited(book)
    mail_becomes(book, appointment.id, state, "550 5.1.1 Mailbox unknown.")
    window = await window_of(windows, parts, appointment)
    assert all(row._line.told.sign is not Sign.GOOD for row in rows(window))
    if state is MailState.ACCEPTED:
        assert says(window, "Zustellung unbekannt")
    if state is MailState.REFUSED:
        assert says(window, "550 5.1.1 Mailbox unknown.")


async def test_unclear_is_asked_and_both_answers_hold(windows, parts, book, texts) -> None:
    appointment = await invited(book)
    mail = mail_becomes(book, appointment.id, MailState.UNCLEAR)
    window = await window_of(windows, parts, appointment)
    assert says(window, texts("app.letter.unclear"))
    assert not find(window, "Einladung senden").isEnabled()
    press(window, "Noch einmal senden")
    await settle(parts)
    (again,) = [each for each in book.store.mails_of(appointment.id) if each.kind is MailKind.INVITATION]
    assert (again.state, again.message_id) == (MailState.WAITING, mail.message_id)
    mail_becomes(book, appointment.id, MailState.UNCLEAR)
    await settle(parts)
    press(window, "Nicht noch einmal senden")
    await settle(parts)
    (left,) = [each for each in book.store.mails_of(appointment.id) if each.kind is MailKind.INVITATION]
    assert left.state is MailState.WITHDRAWN


async def test_late_reminders_are_said(windows, parts, book, texts) -> None:
    appointment = await invited(book)
    mail_becomes(book, appointment.id, MailState.LATE, kind=MailKind.REMINDER_MORNING)
    window = await window_of(windows, parts, appointment)
    assert says(window, texts("app.letter.state.late"))
    assert says(window, texts("app.letter.late"))


async def test_dictated_in_threes(windows, parts, book) -> None:
    appointment = await agreed(book)
    window = await window_of(windows, parts, appointment, "code")
    digits = in_threes(appointment.access.code)
    assert any(label.text() == digits for label in window.findChildren(QLabel) if label.isVisible())
    assert says(window, ", ".join(" ".join(three) for three in digits.split()))
    assert says(window, "https://beratung.example/")
    press(window, "Ich habe den Code diktiert")
    await settle(parts)
    assert book.store.find(appointment.id).stage is Stage.INVITED
    assert not book.store.mails_of(appointment.id)


async def test_copied(windows, parts, book) -> None:
    appointment = await agreed(book)
    window = await window_of(windows, parts, appointment, "copy")
    link = book.link(appointment)
    assert find(window, "Persönlicher Link", QLineEdit).text() == link
    press(window, "Link kopieren")
    await settle(parts)
    assert QGuiApplication.clipboard().text() == link
    assert book.store.find(appointment.id).stage is Stage.INVITED
    press(window, "Ganzen Text kopieren")
    await settle(parts)
    assert QGuiApplication.clipboard().text() == await book.copy_text(appointment.id)


async def test_on_paper(windows, parts, book, tmp_path, told) -> None:
    appointment = await agreed(book)
    window = await window_of(windows, parts, appointment, "paper")
    assert window.findChild(QrCode) is not None
    press(window, "Brief speichern …")
    chosen = await opened(QFileDialog)
    assert FRAU_YILMAZ.name not in "".join(chosen.selectedFiles())
    chosen.selectFile(str(tmp_path / "letter.pdf"))
    chosen.accept()
    await until(lambda: book.store.find(appointment.id).stage is Stage.INVITED)
    assert (tmp_path / "letter.pdf").read_bytes() == await book.letter(appointment.id)
    assert not told


async def test_a_letter_that_cannot_be_written(windows, parts, book, tmp_path, told) -> None:
    appointment = await agreed(book)
    window = await window_of(windows, parts, appointment, "paper")
    window.ways["paper"].write(tmp_path / "nowhere" / "letter.pdf")
    await until(lambda: bool(told))
    assert "konnte nicht gespeichert werden" in told[0]
    assert book.store.find(appointment.id).stage is Stage.AGREED


async def test_a_link_that_leads_nowhere_outside_is_neither_printed_nor_dictated(windows, parts, book, texts) -> None:
    appointment = await agreed(book)
    book.lock_now = lock_of("http://localhost:4711", has_mail_server=True, demonstration=False)
    sentence = texts("app.appointment.locked.public-url", address="http://localhost:4711")
    for way, name in (("paper", "Brief speichern …"), ("code", "Ich habe den Code diktiert")):
        window = await window_of(windows, parts, appointment, way)
        assert says(window, sentence)
        assert not find(window, name).isEnabled()
        assert window.ways[way].findChild(QrCode) is None
        assert not says(window, "http://localhost:4711/")
    window.show_way("copy")
    await settle(parts)
    assert find(window, "Link kopieren").isEnabled(), "to be tried out at this machine"
    book.lock_now = None
    await book.handed_over(appointment.id)
    await settle(parts)
    assert not says(window, sentence)


async def test_a_link_taken_back_is_shown_no_more(windows, parts, book) -> None:
    appointment = await agreed(book)
    window = await window_of(windows, parts, appointment, "copy")
    await book.withdraw(appointment.id)
    await settle(parts)
    assert not find(window, "Persönlicher Link", QLineEdit).text()
    assert not find(window, "Link kopieren").isEnabled()


async def test_a_visitor_reads_no_mail(windows, parts, book, texts) -> None:
    window = await window_of(windows, parts, await agreed(book))
    parts.quiet.set_visitor(True)
    await settle(parts)
    assert not says(window, FRAU_YILMAZ.email)
    assert not says(window, FRAU_YILMAZ.name)
    assert find(window, "Text", QPlainTextEdit).toPlainText() == texts("app.letter.hidden")
    window.reject()
    await until(lambda: dialog(InvitationWindow) is None)


def test_start_page_has_nothing_personal() -> None:
    assert start_page("https://beratung.example:8443/r#secret") == "https://beratung.example:8443/"
    assert start_page("") == ""
    assert in_threes("123456789") == "123 456 789"
