"""The client's side of RFC 9474 as the program has it: for tests and for the linkage attack."""

from __future__ import annotations

from app.services.take_up import blinding
from app.services.take_up.blinding import Blinded

__all__ = ["Blinded", "blind"]


def blind(n: int, message: bytes, e: int = blinding.EXPONENT, salt: bytes | None = None, inverse: int | None = None) -> Blinded:
    """Salt and inverse are given by test vectors only."""
    assert e == blinding.EXPONENT
    return blinding.blind(n, message, salt=salt, inverse=inverse)
