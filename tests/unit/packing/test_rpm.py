"""An .rpm whose payload is pressed anew says the truth about it, and keeps everything else."""

from __future__ import annotations

import gzip
import hashlib
import lzma
import struct
from pathlib import Path

import pytest

from tools.package_rpm import LEAD, Entry, Signature, Tag, build, parse, press

PAYLOAD = b"070701" * 1000
REGION = Entry(63, 7, 16, b"")
HEADER = [
    REGION,
    Entry(1000, 6, 1, b"probe\0"),
    Entry(1030, 3, 2, struct.pack(">HH", 0o644, 0o755)),
    Entry(1118, 8, 2, b"/usr/bin/\0/usr/lib/\0"),
    Entry(Tag.COMPRESSOR, 6, 1, b"gzip\0"),
    Entry(Tag.FLAGS, 6, 1, b"9\0"),
    Entry(1028, 4, 1, struct.pack(">I", 7)),
    Entry(Tag.DIGEST, 8, 1, b"0" * 64 + b"\0"),
]
SIGNATURE = [
    Entry(Signature.REGION, 7, 16, b""),
    Entry(Signature.SHA1, 6, 1, b"0" * 40 + b"\0"),
    Entry(Signature.SHA256, 6, 1, b"0" * 64 + b"\0"),
    Entry(Signature.SIZE, 4, 1, bytes(4)),
    Entry(Signature.MD5, 7, 16, bytes(16)),
]


def rpm(file: Path, signature: list[Entry] = SIGNATURE) -> Path:
    signed = build(signature)
    file.write_bytes(bytes(LEAD) + signed + bytes(-len(signed) % 8) + build(HEADER) + gzip.compress(PAYLOAD, mtime=0))
    return file


def value(entries: list[Entry], tag: int) -> bytes:
    return next(entry.data for entry in entries if entry.tag == tag)


def test_a_header_is_built_as_it_was_read() -> None:
    read, end = parse(build(HEADER), 0)
    assert build(read) == build(HEADER)
    assert end == len(build(HEADER))
    assert value(read, 1030)[:4] == struct.pack(">HH", 0o644, 0o755)


def test_pressed_anew_it_says_the_truth(tmp_path: Path) -> None:
    file = rpm(tmp_path / "x.rpm")
    press(file, ["xz", "--stdout"])
    data = file.read_bytes()
    signature, end = parse(data, LEAD)
    start = end + -end % 8
    header, payload_at = parse(data, start)
    said, payload = data[start:payload_at], data[payload_at:]
    assert lzma.decompress(payload) == PAYLOAD
    assert value(header, Tag.COMPRESSOR).startswith(b"xz\0")
    assert value(header, Tag.DIGEST).startswith(hashlib.sha256(payload).hexdigest().encode())
    assert value(signature, Signature.SHA256).startswith(hashlib.sha256(said).hexdigest().encode())
    assert value(signature, Signature.SIZE)[:4] == struct.pack(">I", len(said) + len(payload))
    assert value(signature, Signature.MD5)[:16] == hashlib.md5(said + payload).digest()  # noqa: S324  # what the format has
    assert value(header, 1118).startswith(b"/usr/bin/\0/usr/lib/\0")


def test_what_is_signed_already_is_left_alone(tmp_path: Path) -> None:
    file = rpm(tmp_path / "x.rpm", [*SIGNATURE, Entry(268, 7, 4, b"sign")])
    before = file.read_bytes()
    with pytest.raises(ValueError, match="signed"):
        press(file, ["xz", "--stdout"])
    assert file.read_bytes() == before


def test_another_file_is_no_rpm(tmp_path: Path) -> None:
    file = tmp_path / "x.rpm"
    file.write_bytes(bytes(200))
    with pytest.raises(ValueError, match="no header"):
        press(file, ["xz", "--stdout"])
