"""The texts that both ends of the control link sign (PROTOCOL.md, sections 6 and 13). Pure functions; keys are handled by the callers."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from app.domain.secrets import b64url, from_b64url

_WORKSTATION = b"videoberatung/control/workstation/1:"
_SERVER = b"videoberatung/control/server/1:"
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


def signed_by_workstation(server_key: str, workstation_key: str, server_nonce: str, workstation_nonce: str) -> bytes:
    """What the workstation signs: its context, both public keys, both nonces."""
    return _WORKSTATION + b"".join(map(from_b64url, (server_key, workstation_key, server_nonce, workstation_nonce)))


def signed_by_server(server_key: str, workstation_key: str, server_nonce: str, workstation_nonce: str) -> bytes:
    """What the server signs in return; the context keeps one signature from standing in for the other."""
    return _SERVER + b"".join(map(from_b64url, (server_key, workstation_key, server_nonce, workstation_nonce)))


def code_text(server_key: str, workstation_key: str, server_nonce: str, workstation_nonce: str, offer: str) -> bytes:
    """What the key that a one-time code makes of itself signs: the same four values and the code's id."""
    return _ENROL_CODE + b"".join(map(from_b64url, (server_key, workstation_key, server_nonce, workstation_nonce, offer)))


def enrolling_text(server_key: str, workstation_key: str, server_nonce: str, workstation_nonce: str, offer: str) -> bytes:
    """What the workstation signs to be enrolled."""
    return _ENROL_WORKSTATION + b"".join(map(from_b64url, (server_key, workstation_key, server_nonce, workstation_nonce, offer)))


def place_text(server_key: str, workstation_key: str, server_nonce: str, workstation_nonce: str, place: Place) -> bytes:
    """What the server signs of where the workstation belongs, in `enrolled` and in `welcome`. Each part is as long as its two bytes say."""
    values = b"".join(map(from_b64url, (server_key, workstation_key, server_nonce, workstation_nonce)))
    parts = [part.encode("utf-8") for part in (place.site, place.label, place.public_url, str(place.until or 0))]
    return _PLACE + values + b"".join(len(part).to_bytes(2, "big") + part for part in parts)


def owner_id(workstation_key: str) -> str:
    """The opaque owner of rooms: the first 16 bytes of SHA-256 over the workstation's public key."""
    return b64url(hashlib.sha256(from_b64url(workstation_key)).digest()[:16])
