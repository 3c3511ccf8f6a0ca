"""The texts that both ends of the control link sign (PROTOCOL.md, section 6). Pure functions; keys are handled by the callers."""

from __future__ import annotations

import hashlib

from app.domain.secrets import b64url, from_b64url

_WORKSTATION = b"videoberatung/control/workstation/1:"
_SERVER = b"videoberatung/control/server/1:"


def signed_by_workstation(server_key: str, workstation_key: str, server_nonce: str, workstation_nonce: str) -> bytes:
    """What the workstation signs: its context, both public keys, both nonces."""
    return _WORKSTATION + b"".join(map(from_b64url, (server_key, workstation_key, server_nonce, workstation_nonce)))


def signed_by_server(server_key: str, workstation_key: str, server_nonce: str, workstation_nonce: str) -> bytes:
    """What the server signs in return; the context keeps one signature from standing in for the other."""
    return _SERVER + b"".join(map(from_b64url, (server_key, workstation_key, server_nonce, workstation_nonce)))


def owner_id(workstation_key: str) -> str:
    """The opaque owner of rooms: the first 16 bytes of SHA-256 over the workstation's public key."""
    return b64url(hashlib.sha256(from_b64url(workstation_key)).digest()[:16])
