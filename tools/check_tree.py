"""Holds the tree to the promises that no other tool checks: no recorder, no foreign host, a small page, clean lock files.

Each check is a function from a `Tree` to sentences; an empty list is a pass. Imports of `app` only how the server compresses.
"""

from __future__ import annotations

import ast
import json
import os
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import brotli

from app.server.pages import PACKED

ROOT = Path(__file__).resolve().parent.parent

MADE = {".git", ".venv", "node_modules", "build", "__pycache__", ".mypy_cache", ".ruff_cache", ".import_linter_cache", ".hypothesis"}
"""Folders that tools make; what lies in them is not the project's."""

PAGE_LIMIT = 150 * 1024
"""Bytes of everything the page may load, each file compressed as a server would send it."""

LINES_LIMIT = {"tests": 800, "": 500}
"""Lines of code at which a file must have been split, by the folder at the top."""

HOSTS_ALLOWED = re.compile(
    r"localhost|127\.\d+\.\d+\.\d+|\[::1\]|0\.0\.0\.0|www\.(?:w3|webrtc|ietf)\.org|schemas\.microsoft\.com|(?:.+\.)?(?:example(?:\.(?:com|org|net))?|test|invalid)"
)
"""This machine, the names of SVG's and ADMX's namespaces and of RTP header extensions, and what RFC 2606 and RFC 6761 keep for examples."""

ADDRESS = re.compile(
    r"(?:https?|wss?|ftp)://(\[[0-9a-f:]+\]|[A-Za-z0-9][A-Za-z0-9.-]*)|\b(?:stuns?|turns?):([A-Za-z0-9][A-Za-z0-9.-]*\.[A-Za-z]{2,})"
)

RECORDERS_PYTHON = {
    *("MediaRecorder", "MediaBlackhole", "QMediaRecorder", "QImageCapture", "setRecorder", "VideoWriter", "VideoWriter_fourcc"),
    *("OutputContainer", "add_stream", "mux", "start_encoding"),
}
"""Names that write picture or sound into a file: aiortc, Qt, OpenCV, PyAV's output containers."""

RECORDER_MODULES = {"wave", "soundfile", "imageio", "moviepy", "aiortc.contrib", "scipy.io.wavfile"}
"""Modules that do."""

RECORDERS_PAGE = (
    *("MediaRecorder", "AudioWorkletRecorder", "webm-writer", "MediaStreamTrackProcessor"),
    *("showSaveFilePicker", "toDataURL", "toBlob", "captureStream"),
)
"""Names by which a page could keep what it sees."""


@dataclass(frozen=True)
class Tree:
    """A checkout."""

    root: Path

    def files(self, folder: str = "", *suffixes: str) -> Iterator[Path]:
        """The project's own files below a folder, by these suffixes if any are given, in a fixed order."""
        for place, folders, names in os.walk(self.root / folder):
            folders[:] = sorted(name for name in folders if name not in MADE and not name.endswith(".egg-info"))
            for name in sorted(names):
                if not suffixes or name.endswith(suffixes):
                    yield Path(place, name)

    def text(self, path: Path) -> str | None:
        """A file's text, or None if it is no text."""
        try:
            return path.read_text("utf-8")
        except UnicodeDecodeError:
            return None

    def name(self, path: Path) -> str:
        """A path as the reader knows it."""
        return path.relative_to(self.root).as_posix()


def no_foreign_host(tree: Tree) -> list[str]:
    """Nothing leaves for a host the agency did not configure, so no such address stands in code, page, build or lock files.

    Papers (`*.md`) and the licence may cite their sources, and tests need addresses to be refused.
    """
    problems: list[str] = []
    for path in tree.files():
        text = tree.text(path)
        if text is None or path.suffix == ".md" or tree.name(path).startswith(("LICENSE", "tests/")):
            continue
        hosts = {(match[1] or match[2]).lower().rstrip(".") for match in ADDRESS.finditer(text)}
        problems += [f"{tree.name(path)}: foreign host {host}" for host in sorted(hosts) if not HOSTS_ALLOWED.fullmatch(host)]
    return problems


def no_recorder(tree: Tree) -> list[str]:
    """Nothing is recorded: no recorder and no container writer in program, server or page."""
    problems: list[str] = []
    for path in tree.files("app", ".py"):
        module = ast.parse(path.read_text("utf-8"))
        names, modules = _names(module)
        found = (names & RECORDERS_PYTHON) | (modules & RECORDER_MODULES) | _av_writers(module)
        problems += [f"{tree.name(path)}: {name} could record" for name in sorted(found)]
    for path in tree.files("resources/web", ".js", ".html"):
        text = path.read_text("utf-8")
        problems += [f"{tree.name(path)}: {name} could record" for name in RECORDERS_PAGE if re.search(rf"\b{name}\b", text)]
    return problems


