"""What goes into the packed folder and what does not; the names are from real runs of PyInstaller."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from tools.set_up import ROOT


@pytest.fixture(scope="module")
def trimming() -> ModuleType:
    spec = importlib.util.spec_from_file_location("trimming", ROOT / "packaging/freeze/trimming.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    "name",
    [
        "jinja2/tests.py",
        "structlog/testing.py",
        "PySide6/QtTest.abi3.so",
        "PySide6/Qt/lib/libQt6Qml.so.6",
        "PySide6/Qt/lib/libQt6Quick.so.6",
        "PySide6/Qt/translations/qtbase_de.qm",
        "PySide6/Qt/plugins/platforms/libqxcb.so",
        "PySide6/Qt/plugins/multimedia/libffmpegmediaplugin.so",
        "PySide6/Qt/plugins/imageformats/libqsvg.so",
        "av.libs/libvpx-4fb239ff.so.11.0.1",
        "babel/locale-data/de_AT.dat",
        "babel/locale-data/uk.dat",
        "keyring-25.7.0.dist-info/entry_points.txt",
        "keyring-25.7.0.dist-info/METADATA",
        "resources/web/network_test.js",
        "numpy/_core/_multiarray_tests.cpython-311-x86_64-linux-gnu.so",
    ],
)
def test_what_the_program_needs_is_kept(trimming: ModuleType, name: str) -> None:
    assert trimming.Trimming(linux=True).reason(name, f"/somewhere/site-packages/{name}") is None


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("livekit/rtc/resources/livekit_ffi.h", "header file"),
        ("numpy-2.4.6.dist-info/RECORD", "what pip keeps"),
        ("av-18.1.0.dist-info/licenses/__pycache__/x.cpython-311.pyc", "compiled by chance"),
        ("sqlalchemy/testing/suite/test_types.py", "test code"),
        ("icalendar/tests/conftest.py", "test code"),
        ("faker/providers/address/de_DE/__init__.py", "test code"),
        ("PySide6/Qt/lib/libQt6VirtualKeyboard.so.6", "Qt module"),
        ("PySide6/Qt/plugins/platforminputcontexts/libqtvirtualkeyboardplugin.so", "Qt module"),
        ("PySide6/plugins/imageformats/qtiff.dll", "picture format"),
        ("PySide6/Qt/plugins/platforms/libqvnc.so", "Qt platform"),
        ("PySide6/Qt/translations/qtbase_fr.qm", "Qt's words"),
        ("PySide6/Qt/translations/qtmultimedia_de.qm", "Qt's words"),
        ("babel/locale-data/fr_BE.dat", "names of places"),
    ],
)
def test_what_is_left_out_has_a_reason(trimming: ModuleType, name: str, reason: str) -> None:
    assert trimming.Trimming(linux=False).reason(name, f"C:/site-packages/{name}").startswith(reason)


def test_the_distributions_libraries_are_left_to_it(trimming: ModuleType) -> None:
    linux = trimming.Trimming(linux=True)
    assert linux.reason("libssl.so.3", "/usr/lib/x86_64-linux-gnu/libssl.so.3") is not None
    assert linux.reason("libstdc++.so.6", "/lib/x86_64-linux-gnu/libstdc++.so.6") is not None
    assert linux.reason("libpython3.11.so.1.0", "/usr/lib/x86_64-linux-gnu/libpython3.11.so.1.0") is None
    assert linux.reason("python3.11/lib-dynload/_ssl.so", "/usr/lib/python3.11/lib-dynload/_ssl.so") is None


def test_the_list_says_what_was_left_out_and_why(trimming: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "a.h").write_text("12345")
    sorting = trimming.Trimming(linux=True)
    kept = sorting.kept([("x/a.h", str(tmp_path / "a.h"), "DATA"), ("x/a.so", str(tmp_path / "a.so"), "BINARY")])
    assert [entry[0] for entry in kept] == ["x/a.so"]
    assert [entry[0] for entry in sorting.kept_modules([("x.tests.y", "", "PYMODULE"), ("x.y", "", "PYMODULE")])] == ["x.y"]
    sorting.write(tmp_path / "list.txt", ["tkinter"])
    assert "header file: 1 files, 5 bytes" in (tmp_path / "list.txt").read_text("utf-8")
