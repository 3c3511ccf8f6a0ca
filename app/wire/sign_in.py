"""Messages by which a workstation becomes known because a person signed in (PROTOCOL.md, section 13). Imports `app.wire` only."""

from __future__ import annotations

import enum
from typing import Annotated

from msgspec import Meta

from app.wire.common import Message
from app.wire.fields import Key32, Signature
from app.wire.handshake import SignInTerms

Word = Annotated[str, Meta(pattern=r"^[\x21\x23-\x5B\x5D-\x7E]{1,300}\Z")]
"""RFC 6749, appendix A.4."""
Issuer = Annotated[str, Meta(max_length=500, pattern=r"^https://[\x21\x24-\x3E\x41-\x7E]+\Z")]
"""Without query, fragment and user."""
IdToken = Annotated[str, Meta(max_length=32_768, pattern=r"^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\Z")]
"""RFC 7515, section 7.1."""


class SignInRefusal(enum.Enum):
    """Why nobody is registered with this token."""

    NOT_OFFERED = "not-offered"
    """The server knows no sign-in."""
    NOT_ACCEPTED = "not-accepted"
    """The token does not hold; what of it, the server's log says."""
    TOO_WEAK = "too-weak"
    """The person proved who they are, but not as the agency demands, or too long ago."""
    NO_SITE = "no-site"
    """The account belongs to no site of this server, to several, or to one whose name is not set."""
    OTHER_PERSON = "other-person"
    """The workstation is registered for somebody else."""
    CODE_HOLDS = "code-holds"
    """The workstation is registered with a one-time code, or by the settings, and needs no sign-in."""
    REVOKED = "revoked"
    """This key never comes back."""
    PROVIDER_AWAY = "provider-away"
    """The server cannot ask the identity provider for its keys."""


class SignInWanted(Message, tag="sign-in-wanted", frozen=True, kw_only=True):
    """The program asks, before it proves anything, how a person signs in here."""

    nonce: Key32


class SignInOffer(Message, tag="sign-in-offer", frozen=True, kw_only=True):
    """Where, and what the provider is to be asked for."""

    issuer: Issuer
    client_id: Annotated[str, Meta(min_length=1, max_length=300)]
    scopes: Annotated[list[Word], Meta(max_length=30)]
    """`openid` and what the agency needs beside it."""
    acr_values: Annotated[list[Word], Meta(max_length=30)]
    max_age: Annotated[int, Meta(ge=1, le=86_400)]
    """Seconds since the person proved who they are."""
    signature: Signature
    """The server's (`app.wire.handshake.sign_in_text`)."""

    @property
    def terms(self) -> SignInTerms:
        """What is signed."""
        return SignInTerms(self.issuer, self.client_id, tuple(self.scopes), tuple(self.acr_values), self.max_age)


class EnrolByToken(Message, tag="enrol-by-token", frozen=True, kw_only=True):
    """A workstation registers its key with an ID token that was asked for with this key in its nonce. Answer: `enrolled`."""

    workstation_key: Key32
    nonce: Key32
    salt: Key32
    """Went into the token's nonce (`app.wire.handshake.token_nonce`)."""
    id_token: IdToken
    signature: Signature
    """By the workstation's key (`app.wire.handshake.token_text`)."""


class SignInRefused(Message, tag="sign-in-refused", frozen=True, kw_only=True):
    """In place of `sign-in-offer` or `enrolled`; the server closes with 4001 then."""

    why: Annotated[str, Meta(pattern=r"^[a-z][a-z-]{0,31}\Z")]
    """A SignInRefusal; a later version may know more."""
