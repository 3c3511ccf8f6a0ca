"""How the program makes itself known to the agency's identity provider: a part of the mail settings. Imports nothing of `app`.

The client secret does not stand here: it lies in the keyring (`app.services.mail.credentials`).
"""

from __future__ import annotations

import enum
from typing import Literal

import msgspec


class Proof(enum.Enum):
    """How a client proves who it is, by the names of RFC 7591, section 2, and OpenID Connect Core 1.0, section 9."""

    SECRET_BASIC = "client_secret_basic"  # noqa: S105 - a way, not a secret
    """A secret in the header Authorization (RFC 6749, section 2.3.1)."""
    SECRET_POST = "client_secret_post"  # noqa: S105 - a way, not a secret
    """A secret in the body, for providers that know nothing better."""
    PRIVATE_KEY = "private_key_jwt"
    """A signed assertion (RFC 7523, section 2.2): no secret travels."""

    @property
    def wants_secret(self) -> bool:
        """Whether one has to lie in the keyring."""
        return self is not Proof.PRIVATE_KEY


class SignIn(msgspec.Struct, frozen=True, kw_only=True):
    """OAuth 2.0 client credentials (RFC 6749, section 4.4) for the mail server, and for the bounce mailbox where it logs in so."""

    token_endpoint: str
    """`https://…`; nothing else is ever asked."""
    client_id: str
    scope: str = ""
    """As the provider wants it, for instance the mail service's address with `/.default` at its end; several with blanks between them."""
    proof: Proof = Proof.SECRET_BASIC
    key_file: str = ""
    """PEM without a passphrase, for `Proof.PRIVATE_KEY`: RSA, EC (P-256, P-384, P-521) or Ed25519."""
    certificate_file: str = ""
    """PEM; its thumbprint goes into the assertion (`x5t#S256`, RFC 7515, section 4.1.8). May be the same file as the key."""
    key_id: str = ""
    """`kid` of the assertion, where the provider goes by it."""
    rsa_algorithm: Literal["PS256", "RS256"] = "PS256"
    """RS256 only for providers that know no PS256 (BSI TR-02102-1 leads away from PKCS #1 v1.5)."""
    audience: str = ""
    """`aud` of the assertion; empty is the token endpoint (RFC 7523, section 3)."""
    ca_file: str = ""
    """PEM file of the authority behind the token endpoint; empty is what the operating system trusts."""
