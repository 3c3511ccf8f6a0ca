"""What IT prescribes about mails stands above the settings, field by field, and says which fields nobody changes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.paths import RESOURCES
from app.services.appointing import Appointing, Office
from app.services.keys import KeysOfAFolder
from app.services.mail.imap import ImapMailbox
from app.services.mail.prescribed import prescribed
from app.services.mail.settings import BounceMailbox, Login, MailSettings, MailSettingsError
from app.services.mail.sign_in import Proof, SignIn
from app.services.profile import Profile, Settings
from app.texts import Texts

OWN = MailSettings(host="old.example", sender="termine@agency.example", user="termine")


def test_without_a_policy_everything_stays() -> None:
    assert prescribed(OWN, {}) == (OWN, frozenset())
    assert prescribed(None, {}) == (None, frozenset())


@pytest.mark.parametrize("as_text", [False, True])
def test_a_policy_stands_above_what_was_set(as_text: bool) -> None:
    above: dict[str, Any] = {
        "host": "mail.example",
        "login": "xoauth2",
        "oauth": {"token_endpoint": "https://sign-in.example/token", "client_id": "x", "proof": "private_key_jwt", "key_file": "/k.pem"},
    }
    policy = {"mail": msgspec.json.encode(above).decode() if as_text else above}
    mail, locked = prescribed(OWN, policy)
    oauth = SignIn(token_endpoint="https://sign-in.example/token", client_id="x", proof=Proof.PRIVATE_KEY, key_file="/k.pem")
    assert mail == msgspec.structs.replace(OWN, host="mail.example", login=Login.XOAUTH2, oauth=oauth)
    assert locked == {"host", "login", "oauth"}


def test_it_may_say_everything_alone() -> None:
    mail, _ = prescribed(None, {"mail": {"host": "mail.example", "sender": "a@b.example"}})
    assert mail == MailSettings(host="mail.example", sender="a@b.example")


@pytest.mark.parametrize(
    ("above", "field"),
    [
        (7, "mail"),
        ("{", "mail"),
        ("[]", "mail"),
        ({"hosst": "x"}, "hosst"),
        ({"host": 1}, "host"),
        ({"login": "magic"}, "login"),
        ({"oauth": {"client_id": "x"}}, "oauth.token_endpoint"),
        ({"oauth": {"token_endpoint": "x", "client_id": "x", "proof": "word"}}, "oauth.proof"),
    ],
)
def test_what_cannot_be_understood_is_named(above: object, field: str) -> None:
    with pytest.raises(MailSettingsError) as refused:
        prescribed(OWN, {"mail": above})
    assert (refused.value.key, refused.value.part) == ("app.mail.settings.policy", field)


def appointing(folder: Path, mail: MailSettings | None, policy: dict[str, Any]) -> Appointing:
    def nobody() -> None:
        raise AssertionError("nobody is asked")

    office = Office(Texts.load(RESOURCES / "i18n", "de", "app"), "1", nobody, RESOURCES, policy=policy)  # type: ignore[arg-type]
    return Appointing(office, Profile(folder), msgspec.structs.replace(Settings(), mail=mail), KeysOfAFolder())


def test_the_program_goes_by_it(tmp_path: Path) -> None:
    bounces = BounceMailbox(address="z@agency.example", host="imap.example", user="z")
    made = appointing(tmp_path, msgspec.structs.replace(OWN, bounces=bounces), {"mail": {"host": "mail.example"}, "mail_secrets_locked": 1})
    way = made.mail_way()
    assert (way.settings.host if way.settings else "", way.locked) == ("mail.example", {"host"})
    assert isinstance(way.mailbox, ImapMailbox)
    assert way.secrets is not None
    assert way.secrets.locked


def test_a_policy_that_cannot_be_understood_sends_nothing(tmp_path: Path) -> None:
    made = appointing(tmp_path, OWN, {"mail": "{"})
    assert made.refused is not None
    assert (made.plan().outbox, made.mail_way().settings) == (None, None)


def test_texts_of_the_agency_hold_after_they_were_read_again(tmp_path: Path) -> None:
    folder = tmp_path / "texte"
    (folder / "de").mkdir(parents=True)
    made = appointing(tmp_path, msgspec.structs.replace(OWN, templates_folder=str(folder)), {})
    writer = made.plan().writer
    from tests.support.letters import invited, link_of

    appointment = invited()
    before = writer.copy_text(appointment, link_of(appointment))
    (folder / "de" / "invitation.txt").write_text("Subject: Neu\n\nNeuer Text\n\n{{ link }}\n", "utf-8")
    assert writer.copy_text(appointment, link_of(appointment)) == before
    assert made.mail_texts().look().refused == 0
    assert "Neuer Text" in writer.copy_text(appointment, link_of(appointment))
