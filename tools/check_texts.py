"""Holds catalogues and code against each other: every text exists in every language, none is left over, the places agree.

A key is a literal that starts with the name of a part (`app.window.title`, `page.join.button`). A literal that ends in a dot, and the
fixed beginning of an f-string or template literal, stand for every key that begins so. Imports `app.texts` only.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from app.texts import FIRST_LANGUAGE, CatalogueError, Texts, languages, plain, read_file

ROOT = Path(__file__).resolve().parent.parent


@dataclass
class Used:
    """The keys that the code asks for."""

    keys: dict[str, str] = field(default_factory=dict)
    """Key -> the first file that names it."""
    prefixes: dict[str, str] = field(default_factory=dict)
    """Beginning of a key whose end is made at run time -> the first file that names it."""

    def covers(self, key: str) -> bool:
        """Whether anything asks for this key."""
        return key in self.keys or any(key.startswith(prefix) for prefix in self.prefixes)


def keys_in_python(source: str) -> Iterator[tuple[str, bool]]:
    """Every string literal of a module, with True if it is only a beginning. Docstrings are never keys: they have blanks."""
    tree = ast.parse(source)
    pieces: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            pieces.update(id(piece) for piece in node.values)
            first = node.values[0] if node.values else None
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value, len(node.values) > 1
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in pieces:
            yield node.value, node.value.endswith(".")


def keys_in_page(source: str) -> Iterator[tuple[str, bool]]:
    """Every quoted word with a dot in JavaScript or HTML, outside block comments, with True if it is only a beginning."""
    code = re.sub(r"/\*.*?\*/", "", source, flags=re.DOTALL)
    for match in re.finditer(r"""['"`]([a-z]+\.[A-Za-z0-9_.-]*)(['"`]|\$\{)""", code):
        yield match[1], match[2] == "${" or match[1].endswith(".")


def is_module(root: Path, name: str) -> bool:
    """Whether a dotted name is one of our modules and not a key."""
    path = root.joinpath(*name.rstrip(".").split("."))
    return path.is_dir() or path.with_suffix(".py").is_file()


def collect_used(root: Path, parts: set[str]) -> Used:
    """What `app/**/*.py` and `resources/web/**` ask for, among the names that begin with one of the parts."""
    looks_right = re.compile(rf"(?:{'|'.join(sorted(parts))})\.[A-Za-z0-9_.-]*")
    used = Used()
    sources = [(path, keys_in_python) for path in root.glob("app/**/*.py")]
    sources += [(path, keys_in_page) for path in root.glob("resources/web/**/*") if path.suffix in {".js", ".html"}]
    for path, reader in sorted(sources):
        for name, beginning in reader(path.read_text("utf-8")):
            if looks_right.fullmatch(name) and not is_module(root, name):
                (used.prefixes if beginning else used.keys).setdefault(name, str(path.relative_to(root)))
    return used


def read_all(folder: Path) -> tuple[dict[str, dict[str, str]], list[str]]:
    """Language -> key -> text over all files that German has, and what was wrong with them."""
    texts: dict[str, dict[str, str]] = {}
    problems: list[str] = []
    names = sorted(path.stem for path in (folder / FIRST_LANGUAGE).glob("*.po"))
    for language in languages(folder):
        texts[language] = {}
        for name in names:
            try:
                entries = read_file(folder, language, name)
            except CatalogueError as error:
                problems.append(str(error))
                continue
            problems += [f"{language}/{name}.po: {key} does not begin with {name}." for key in entries if not key.startswith(f"{name}.")]
            problems += [f"{language}/{name}.po: {key} stands in another file already" for key in entries.keys() & texts[language].keys()]
            texts[language] |= entries
    return texts, problems


def compare_languages(texts: dict[str, dict[str, str]]) -> list[str]:
    """Keys that one language has and another has not, and texts whose places in braces differ from the German ones."""
    problems: list[str] = []
    first = texts[FIRST_LANGUAGE]
    for language, entries in texts.items():
        problems += [f"{language}: {key} is missing" for key in sorted(first.keys() - entries.keys())]
        problems += [f"{language}: {key} is not in {FIRST_LANGUAGE}" for key in sorted(entries.keys() - first.keys())]
        for key in sorted(first.keys() & entries.keys()):
            try:
                if Texts.places(entries[key]) != Texts.places(first[key]):
                    problems.append(f"{language}: {key} has other places in braces than {FIRST_LANGUAGE}")
            except ValueError as error:
                problems.append(f"{language}: {key}: {error}")
    return problems


def compare_plain(folder: Path) -> list[str]:
    """Easier texts: each of their files has every key of the language's own file, with the same places in braces."""
    problems: list[str] = []
    for tag in plain(folder):
        for path in sorted((folder / tag).glob("*.po")):
            try:
                usual, easier = read_file(folder, tag.partition("-")[0], path.stem), read_file(folder, tag, path.stem)
            except CatalogueError as error:
                problems.append(str(error))
                continue
            problems += [f"{tag}/{path.name}: {key} is in one only" for key in sorted(usual.keys() ^ easier.keys())]
            both = sorted(usual.keys() & easier.keys())
            problems += [
                f"{tag}: {key} has other places in braces" for key in both if Texts.places(usual[key]) != Texts.places(easier[key])
            ]
    return problems


def check(root: Path) -> list[str]:
    """Every difference between catalogues and code below `root`, one sentence each."""
    folder = root / "resources/i18n"
    texts, problems = read_all(folder)
    known = texts[FIRST_LANGUAGE]
    used = collect_used(root, {path.stem.partition(".")[0] for path in (folder / FIRST_LANGUAGE).glob("*.po")})
    problems += compare_languages(texts) + compare_plain(folder)
    problems += [f"{where}: {key} is in no catalogue" for key, where in used.keys.items() if key not in known]
    problems += [
        f"{where}: no key begins with {prefix}" for prefix, where in used.prefixes.items() if not any(k.startswith(prefix) for k in known)
    ]
    problems += [
        f"{where}: {prefix} begins too many keys"
        for prefix, where in used.prefixes.items()
        if prefix.count(".") == 1 and prefix.endswith(".")
    ]
    problems += [f"{FIRST_LANGUAGE}: nothing uses {key}" for key in known if not used.covers(key)]
    return problems


def main() -> int:
    """Prints every problem; 1 if there is one."""
    problems = check(ROOT)
    for problem in problems:
        print(f"texts: {problem}", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
