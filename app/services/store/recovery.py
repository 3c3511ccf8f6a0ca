"""The recovery key: a secret that IT prints or files, and can type in again. Imports the ports only."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field

from app.services.appointments.ports import StoreError

_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no letter in it is mistaken for a digit."""
_MISREAD = str.maketrans("OIL", "011")
_SECRET_BYTES = 20
_SECRET_SIGNS = 32
_CHECK_SIGNS = 4
_GROUP = 4


@dataclass(frozen=True, slots=True)
class RecoveryKey:
    """160 random bits."""

    secret: bytes = field(repr=False)

    @classmethod
    def new(cls) -> RecoveryKey:
        return cls(secrets.token_bytes(_SECRET_BYTES))

    @classmethod
    def parse(cls, text: str) -> RecoveryKey:
        """What `printed` gave, in any case, with or without its lines. Raises StoreError for a slip of the pen, which the last group
        finds (one in a million is missed)."""
        signs = "".join(text.upper().translate(_MISREAD).replace("-", " ").split())
        if len(signs) != _SECRET_SIGNS + _CHECK_SIGNS or not set(signs) <= set(_SIGNS):
            raise StoreError("app.store.recovery-mistyped")
        key = cls(_number(signs[:_SECRET_SIGNS]).to_bytes(_SECRET_BYTES, "big"))
        if key._check != signs[_SECRET_SIGNS:]:
            raise StoreError("app.store.recovery-mistyped")
        return key

    @property
    def printed(self) -> str:
        """Nine groups of four signs."""
        signs = _written(int.from_bytes(self.secret, "big"), _SECRET_SIGNS) + self._check
        return "-".join(signs[place : place + _GROUP] for place in range(0, len(signs), _GROUP))

    @property
    def _check(self) -> str:
        digest = hashlib.sha256(b"videoberatung/recovery/1/" + self.secret).digest()
        return _written(int.from_bytes(digest[:3], "big") >> 4, _CHECK_SIGNS)


def _written(number: int, length: int) -> str:
    return "".join(_SIGNS[number >> 5 * place & 31] for place in reversed(range(length)))


def _number(signs: str) -> int:
    number = 0
    for sign in signs:
        number = number << 5 | _SIGNS.index(sign)
    return number
