"""Finds the list behind the safety words of a language. Imports `app.words` only.

Two people read the words to each other, often over a bad line: so no word stands twice, and none differs from another by one
letter only. The order is part of the wire, because both sides take words by their number: a list is never changed within a
version of the protocol.
"""

from __future__ import annotations

from pathlib import Path

from app.words import read_words

FIRST_LANGUAGE = "de"


class WordLists:
    """Finds the list of a language; each file is read once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[str, tuple[str, ...]] = {}

    def __call__(self, language: str) -> tuple[str, ...]:
        """The words of `language`, of its main language (`de` for `de-simple`), or else the German ones. Raises WordListError."""
        main = language.split("-", maxsplit=1)[0]
        if not (self._folder / f"{main}.txt").is_file():
            main = FIRST_LANGUAGE
        if main not in self._read:
            self._read[main] = read_words(self._folder / f"{main}.txt")
        return self._read[main]
