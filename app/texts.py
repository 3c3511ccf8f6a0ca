"""The catalogue: every text that a person reads, by its stable key. Imports the standard library only: the server reads it, too.

`resources/i18n/LANG/PART.po` holds one language's texts of one part (gettext calls it a domain): `page` for the client's page,
`app` for the desktop program; `PART.TASK.po` those of one of its tasks, read together with it. The key stands as `msgid`
(for instance `page.join.button`), so that a reworded German sentence breaks no translation. Of the format (GNU gettext manual,
"The Format of PO Files") remarks, the mark `fuzzy`, `msgid` and `msgstr` are read; a context or a plural form is an error.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

FIRST_LANGUAGE = "de"

_LINE = re.compile(r'(?:(msgid|msgstr) )?"((?:[^"\\]|\\[nt"\\])*)"')
"""A keyword with a string, or the string's continuation."""
_ESCAPE = re.compile(r'\\([nt"\\])')
_ESCAPES = {"n": "\n", "t": "\t", '"': '"', "\\": "\\"}


class CatalogueError(Exception):
    """A catalogue that cannot be read, or a key that is not in it. Ours to mend; `make check` finds it before a person does."""


def read_part(folder: Path, language: str, part: str) -> dict[str, str]:
    """Key -> text of `folder/LANGUAGE/PART.po` and `PART.TASK.po`. Raises CatalogueError for a missing file, an empty text or one marked
    fuzzy, and a key that stands there twice."""
    texts: dict[str, str] = {}
    for name in [part, *sorted(path.stem for path in (folder / language).glob(f"{part}.*.po"))]:
        for key, text in read_file(folder, language, name).items():
            if texts.setdefault(key, text) is not text:
                raise CatalogueError(f"{language}/{name}.po: {key!r} stands in another file already")
    return texts


def read_file(folder: Path, language: str, name: str) -> dict[str, str]:
    """Key -> text of one file, `name` without `.po`. Raises CatalogueError as `read_part` does."""
    try:
        lines = (folder / language / f"{name}.po").read_text("utf-8").splitlines()
    except (OSError, UnicodeError) as error:
        raise CatalogueError(f"no catalogue {name!r} for language {language!r}") from error
    texts: dict[str, str] = {}
    for entry in _entries(lines, f"{language}/{name}.po"):
        if not entry.key:
            continue  # what the file says of itself
        if not entry.text or entry.fuzzy or entry.key in texts:
            raise CatalogueError(f"{language}/{name}.po: {entry.key!r} has no finished text")
        texts[entry.key] = entry.text
    return texts


@dataclass(slots=True)
class _Entry:
    """One text as far as it was read; None is what did not come yet."""

    fuzzy: bool = False
    key: str | None = None
    text: str | None = None

    def takes(self, word: str | None, quoted: str) -> bool:
        """Take in a keyword with its string, or a continuation; False if it does not belong here."""
        if word == "msgid" and self.key is None:
            self.key = quoted
        elif word == "msgstr" and self.key is not None and self.text is None:
            self.text = quoted
        elif word is None and self.text is not None:
            self.text += quoted
        elif word is None and self.key is not None:
            self.key += quoted
        else:
            return False
        return True


def _entries(lines: Iterable[str], name: str) -> Iterator[_Entry]:
    """The entries of a catalogue. Raises CatalogueError for a line that is none of the format, or not in its place."""
    entry = _Entry()
    for number, line in enumerate(map(str.strip, lines), 1):
        aside = not line or line.startswith("#")
        if entry.text is not None and (aside or line.startswith("msgid ")):
            yield entry
            entry = _Entry()
        if aside:
            entry.fuzzy |= line.startswith("#,") and "fuzzy" in line
        elif (found := _LINE.fullmatch(line)) is None or not entry.takes(found[1], _ESCAPE.sub(_escaped, found[2])):
            raise CatalogueError(f"{name}:{number}: cannot be read")
    if entry.text is not None:
        yield entry
    elif entry.key is not None:
        raise CatalogueError(f"{name}: ends before its last text")


def _escaped(found: re.Match[str]) -> str:
    return _ESCAPES[found[1]]


def languages(folder: Path) -> list[str]:
    """The languages that have a folder, German first, then by their tag. Easier texts of a language are none of their own (`plain`)."""
    return sorted((p.name for p in folder.iterdir() if p.is_dir() and not base_of(p)), key=lambda tag: (tag != FIRST_LANGUAGE, tag))


def plain(folder: Path) -> list[str]:
    """Easier texts of a language: `de-simple`. They have the files that need them, and the language's own texts for the rest."""
    return sorted(p.name for p in folder.iterdir() if p.is_dir() and base_of(p))


def base_of(folder: Path) -> str | None:
    """The language whose easier texts lie in this folder; None for a language."""
    language, dash, _ = folder.name.partition("-")
    return language if dash and (folder.parent / language).is_dir() else None


def read_plain(folder: Path, tag: str, part: str) -> dict[str, str]:
    """Key -> text of a part: the easier ones where there are some. Raises CatalogueError as `read_part` does."""
    easier: dict[str, str] = {}
    for path in sorted((folder / tag).glob(f"{part}*.po")):
        easier |= read_file(folder, tag, path.stem)
    return read_part(folder, tag.partition("-")[0], part) | easier


class Texts:
    """Looks texts up. One object for each language, handed to whoever speaks to a person."""

    def __init__(self, language: str, texts: Mapping[str, str]) -> None:
        self.language = language
        self._texts = texts

    @classmethod
    def load(cls, folder: Path, language: str, part: str) -> Texts:
        """The texts of one part in one language."""
        return cls(language, read_part(folder, language, part))

    def __call__(self, key: str, **values: object) -> str:
        """The text behind `key` with `{name}` places filled in. Raises CatalogueError for an unknown key or a missing value."""
        try:
            return self._texts[key].format(**values) if values else self._texts[key]
        except KeyError as error:
            raise CatalogueError(f"{self.language}: {key}: {error}") from None

    @staticmethod
    def places(text: str) -> set[str]:
        """The names in braces of a text, for the check that translations have the same."""
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}
