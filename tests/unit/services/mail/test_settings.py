"""The settings of the way to the mail server: each mistake has a sentence for IT."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from app.paths import RESOURCES
from app.services.keys import KeyringStore
from app.services.mail.addresses import AddressError, travelling
from app.services.mail.credentials import MAIL_PASSWORD, KeptCredentials, NoSecret
from app.services.mail.server import PROBED, Trouble
from app.services.mail.settings import BounceLogin, BounceMailbox, Login, MailSettings, MailSettingsError, Tls, checked
from app.services.mail.sign_in import Proof, SignIn
from app.services.profile import Profile, ProfileError, Settings
from app.texts import Texts, languages

GOOD = MailSettings(host="mail.agency.example", sender="termine@agency.example")
OAUTH = SignIn(token_endpoint="https://sign-in.example/token", client_id="videoberatung")
BOUNCES = BounceMailbox(address="zurueck@agency.example", host="imap.agency.example", user="zurueck")


def test_usual_ports_and_senders() -> None:
    assert (GOOD.usual_port, msgspec.structs.replace(GOOD, tls=Tls.IMPLICIT).usual_port) == (587, 465)
    assert msgspec.structs.replace(GOOD, port=2525).usual_port == 2525
    assert (GOOD.envelope_sender, msgspec.structs.replace(GOOD, bounces=BOUNCES).envelope_sender) == (GOOD.sender, BOUNCES.address)


def test_addresses_as_they_travel() -> None:
    got = checked(
        msgspec.structs.replace(GOOD, sender="termine@köln.example", bounces=BOUNCES, reply_to="a@b.example", organizer=" c@d.example ")
    )
    assert (got.sender, got.reply_to, got.organizer) == ("termine@xn--kln-sna.example", "a@b.example", "c@d.example")
    assert checked(GOOD) == GOOD


@pytest.mark.parametrize(
    ("changed", "key", "part"),
    [
        ({"host": ""}, "host", "host"),
        ({"host": "https://mail.example/"}, "host", "host"),
        ({"sender": "nobody"}, "address", "sender"),
        ({"sender": "a@b.example\r\nBcc: x@y.example"}, "address", "sender"),
        ({"reply_to": "x"}, "address", "reply_to"),
        ({"organizer": "x"}, "address", "organizer"),
        ({"sender_name": "A\r\nB"}, "line", "sender_name"),
        ({"sender_name": "x" * 10_000}, "line", "sender_name"),
        ({"login": Login.PASSWORD}, "missing", "user"),
        ({"login": Login.XOAUTH2}, "missing", "user"),
        ({"login": Login.XOAUTH2, "user": "x"}, "missing", "oauth"),
        ({"bounces": msgspec.structs.replace(BOUNCES, login=BounceLogin.XOAUTH2)}, "missing", "oauth"),
        *(
            ({"login": Login.XOAUTH2, "user": "x", "oauth": msgspec.structs.replace(OAUTH, **{part: value})}, key, f"oauth.{part}")
            for part, value, key in (
                ("token_endpoint", "http://sign-in.example/token", "token-endpoint"),
                ("token_endpoint", "https://", "token-endpoint"),
                ("token_endpoint", "https://user:password@sign-in.example/", "token-endpoint"),
                ("token_endpoint", "https://sign-in.example/#x", "token-endpoint"),
                ("token_endpoint", "https://sign-in.example:x/", "token-endpoint"),
                ("token_endpoint", "https://sign-in.example/ x", "token-endpoint"),
                ("client_id", "", "missing"),
                ("scope", "a\nb", "line"),
                ("key_file", "/nowhere/key.pem", "file"),
                ("ca_file", "/nowhere/ca.pem", "file"),
            )
        ),
        (
            {"login": Login.XOAUTH2, "user": "x", "oauth": msgspec.structs.replace(OAUTH, proof=Proof.PRIVATE_KEY)},
            "missing",
            "oauth.key_file",
        ),
        ({"login": Login.CERTIFICATE}, "missing", "certificate_file"),
        ({"ca_file": "/nowhere/ca.pem"}, "file", "ca_file"),
        ({"login": Login.CERTIFICATE, "certificate_file": "/nowhere/c.pem"}, "file", "certificate_file"),
        ({"bounces": msgspec.structs.replace(BOUNCES, address="x")}, "address", "bounces.address"),
        ({"bounces": msgspec.structs.replace(BOUNCES, host="")}, "host", "bounces.host"),
        ({"bounces": msgspec.structs.replace(BOUNCES, user="")}, "missing", "bounces.user"),
        ({"bounces": msgspec.structs.replace(BOUNCES, ca_file="/nowhere/ca.pem")}, "file", "bounces.ca_file"),
    ],
)
def test_mistakes(changed: dict[str, object], key: str, part: str) -> None:
    with pytest.raises(MailSettingsError) as refused:
        checked(msgspec.structs.replace(GOOD, **changed))
    assert (refused.value.key, refused.value.part) == (f"app.mail.settings.{key}", part)
    for language in languages(RESOURCES / "i18n"):
        assert part in Texts.load(RESOURCES / "i18n", language, "app")(refused.value.key, **refused.value.values)


def test_they_live_in_the_profile(tmp_path: Path) -> None:
    profile = Profile(tmp_path)
    settings = msgspec.structs.replace(profile.load(), mail=msgspec.structs.replace(GOOD, bounces=BOUNCES, login=Login.XOAUTH2, user="x"))
    profile.save(settings)
    assert Profile(tmp_path).load() == settings
    assert Settings().mail is None


@pytest.mark.parametrize("text", ['{"mail": {"host": "x"}}', '{"mail": {"host": "x", "sender": "y", "morning_hour": 24}}'])
def test_a_file_that_cannot_be_is_kept_aside(tmp_path: Path, text: str) -> None:
    (tmp_path / "settings.json").write_text(text)
    with pytest.raises(ProfileError, match="broken"):
        Profile(tmp_path).load()


@pytest.mark.parametrize("trouble", Trouble)
def test_every_trouble_has_a_sentence(trouble: Trouble) -> None:
    for language in languages(RESOURCES / "i18n"):
        texts = Texts.load(RESOURCES / "i18n", language, "app")
        assert texts(trouble.key) != texts(PROBED)


@pytest.mark.parametrize(
    "address", ["a@b.example", "vor.name+termin@sub.client.example", "o'neill@client.example", f"{'x' * 64}@{'y' * 63}.example"]
)
def test_addresses(address: str) -> None:
    assert travelling(f" {address} ") == address


@pytest.mark.parametrize(
    "address",
    [
        *("", "@", "a@", "@b.example", "a@b", "a b@c.example", "a@b..example", ".a@b.example", "a.@b.example", '"a"@b.example'),
        *(
            "a@b.example,c@d.example",
            "a@b.example\nx",
            "<a@b.example>",
            "a@[127.0.0.1]",
            "a@b.example\0",
            "ä@b.example",
            "a@\u2764.x\u0000",
        ),
        *(f"{'x' * 65}@b.example", f"a@{'x.' * 130}example", "a@" + "x" * 64 + ".example", "a@\u200b.example"),
    ],
)
def test_what_is_no_address(address: str) -> None:
    with pytest.raises(AddressError):
        travelling(address)


async def test_a_keyring_that_is_closed_gives_none() -> None:
    import keyring.backend
    import keyring.errors

    class Closed(keyring.backend.KeyringBackend):
        priority = 1

        def get_password(self, service: str, username: str) -> str:
            raise keyring.errors.KeyringLocked

        set_password = get_password  # type: ignore[assignment]

    with pytest.raises(NoSecret):
        await KeptCredentials(KeyringStore(Closed())).password(MAIL_PASSWORD)
