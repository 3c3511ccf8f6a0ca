"""What lies in the packers' environment and not in the program's: Sphinx and all that it brings. It is never looked at, or a library that
asks for it where it is there, such as redis for requests, would take it along. Standard library only."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.metadata import packages_distributions
from pathlib import Path


def only_for_packing(locks: Iterable[Path], installed: Mapping[str, Sequence[str]] | None = None) -> Iterator[str]:
    """The top modules of all packages that no lock file of the program pins. `installed` is module -> packages; else this environment's."""
    pinned = {_normal(name) for lock in locks for name in re.findall(r"^([\w.-]+)==", lock.read_text("utf-8"), re.MULTILINE)}
    for module, packages in sorted((packages_distributions() if installed is None else installed).items()):
        if module.isidentifier() and not any(_normal(package) in pinned for package in packages):
            yield module


def _normal(name: str) -> str:
    """PEP 503."""
    return re.sub(r"[-_.]+", "-", name).lower()
