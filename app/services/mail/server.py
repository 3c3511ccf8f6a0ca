"""Port: the agency's mail server, as the outbox sees it. Records and a protocol; no sockets.

Implementations: `app.services.mail.smtp.SmtpServer` and the honest fake `app.services.fakes.FakeMailServer`; one contract suite for both.
"""

from __future__ import annotations

import enum
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

PROBED = "app.mail.probe.ok"
"""The sentence of a test that went well."""
REPLY_LETTERS = 500
"""So much of a server's reply is kept."""


class Answered(enum.Enum):
    """How an attempt to hand a mail over came out."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    """For good: 5xx about this mail (RFC 5321, section 4.2.1)."""
    LATER = "later"
    """4xx about this mail; or the server as a whole cannot be used (`trouble` says why). It has not got the mail."""
    UNCLEAR = "unclear"
    """The connection was lost after DATA and before the reply: it may have the mail or not."""
    UNCLAIMED = "unclaimed"
    """`claim` said no, so the mail was not handed over."""


class Trouble(enum.Enum):
    """Why the server as a whole cannot be used."""

    UNREACHABLE = "unreachable"
    CERTIFICATE = "certificate"
    """It could not be verified, or does not belong to the host."""
    NO_TLS = "no-tls"
    """The server offers no encryption, so nothing is sent."""
    LOGIN = "login"
    NO_SECRET = "no-secret"  # noqa: S105 - a kind of trouble
    """The keyring has no password, or nobody provides tokens."""
    OWN_CERTIFICATE = "own-certificate"
    """The client certificate or the authority's file cannot be read."""
    BUSY = "busy"
    """It greets with 4xx or 5xx, or closes right away."""
    SIGN_IN_UNREACHABLE = "sign-in-unreachable"
    """Here and below: of the agency's identity provider, which gives the tokens."""
    SIGN_IN_CERTIFICATE = "sign-in-certificate"
    SIGN_IN_REFUSED = "sign-in-refused"
    """It does not know the program, or not with this secret or key."""
    SIGN_IN_SCOPE = "sign-in-scope"
    """It knows the program, but grants it no access to mail."""
    SIGN_IN_KEY = "sign-in-key"
    """The key, certificate or authority's file for it cannot be read."""
    SIGN_IN_UNCLEAR = "sign-in-unclear"
    """It answers with something else than a token."""

    @property
    def key(self) -> str:
        """The sentence for the person."""
        return f"app.mail.trouble.{self.value}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one attempt."""

    answered: Answered
    reply: str = field(default="", repr=False)
    """Code and text as the server said them; may name a person, so it goes into the store and nowhere else."""
    trouble: Trouble | None = None
    """Of LATER, where all mails would fare alike."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What is handed over."""

    recipient: str = field(repr=False)
    message: bytes = field(repr=False)
    """RFC 5322, CRLF lines, ASCII."""


Claim = Callable[[], Awaitable[bool]]
"""Asked once the server would take the mail, right before DATA. What it writes down survives a crash; False stops the handing over."""


class MailServer(Protocol):
    """Port: takes one mail at a time."""

    async def send(self, letter: Letter, claim: Claim) -> Answer:
        """Hand it over. Raises nothing but what `claim` raises, and then it was not handed over. Cancelled before `claim` it was not
        handed over; cancelled after it, nobody knows."""
        ...

    async def probe(self) -> Answer:
        """Connect, verify, log in, say goodbye: the test button. ACCEPTED, or LATER with a trouble."""
        ...
