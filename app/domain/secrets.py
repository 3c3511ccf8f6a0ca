"""Tokens, secrets and their hashes. Uses only the operating system's random source; imports nothing of `app`.

A link token has 256 bit (OWASP ASVS 5.0, 7.2.3 asks for at least 128); values of that size may be kept as a plain SHA-256
(6.5.2). The token stands in the link's fragment and leaves the browser only on a person's tap. Before that tap the page may
*look* with a key derived from the token, which opens nothing.
"""

from __future__ import annotations

import base64
import hashlib
import secrets

LOOK_CONTEXT = b"videoberatung/look/1:"
"""Domain separation for the look-up key; part of the wire (PROTOCOL.md, section 3)."""
CODE_CONTEXT = b"videoberatung/code/1:"
"""The same for the dictatable code (PROTOCOL.md, section 11)."""
CODE_DIGITS = 9


def b64url(data: bytes) -> str:
    """Base64url without padding (RFC 4648, section 5)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def from_b64url(text: str) -> bytes:
    """The bytes behind `b64url`. Raises ValueError for anything else."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def new_token() -> str:
    """A link token or a seat's secret: 32 random bytes as 43 characters."""
    return b64url(secrets.token_bytes(32))


def new_id() -> str:
    """An opaque id of a room or a seat: 16 random bytes as 22 characters."""
    return b64url(secrets.token_bytes(16))


def new_code() -> str:
    """A code that can be dictated: nine random digits."""
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"


def code_in_threes(code: str) -> str:
    """As it is read out and printed: `123 456 789`."""
    return " ".join(code[k : k + 3] for k in range(0, CODE_DIGITS, 3))


def hash_code(code: str) -> str:
    """How the code travels to the server. It hides the digits from a passing glance only: there are a thousand million of them, so what is
    stored has a key besides (`app.server.code_door`)."""
    return b64url(hashlib.sha256(CODE_CONTEXT + code.encode("ascii")).digest())


def hash_secret(secret: str) -> str:
    """What may be stored of a token or secret: base64url(SHA-256(text)), 43 characters."""
    return b64url(hashlib.sha256(secret.encode("ascii")).digest())


def look_key(token: str) -> str:
    """The key with which the page reads date, time and phone number before the tap. It cannot be turned back into the token."""
    return b64url(hashlib.sha256(LOOK_CONTEXT + token.encode("ascii")).digest())
