"""Messages by which a workstation becomes known to a server because a person signed in (PROTOCOL.md, section 13). Imports `app.wire` only."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from app.wire.common import Message
from app.wire.fields import Key32, Signature
from app.wire.handshake import sign_in_text

Word = Annotated[str, Meta(pattern=r"^[\x21\x23-\x5B\x5D-\x7E]{1,300}\Z")]
"""RFC 6749, appendix A.4."""
Issuer = Annotated[str, Meta(max_length=500, pattern=r"^https://[\x21\x24-\x3E\x41-\x7E]+\Z")]
"""Without query, fragment and user."""
IdToken = Annotated[str, Meta(max_length=32_768, pattern=r"^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\Z")]
"""RFC 7515, section 7.1."""


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
    """The server's, over `text`."""

    def text(self, server_key: str, server_nonce: str, nonce: str) -> bytes:
        """What the signature covers."""
        said = (self.issuer, self.client_id, " ".join(self.scopes), " ".join(self.acr_values), str(self.max_age))
        return sign_in_text(server_key, server_nonce, nonce, *said)


class EnrolByToken(Message, tag="enrol-by-token", frozen=True, kw_only=True):
    """A workstation registers its key with an ID token that was asked for with this key in its nonce. Answer: `enrolled`."""

    workstation_key: Key32
    nonce: Key32
    salt: Key32
    """Went into the token's nonce (`app.wire.handshake.token_nonce`)."""
    id_token: IdToken
    signature: Signature
    """By the workstation's key (`app.wire.handshake.token_text`)."""
