"""A server that signs and counts take-up figures, in memory: with a real key, without sums of anybody. Ships with the product."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from app.domain.secrets import from_b64url
from app.services.take_up.blinding import EXPONENT, SALT_LENGTH
from app.services.take_up.ports import LineTrouble
from app.wire.codes import WireError
from app.wire.survey import TAKE_UP_CONTEXT, parse_handed


class FakeTakeUpLine:
    """One open quarter after the other. `there` False is a server that cannot be reached."""

    def __init__(self, *quarters: str) -> None:
        self._keys = {quarter: rsa.generate_private_key(EXPONENT, 2048) for quarter in quarters}
        self._spent: set[str] = set()
        self.there = True
        self.site: str | None = None
        self.signed = 0
        self.sums: Counter[tuple[str, str, str]] = Counter()
        """Quarter, table, counter → how often."""

    async def keys(self) -> Mapping[str, int]:
        self._check()
        return {quarter: key.public_key().public_numbers().n for quarter, key in self._keys.items()}

    async def sign(self, quarter: str, blinded: bytes) -> bytes | None:
        self._check()
        if quarter not in self._keys:
            return None
        self.signed += 1
        numbers = self._keys[quarter].private_numbers()
        signed = pow(int.from_bytes(blinded, "big"), numbers.d, numbers.public_numbers.n)
        return signed.to_bytes(256, "big")

    async def hand_in(self, body: bytes) -> str:
        self._check()
        try:
            handed = parse_handed(body)
        except WireError as error:
            return error.code.value
        if handed.quarter not in self._keys:
            return "period-closed"
        pss = padding.PSS(padding.MGF1(hashes.SHA384()), SALT_LENGTH)
        message = TAKE_UP_CONTEXT + from_b64url(handed.nonce)
        try:
            self._keys[handed.quarter].public_key().verify(from_b64url(handed.signature), message, pss, hashes.SHA384())
        except InvalidSignature:
            return "right-invalid"
        if handed.nonce in self._spent:
            return "right-spent"
        self._spent.add(handed.nonce)
        for table, of in handed.counts.items():
            self.sums.update({(handed.quarter, table, counter): count for counter, count in of.items()})
        return "counted"

    def close_quarter(self, quarter: str) -> None:
        """Nothing of it is counted any more."""
        del self._keys[quarter]

    def _check(self) -> None:
        if not self.there:
            raise LineTrouble
