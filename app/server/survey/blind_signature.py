"""The signer's side of RFC 9474, RSABSSA-SHA384-PSS-Deterministic: signs without seeing, and knows its signature again. No I/O.

`cryptography` makes the key and verifies (what comes out is RSASSA-PSS; RFC 9474, section 4.5). What it has not is RSA's bare private
operation (RSASP1 of RFC 8017, section 5.2.1), because alone that is mostly a mistake; here it is the scheme. So these few lines do it with
Python's numbers: with the Chinese remainder theorem, hidden from the clock by a factor of chance (Python's `pow` takes longer for some
numbers, but nobody knows which number it got), and checked before it leaves (RFC 9474, section 4.3: a fault in one half would give the key
away).

*Deterministic*, because the message is a nonce of 32 random bytes: the prefix of the randomised variant is for messages that somebody could
guess.
"""

from __future__ import annotations

import math
import secrets

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

BITS = 2048
EXPONENT = 65537
LENGTH = BITS // 8
SALT_LENGTH = 48
"""Of SHA-384 (RFC 9474, section 5)."""


class BlindSignatureError(ValueError):
    """Something that cannot be signed: it is no number below the modulus."""


class Signer:
    """One private key."""

    def __init__(self, key: rsa.RSAPrivateKey) -> None:
        self._key = key
        self._numbers = key.private_numbers()
        self._public = key.public_key()

    @property
    def modulus(self) -> bytes:
        """What everybody may know, as long as a signature."""
        n = self._numbers.public_numbers.n
        return n.to_bytes(_length(n), "big")

    def blind_sign(self, blinded: bytes) -> bytes:
        """The signature over what stands hidden in `blinded`. Raises BlindSignatureError."""
        public, length = self._numbers.public_numbers, _length(self._numbers.public_numbers.n)
        message = int.from_bytes(blinded, "big")
        if len(blinded) != length or not 0 < message < public.n:
            raise BlindSignatureError
        signature = self._private(message)
        if pow(signature, public.e, public.n) != message:
            raise BlindSignatureError
        return signature.to_bytes(length, "big")

    def _private(self, message: int) -> int:
        """message^d mod n."""
        numbers, n, e = self._numbers, self._numbers.public_numbers.n, self._numbers.public_numbers.e
        factor = _unit(n)
        hidden = message * pow(factor, e, n) % n
        of_p, of_q = pow(hidden, numbers.dmp1, numbers.p), pow(hidden, numbers.dmq1, numbers.q)
        signed = of_q + numbers.q * ((of_p - of_q) * numbers.iqmp % numbers.p)
        return signed * pow(factor, -1, n) % n

    def holds(self, message: bytes, signature: bytes) -> bool:
        """Whether this is our signature over the message."""
        pss = padding.PSS(padding.MGF1(hashes.SHA384()), SALT_LENGTH)
        try:
            self._public.verify(signature, message, pss, hashes.SHA384())
        except InvalidSignature:
            return False
        return True


def new_key() -> rsa.RSAPrivateKey:
    """A fresh one."""
    return rsa.generate_private_key(EXPONENT, BITS)


def _unit(n: int) -> int:
    """A number of chance that has an inverse."""
    while True:
        found = secrets.randbelow(n - 2) + 2
        if math.gcd(found, n) == 1:
            return found


def _length(n: int) -> int:
    return (n.bit_length() + 7) // 8
