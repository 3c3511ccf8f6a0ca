"""The survey's keys in the database that several servers share, each sealed under the key that lies outside of it.

Otherwise two machines would make two keys for one quarter, and a right that one of them signed would be void at the other.
"""

from __future__ import annotations

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.server.key_file import KeyFileError
from app.server.survey.ports import SurveyStore

_CONTEXT = b"videoberatung/survey/key/1:"
_NONCE = 12


class StoreShelf:
    """A KeyShelf (see `app.server.survey.keys`)."""

    def __init__(self, store: SurveyStore, seal: bytes) -> None:
        """`seal` is the key in the file `survey-seal`."""
        self._store = store
        self._cipher = AESGCM(seal)

    async def find(self, name: str, quarter: str) -> bytes | None:
        sealed = await self._store.key(name, quarter)
        return None if sealed is None else self._opened(name, quarter, sealed)

    async def add(self, name: str, quarter: str, key: bytes) -> bytes:
        nonce = secrets.token_bytes(_NONCE)
        sealed = nonce + self._cipher.encrypt(nonce, key, _bound(name, quarter))
        return self._opened(name, quarter, await self._store.add_key(name, quarter, sealed))

    async def forget_before(self, name: str, quarter: str) -> None:
        await self._store.forget_keys(name, quarter)

    def _opened(self, name: str, quarter: str, sealed: bytes) -> bytes:
        try:
            return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], _bound(name, quarter))
        except InvalidTag:
            raise KeyFileError("survey-seal is not the one under which the survey's keys lie: put the right one back") from None


def _bound(name: str, quarter: str) -> bytes:
    return _CONTEXT + f"{name}:{quarter}".encode()
