"""The mail server's window: what is in force, what is locked, and what the test says."""

from __future__ import annotations

import pytest

from app.services.fakes.mail_server import FakeMailServer
from app.services.mail.credentials import NoSecret
from app.services.mail.server import Trouble
from app.services.mail.settings import Login, MailSettings
from app.ui.appointment.signs import Sign
from app.ui.settings.mail_window import MailWindow, PasswordDialog
from tests.ui.appointment.support import press, says, until
from tests.ui.support import dialog, names

SETTINGS = MailSettings(
    host="mail.agency.example", login=Login.PASSWORD, user="termine", sender="termine@agency.example", morning_hour=None
)


async def test_what_is_in_force_and_what_is_locked(main, parts, texts) -> None:
    window = MailWindow(main, parts, SETTINGS, FakeMailServer(), frozenset({"host"}))
    window.open()
    listed = names(window)
    assert f"Server: mail.agency.example ({texts('app.mailbox.locked')})" in listed
    assert "Port: 587" in listed
    assert "Erinnerung am Tag davor: um 10 Uhr" in listed
    assert "Erinnerung am Morgen: wird nicht gesendet" in listed
    window.reject()


@pytest.mark.parametrize("trouble", [None, *Trouble])
async def test_the_test_says_in_words_how_it_went(main, parts, texts, trouble) -> None:
    server = FakeMailServer()
    server.trouble = trouble
    window = MailWindow(main, parts, SETTINGS, server)
    window.open()
    press(window, texts("app.mailbox.test"))
    assert window.told.text == texts("app.mailbox.testing")
    await until(lambda: window.told.sign is not Sign.ON_THE_WAY)
    key = "app.mail.probe.ok" if trouble is None else f"app.mailbox.trouble.{trouble.value}"
    assert (window.told.text, window.told.sign) == (texts(key), Sign.GOOD if trouble is None else Sign.BAD)
    window.reject()


async def test_without_a_server_there_is_nothing_to_test(main, parts, texts) -> None:
    window = MailWindow(main, parts, None, None)
    window.open()
    assert says(window, texts("app.mailbox.none"))
    assert texts("app.mailbox.test") not in names(window)
    window.reject()


@pytest.mark.parametrize("refused", [False, True])
async def test_the_password_goes_into_the_keyring(main, parts, texts, refused) -> None:
    kept: list[str] = []

    async def keep(password: str) -> None:
        if refused:
            raise NoSecret
        kept.append(password)

    window = MailWindow(main, parts, SETTINGS, FakeMailServer(), keep_password=keep)
    window.open()
    press(window, texts("app.mailbox.password"))
    await until(lambda: dialog(PasswordDialog) is not None)
    asked = dialog(PasswordDialog)
    assert asked is not None
    press(asked, texts("app.mailbox.password.keep"))
    assert says(asked, texts("app.mailbox.password.empty"))
    asked._field.line.setText("geheim ist geheim")
    press(asked, texts("app.mailbox.password.keep"))
    await until(lambda: window.told.text != "")
    assert kept == ([] if refused else ["geheim ist geheim"])
    assert window.told.text == texts("app.mailbox.password.refused" if refused else "app.mailbox.password.kept")
    window.reject()
