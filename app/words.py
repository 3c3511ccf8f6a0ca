"""The lists behind the safety words as they lie in `resources/words/LANG.txt`: one word in a line. A leaf: imports nothing of `app`."""

from __future__ import annotations

from pathlib import Path

WORDS_IN_LIST = 2048
"""Eleven bits a word (PROTOCOL.md, section 8)."""


class WordListError(Exception):
    """A list that cannot be used. Ours to mend; a test finds it before a person does."""


def read_words(path: Path) -> tuple[str, ...]:
    """The words of one file. Raises WordListError unless there are 2048 different ones."""
    try:
        words = tuple(path.read_text(encoding="utf-8").split())
    except (OSError, UnicodeError) as error:
        raise WordListError(f"{path.name}: {type(error).__name__}") from error
    if len(words) != WORDS_IN_LIST or len(set(words)) != WORDS_IN_LIST:
        raise WordListError(f"{path.name}: {len(words)} words, {len(set(words))} different ones, instead of {WORDS_IN_LIST}")
    return words
