"""Whether two builds of one commit are the same, and if not, what differs: `python -m tools.package_compare A B`.

A and B are two packages, or two folders of them (`build/package/linux`), whose frozen programs (`dist`) are compared as well. Packages are
compared as bytes; where those differ, member by member: contents by SHA-256, and mode, owner, time and target beside them. Reads .deb, .rpm
(through `rpm`) and tar.zst (through `zstd`); of anything else it says only how many bytes differ. Standard library only.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import subprocess
import sys
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from xml.etree import ElementTree

PACKAGES = ("*.deb", "*.rpm", "*.tar.zst", "*.exe", "*.msi")
FROZEN = "dist"
"""Where the folders lie that the packages are made of."""
AR_MAGIC, AR_HEADER = b"!<arch>\n", 60
"""Of ar(5): the beginning of the file, and the bytes before each member."""


@dataclass(frozen=True, slots=True)
class Member:
    """One file in a package, or one field of its header."""

    about: str
    """Everything but the contents: mode, owner, time, target."""
    digest: str


def members(file: Path) -> Mapping[str, Member]:
    """What is in a package; empty for a kind that is not looked into. Raises CalledProcessError, TarError."""
    if file.suffix == ".deb":
        return dict(_of_deb(file.read_bytes()))
    if file.suffix == ".rpm":
        return dict(_of_rpm(file))
    if file.name.endswith(".tar.zst"):
        return dict(_of_tar("", _unpacked("zst", file.read_bytes())))
    return {}


def _of_deb(data: bytes) -> Iterator[tuple[str, Member]]:
    for name, header, content in _ar(data):
        yield name, Member(header, "")
        if ".tar" in name:
            yield from _of_tar(f"{name.partition('.')[0]}/", _unpacked(name.rpartition(".")[2], content))
        else:
            yield f"{name}/", Member("", hashlib.sha256(content).hexdigest())


def _ar(data: bytes) -> Iterator[tuple[str, str, bytes]]:
    """Name, header without the size, content of each member."""
    if not data.startswith(AR_MAGIC):
        raise ValueError("not an ar archive")
    place = len(AR_MAGIC)
    while place + AR_HEADER <= len(data):
        header = data[place : place + AR_HEADER].decode("ascii")
        size = int(header[48:58])
        place += AR_HEADER
        yield header[:16].strip().rstrip("/"), header[:48], data[place : place + size]
        place += size + size % 2


def _unpacked(kind: str, data: bytes) -> bytes:
    if kind in ("zst", "xz", "gz"):
        program = {"zst": "zstd", "xz": "xz", "gz": "gzip"}[kind]
        return subprocess.run([program, "--decompress", "--stdout"], input=data, capture_output=True, check=True).stdout
    return data


def _of_tar(before: str, data: bytes) -> Iterator[tuple[str, Member]]:
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        for one in archive:
            content = archive.extractfile(one)
            digest = hashlib.sha256(content.read()).hexdigest() if content is not None else ""
            owner = f"{one.uid}:{one.gid} {one.uname}:{one.gname}"
            yield before + one.name, Member(f"{one.type!r} {one.mode:o} {owner} {one.mtime} {one.linkname}", digest)


def _of_rpm(file: Path) -> Iterator[tuple[str, Member]]:
    for tag in ElementTree.fromstring(_rpm("--xml", file)).iter("rpmTag"):  # noqa: S314  # our own package, through rpm
        yield f"header/{tag.get('name')}", Member("", hashlib.sha256(ElementTree.tostring(tag)).hexdigest())
    for line in _rpm("--dump", file).splitlines():
        path, _, about = line.partition(" ")
        yield path, Member(about, "")


def _rpm(what: str, file: Path) -> str:
    return subprocess.run(["rpm", "--query", "--package", what, str(file)], capture_output=True, text=True, check=True).stdout


def _of_folder(folder: Path) -> Iterator[tuple[str, Member]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.relative_to(folder).as_posix(), Member(f"{path.stat().st_mode:o}", hashlib.sha256(path.read_bytes()).hexdigest())


def differences(left: Path, right: Path) -> list[str]:
    """Sentences, none for two files with the same bytes, or two folders of such."""
    if left.is_dir():
        return list(_of_members(dict(_of_folder(left)), dict(_of_folder(right))))
    first, second = left.read_bytes(), right.read_bytes()
    if first == second:
        return []
    bytes_differ = sum(a != b for a, b in zip_longest(first, second))
    return [f"{bytes_differ} of {max(len(first), len(second))} bytes differ", *_of_members(members(left), members(right))]


def _of_members(left: Mapping[str, Member], right: Mapping[str, Member]) -> Iterator[str]:
    for name in sorted({*left, *right}):
        one, other = left.get(name), right.get(name)
        if one is None or other is None:
            yield f"{name}: only in the {'second' if one is None else 'first'}"
        elif one.digest != other.digest:
            yield f"{name}: other contents"
        elif one.about != other.about:
            yield f"{name}: {one.about} | {other.about}"


def pairs(left: Path, right: Path) -> list[tuple[Path, Path]]:
    """The packages to compare. Raises FileNotFoundError where one has no counterpart, or nothing is there at all."""
    if left.is_file():
        return [(left, right)]
    here, there = ({file.name for kind in PACKAGES for file in folder.glob(kind)} for folder in (left, right))
    if here != there or not here:
        raise FileNotFoundError(f"not the same packages: {sorted(here ^ there) or 'none'}")
    folders = [(left / FROZEN, right / FROZEN)] if (left / FROZEN).is_dir() and (right / FROZEN).is_dir() else []
    return [*((left / name, right / name) for name in sorted(here)), *folders]


def main(argv: Sequence[str] | None = None) -> int:
    """0 if all are the same, 1 if something differs, 2 if there is nothing to compare."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("first", type=Path)
    parser.add_argument("second", type=Path)
    options = parser.parse_args(argv)
    try:
        found = [(left, differences(left, right)) for left, right in pairs(options.first, options.second)]
    except FileNotFoundError as error:
        print(f"package: {error}", file=sys.stderr)
        return 2
    for file, sentences in found:
        digest = hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else f"{sum(1 for _ in _of_folder(file))} files"
        print(f"package: {'differs' if sentences else 'the same'}: {file.name} {digest}")
        print("".join(f"    {sentence}\n" for sentence in sentences), end="")
    return 1 if any(sentences for _, sentences in found) else 0


if __name__ == "__main__":
    sys.exit(main())
