"""The packages for Windows of `make package`, built on Linux: an installing program (NSIS) and an MSI package.

Everything goes to `build/package/windows`. Windows' own Python, its wheels and a Wine of their own are kept there between runs. Who gives
the packages out says so in VB_PACKAGER, sets VB_RELEASE=1, and names the configuration of the signing key in VB_SIGNING
(`tools/windows/signing.py`); without one a key of this build signs, which no Windows knows. Imports the standard library and `tools` only.
"""

from __future__ import annotations

import datetime
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from tools.package_licences import WINDOWS
from tools.package_parts import LIMIT_MB, RELEASE, forbidden, megabytes, timed, version, write_contents, write_hashes
from tools.set_up import ROOT
from tools.windows import freeze, python
from tools.windows.installers import Product, make_exe, make_msi, same_times
from tools.windows.signing import Signing, read
from tools.windows.wine import Wine

OUT = ROOT / "build/package/windows"
NAME = "videoberatung"
FOLDER = OUT / "dist" / NAME
PYTHON = OUT / "python"
PREFIX = OUT / "prefix"
BESIDE = {"LICENSE": "LICENSE.txt", "packaging/policies": "policies"}
"""What of the checkout lies beside the program -> its name there."""


def product(when: datetime.datetime) -> Product:
    """As installers name it."""
    publisher = os.environ.get("VB_PACKAGER", "Videoberatung").partition("<")[0].strip()
    return Product(version(), publisher, int(when.timestamp()))


def installers() -> tuple[Path, Path]:
    """The program and the MSI, as this version's are called."""
    return OUT / f"{NAME}-{version()}-windows-x64.exe", OUT / f"{NAME}-{version()}-windows-x64.msi"


def build(when: datetime.datetime, *, frozen: bool) -> list[str]:
    """Everything; `frozen` takes the folder of an earlier run. Gives what must not be given out. Raises SetUpError."""
    made_of, signing = product(when), read(os.environ, OUT / "signing", when)
    if not frozen:
        timed("Windows' Python", lambda: python.make(PYTHON))
        timed("frozen", lambda: _freeze(made_of))
    found = timed("contents listed", lambda: write_contents(OUT, NAME, when, WINDOWS))
    _lay_beside()
    for name in freeze.PROGRAMS:
        signing.sign(FOLDER / f"{name}.exe", "Videoberatung")
    same_times(FOLDER, made_of.epoch)
    made = timed("packed", lambda: _pack(made_of, signing))
    write_hashes(OUT, made)
    return found + _problems(made, signing)


def _freeze(made_of: Product) -> None:
    wine = Wine(PREFIX)
    wine.make()
    freeze.write_looks(OUT, made_of.version, made_of.publisher)
    freeze.freeze(wine, PYTHON, OUT, made_of.epoch)


def _lay_beside() -> None:
    for source, name in BESIDE.items():
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, FOLDER / name, dirs_exist_ok=True)
        else:
            shutil.copyfile(ROOT / source, FOLDER / name)


def _pack(made_of: Product, signing: Signing) -> list[Path]:
    program, package = installers()
    make_exe(FOLDER, OUT, program, made_of, signing, quick=not RELEASE)
    make_msi(FOLDER, OUT, package, made_of, signing)
    return [program, package]


def _problems(made: Sequence[Path], signing: Signing) -> list[str]:
    for file in [*made, *(FOLDER / f"{name}.exe" for name in freeze.PROGRAMS)]:
        signing.verify(file)
    large = [file for file in made if RELEASE and file.suffix != ".msi" and megabytes(file) > LIMIT_MB]  # wixl knows MSZIP alone
    found = [f"{file.name}: {megabytes(file)} MB, {LIMIT_MB} allowed" for file in large]
    found += ["signed by a key of this build: a release needs VB_SIGNING"] if RELEASE and signing.trial else []
    return found + forbidden(FOLDER)
