"""The client's side of RFC 9474 (RSABSSA-SHA384-PSS-Deterministic): hides a message before it is signed. No I/O.

The page has the same in JavaScript (`resources/web/survey/blind.js`), the server the signer's side; all are held to the RFC's vectors.
"""

from __future__ import annotations

import hashlib
import math
import secrets
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

EXPONENT = 65537
HASH_LENGTH = SALT_LENGTH = 48
"""Of SHA-384 (RFC 9474, section 5)."""


class BlindingError(ValueError):
    """What came back is no signature of the key that was published."""


@dataclass(frozen=True, slots=True)
class Blinded:
    """What goes to the signer, and what is needed to read the answer."""

    n: int
    message: bytes = field(repr=False)
    blinded: bytes
    inverse: int = field(repr=False)

    def finalize(self, blind_signature: bytes) -> bytes:
        """The signature (RFC 9474, section 4.4). Raises BlindingError: then nobody has to be shown it."""
        signature = self.unblinded(blind_signature)
        pss = padding.PSS(padding.MGF1(hashes.SHA384()), SALT_LENGTH)
        try:
            rsa.RSAPublicNumbers(EXPONENT, self.n).public_key().verify(signature, self.message, pss, hashes.SHA384())
        except (InvalidSignature, ValueError):
            raise BlindingError from None
        return signature

    def unblinded(self, blind_signature: bytes) -> bytes:
        """The same, whatever it is worth."""
        return (int.from_bytes(blind_signature, "big") * self.inverse % self.n).to_bytes(_length(self.n), "big")


def blind(n: int, message: bytes, *, salt: bytes | None = None, inverse: int | None = None) -> Blinded:
    """RFC 9474, section 4.2, under the modulus `n`. `salt` and `inverse` are given by test vectors only."""
    encoded = int.from_bytes(_pss(message, n.bit_length() - 1, secrets.token_bytes(SALT_LENGTH) if salt is None else salt), "big")
    factor = _unit(n) if inverse is None else pow(inverse, -1, n)
    if math.gcd(encoded, n) != 1:
        raise BlindingError
    return Blinded(n, message, (encoded * pow(factor, EXPONENT, n) % n).to_bytes(_length(n), "big"), pow(factor, -1, n))


def _unit(n: int) -> int:
    """A number of chance that has an inverse."""
    while True:
        found = secrets.randbelow(n - 2) + 2
        if math.gcd(found, n) == 1:
            return found


def _length(n: int) -> int:
    return (n.bit_length() + 7) // 8


def _pss(message: bytes, bits: int, salt: bytes) -> bytes:
    """EMSA-PSS-ENCODE (RFC 8017, section 9.1.1) with SHA-384."""
    length = (bits + 7) // 8
    digest = hashlib.sha384(bytes(8) + hashlib.sha384(message).digest() + salt).digest()
    block = bytes(length - len(salt) - HASH_LENGTH - 2) + b"\x01" + salt
    rounds = range(len(block) // HASH_LENGTH + 1)
    mask = b"".join(hashlib.sha384(digest + count.to_bytes(4, "big")).digest() for count in rounds)
    masked = bytearray(one ^ other for one, other in zip(block, mask, strict=False))
    masked[0] &= 0xFF >> (8 * length - bits)
    return bytes(masked) + digest + b"\xbc"
