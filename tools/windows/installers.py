"""The two installers around the folder: one program by makensis, one MSI package by wixl. Both run on Linux. Standard library only."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.set_up import ROOT, SetUpError
from tools.windows.freeze import numbers
from tools.windows.signing import Signing

PAPERS = ROOT / "packaging/windows"
IN_ONE_GO = "UPDATE `InstallExecuteSequence` SET `Sequence` = 1501 WHERE `Action` = 'RemoveExistingProducts'"
"""The earlier version goes within the transaction, after InstallInitialize (1500): what fails is rolled back to it."""
CONDITIONS = {
    'Installed OR NOT (INSTALLER_THERE = "exe")': "Videoberatung wurde mit dem EXE-Programm installiert. Entfernen Sie es zuerst."
    " (It was installed by the EXE; remove that first.)",
    "Installed OR (VersionNT64 >= 603)": "Videoberatung braucht Windows 10 oder neuer mit 64 Bit. (It needs Windows 10 or newer, 64 bits.)",
}
"""Where the MSI refuses to begin, and its sentence; wixl has no element for them."""


@dataclass(frozen=True, slots=True)
class Product:
    """What the installers say of it."""

    version: str
    publisher: str
    epoch: int
    """Of the newest commit: the time of everything inside."""

    @property
    def code(self) -> str:
        """Windows Installer's for this version. Two builds of it have the same."""
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"videoberatung/{self.version}/{self.epoch}")).upper()


def same_times(folder: Path, epoch: int) -> None:
    """Both installers keep the times of files."""
    for path in [folder, *folder.rglob("*")]:
        os.utime(path, (epoch, epoch))


def make_exe(folder: Path, looks: Path, target: Path, product: Product, signing: Signing, *, quick: bool) -> None:
    """The installing program, signed, and the removing one in it too. `quick` presses it less. Raises SetUpError."""
    kilobytes = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) // 1024
    defined = {
        "VERSION": product.version,
        "NUMBERS": ".".join(map(str, numbers(product.version))),
        "PUBLISHER": product.publisher,
        "SRC": str(folder),
        "KILOBYTES": str(kilobytes),
        "LOOKS": str(looks),
        "OUT": str(target),
    } | ({"QUICK": "1"} if quick else {})
    with tempfile.TemporaryDirectory() as place:
        script = Path(place, "sign")
        line = signing.line("$1", "$1.signed", "Videoberatung")
        script.write_text(f'set -e\n{line} >/dev/null\nmv "$1.signed" "$1"\n', "utf-8")
        defined["SIGN"] = f"sh {script}"
        options = [f"-D{name}={value}" for name, value in defined.items()]
        _do(["makensis", "-V2", "-WX", "-INPUTCHARSET", "UTF8", *options, "videoberatung.nsi"], PAPERS, product.epoch)
    signing.sign(target, "Videoberatung")


def make_msi(folder: Path, looks: Path, target: Path, product: Product, signing: Signing) -> None:
    """The package of Windows Installer, signed. Raises SetUpError."""
    with tempfile.TemporaryDirectory(dir=target.parent) as name:
        place = Path(name)
        (place / "payload").symlink_to(folder)  # wixl wants relative names
        (place / "looks").symlink_to(looks)
        files = "".join(f"{path.relative_to(folder).as_posix()}\n" for path in sorted(folder.rglob("*")) if path.is_file())
        heat = ["wixl-heat", "-p", "", "--directory-ref", "PROGRAMDIR", "--component-group", "ProgramFiles", "--var", "var.Src", "--win64"]
        listed = subprocess.run(heat, cwd=place / "payload", input=files, capture_output=True, text=True, check=True).stdout
        (place / "files.wxs").write_text(listed, "utf-8")
        shutil.copy(PAPERS / "videoberatung.wxs", place)
        values = {"Src": "payload", "Looks": "looks", "Win64": "yes", "Version": product.version, "Publisher": product.publisher}
        defined = [word for name, value in {**values, "ProductCode": product.code}.items() for word in ("-D", f"{name}={value}")]
        _do(["wixl", "-a", "x64", *defined, "-o", "made.msi", "videoberatung.wxs", "files.wxs"], place, product.epoch)
        _finish(place / "made.msi", product)
        shutil.move(place / "made.msi", target)
    signing.sign(target, "Videoberatung")


def _finish(msi: Path, product: Product) -> None:
    """What wixl cannot say."""
    for condition, sentence in CONDITIONS.items():
        _query(msi, f"INSERT INTO `LaunchCondition` (`Condition`, `Description`) VALUES ('{condition}', '{sentence}')")  # noqa: S608
    _query(msi, IN_ONE_GO)
    package = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{product.code}/package")).upper()
    _do(["msibuild", msi.name, "-s", "Videoberatung", product.publisher, "x64;1031", f"{{{package}}}"], msi.parent, product.epoch)


def _query(msi: Path, text: str) -> None:
    _do(["msibuild", msi.name, "-q", text], msi.parent, 0)


def _do(command: Sequence[str], folder: Path, epoch: int) -> None:
    answer = subprocess.run(
        ["nice", "-n", "10", *command],
        cwd=folder,
        env={**os.environ, "SOURCE_DATE_EPOCH": str(epoch), "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )
    if answer.returncode != 0:
        raise SetUpError(f"{shlex.join(command)[:300]}: {answer.stdout[-2000:]}{answer.stderr[-2000:]}")
