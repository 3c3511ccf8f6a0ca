"""What every command says of itself and of a line it cannot understand: argparse, speaking from the catalogue `commands`.

argparse hands each of its words to gettext before it shows it. While one of our parsers works, it is handed to the catalogue instead; a
test holds `WORDS` against argparse's source. German unless the line says `--language`. Benchmarks have none of it: they are for developers.
Imports `app.texts` and `app.paths` only.
"""

from __future__ import annotations

import argparse
import contextlib
import gettext
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any, NoReturn, cast

from app.paths import RESOURCES
from app.texts import FIRST_LANGUAGE, Texts, languages

CATALOGUES: Path = RESOURCES / "i18n"
OPTION = "--language"
NOT_UNDERSTOOD = 2
"""Exit status for a line that cannot be understood, as argparse has it."""

WORDS = {
    "usage: ": "commands.argparse.usage",
    "positional arguments": "commands.argparse.positional",
    "options": "commands.argparse.options",
    "show this help message and exit": "commands.argparse.help",
    "argument %(argument_name)s: %(message)s": "commands.argparse.argument",
    "the following arguments are required: %s": "commands.argparse.required",
    "one of the arguments %s is required": "commands.argparse.one-of",
    "unrecognized arguments: %s": "commands.argparse.unknown",
    "unexpected option string: %s": "commands.argparse.unknown",
    "not allowed with argument %s": "commands.argparse.not-with",
    "ignored explicit argument %r": "commands.argparse.takes-none",
    "expected one argument": "commands.argparse.takes-one",
    "expected at most one argument": "commands.argparse.takes-at-most-one",
    "expected at least one argument": "commands.argparse.takes-at-least-one",
    "expected %s argument": "commands.argparse.takes-many",
    "expected %s arguments": "commands.argparse.takes-many",
    "ambiguous option: %(option)s could match %(matches)s": "commands.argparse.ambiguous",
    "invalid %(type)s value: %(value)r": "commands.argparse.value",
    "invalid choice: %(value)r (choose from %(choices)s)": "commands.argparse.choice",
    "unknown parser %(parser_name)r (choices: %(choices)s)": "commands.argparse.command",
    "%(prog)s: error: %(message)s\n": "commands.argparse.error",
}
"""What argparse says to a person -> the key of our sentence, with the same places."""


def texts_for(line: Sequence[str]) -> Texts:
    """In the language that the line asks for, as far as there is such a one."""
    return Texts.load(CATALOGUES, _language(line), "commands")


def _language(line: Sequence[str]) -> str:
    following = dict(pairwise(line))
    joined = (part.partition("=")[2] for part in line if part.startswith(f"{OPTION}="))
    asked = following.get(OPTION) or next(joined, FIRST_LANGUAGE)
    return asked if asked in languages(CATALOGUES) else FIRST_LANGUAGE


class CommandLine(argparse.ArgumentParser):
    """An ArgumentParser that says everything in the language of `texts`."""

    def __init__(self, texts: Texts, **options: Any) -> None:
        self.texts = texts
        with _speaking(texts):
            super().__init__(**options)

    def add_language(self, of: str) -> None:
        """`--language`; `of` says of what."""
        self.add_argument(OPTION, choices=languages(CATALOGUES), default=FIRST_LANGUAGE, help=of)

    def add_profile(self) -> None:
        """`--profile`, as every command of the workstation has it."""
        self.add_argument("--profile", type=Path, metavar=self.texts("commands.folder"), help=self.texts("commands.profile"))

    def parse_args(self, args: Any = None, namespace: Any = None) -> Any:
        with _speaking(self.texts):
            return super().parse_args(args, namespace)

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        with _speaking(self.texts):
            return super().parse_known_args(args, namespace)

    def format_usage(self) -> str:
        with _speaking(self.texts):
            return super().format_usage()

    def format_help(self) -> str:
        with _speaking(self.texts):
            return super().format_help()

    def error(self, message: str) -> NoReturn:
        with _speaking(self.texts):
            super().error(message)


class Commands:
    """Several commands in one; which was chosen stands in the attribute `name` of what was read."""

    def __init__(self, within: CommandLine, name: str) -> None:
        self.texts = texts = within.texts
        made_by = cast("type[CommandLine]", partial(CommandLine, texts))  # argparse gives it options only
        shown, title = texts("commands.command"), texts("commands.title")
        self._commands = within.add_subparsers(dest=name, required=True, metavar=shown, title=title, parser_class=made_by)

    @property
    def names(self) -> frozenset[str]:
        """Of all that were added."""
        return frozenset(self._commands.choices)

    def add(self, name: str, about: str, **options: Any) -> CommandLine:
        """One more; `about` says what it is for, as the end of a sentence that begins with the command."""
        return self._commands.add_parser(name, help=about, description=f"{about[:1].upper()}{about[1:]}.", **options)


@contextlib.contextmanager
def _speaking(texts: Texts) -> Iterator[None]:
    """argparse's two ways to gettext lead to the catalogue. What has no key (a programmer's mistake) stays as it is."""

    def one(word: str) -> str:
        return texts(WORDS[word]) if word in WORDS else gettext.gettext(word)

    def several(singular: str, plural: str, count: int) -> str:
        return one(singular if count == 1 else plural)

    ours: dict[str, Callable[..., str]] = {"_": one, "ngettext": several}
    words = vars(argparse)
    before = {name: words[name] for name in ours}
    words.update(ours)
    try:
        yield
    finally:
        words.update(before)
