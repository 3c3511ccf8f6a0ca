"""The texts that both ends of the control link sign (PROTOCOL.md, sections 6 and 13). Pure functions; keys are handled by the callers."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from app.domain.secrets import b64url, from_b64url

_WORKSTATION = b"videoberatung/control/workstation/1:"
_SERVER = b"videoberatung/control/server/1:"
_SIGN_IN = b"videoberatung/control/sign-in/1:"
_TOKEN_NONCE = b"videoberatung/control/token-nonce/1:"
_ENROL_TOKEN = b"videoberatung/control/enrol/token/1:"
_ENROL_CODE = b"videoberatung/control/enrol/code/1:"
_ENROL_WORKSTATION = b"videoberatung/control/enrol/workstation/1:"
_PLACE = b"videoberatung/control/place/1:"


@dataclass(frozen=True, slots=True)
class Place:
    """What a server says of a workstation that it knows: where it belongs."""

    site: str
    label: str
    """The agency's neutral name, as it was given with the enrolment."""
    public_url: str
    """What personal links start with."""
    until: int | None = None
    """The registration ends by itself then, Unix seconds; None for never."""


@dataclass(frozen=True, slots=True)
class SignInTerms:
    """How a person signs in at a server's identity provider: what the program asks it for."""

    issuer: str
    client_id: str
    scopes: tuple[str, ...]
    """`openid` and what the agency needs beside it."""
    acr_values: tuple[str, ...]
    max_age: int
    """So long ago the person may have proved who they are, seconds."""


def signed_by_workstation(server_key: str, workstation_key: str, server_nonce: str, workstation_nonce: str) -> bytes:
    """What the workstation signs: its context, both public keys, both nonces."""
    return _WORKSTATION + b"".join(map(from_b64url, (server_key, workstation_key, server_nonce, workstation_nonce)))


def signed_by_server(server_key: str, workstation_key: str, server_nonce: str, workstation_nonce: str) -> bytes:
    """What the server signs in return; the context keeps one signature from standing in for the other."""
    return _SERVER + b"".join(map(from_b64url, (server_key, workstation_key, server_nonce, workstation_nonce)))


def sign_in_text(server_key: str, server_nonce: str, workstation_nonce: str, terms: SignInTerms) -> bytes:
    """What the server signs of how to sign in, so that nobody in between sends a person to another provider."""
    values = b"".join(map(from_b64url, (server_key, server_nonce, workstation_nonce)))
    said = (terms.issuer, terms.client_id, " ".join(terms.scopes), " ".join(terms.acr_values), str(terms.max_age))
    return _SIGN_IN + values + _measured(*said)


def token_nonce(server_key: str, workstation_key: str, salt: str) -> str:
    """The `nonce` claim of an ID token (OpenID Connect Core 1.0, section 3.1.2.1): it opens this server for this workstation only."""
    return b64url(hashlib.sha256(_TOKEN_NONCE + b"".join(map(from_b64url, (server_key, workstation_key, salt)))).digest())


def token_text(server_key: str, workstation_key: str, server_nonce: str, workstation_nonce: str, salt: str, token: str) -> bytes:
    """What the workstation signs to be registered with an ID token."""
    values = map(from_b64url, (server_key, workstation_key, server_nonce, workstation_nonce, salt))
    return _ENROL_TOKEN + b"".join(values) + hashlib.sha256(token.encode("ascii")).digest()


def code_text(server_key: str, workstation_key: str, server_nonce: str, workstation_nonce: str, offer: str) -> bytes:
    """What the key that a one-time code makes of itself signs: the same four values and the code's id."""
    return _ENROL_CODE + b"".join(map(from_b64url, (server_key, workstation_key, server_nonce, workstation_nonce, offer)))


def enrolling_text(server_key: str, workstation_key: str, server_nonce: str, workstation_nonce: str, offer: str) -> bytes:
    """What the workstation signs to be enrolled."""
    return _ENROL_WORKSTATION + b"".join(map(from_b64url, (server_key, workstation_key, server_nonce, workstation_nonce, offer)))


def place_text(server_key: str, workstation_key: str, server_nonce: str, workstation_nonce: str, place: Place) -> bytes:
    """What the server signs of where the workstation belongs, in `enrolled` and in `welcome`. Each part is as long as its two bytes say."""
    values = b"".join(map(from_b64url, (server_key, workstation_key, server_nonce, workstation_nonce)))
    return _PLACE + values + _measured(place.site, place.label, place.public_url, str(place.until or 0))


def owner_id(workstation_key: str) -> str:
    """The opaque owner of rooms: the first 16 bytes of SHA-256 over the workstation's public key."""
    return b64url(hashlib.sha256(from_b64url(workstation_key)).digest()[:16])


def _measured(*texts: str) -> bytes:
    """Texts one after the other, each as long as its two bytes say: no two lists look alike."""
    parts = [text.encode("utf-8") for text in texts]
    return b"".join(len(part).to_bytes(2, "big") + part for part in parts)
