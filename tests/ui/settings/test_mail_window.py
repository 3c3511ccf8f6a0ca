"""The mail server's window: what is in force, what is locked, what the tests say, and passwords that go into the keyring."""

from __future__ import annotations

import keyring.errors
import msgspec
import pytest
from PySide6.QtWidgets import QLineEdit

from app.services.fakes.mail_server import FakeMailServer
from app.services.fakes.mailbox import FakeMailbox
from app.services.keys import KeysOfAFolder, KeyStoreError, MemoryKeyStore
from app.services.mail.credentials import BOUNCES_PASSWORD, CLIENT_SECRET, MAIL_PASSWORD
from app.services.mail.secrets import MailSecret, MailSecrets
from app.services.mail.server import Trouble
from app.services.mail.settings import BounceMailbox, Login, MailSettings
from app.services.mail.sign_in import Proof, SignIn
from app.services.mail.way import MailWay
from app.ui.appointment.asking import AskDialog
from app.ui.appointment.signs import Sign
from app.ui.settings.mail_secrets import PasswordDialog
from app.ui.settings.mail_window import MailWindow
from tests.ui.appointment.support import opened, press, says, settle, until
from tests.ui.support import names
from tests.ui.test_accessibility import nameless

BOUNCES = BounceMailbox(address="zurueck@agency.example", host="imap.agency.example", user="zurueck")
SETTINGS = MailSettings(
    host="mail.agency.example", login=Login.PASSWORD, user="termine", sender="termine@agency.example", morning_hour=None
)
OAUTH = SignIn(token_endpoint="https://sign-in.agency.example/token", client_id="videoberatung", scope="mail.send")
XOAUTH2 = msgspec.structs.replace(SETTINGS, login=Login.XOAUTH2, oauth=OAUTH)
TYPED = "geheim ist geheim"


def way(settings: MailSettings = SETTINGS, keys: MemoryKeyStore | None = None, **values: object) -> MailWay:
    secrets = MailSecrets(keys or KeysOfAFolder(), settings, bool(values.pop("secrets_locked", False)))
    return MailWay(settings, **{"server": FakeMailServer(), "secrets": secrets, **values})  # type: ignore[arg-type]


async def test_what_is_in_force_and_what_is_locked(main, parts, texts) -> None:
    settings = msgspec.structs.replace(XOAUTH2, bounces=BOUNCES)
    window = MailWindow(main, parts, way(settings, locked=frozenset({"host", "oauth"})))
    window.open()
    await settle(parts)
    listed, locked = names(window), texts("app.mailbox.locked")
    assert f"Server: mail.agency.example ({locked})" in listed
    assert f"Anmeldedienst: https://sign-in.agency.example/token ({locked})" in listed
    assert "Port: 587" in listed
    assert "Server der Rückläufer: imap.agency.example:993" in listed
    assert "Erinnerung am Tag davor: um 10 Uhr" in listed
    assert "Erinnerung am Morgen: wird nicht gesendet" in listed
    assert nameless(window) == []
    window.reject()


@pytest.mark.parametrize("trouble", [None, *Trouble])
async def test_the_test_says_in_words_how_it_went(main, parts, texts, trouble) -> None:
    server = FakeMailServer()
    server.trouble = trouble
    window = MailWindow(main, parts, way(server=server))
    window.open()
    press(window, texts("app.mailbox.test"))
    assert window.told.text == texts("app.mailbox.testing")
    await until(lambda: window.told.sign is not Sign.ON_THE_WAY)
    key = "app.mail.probe.ok" if trouble is None else f"app.mailbox.trouble.{trouble.value}"
    assert (window.told.text, window.told.sign) == (texts(key), Sign.GOOD if trouble is None else Sign.BAD)
    window.reject()


@pytest.mark.parametrize("down", [False, True])
async def test_the_mailbox_for_bounces_is_tested_too(main, parts, texts, down) -> None:
    mailbox = FakeMailbox()
    mailbox.down = down
    window = MailWindow(main, parts, way(msgspec.structs.replace(SETTINGS, bounces=BOUNCES), mailbox=mailbox))
    window.open()
    press(window, texts("app.mailbox.test"))
    await until(lambda: window.told_of_returns.sign in (Sign.GOOD, Sign.BAD))
    assert window.told_of_returns.text == texts("app.mailbox.bounces.unreachable" if down else "app.mailbox.bounces.ok")
    assert window.told.sign is Sign.GOOD
    window.reject()


async def test_without_a_server_there_is_nothing_to_test(main, parts, texts) -> None:
    window = MailWindow(main, parts, MailWay())
    window.open()
    assert says(window, texts("app.mailbox.none"))
    assert texts("app.mailbox.test") not in names(window)
    assert window.secrets is None
    window.reject()


async def put(window: MailWindow, texts, secret: MailSecret, typed: str) -> None:
    press(window, f"{texts('app.mailbox.secret.set')}: {texts(f'app.mailbox.secret.{secret.name.lower()}')}")
    asked = await opened(PasswordDialog)
    assert asked._field.line.echoMode() is QLineEdit.EchoMode.Password
    press(asked, texts("app.mailbox.password.keep"))
    assert says(asked, texts("app.mailbox.password.empty"))
    asked._field.line.setText(typed)
    press(asked, texts("app.mailbox.password.keep"))


