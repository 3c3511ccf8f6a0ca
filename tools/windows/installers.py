"""The two installers around the folder: one program by makensis, one MSI package by wixl. Both run on Linux. Standard library only."""

from __future__ import annotations

import datetime
import os
import re
import shlex
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from tools.set_up import ROOT, SetUpError
from tools.windows.freeze import numbers
from tools.windows.signing import Signing

PAPERS = ROOT / "packaging/windows"
IN_ONE_GO = "UPDATE `InstallExecuteSequence` SET `Sequence` = 1501 WHERE `Action` = 'RemoveExistingProducts'"
"""The earlier version goes within the transaction, after InstallInitialize (1500): what fails is rolled back to it."""
SECURE = "SERVER;WIX_DOWNGRADE_DETECTED;WIX_UPGRADE_DETECTED"
PASSED_ON = f"UPDATE `Property` SET `Value` = '{SECURE}' WHERE `Property` = 'SecureCustomProperties'"  # noqa: S608
"""Also where a person without rights begins what group policy allows."""
WHERE_SAID = "UPDATE `Component` SET `Condition` = 'SERVER' WHERE `Component` = 'ServerSaid'"
"""The address of the server is written where there is one; wixl knows no condition of a component."""
CONDITIONS = {
    'Installed OR NOT (INSTALLER_THERE = "exe")': "Videoberatung wurde mit dem EXE-Programm installiert. Entfernen Sie es zuerst."
    " (It was installed by the EXE; remove that first.)",
    'Installed OR NOT SERVER OR SERVER ~<< "https://" OR SERVER ~<< "wss://"': "SERVER muss mit https:// oder wss:// beginnen."
    " (SERVER has to begin with https:// or wss://.)",
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
        "KILOBYTES": str(kilobytes),
        "LOOKS": str(looks),
        "OUT": str(target),
    } | ({"QUICK": "1"} if quick else {})
    with tempfile.TemporaryDirectory() as place:
        files = Path(place, "files.nsh")
        files.write_text(laid_out(folder), "utf-8")
        defined["FILES"] = str(files)
        script = Path(place, "sign")
        line = signing.line("$1", "$1.signed", "Videoberatung")
        script.write_text(f'set -e\n{line} >/dev/null\nmv "$1.signed" "$1"\n', "utf-8")
        defined["SIGN"] = f"sh {script}"
        options = [f"-D{name}={value}" for name, value in defined.items()]
        _do(["makensis", "-V2", "-WX", "-INPUTCHARSET", "UTF8", *options, "videoberatung.nsi"], PAPERS, product.epoch)
    signing.sign(target, "Videoberatung")


def laid_out(folder: Path) -> str:
    """NSIS' lines that unpack all of it, in the order of names: `File /r` takes the disk's own, which is another one in each build."""
    lines = []
    for place in [folder, *sorted(path for path in folder.rglob("*") if path.is_dir())]:
        names = ["$INSTDIR\\program.new", *place.relative_to(folder).parts]
        lines.append('SetOutPath "' + names[0] + "".join(f"\\{_literal(name)}" for name in names[1:]) + '"')
        lines += [f'File "{_literal(str(path))}"' for path in sorted(place.iterdir()) if path.is_file()]
    return "\n".join(lines) + "\n"


def _literal(text: str) -> str:
    """Within quotation marks of a script."""
    return text.replace("$", "$$").replace('"', '$\\"')


def make_msi(folder: Path, looks: Path, target: Path, product: Product, signing: Signing) -> None:
    """The package of Windows Installer, signed. Raises SetUpError."""
    with tempfile.TemporaryDirectory(dir=target.parent) as name:
        place = Path(name)
        (place / "payload").symlink_to(folder)  # wixl wants relative names
        (place / "looks").symlink_to(looks)
        files = "".join(f"{path.relative_to(folder).as_posix()}\n" for path in sorted(folder.rglob("*")) if path.is_file())
        heat = ["wixl-heat", "-p", "", "--directory-ref", "PROGRAMDIR", "--component-group", "ProgramFiles", "--var", "var.Src", "--win64"]
        listed = subprocess.run(heat, cwd=place / "payload", input=files, capture_output=True, text=True, check=True).stdout
        (place / "files.wxs").write_text(numbered(listed), "utf-8")
        paper = (PAPERS / "videoberatung.wxs").read_text("utf-8").replace("$(var.Publisher)", escape(product.publisher, {'"': "&quot;"}))
        (place / "videoberatung.wxs").write_text(paper, "utf-8")  # on its command line wixl takes no umlaut
        values = {"Src": "payload", "Looks": "looks", "Win64": "yes", "Version": product.version}
        defined = [word for name, value in {**values, "ProductCode": product.code}.items() for word in ("-D", f"{name}={value}")]
        _do(["wixl", "-a", "x64", *defined, "-o", "made.msi", "videoberatung.wxs", "files.wxs"], place, product.epoch)
        _finish(place / "made.msi", product)
        shutil.move(place / "made.msi", target)
    signing.sign(target, "Videoberatung")


def numbered(listed: str) -> str:
    """wixl-heat throws dice for the names of folders; the same, counted, so that two builds of a version have the same."""
    counted: dict[str, str] = {}
    return _DICE.sub(lambda found: counted.setdefault(found[0], f"folder{len(counted) + 1}"), listed)


_DICE = re.compile(r"\bdir[0-9A-F]{32}\b")


def _finish(msi: Path, product: Product) -> None:
    """What wixl cannot say."""
    for condition, sentence in CONDITIONS.items():
        _query(msi, f"INSERT INTO `LaunchCondition` (`Condition`, `Description`) VALUES ('{condition}', '{sentence}')")  # noqa: S608
    for change in (IN_ONE_GO, PASSED_ON, WHERE_SAID):
        _query(msi, change)
    package = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{product.code}/package")).upper()
    _do(["msibuild", msi.name, "-s", "Videoberatung", product.publisher, "x64;1031", f"{{{package}}}"], msi.parent, product.epoch)
    _set_times(msi, product.epoch)


def _set_times(msi: Path, epoch: int) -> None:
    """When it was made and last saved, which msibuild takes from the clock."""
    when = f"{datetime.datetime.fromtimestamp(epoch, datetime.UTC):%Y/%m/%d %H:%M:%S}"
    said = _do(["msiinfo", "export", msi.name, _SUMMARY], msi.parent, epoch)
    (msi.parent / f"{_SUMMARY}.idt").write_text(_TIMES.sub(rf"\1\t{when}", said), "utf-8", newline="\r\n")
    _do(["msibuild", msi.name, "-i", f"{_SUMMARY}.idt"], msi.parent, epoch)


_SUMMARY = "_SummaryInformation"
_TIMES = re.compile(r"^(12|13)\t.*$", re.MULTILINE)
"""PID_CREATE_DTM and PID_LASTSAVE_DTM."""


def _query(msi: Path, text: str) -> None:
    _do(["msibuild", msi.name, "-q", text], msi.parent, 0)


def _do(command: Sequence[str], folder: Path, epoch: int) -> str:
    answer = subprocess.run(
        ["nice", "-n", "10", *command],
        cwd=folder,
        env={**os.environ, "SOURCE_DATE_EPOCH": str(epoch), "LC_ALL": "C.UTF-8", "TZ": "UTC"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if answer.returncode != 0:
        raise SetUpError(f"{shlex.join(command)[:300]}: {answer.stdout[-2000:]}{answer.stderr[-2000:]}")
    return answer.stdout
