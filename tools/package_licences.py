"""What is really inside a packed folder: a list for machines (CycloneDX 1.6), the notices for people, and a gate for licences.

The Python packages are those of the packager's environment of which a module or a file went in; libraries are looked up by their file
in `packaging/licences.toml`, which also says what the wheels' metadata do not. Standard library only.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any

from tools.package_needs import binaries
from tools.set_up import PACKAGE_VENV, ROOT

LICENCE_TEXT = re.compile(r"(^|/)(licen[cs]e|copying|notice|authors)[^/]*(?<!\.py)(?<!\.pyc)$", re.IGNORECASE)
COMMON = Path("/usr/share/common-licenses")
TABLE = ROOT / "packaging/licences.toml"


@dataclass(frozen=True, slots=True)
class System:
    """Where an operating system's folder comes from."""

    site_packages: Path
    """What it was frozen from; may have places for any file (`*`)."""
    binaries: Callable[[Path], Iterator[Path]]
    """The files of a folder that a machine runs."""
    own_library: re.Pattern[str]
    """Extension modules and our programs: parts of a Python package, or ours."""
    natives: str
    """Table of `packaging/licences.toml` with the libraries inside of wheels."""


LINUX = System(PACKAGE_VENV / "lib/python3*/site-packages", binaries, re.compile(r"(\.abi3|\.cpython-[\w-]+)\.so$|lib-dynload/"), "native")
WINDOWS = System(
    ROOT / "build/package/windows/python/Lib/site-packages",
    partial(binaries, magic=b"MZ"),
    re.compile(r"\.pyd$", re.IGNORECASE),
    "native-windows",
)


@dataclass(frozen=True, slots=True)
class Part:
    """One thing inside."""

    name: str
    version: str
    licence: str
    """An SPDX expression; empty if nobody knows."""
    kind: str
    """`python`, `library` or `inside` (linked into a wheel's own file)."""
    files: tuple[Path, ...] = ()
    texts: tuple[str, ...] = ()
    """The licence and notices as they came with it."""


def canonical(name: str) -> str:
    """As registries compare names (PEP 503), but with the dots that the table has."""
    return name.lower().replace("_", "-")


class Inside:
    """Of one packed folder."""

    def __init__(self, folder: Path, modules: Sequence[str], table: Mapping[str, Any], system: System = LINUX) -> None:
        """`modules` are those in the archive, with dots."""
        self._system = system
        self._folder = folder / "_internal"
        self._tops = {module.partition(".")[0] for module in modules}
        self._modules = {module.replace(".", "/") for module in modules}
        self._table = table

    def parts(self) -> list[Part]:
        """Everything, sorted by name."""
        python = list(self._python())
        names = {canonical(part.name) for part in python} | {"pyinstaller"}
        names |= {"handbook"} if (self._folder / "resources/handbook").is_dir() else set()
        inside = [
            Part(f"{entry['name']} (in {host})", "", entry["licence"], "inside")
            for host, entries in self._table["inside"].items()
            if host in names
            for entry in entries
        ]
        return sorted([*python, *self._libraries(), *inside], key=lambda part: (part.kind, part.name.lower(), part.version))

    def _python(self) -> Iterator[Part]:
        for found in distributions(path=[str(place) for place in _places(self._system.site_packages)]):
            if any(self._went_in(str(file)) for file in found.files or ()):
                name = found.metadata["Name"]
                said = self._table["python"].get(canonical(name)) or found.metadata["License-Expression"] or ""
                yield Part(name, found.version, said, "python", texts=tuple(_texts(found)))

    def _went_in(self, file: str) -> bool:
        if file.endswith(".py"):
            return file.removesuffix(".py").removesuffix("/__init__") in self._modules
        return ".dist-info/" not in file and file.partition("/")[0] in self._tops and (self._folder / file).is_file()

    def _libraries(self) -> Iterator[Part]:
        found: dict[tuple[str, str], list[Path]] = {}
        for path in self._system.binaries(self._folder):
            name = path.relative_to(self._folder).as_posix()
            if not self._system.own_library.search(name):
                entry = self._native(name)
                found.setdefault((entry.get("name", name), entry.get("licence", "")), []).append(path)
        for (name, licence), files in found.items():
            yield Part(name, "", licence, "library", tuple(files))

    def _native(self, name: str) -> Mapping[str, str]:
        known = self._table[self._system.natives]
        fitting = [beginning for beginning in known if name.lower().startswith(beginning.lower())]
        return known[max(fitting, key=len)] if fitting else {}


