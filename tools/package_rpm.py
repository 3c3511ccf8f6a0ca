"""An .rpm with its payload pressed anew: nfpm's own xz is slow and a fifth larger.

The format is that of rpm 4: a lead of 96 bytes, a signature header, a header, the payload (rpm's manual, "RPM V4 Package format"). What the
headers say about the payload is put right, everything else stays as it was. There must be no signature of a key in it yet. Standard library
only.
"""

from __future__ import annotations

import hashlib
import struct
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from pathlib import Path

LEAD = 96
MAGIC = b"\x8e\xad\xe8\x01\0\0\0\0"
_ENTRY = struct.Struct(">IIII")
"""Tag, kind, offset, count."""
_ALIGNED = {3: 2, 4: 4, 5: 8}
"""Kind of number -> what its offset is a multiple of."""
UNPACK: Mapping[bytes, Sequence[str]] = {b"zstd": ("zstd", "-dc"), b"gzip": ("gzip", "-dc"), b"xz": ("xz", "-dc")}


class Tag(IntEnum):
    """Of the header: how the payload is pressed, and what it comes to."""

    COMPRESSOR = 1125
    FLAGS = 1126
    DIGEST = 5092
    DIGEST_UNPACKED = 5097


class Signature(IntEnum):
    """Of the signature header."""

    SHA1 = 269
    SHA256 = 273
    SIZE = 1000
    MD5 = 1004
    REGION = 62


KEYS = {267, 268, 278, 1002, 1005}
"""Tags of signatures made with a key."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One field as it lies in the store."""

    tag: int
    kind: int
    count: int
    data: bytes


def parse(data: bytes, start: int) -> tuple[list[Entry], int]:
    """The entries of the header that begins there, in the order of its index, and where it ends. Raises ValueError."""
    if data[start : start + 8] != MAGIC:
        raise ValueError("no header of an .rpm")
    count, size = struct.unpack_from(">II", data, start + 8)
    index = [_ENTRY.unpack_from(data, start + 16 + 16 * number) for number in range(count)]
    store = start + 16 + 16 * count
    ends = sorted({offset for _, _, offset, _ in index} | {size})
    found = [Entry(tag, kind, many, data[store + at : store + ends[ends.index(at) + 1]]) for tag, kind, at, many in index]
    return found, store + size


def build(entries: Sequence[Entry]) -> bytes:
    """The header with its store laid out anew; the first entry is the region, whose place is behind all others."""
    region, *rest = entries
    store, index = bytearray(), []
    for entry in rest:
        store += bytes(-len(store) % _ALIGNED.get(entry.kind, 1))
        index.append((entry.tag, entry.kind, len(store), entry.count))
        store += _without_padding(entry)
    index.insert(0, (region.tag, region.kind, len(store), region.count))
    store += _ENTRY.pack(region.tag, region.kind, -16 * len(entries) & 0xFFFFFFFF, region.count)
    return MAGIC + struct.pack(">II", len(index), len(store)) + b"".join(_ENTRY.pack(*entry) for entry in index) + bytes(store)


def _without_padding(entry: Entry) -> bytes:
    if entry.kind in (6, 8, 9):
        place = 0
        for _ in range(entry.count):
            place = entry.data.index(b"\0", place) + 1
        return entry.data[:place]
    return entry.data[: entry.count * {3: 2, 4: 4, 5: 8}.get(entry.kind, 1)]


def _changed(entries: Sequence[Entry], values: Mapping[int, bytes]) -> Iterator[Entry]:
    for entry in entries:
        yield replace(entry, data=values[entry.tag]) if entry.tag in values else entry


def press(file: Path, xz: Sequence[str], run: Callable[..., subprocess.CompletedProcess[bytes]] = subprocess.run) -> None:
    """Presses the payload by that command, which reads stdin and writes stdout. Raises ValueError, CalledProcessError."""
    data = file.read_bytes()
    signature, end = parse(data, LEAD)
    header, payload_at = parse(data, end + -end % 8)
    if any(entry.tag in KEYS for entry in signature):
        raise ValueError("it is signed already")
    compressor = next(entry.data.partition(b"\0")[0] for entry in header if entry.tag == Tag.COMPRESSOR)
    plain = run(UNPACK[compressor], input=data[payload_at:], capture_output=True, check=True).stdout
    payload = run(xz, input=plain, capture_output=True, check=True).stdout
    file.write_bytes(data[:LEAD] + _headers(signature, header, plain, payload) + payload)


def _headers(signature: Sequence[Entry], header: Sequence[Entry], plain: bytes, payload: bytes) -> bytes:
    about: dict[int, bytes] = {
        Tag.COMPRESSOR: b"xz\0",
        Tag.FLAGS: b"6\0",
        Tag.DIGEST: hashlib.sha256(payload).hexdigest().encode() + b"\0",
        Tag.DIGEST_UNPACKED: hashlib.sha256(plain).hexdigest().encode() + b"\0",
    }
    said = build(list(_changed(header, about)))
    proof: dict[int, bytes] = {
        Signature.SHA1: hashlib.sha1(said).hexdigest().encode() + b"\0",  # noqa: S324  # what the format has
        Signature.SHA256: hashlib.sha256(said).hexdigest().encode() + b"\0",
        Signature.SIZE: struct.pack(">I", len(said) + len(payload)),
        Signature.MD5: hashlib.md5(said + payload).digest(),  # noqa: S324  # what the format has
    }
    signed = build(list(_changed(signature, proof)))
    return signed + bytes(-(LEAD + len(signed)) % 8) + said