@pytest.mark.parametrize(
    ("settings", "secret", "name"),
    [
        (SETTINGS, MailSecret.MAIL, MAIL_PASSWORD),
        (XOAUTH2, MailSecret.CLIENT, CLIENT_SECRET),
        (msgspec.structs.replace(SETTINGS, login=Login.NONE, bounces=BOUNCES), MailSecret.BOUNCES, BOUNCES_PASSWORD),
    ],
)
async def test_a_password_goes_into_the_keyring_and_out_again(main, parts, texts, settings, secret, name) -> None:
    keys = KeysOfAFolder()
    window = MailWindow(main, parts, way(settings, keys))
    window.open()
    await settle(parts)
    state = window.secrets.state_of
    assert state(secret).text == texts("app.mailbox.secret.state.not-set")
    await put(window, texts, secret, TYPED)
    await until(lambda: state(secret).sign is Sign.GOOD)
    assert (keys.load(name), state(secret).text) == (TYPED.encode(), texts("app.mailbox.secret.state.set"))
    assert window.told.text == texts("app.mailbox.password.kept")
    assert not any(TYPED in shown for shown in names(window))
    press(window, f"{texts('app.mailbox.secret.remove')}: {texts(f'app.mailbox.secret.{secret.name.lower()}')}")
    press(await opened(AskDialog), texts("app.mailbox.secret.remove"))
    await until(lambda: state(secret).sign is Sign.BAD)
    assert (keys.load(name), window.told.text) == (None, texts("app.mailbox.secret.removed"))
    window.reject()


async def test_what_the_settings_do_not_want_is_not_asked_for(main, parts) -> None:
    signed = msgspec.structs.replace(OAUTH, proof=Proof.PRIVATE_KEY)
    for settings in (msgspec.structs.replace(SETTINGS, login=Login.CERTIFICATE), msgspec.structs.replace(XOAUTH2, oauth=signed)):
        window = MailWindow(main, parts, way(settings))
        assert window.secrets is None
        window.reject()


async def test_a_policy_leaves_them_to_it(main, parts, texts) -> None:
    keys = KeysOfAFolder()
    keys.save(MAIL_PASSWORD, b"x")
    window = MailWindow(main, parts, way(SETTINGS, keys, secrets_locked=True))
    window.open()
    await settle(parts)
    listed = names(window)
    assert texts("app.mailbox.secrets.locked") in listed
    assert window.secrets.state_of(MailSecret.MAIL).sign is Sign.GOOD
    assert not any(shown.startswith((texts("app.mailbox.secret.set"), texts("app.mailbox.secret.remove"))) for shown in listed)
    window.reject()


async def test_where_there_is_no_keyring_it_is_said_with_a_way_out(main, parts, texts) -> None:
    window = MailWindow(main, parts, way(SETTINGS, MemoryKeyStore()))
    window.open()
    await settle(parts)
    assert texts("app.mailbox.secrets.no-keyring") in names(window)
    await put(window, texts, MailSecret.MAIL, TYPED)
    await until(lambda: window.secrets.state_of(MailSecret.MAIL).sign is Sign.WEAK)
    assert window.secrets.state_of(MailSecret.MAIL).text == texts("app.mailbox.secret.state.for-this-run")
    window.reject()


class Closed(KeysOfAFolder):
    """A keyring that is locked."""

    def load(self, name: str) -> bytes | None:
        raise KeyStoreError(keyring.errors.KeyringLocked.__name__)

    save = forget = load  # type: ignore[assignment]


class Changed(KeysOfAFolder):
    """A keyring that locks itself once it was looked at."""

    def save(self, name: str, secret: bytes) -> None:
        raise KeyStoreError

    def forget(self, name: str) -> None:
        raise KeyStoreError


async def test_a_keyring_that_is_closed_is_told(main, parts, texts) -> None:
    window = MailWindow(main, parts, way(SETTINGS, Closed()))
    window.open()
    await settle(parts)
    assert window.secrets.state_of(MailSecret.MAIL).text == texts("app.mailbox.secret.state.closed")
    window.reject()


async def test_a_keyring_that_refuses_is_told(main, parts, texts) -> None:
    keys = Changed()
    keys._secrets[MAIL_PASSWORD] = b"old"
    window = MailWindow(main, parts, way(SETTINGS, keys))
    window.open()
    await settle(parts)
    await put(window, texts, MailSecret.MAIL, TYPED)
    await until(lambda: window.told.text == texts("app.mailbox.password.refused"))
    await settle(parts)
    press(window, f"{texts('app.mailbox.secret.remove')}: {texts('app.mailbox.secret.mail')}")
    press(await opened(AskDialog), texts("app.mailbox.secret.remove"))
    await until(lambda: window.told.text == texts("app.mailbox.secret.not-removed"))
    assert keys.load(MAIL_PASSWORD) == b"old"
    window.reject()
