"""What a package asks the system for, in the words of Debian and of rpm."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.package_needs import Needs

SAID = """
  NEEDED               libssl.so.3
  NEEDED               libours.so.1
  NEEDED               ld-linux-x86-64.so.2
    0x0d696914 0x00 05 GLIBC_2.4
    0x06969195 0x00 03 GLIBC_2.35
"""


def needs(folder: Path, monkeypatch: pytest.MonkeyPatch, said: str = SAID) -> Needs:
    (folder / "libours.so.1").write_bytes(b"\x7fELF")
    monkeypatch.setattr("tools.package_needs._objdump", lambda _files: said)
    return Needs(folder)


def test_an_rpm_names_the_libraries_that_are_not_inside_and_the_newest_c_library(tmp_path, monkeypatch) -> None:
    asked = needs(tmp_path, monkeypatch).rpm(["libEGL.so.1"])
    assert asked == ["libc.so.6(GLIBC_2.35)(64bit)", "libEGL.so.1()(64bit)", "libssl.so.3()(64bit)"]


def test_an_rpm_never_asks_for_what_only_debian_has(tmp_path, monkeypatch) -> None:
    found = needs(tmp_path, monkeypatch, SAID + "  NEEDED               libbz2.so.1.0\n")
    with pytest.raises(LookupError, match=r"libbz2\.so\.1\.0"):
        found.rpm()


def test_a_library_that_no_package_of_this_machine_has_is_told(tmp_path, monkeypatch) -> None:
    with pytest.raises(LookupError, match=r"libnobodys\.so\.7"):
        needs(tmp_path, monkeypatch, "  NEEDED               libc.so.6\n GLIBC_2.4\n").debian(["libnobodys.so.7"])
