"""Sealing for members of a team: only they can open it, and they know who sealed it. Imports members and keys only; no input or output.

One random key seals the content (ChaCha20-Poly1305, RFC 8439); for each member that key is sealed with HPKE (RFC 9180: X25519,
HKDF-SHA256, ChaCha20-Poly1305). The sender signs all of it (Ed25519, RFC 8032), together with the place where it lies.
"""

from __future__ import annotations

import enum
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from app.domain.secrets import b64url, from_b64url
from app.services.keys import signature_holds
from app.services.team.members import Member, OwnKeys

PADDED_TO = 2048
"""Content is filled up to a multiple of so many bytes, so that its length says little."""
MOST_BYTES = 256 * 1024
"""Nothing that a team tells is longer."""
_CONTEXT = b"videoberatung/team/envelope/1:"
_NONCE_BYTES = 12
_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)


class SealTrouble(enum.Enum):
    """Why an envelope stays closed."""

    BROKEN = "broken"
    """Changed, cut off, moved to another place, or no envelope at all."""
    UNKNOWN_SENDER = "unknown-sender"
    NOT_FOR_US = "not-for-us"
    """Sealed before the sender knew us, or to a key that we do not have any more."""


class SealError(Exception):
    """For whoever looks into the folder; never a reason to delete anything."""

    def __init__(self, trouble: SealTrouble) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble


@dataclass(frozen=True, slots=True)
class Opened:
    """What lay in an envelope."""

    sender: Member
    content: bytes = field(repr=False)
    recipients: frozenset[str]
    """Seal keys by which it can be opened."""


class _Envelope(msgspec.Struct, frozen=True, array_like=True):
    format: int
    sender: str
    body: bytes
    keys: dict[str, bytes]
    """Content key by recipient's seal key."""
    signature: bytes


def seal(own: OwnKeys, to: Sequence[Member], place: str, content: bytes) -> bytes:
    """`content` (JSON, filled up with blanks) for these members at that place."""
    about = _about(own.id, place)
    key, nonce = os.urandom(32), os.urandom(_NONCE_BYTES)
    body = nonce + ChaCha20Poly1305(key).encrypt(nonce, content.ljust(-(-len(content) // PADDED_TO) * PADDED_TO), about)
    keys = {member.seal_key: _SUITE.encrypt(key, _public(member), info=about) for member in to}
    return msgspec.msgpack.encode(_Envelope(1, own.id, body, keys, from_b64url(own.sign(_signed(about, body, keys)))))


def unseal(own: OwnKeys, known: Callable[[str], Member | None], place: str, sealed: bytes) -> Opened:
    """What a known member sealed for us at that place. Raises SealError."""
    envelope = _read(sealed)
    sender = known(envelope.sender)
    if sender is None:
        raise SealError(SealTrouble.UNKNOWN_SENDER)
    about = _about(sender.id, place)
    if not signature_holds(sender.sign_key, b64url(envelope.signature), _signed(about, envelope.body, envelope.keys)):
        raise SealError(SealTrouble.BROKEN)
    ours = envelope.keys.get(own.member("").seal_key)
    if ours is None:
        raise SealError(SealTrouble.NOT_FOR_US)
    try:
        key = _SUITE.decrypt(ours, own.private, info=about)
        nonce, text = envelope.body[:_NONCE_BYTES], envelope.body[_NONCE_BYTES:]
        content = ChaCha20Poly1305(key).decrypt(nonce, text, about)
    except (InvalidTag, ValueError):
        raise SealError(SealTrouble.BROKEN) from None
    return Opened(sender, content, frozenset(envelope.keys))


def _read(sealed: bytes) -> _Envelope:
    try:
        envelope = msgspec.msgpack.decode(sealed, type=_Envelope)
    except (msgspec.DecodeError, UnicodeError):
        raise SealError(SealTrouble.BROKEN) from None
    if envelope.format != 1:
        raise SealError(SealTrouble.BROKEN)
    return envelope


def _public(member: Member) -> X25519PublicKey:
    return X25519PublicKey.from_public_bytes(from_b64url(member.seal_key))


def _about(sender: str, place: str) -> bytes:
    return _CONTEXT + f"{sender}:{place}".encode()


def _signed(about: bytes, body: bytes, keys: dict[str, bytes]) -> bytes:
    return about + b"\n" + msgspec.msgpack.encode([body, sorted(keys.items())])
