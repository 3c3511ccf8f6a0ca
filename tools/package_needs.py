"""What the packed folder leaves to the system: the libraries its files name and do not find beside them, and whose packages those are.

Reads ELF files through `objdump` (binutils) and asks dpkg. Standard library only.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

LOADED_BY_NAME = ("libportaudio.so.2", "libEGL.so.1", "libGL.so.1", "libasound.so.2")
"""What is looked for at run time only: sound devices (sounddevice), and what Qt draws with."""
RENAMED = re.compile(r"^lib(ssl3|glib2\.0-0|asound2|cups2|png16-16|gtk-3-0|atk1\.0-0)$")
"""Packages that Debian 13 calls the same with `t64` behind."""
PLAIN_C = {"libc6", "libstdc++6", "libgcc-s1"}
DEBIANS_OWN = {"libbz2.so.1.0"}
"""Names that libraries have on Debian only: an .rpm that asks for one can be installed nowhere."""
FOLDERS = ("/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu")
_NEEDED = re.compile(r"^\s+NEEDED\s+(\S+)", re.MULTILINE)
_GLIBC = re.compile(r"\bGLIBC_(\d+)\.(\d+)")
_CHUNK = 200


def binaries(folder: Path, magic: bytes = b"\x7fELF") -> Iterator[Path]:
    """Every ELF file of the folder, or every one that begins otherwise, that is no link, in a fixed order."""
    for place, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(place, name)
            if not path.is_symlink() and _beginning(path, len(magic)) == magic:
                yield path


def _beginning(path: Path, length: int) -> bytes:
    with path.open("rb") as file:
        return file.read(length)


class Needs:
    """Of one packed folder."""

    def __init__(self, folder: Path) -> None:
        files = list(binaries(folder))
        inside = {path.name for path in folder.rglob("*.so*")}
        text = "".join(_objdump(files[start : start + _CHUNK]) for start in range(0, len(files), _CHUNK))
        self.libraries = sorted({name for name in _NEEDED.findall(text) if name not in inside and not name.startswith("ld-linux")})
        """Names such as `libssl.so.3`."""
        self.glibc = max((int(major), int(minor)) for major, minor in _GLIBC.findall(text))
        """The newest version of the C library that a file asks for."""

    def debian(self, also: Sequence[str] = ()) -> list[str]:
        """The Depends of a .deb. Raises LookupError for a library that no installed package holds."""
        names = sorted(_packages([*self.libraries, *also]) - PLAIN_C)
        compiled = [f"libc6 (>= {self.glibc[0]}.{self.glibc[1]})", "libgcc-s1", "libstdc++6 (>= 12)"]
        return [*compiled, *(f"{name} | {name}t64" if RENAMED.match(name) else name for name in names)]

    def rpm(self, also: Sequence[str] = ()) -> list[str]:
        """The Requires of an .rpm, by the libraries' own names. Raises LookupError for a name that no distribution with RPM knows."""
        names = sorted({*self.libraries, *also})
        if strange := DEBIANS_OWN.intersection(names):
            raise LookupError(f"only Debian has {', '.join(sorted(strange))}")
        return [f"libc.so.6(GLIBC_{self.glibc[0]}.{self.glibc[1]})(64bit)", *(f"{library}()(64bit)" for library in names)]


def _objdump(files: Sequence[Path]) -> str:
    return subprocess.run(["objdump", "-p", *map(str, files)], capture_output=True, text=True, check=True).stdout


def _packages(libraries: Sequence[str]) -> set[str]:
    """Debian's packages of these libraries of this machine."""
    places = {f"{folder}/{library}": library for folder in FOLDERS for library in libraries}
    answer = subprocess.run(["dpkg", "-S", *places], capture_output=True, text=True, check=False).stdout
    owners = {
        places[path]: owner.partition(":")[0]
        for owner, _, path in (line.rpartition(": ") for line in answer.splitlines())
        if path in places
    }
    if homeless := sorted(set(libraries) - set(owners)):
        raise LookupError(f"of no package of this machine: {', '.join(homeless)}")
    return set(owners.values())
