"""The signer's side of RFC 9474, RSABSSA-SHA384-PSS-Deterministic: signs without seeing, and knows its signature again. No I/O.

`cryptography` makes the key and verifies (what comes out is RSASSA-PSS; RFC 9474, section 4.5). What it has not is RSA's bare private
operation (RSASP1 of RFC 8017, section 5.2.1), because alone that is mostly a mistake; here it is the scheme. So these few lines do it with
GMP: with the Chinese remainder theorem, by an exponentiation that takes as long for every number (`mpz_powm_sec`), hidden from what else
the clock might tell by a factor of chance, and checked before it leaves (RFC 9474, section 4.3: a fault in one half would give the key
away). Python's own `pow` takes eight times as long, nine thousandths of a second in which a server does nothing else.

*Deterministic*, because the message is a nonce of 32 random bytes: the prefix of the randomised variant is for messages that somebody could
guess.
"""

from __future__ import annotations

import secrets

import gmpy2
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
        numbers = self._numbers
        self._n, self._e = gmpy2.mpz(numbers.public_numbers.n), gmpy2.mpz(numbers.public_numbers.e)
        self._p, self._q = gmpy2.mpz(numbers.p), gmpy2.mpz(numbers.q)

    @property
    def modulus(self) -> bytes:
        """What everybody may know, as long as a signature."""
        n = self._numbers.public_numbers.n
        return n.to_bytes(_length(n), "big")

    def blind_sign(self, blinded: bytes) -> bytes:
        """The signature over what stands hidden in `blinded`. Raises BlindSignatureError."""
        length = _length(self._numbers.public_numbers.n)
        message = gmpy2.mpz(int.from_bytes(blinded, "big"))
        if len(blinded) != length or not 0 < message < self._n:
            raise BlindSignatureError
        signature = self._private(message)
        if gmpy2.powmod(signature, self._e, self._n) != message:
            raise BlindSignatureError
        return int(signature).to_bytes(length, "big")

    def _private(self, message: gmpy2.mpz) -> gmpy2.mpz:
        """message^d mod n."""
        numbers, n, p, q = self._numbers, self._n, self._p, self._q
        factor = _unit(n)
        hidden = message * gmpy2.powmod(factor, self._e, n) % n
        of_p, of_q = gmpy2.powmod_sec(hidden, numbers.dmp1, p), gmpy2.powmod_sec(hidden, numbers.dmq1, q)
        signed = of_q + q * ((of_p - of_q) * numbers.iqmp % p)
        return signed * gmpy2.invert(factor, n) % n

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


def _unit(n: gmpy2.mpz) -> gmpy2.mpz:
    """A number of chance that has an inverse."""
    while True:
        found = gmpy2.mpz(secrets.randbelow(int(n) - 2) + 2)
        if gmpy2.gcd(found, n) == 1:
            return found


def _length(n: int) -> int:
    return (n.bit_length() + 7) // 8
