"""Safety words: a short authentication string over both DTLS fingerprints (PROTOCOL.md, section 8). Pure functions, no I/O.

Commit and reveal as in ZRTP (RFC 6189, section 4.4.1.1): whoever stands between the two must choose before seeing the other
nonce, so that a false match has a chance of 2**-44 in one attempt, however much is computed beforehand.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from app.domain.secrets import b64url, from_b64url

WORD_COUNT = 4
WORD_BITS = 11
"""Each word is one of 2048."""

_COMMIT = b"videoberatung/words/commit/1:"
_WORDS = b"videoberatung/words/1:"
_KEEP = b"videoberatung/words/keep/1:"


@dataclass(frozen=True, slots=True)
class Fingerprints:
    """Both certificates of one epoch as SHA-256 values in the form of RFC 8122: 32 hexadecimal pairs, upper case, with colons."""

    browser: str
    program: str

    def __post_init__(self) -> None:
        for value in (self.browser, self.program):
            if len(value) != 95 or bytes.fromhex(value.replace(":", "")).hex(":").upper() != value:
                raise ValueError("not a SHA-256 fingerprint in the form of RFC 8122")

    def digest_input(self) -> bytes:
        """Browser's and program's 32 bytes, in this order."""
        return bytes.fromhex(self.browser.replace(":", "")) + bytes.fromhex(self.program.replace(":", ""))


def commitment(browser_nonce: str) -> str:
    """What the browser sends first: base64url(SHA-256(context || nonce))."""
    return b64url(hashlib.sha256(_COMMIT + from_b64url(browser_nonce)).digest())


def commitment_holds(sent: str, browser_nonce: str) -> bool:
    """True if the opened nonce is the one behind the commitment."""
    return hmac.compare_digest(sent, commitment(browser_nonce))


def word_indices(prints: Fingerprints, browser_nonce: str, program_nonce: str) -> tuple[int, int, int, int]:
    """Four indices of 0 to 2047: the first 44 bits of SHA-256(context || fingerprints || browser's nonce || program's nonce)."""
    digest = hashlib.sha256(_WORDS + prints.digest_input() + from_b64url(browser_nonce) + from_b64url(program_nonce)).digest()
    bits = int.from_bytes(digest[:6], "big") >> 4
    a, b, c, d = ((bits >> (WORD_BITS * (WORD_COUNT - 1 - k))) & 0x7FF for k in range(WORD_COUNT))
    return a, b, c, d


def keep_mac(side: str, epoch: int, prints: Fingerprints, browser_nonce: str, program_nonce: str) -> str:
    """What `side` ("browser" or "program") sends in a later epoch: HMAC-SHA-256 over side, epoch and the new fingerprints.

    The key is SHA-256(context || browser's nonce || program's nonce) of the first epoch, so only who took part there can make it.
    """
    if side not in ("browser", "program"):
        raise ValueError("side is browser or program")
    key = hashlib.sha256(_KEEP + from_b64url(browser_nonce) + from_b64url(program_nonce)).digest()
    text = side.encode("ascii") + b":" + epoch.to_bytes(4, "big") + prints.digest_input()
    return b64url(hmac.digest(key, text, "sha256"))


def keep_holds(sent: str, side: str, epoch: int, prints: Fingerprints, browser_nonce: str, program_nonce: str) -> bool:
    """True if the other side's `words-keep` fits what we see ourselves."""
    return hmac.compare_digest(sent, keep_mac(side, epoch, prints, browser_nonce, program_nonce))
