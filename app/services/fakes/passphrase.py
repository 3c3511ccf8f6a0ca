"""A person who answers when a passphrase is asked for. Imports the store's unlocking only."""

from __future__ import annotations

from collections.abc import Sequence

from app.services.store.unlock import Asked


class TypedPassphrases:
    """Answers one after the other, then gives up; `asked` is what was asked for."""

    def __init__(self, *answers: str) -> None:
        self.asked: list[Asked] = []
        self._answers: Sequence[str] = answers

    async def __call__(self, asked: Asked) -> str | None:
        self.asked.append(asked)
        return self._answers[len(self.asked) - 1] if len(self.asked) <= len(self._answers) else None
