"""The client's side of RFC 9474 in Python, as the page does it: for tests and for the linkage attack. Slow and plain."""

from __future__ import annotations

import hashlib
import math
import secrets
from dataclasses import dataclass

HASH_LENGTH = SALT_LENGTH = 48


@dataclass(frozen=True)
class Blinded:
    """What goes to the signer, and what is needed to read the answer."""

    n: int
    message: bytes
    blinded: bytes
    inverse: int

    @property
    def length(self) -> int:
        return (self.n.bit_length() + 7) // 8

    def finalize(self, blind_signature: bytes) -> bytes:
        """RFC 9474, section 4.4; verifying is left to the caller."""
        return (int.from_bytes(blind_signature, "big") * self.inverse % self.n).to_bytes(self.length, "big")


def blind(n: int, message: bytes, e: int = 65537, salt: bytes | None = None, inverse: int | None = None) -> Blinded:
    """RFC 9474, section 4.2. `salt` and `inverse` are given by test vectors only."""
    encoded = int.from_bytes(_pss(message, n.bit_length() - 1, secrets.token_bytes(SALT_LENGTH) if salt is None else salt), "big")
    assert math.gcd(encoded, n) == 1
    factor = pow(inverse, -1, n) if inverse else secrets.randbelow(n - 2) + 2
    blinded = encoded * pow(factor, e, n) % n
    return Blinded(n, message, blinded.to_bytes((n.bit_length() + 7) // 8, "big"), pow(factor, -1, n))


def _pss(message: bytes, bits: int, salt: bytes) -> bytes:
    """EMSA-PSS-ENCODE (RFC 8017, section 9.1.1) with SHA-384."""
    length = (bits + 7) // 8
    digest = hashlib.sha384(bytes(8) + hashlib.sha384(message).digest() + salt).digest()
    block = bytes(length - len(salt) - HASH_LENGTH - 2) + b"\x01" + salt
    mask = b"".join(hashlib.sha384(digest + count.to_bytes(4, "big")).digest() for count in range(len(block) // HASH_LENGTH + 1))
    masked = bytearray(one ^ other for one, other in zip(block, mask, strict=False))
    masked[0] &= 0xFF >> (8 * length - bits)
    return bytes(masked) + digest + b"\xbc"
