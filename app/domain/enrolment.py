"""The one-time code with which IT enrols a workstation at a server: what it holds, and how people write it. No I/O.

It holds a secret of 128 bit (OWASP ASVS 5.0, 7.2.3) and the fingerprint of the server's key, so that a program gives nothing to another
server. The secret itself never travels: it makes a key pair, whose public half is all that the server keeps, and an id.

As text it is `VB1-` and thirteen groups of five symbols of Crockford's base 32 (no I, L, O, U), the last of each group a check over GF(32):
any single wrong symbol, any two neighbours that were swapped, and a group in the wrong place are noticed, and which group it is.
"""

from __future__ import annotations

import base64
import enum
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.domain.secrets import b64url, from_b64url

SECRET_BYTES = 16
FINGERPRINT_BYTES = 16
"""Whoever wants another key with the same one has to try 2^128 of them."""
VALID_S = 24 * 3600
"""So long a code may be used."""
PREFIX = "VB1"
GROUP = 5
"""Symbols of a group, its check among them."""

_FINGERPRINT = b"videoberatung/enrol/server/1:"
_OFFER = b"videoberatung/enrol/offer/1"
_SIGNER = b"videoberatung/enrol/signer/1"
_SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_FROM_RFC4648 = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", _SYMBOLS)
_TO_RFC4648 = str.maketrans(_SYMBOLS, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
_LIKE = str.maketrans("OIL", "011")
"""What people write for a symbol that looks the same (Crockford's base 32)."""
_WEIGHTS = (1, 2, 4, 8)
"""Of the four symbols before a check: different ones, and none is 0."""
_GROUPS = (SECRET_BYTES + FINGERPRINT_BYTES) * 8 // 5 // (GROUP - 1) + 1
_BETWEEN = re.compile(r"[\s\-\u2010-\u2015\u2212_.:]+")


class CodeFault(enum.Enum):
    """Why a text is no code."""

    EMPTY = "empty"
    OTHER = "other"
    """It does not begin as our codes do."""
    VERSION = "version"
    """A code of a later version of the program."""
    LENGTH = "length"
    """Groups are missing, or there are too many."""
    GROUP = "group"
    """One group is mistyped."""


class CodeError(ValueError):
    """A text that is no code. Says where, and never what stood there."""

    def __init__(self, fault: CodeFault, group: int | None = None) -> None:
        """`group` counts from 1, without the beginning `VB1`."""
        super().__init__(fault.value)
        self.fault = fault
        self.group = group


@dataclass(frozen=True, slots=True)
class EnrolmentCode:
    """A code, in the hands of whoever may use it."""

    secret: bytes = field(repr=False)
    fingerprint: bytes

    @classmethod
    def new(cls, server_key: str) -> EnrolmentCode:
        """A fresh one for the server with this public key."""
        return cls(secrets.token_bytes(SECRET_BYTES), _fingerprint(server_key))

    @classmethod
    def parse(cls, text: str) -> EnrolmentCode:
        """What somebody typed or pasted: upper or lower case, with blanks, lines or any dash between. Raises CodeError."""
        content = b"".join(_symbols(text))
        data = base64.b32decode(content.decode("ascii").translate(_TO_RFC4648) + "====")
        return cls(data[:SECRET_BYTES], data[SECRET_BYTES:])

    @property
    def text(self) -> str:
        """As it is printed: `VB1-` and the groups."""
        symbols = base64.b32encode(self.secret + self.fingerprint).decode("ascii").rstrip("=").translate(_FROM_RFC4648)
        parts = [symbols[k : k + GROUP - 1] for k in range(0, len(symbols), GROUP - 1)]
        return "-".join([PREFIX, *(part + _check(part, place) for place, part in enumerate(parts, 1))])

    @property
    def offer(self) -> str:
        """The id under which the server knows it, 22 characters; it leads back to nothing."""
        return b64url(self._derived(_OFFER)[:16])

    def signer(self) -> Ed25519PrivateKey:
        """The key that shows possession of the code."""
        return Ed25519PrivateKey.from_private_bytes(self._derived(_SIGNER))

    @property
    def verifier(self) -> str:
        """The public half of `signer`, 43 characters: what the server keeps."""
        return b64url(self.signer().public_key().public_bytes_raw())

    def is_for(self, server_key: str) -> bool:
        """True for the server whose public key this is. False also for what is no key."""
        try:
            return hmac.compare_digest(_fingerprint(server_key), self.fingerprint)
        except ValueError:
            return False

    def _derived(self, purpose: bytes) -> bytes:
        return HKDF(SHA256(), 32, None, purpose).derive(self.secret)


def _fingerprint(server_key: str) -> bytes:
    return hashlib.sha256(_FINGERPRINT + from_b64url(server_key)).digest()[:FINGERPRINT_BYTES]


def _symbols(text: str) -> list[bytes]:
    """The checked groups without their checks. Raises CodeError."""
    pieces = [piece for piece in _BETWEEN.split(text.upper().translate(_LIKE)) if piece]
    whole = "".join(pieces)
    if not whole:
        raise CodeError(CodeFault.EMPTY)
    if not whole.startswith(PREFIX):
        raise CodeError(CodeFault.VERSION if re.match(r"VB[0-9]", whole) else CodeFault.OTHER)
    body = whole.removeprefix(PREFIX)
    if len(body) != _GROUPS * GROUP:
        raise _wrong_length(pieces)
    return [_checked(body[k * GROUP : (k + 1) * GROUP], k + 1) for k in range(_GROUPS)]


def _wrong_length(pieces: list[str]) -> CodeError:
    """Where the groups stand apart and their number is right, the one that is too long or too short can be named."""
    if len(pieces) == _GROUPS + 1 and pieces[0] == PREFIX:
        return CodeError(CodeFault.GROUP, next(place for place, piece in enumerate(pieces[1:], 1) if len(piece) != GROUP))
    return CodeError(CodeFault.LENGTH)


def _checked(group: str, place: int) -> bytes:
    """Raises CodeError."""
    if not set(group) <= set(_SYMBOLS) or _check(group[:-1], place) != group[-1]:
        raise CodeError(CodeFault.GROUP, place)
    return group[:-1].encode("ascii")


def _check(symbols: str, place: int) -> str:
    """The sum over GF(32) of the group's place and its weighted symbols."""
    total = place
    for weight, symbol in zip(_WEIGHTS, symbols, strict=True):
        total ^= _times(weight, _SYMBOLS.index(symbol))
    return _SYMBOLS[total]


def _times(a: int, b: int) -> int:
    """The product in GF(32), whose polynomial is x^5 + x^2 + 1."""
    product = 0
    for bit in range(5):
        if b >> bit & 1:
            product ^= a << bit
    for bit in (8, 7, 6, 5):
        if product >> bit & 1:
            product ^= 0b100101 << (bit - 5)
    return product
