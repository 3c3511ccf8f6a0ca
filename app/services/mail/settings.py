"""How the agency sends mail: a part of the profile's settings. Imports the rules for addresses, and the sign-in's part.

Passwords and tokens do not stand here: they lie in the keyring (`app.services.mail.credentials`).
"""

from __future__ import annotations

import enum
import unicodedata
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import msgspec

from app.services.mail.addresses import AddressError, travelling
from app.services.mail.sign_in import Proof, SignIn
from app.services.tasks import Refusal

Port = Annotated[int, msgspec.Meta(ge=0, le=65_535)]
Hour = Annotated[int, msgspec.Meta(ge=0, le=23)]

MAX_NAME_LETTERS = 200


class MailSettingsError(Refusal):
    """The settings cannot be used. `key` is the sentence for IT (catalogue `app`), `values` fill its places, `part` names the field."""

    def __init__(self, key: str, part: str, **values: str) -> None:
        super().__init__(key)
        self.key = key
        self.part = part
        self.values = {"field": part, **values}


class Tls(enum.Enum):
    """How the connection is encrypted. It always is, and the server's certificate is always verified."""

    STARTTLS = "starttls"
    """RFC 3207, usually port 587."""
    IMPLICIT = "implicit"
    """RFC 8314, usually port 465."""


class Login(enum.Enum):
    """How the program makes itself known. Counsellors type nothing."""

    NONE = "none"
    """The server knows the agency's machines by their addresses."""
    CERTIFICATE = "certificate"
    """A client certificate in TLS."""
    PASSWORD = "password"  # noqa: S105 - a way, not a password
    """Of `user`, kept in the keyring."""
    XOAUTH2 = "xoauth2"
    """A token of the agency's identity provider for `user`."""


class BounceLogin(enum.Enum):
    """How the bounce mailbox is opened."""

    PASSWORD = "password"  # noqa: S105 - a way, not a password
    XOAUTH2 = "xoauth2"
    """With a token as the mail server's."""


class BounceMailbox(msgspec.Struct, frozen=True, kw_only=True):
    """Where reports about mails that came back arrive (RFC 3464); read over IMAP with implicit TLS."""

    address: str
    """Envelope sender of every mail (RFC 5321, section 4.1.1.2), so that reports go there."""
    host: str
    port: Port = 993
    login: BounceLogin = BounceLogin.PASSWORD
    user: str
    folder: str = "INBOX"
    ca_file: str = ""


class MailSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The way to the agency's mail server, and what stands at the head of every mail."""

    host: str
    port: Port = 0
    """0 is the usual one of `tls`."""
    tls: Tls = Tls.STARTTLS
    ca_file: str = ""
    """PEM file of the agency's own authority; empty is what the operating system trusts."""
    login: Login = Login.NONE
    user: str = ""
    oauth: SignIn | None = None
    """Where the tokens for `Login.XOAUTH2` come from."""
    certificate_file: str = ""
    """PEM, for `Login.CERTIFICATE`; its key may stand in the same file."""
    certificate_key_file: str = ""
    sender: str
    """A functional address of the agency, for instance `termine@agency.example`; never a person's."""
    sender_name: str = ""
    """Neutral: it stands in the recipient's list of mails."""
    reply_to: str = ""
    organizer: str = ""
    """ORGANIZER of calendar entries; empty is the sender."""
    bounces: BounceMailbox | None = None
    day_before_hour: Hour | None = 10
    """When the reminder of the day before goes out, hour on the wall; None sends none."""
    morning_hour: Hour | None = 7
    """The same for the reminder on the day itself."""
    templates_folder: str = ""
    """The agency's own templates, `LANGUAGE/NAME.txt`; what is missing there is taken from the program's."""

    @property
    def usual_port(self) -> int:
        """The port to connect to."""
        return self.port or (587 if self.tls is Tls.STARTTLS else 465)

    @property
    def wants_token(self) -> bool:
        """Whether anything is opened with a token."""
        return self.login is Login.XOAUTH2 or (self.bounces is not None and self.bounces.login is BounceLogin.XOAUTH2)

    @property
    def envelope_sender(self) -> str:
        """Where reports go."""
        return self.sender if self.bounces is None else self.bounces.address


def checked(settings: MailSettings) -> MailSettings:
    """The settings with addresses as they travel. Raises MailSettingsError for the first that cannot be used."""
    _host(settings.host, "host")
    bounces = settings.bounces
    if bounces is not None:
        _host(bounces.host, "bounces.host")
        _filled(bounces.user, "bounces.user")
        _file(bounces.ca_file, "bounces.ca_file")
        bounces = msgspec.structs.replace(bounces, address=_address(bounces.address, "bounces.address"))
    if settings.login in (Login.PASSWORD, Login.XOAUTH2):
        _filled(settings.user, "user")
    if settings.login is Login.CERTIFICATE:
        _filled(settings.certificate_file, "certificate_file")
    if settings.wants_token:
        _sign_in(settings.oauth)
    for part in ("ca_file", "certificate_file", "certificate_key_file"):
        _file(getattr(settings, part), part)
    _line(settings.sender_name, "sender_name")
    return msgspec.structs.replace(
        settings,
        sender=_address(settings.sender, "sender"),
        reply_to=_address(settings.reply_to, "reply_to") if settings.reply_to else "",
        organizer=_address(settings.organizer, "organizer") if settings.organizer else "",
        bounces=bounces,
    )


def _sign_in(oauth: SignIn | None) -> None:
    if oauth is None:
        raise MailSettingsError("app.mail.settings.missing", "oauth")
    _endpoint(oauth.token_endpoint, "oauth.token_endpoint")
    _filled(oauth.client_id, "oauth.client_id")
    if oauth.proof is Proof.PRIVATE_KEY:
        _filled(oauth.key_file, "oauth.key_file")
    for part in ("scope", "key_id", "audience"):
        _line(getattr(oauth, part), f"oauth.{part}")
    for part in ("key_file", "certificate_file", "ca_file"):
        _file(getattr(oauth, part), f"oauth.{part}")


def _endpoint(text: str, part: str) -> None:
    """RFC 6749, section 3.2: TLS, and no fragment. No name and password in it either: they would be shown."""
    try:
        url = urlsplit(text)
        good = url.scheme == "https" and bool(url.hostname) and "@" not in url.netloc and not url.fragment and url.port != 0
    except ValueError:
        good = False
    if not good or not text.isascii() or any(sign.isspace() for sign in text):
        raise MailSettingsError("app.mail.settings.token-endpoint", part)


def _address(text: str, part: str) -> str:
    try:
        return travelling(text)
    except AddressError:
        raise MailSettingsError("app.mail.settings.address", part) from None


def _host(text: str, part: str) -> None:
    if not text or any(sign.isspace() or not sign.isprintable() or sign in "/@" for sign in text):
        raise MailSettingsError("app.mail.settings.host", part)


def _filled(text: str, part: str) -> None:
    if not text:
        raise MailSettingsError("app.mail.settings.missing", part)
    _line(text, part)


def _line(text: str, part: str) -> None:
    if len(text) > MAX_NAME_LETTERS or any(unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp") for sign in text):
        raise MailSettingsError("app.mail.settings.line", part, most=str(MAX_NAME_LETTERS))


def _file(name: str, part: str) -> None:
    if name and not Path(name).is_file():
        raise MailSettingsError("app.mail.settings.file", part, file=name)