def _places(pattern: Path) -> Iterator[Path]:
    return Path(pattern.anchor).glob(pattern.relative_to(pattern.anchor).as_posix())


def _texts(found: Distribution) -> Iterator[str]:
    """Without programs: PyAV has one that writes its authors, and pip compiles it with the path of the machine in it."""
    for file in found.files or ():
        if ".dist-info/" in str(file) and LICENCE_TEXT.search(str(file)):
            yield Path(str(file.locate())).read_text("utf-8", "replace").strip()


def refused(parts: Sequence[Part], table: Mapping[str, Any]) -> list[str]:
    """Sentences on parts whose licence is unknown or not allowed. Of alternatives (OR) one has to be."""
    allowed = set(table["allowed"])
    problems = []
    for part in parts:
        ways = [[one.strip(" ()") for one in re.split(r"\bAND\b", way)] for way in re.split(r"\bOR\b", part.licence)]
        if not part.licence or not any(all(one in allowed for one in way) for way in ways):
            problems.append(f"{part.name} ({part.kind}): licence {part.licence or 'unknown'}")
    return problems


def cyclonedx(name: str, version: str, parts: Sequence[Part], when: str) -> str:
    """The list for machines; two builds of one commit are the same."""
    components = [_component(part) for part in parts]
    seed = json.dumps(components, sort_keys=True)
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, f'{name} {version} {seed}')}",
        "version": 1,
        "metadata": {
            "timestamp": when,
            "component": {
                "type": "application",
                "bom-ref": name,
                "name": name,
                "version": version,
                "licenses": [{"expression": "EUPL-1.2"}],
            },
        },
        "components": components,
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _component(part: Part) -> dict[str, Any]:
    component: dict[str, Any] = {"type": "library", "bom-ref": f"{part.kind}:{part.name}@{part.version}", "name": part.name}
    if part.version:
        component["version"] = part.version
    if part.kind == "python":
        component["purl"] = f"pkg:pypi/{canonical(part.name)}@{part.version}"
    component["licenses"] = [{"license": {"name": part.licence}}] if "Bootloader" in part.licence else [{"expression": part.licence}]
    if part.files:
        component["components"] = [
            {
                "type": "file",
                "bom-ref": f"file:{file.as_posix().partition('/_internal/')[2] or file.name}",
                "name": f"{file.parent.name}/{file.name}",
                "hashes": [{"alg": "SHA-256", "content": hashlib.sha256(file.read_bytes()).hexdigest()}],
            }
            for file in part.files
        ]
    return component


def notices(parts: Sequence[Part], table: Mapping[str, Any]) -> str:
    """For people: who is inside under which licence, then the texts."""
    lines = ["What this package carries beside its own program", "=" * 48, ""]
    lines += [f"{part.name} {part.version}".strip() + f": {part.licence}" for part in parts]
    named = {one for part in parts for one in re.split(r"\s+(?:AND|OR)\s+", part.licence)}
    common = sorted({file for licence, file in table["texts"].items() if licence in named})
    for part in parts:
        for text in part.texts:
            lines += ["", "-" * 78, f"{part.name} {part.version}", "-" * 78, "", text]
    for file in common:
        lines += ["", "-" * 78, f"Common text: {file}", "-" * 78, "", (COMMON / file).read_text("utf-8").strip()]
    return "\n".join(lines) + "\n"


def read_table() -> Mapping[str, Any]:
    """`packaging/licences.toml`."""
    return tomllib.loads(TABLE.read_text("utf-8"))
