"""The lists behind the safety words: `resources/words/LANG.txt`, 2048 words each, one in a line. Imports nothing of `app`.

Two people read the words to each other, often over a bad line: so no word stands twice, and none differs from another by one
letter only. The order is part of the wire, because both sides take words by their number: a list is never changed within a
version of the protocol.
"""

from __future__ import annotations

from pathlib import Path

WORDS_IN_LIST = 2048
"""Eleven bits a word (PROTOCOL.md, section 8)."""
FIRST_LANGUAGE = "de"


class WordListError(Exception):
    """A list that cannot be used. Ours to mend; a test finds it before a person does."""


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


def read_words(path: Path) -> tuple[str, ...]:
    """The words of one file. Raises WordListError unless there are 2048 different ones."""
    try:
        words = tuple(path.read_text(encoding="utf-8").split())
    except (OSError, UnicodeError) as error:
        raise WordListError(f"{path.name}: {type(error).__name__}") from error
    if len(words) != WORDS_IN_LIST or len(set(words)) != WORDS_IN_LIST:
        raise WordListError(f"{path.name}: {len(words)} words, {len(set(words))} different ones, instead of {WORDS_IN_LIST}")
    return words
