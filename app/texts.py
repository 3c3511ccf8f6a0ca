"""The catalogue: every text that a person reads, by its stable key. Imports Babel and `app.paths` only.

`resources/i18n/LANG/PART.po` holds one language's texts of one part (gettext calls it a domain): `page` for the client's page,
`app` for the desktop program. The key stands as `msgid`
(for instance `page.join.button`), so that a reworded German sentence breaks no translation.
"""

from __future__ import annotations

import string
from collections.abc import Mapping
from pathlib import Path

from babel.messages.pofile import read_po

FIRST_LANGUAGE = "de"


class CatalogueError(Exception):
    """A catalogue that cannot be read, or a key that is not in it. Ours to mend; `make check` finds it before a person does."""


def read_part(folder: Path, language: str, part: str) -> dict[str, str]:
    """Key -> text of `folder/LANGUAGE/PART.po`. Raises CatalogueError for a missing file, an empty text or one marked fuzzy."""
    path = folder / language / f"{part}.po"
    try:
        with path.open("rb") as file:
            catalogue = read_po(file, locale=language.split("-", maxsplit=1)[0], abort_invalid=True)
    except OSError as error:
        raise CatalogueError(f"no catalogue {part!r} for language {language!r}") from error
    texts: dict[str, str] = {}
    for message in catalogue:
        if not message.id:
            continue
        if not isinstance(message.id, str) or not isinstance(message.string, str) or not message.string or message.fuzzy:
            raise CatalogueError(f"{language}/{part}.po: {message.id!r} has no finished text")
        texts[message.id] = message.string
    return texts


def languages(folder: Path) -> list[str]:
    """The languages that have a folder, German first, then by their tag."""
    return sorted((p.name for p in folder.iterdir() if p.is_dir()), key=lambda tag: (tag != FIRST_LANGUAGE, tag))


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
