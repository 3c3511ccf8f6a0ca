"""Two builds of one commit: the same, or what differs is named."""

from __future__ import annotations

import io
import subprocess
import tarfile
from pathlib import Path

import pytest

from tools.package_compare import AR_MAGIC, differences, main


def archive(*, mtime: int = 1, **contents: bytes) -> bytes:
    """A tar of these files."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as tar:
        for name, content in contents.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mtime = len(content), mtime
            tar.addfile(entry, io.BytesIO(content))
    return made.getvalue()


def deb(folder: Path, *, time: int = 1, **members: bytes) -> Path:
    """A .deb as ar(5) has it; members are named without the point."""
    data = AR_MAGIC
    for name, content in members.items():
        data += f"{name.replace('_', '.'):<16}{time:<12}0     0     100644  {len(content):<10}`\n".encode() + content
        data += b"\n" * (len(content) % 2)
    folder.mkdir(exist_ok=True)
    (folder / "x_1_amd64.deb").write_bytes(data)
    return folder / "x_1_amd64.deb"


def pressed(data: bytes, *program: str) -> bytes:
    return subprocess.run(program, input=data, capture_output=True, check=True).stdout


def test_two_that_are_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("a", "b"):
        deb(tmp_path / name, data_tar=archive(f=b"x"))
    assert main([str(tmp_path / "a"), str(tmp_path / "b")]) == 0
    assert "the same: x_1_amd64.deb" in capsys.readouterr().out


def test_what_differs_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    deb(tmp_path / "a", debian_binary=b"2.0", data_tar_xz=pressed(archive(same=b"x", other=b"1", first=b""), "xz", "-c"))
    deb(tmp_path / "b", debian_binary=b"2.0", data_tar_xz=pressed(archive(same=b"x", other=b"2", second=b""), "xz", "-c"))
    assert main([str(tmp_path / "a"), str(tmp_path / "b")]) == 1
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()[2:]]
    assert lines == ["data/first: only in the first", "data/other: other contents", "data/second: only in the second"]


def test_the_frozen_folders_are_compared_as_well(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("a", "b"):
        deb(tmp_path / name, data_tar=archive(f=b"x"))
        (tmp_path / name / "dist/inside").mkdir(parents=True)
        (tmp_path / name / "dist/inside/same").write_text("x")
        (tmp_path / name / "dist/other").write_text(name)
    assert main([str(tmp_path / "a"), str(tmp_path / "b")]) == 1
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()[1:]]
    assert lines == ["package: differs: dist 2 files", "other: other contents"]


def test_a_time_is_told_apart_from_contents(tmp_path: Path) -> None:
    left, right = tmp_path / "a.tar.zst", tmp_path / "b.tar.zst"
    left.write_bytes(pressed(archive(f=b"x"), "zstd", "-c"))
    right.write_bytes(pressed(archive(mtime=2, f=b"x"), "zstd", "-c"))
    assert differences(left, right)[1] == "f: b'0' 644 0:0 : 1  | b'0' 644 0:0 : 2 "


def test_the_time_of_a_member_is_seen_as_well(tmp_path: Path) -> None:
    found = differences(deb(tmp_path / "a", debian=b"1"), deb(tmp_path / "b", time=2, debian=b"1"))
    assert found[0] == "1 of 70 bytes differ"
    assert found[1].startswith("debian: ")


@pytest.mark.parametrize("there", [False, True])
def test_nothing_to_compare_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str], *, there: bool) -> None:
    (tmp_path / "b").mkdir()
    if there:
        deb(tmp_path / "a", debian=b"1")
    assert main([str(tmp_path / "a"), str(tmp_path / "b")]) == 2
    assert "not the same packages" in capsys.readouterr().err
