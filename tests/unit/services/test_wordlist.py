"""The word lists: complete, distinct, and hard to mishear."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.paths import RESOURCES
from app.services.wordlist import WordLists
from app.words import WORDS_IN_LIST, WordListError, read_words

FOLDER = RESOURCES / "words"
FOLD = str.maketrans({"ä": "a", "ö": "o", "ü": "u", "ß": "s"})
SHAPES = {"de": r"[A-ZÄÖÜ][a-zäöüß]{2,8}", "en": r"[a-z]{3,9}"}


def neighbours(word: str) -> set[str]:
    """Patterns that two words share exactly if one letter is different, missing or added."""
    changed = {word[:i] + "*" + word[i + 1 :] for i in range(len(word))}
    added = {word[:i] + "*" + word[i:] for i in range(len(word) + 1)}
    return changed | added


@pytest.mark.parametrize("language", ["de", "en"])
def test_2048_different_words_of_the_alphabet(language: str) -> None:
    words = read_words(FOLDER / f"{language}.txt")
    assert len(words) == len(set(words)) == WORDS_IN_LIST
    assert [word for word in words if not re.fullmatch(SHAPES[language], word)] == []


@pytest.mark.parametrize("language", ["de", "en"])
def test_no_word_is_one_slip_away_from_another(language: str) -> None:
    seen: dict[str, str] = {}
    close = []
    for word in read_words(FOLDER / f"{language}.txt"):
        for pattern in neighbours(word.lower().translate(FOLD)):
            if pattern in seen:
                close.append((seen[pattern], word))
            seen[pattern] = word
    assert close == []


def test_a_language_without_a_list_of_its_own_uses_its_main_language_or_german() -> None:
    lists = WordLists(FOLDER)
    assert lists("de-simple") == lists("de")
    assert lists("fr") == lists("de")
    assert lists("en-GB") == lists("en") != lists("de")


@pytest.mark.parametrize("content", ["", "one\ntwo\n", "same\n" * 2048])
def test_an_incomplete_list_is_not_used(tmp_path: Path, content: str) -> None:
    (tmp_path / "de.txt").write_text(content)
    with pytest.raises(WordListError):
        WordLists(tmp_path)("de")


def test_a_missing_list_is_told(tmp_path: Path) -> None:
    with pytest.raises(WordListError):
        WordLists(tmp_path)("de")
