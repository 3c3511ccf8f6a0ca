"""Asks for the passphrase of the store. Imports Qt and `app.ui` only."""

from __future__ import annotations

from app.services.store.unlock import Asked
from app.texts import Texts


class PassphraseDialogs:
    """Nobody is asked yet."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts

    async def __call__(self, asked: Asked) -> str | None:
        return None