def _names(module: ast.Module) -> tuple[set[str], set[str]]:
    """Every name that a module imports, reads or looks up on an object, and the modules that it imports with all above them."""
    names: set[str] = set()
    modules: set[str] = set()
    for node in ast.walk(module):
        if isinstance(node, ast.Name):
            names.add(node.id)
        elif isinstance(node, ast.Attribute):
            names.add(node.attr)
        elif isinstance(node, ast.Import):
            modules.update(above for alias in node.names for above in _with_all_above(alias.name))
        elif isinstance(node, ast.ImportFrom):
            names.update(alias.name for alias in node.names)
            modules.update(_with_all_above(node.module or ""))
    return names, modules


def _with_all_above(module: str) -> list[str]:
    parts = module.split(".")
    return [".".join(parts[: count + 1]) for count in range(len(parts))]


def _av_writers(module: ast.Module) -> set[str]:
    """`av.open`, if it is used for anything but reading."""
    for node in ast.walk(module):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="av"), attr="open")):
                modes = [*node.args[1:2], *(word.value for word in node.keywords if word.arg == "mode")]
                if not all(isinstance(mode, ast.Constant) and mode.value == "r" for mode in modes):
                    return {"av.open"}
    return set()


def small_page(tree: Tree) -> list[str]:
    """The page fits a small data volume: its files, the longest catalogue and the longest list of words together, compressed."""
    size = sum(map(_compressed, tree.files("resources/web")))
    texts: dict[Path, int] = {}
    for file in tree.files("resources/i18n", ".po"):
        if file.name.startswith("page."):
            texts[file.parent] = texts.get(file.parent, 0) + _compressed(file)
    size += max(texts.values(), default=0)
    size += max(map(_compressed, tree.files("resources/words", ".txt")), default=0)
    return [f"resources/web: {size} bytes compressed, {PAGE_LIMIT} allowed"] if size > PAGE_LIMIT else []


def _compressed(path: Path) -> int:
    """Bytes as our server sends them to every browser that is still supported (`app/server/pages.py`)."""
    return len(brotli.compress(path.read_bytes(), quality=PACKED))


def clean_locks(tree: Tree) -> list[str]:
    """Lock files pin every package by hash, name no registry, and the small ones are parts of the large ones."""
    problems: list[str] = []
    pins: dict[str, set[str]] = {}
    for file in sorted((tree.root / "packaging/requirements").glob("*.txt")):
        part, text = file.stem, file.read_text("utf-8")
        if re.search(r"^\s*(-i|--index-url|--extra-index-url|-f|--find-links|--trusted-host)\b", text, re.MULTILINE):
            problems.append(f"{part}.txt: names an index")
        entries = re.findall(r"^([A-Za-z0-9]\S*)(.*)", text.replace("\\\n", " "), re.MULTILINE)
        problems += [f"{part}.txt: {name} has no hash" for name, rest in entries if "--hash=sha256:" not in rest]
        pins[part] = {name for name, _ in entries}
    problems += [f"desktop.txt: lacks {name} of server.txt" for name in sorted(pins["server"] - pins["desktop"])]
    problems += [f"{part}.txt: lacks {name} of desktop.txt" for part in ("dev", "package") for name in sorted(pins["desktop"] - pins[part])]
    agency = pins.get("server-agency", set())
    problems += [f"dev.txt: lacks {name} of server-agency.txt" for name in sorted(agency - pins["dev"])]
    packages = json.loads((tree.root / "package-lock.json").read_text("utf-8"))["packages"]
    problems += [f"package-lock.json: {name} names a registry" for name, entry in packages.items() if "resolved" in entry]
    problems += [f"package-lock.json: {name} has no hash" for name, entry in packages.items() if name and "integrity" not in entry]
    return problems


def no_machine_path(tree: Tree) -> list[str]:
    """No path of the machine that somebody worked on. A checkout right below / ("/app") could be anything and is not looked for."""
    private = {str(path) for path in (tree.root, Path.home()) if len(path.parts) > 3}
    pattern = re.compile("|".join([r"(?<![\w.])/(?:root|home/\w+|Users/\w+)/", *(re.escape(path) + r"\b" for path in sorted(private))]))
    problems: list[str] = []
    for path in tree.files():
        match = pattern.search(tree.text(path) or "")
        if match:
            problems.append(f"{tree.name(path)}: carries the machine's path {match[0]}")
    return problems


def files_are_split(tree: Tree) -> list[str]:
    """A file of code that has outgrown its room."""
    problems: list[str] = []
    for path in tree.files("", ".py", ".js"):
        lines = path.read_text("utf-8").count("\n")
        limit = LINES_LIMIT.get(tree.name(path).partition("/")[0], LINES_LIMIT[""])
        if lines > limit:
            problems.append(f"{tree.name(path)}: {lines} lines, to be split at {limit}")
    return problems


CHECKS: tuple[Callable[[Tree], list[str]], ...] = (no_foreign_host, no_recorder, small_page, clean_locks, no_machine_path, files_are_split)


def main() -> int:
    """Prints every problem; 1 if there is one."""
    problems = [problem for check in CHECKS for problem in check(Tree(ROOT))]
    for problem in problems:
        print(f"tree: {problem}", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
