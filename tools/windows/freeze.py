"""Windows' folder with the program, by PyInstaller in Windows' own Python under Wine. Standard library only."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from string import Template

from tools.set_up import PACKAGE_VENV, ROOT, SetUpError
from tools.windows.wine import STAND_INS, Wine, as_windows

PROGRAMS = {"videoberatung": "Videoberatung", "videoberatung-console": "Videoberatung (command line)"}
"""Executable -> what Windows calls it."""
SIGN = ROOT / "resources/icons/videoberatung.svg"
VERSION_PAPER = ROOT / "packaging/windows/version.txt"


def numbers(version: str) -> tuple[int, int, int, int]:
    """A version as Windows counts them."""
    parts = [int(part) for part in re.findall(r"\d+", version)[:3]]
    first, second, third = [*parts, 0, 0, 0][:3]
    return first, second, third, 0


def write_looks(folder: Path, version: str, publisher: str) -> None:
    """Icon, pictures of the installer, and the versions that stand in the programs."""
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        [str(PACKAGE_VENV / "bin/python"), str(ROOT / "tools/windows/pictures.py"), str(SIGN), str(folder)],
        check=True,
        env={**os.environ, "LANG": "C.UTF-8"},
    )
    paper = Template(VERSION_PAPER.read_text("utf-8"))
    for name, title in PROGRAMS.items():
        said = {"name": name, "title": title, "numbers": repr(numbers(version)), "version": version, "publisher": publisher}
        (folder / f"{name}.version.txt").write_text(paper.substitute(said), "utf-8")


def freeze(wine: Wine, python: Path, out: Path, epoch: int) -> Path:
    """PyInstaller's folder. Raises SetUpError if it fails, or packs what belongs to Wine."""
    dist = out / "dist"
    shutil.rmtree(dist, ignore_errors=True)
    options = ["--noconfirm", "--clean", "--log-level", "ERROR", "--distpath", as_windows(dist), "--workpath", as_windows(out / "work")]
    answer = wine.run(
        [str(python / "python.exe"), "-m", "PyInstaller", *options, as_windows(ROOT / "packaging/freeze/videoberatung.spec")],
        {"SOURCE_DATE_EPOCH": str(epoch), "PYTHONHASHSEED": "1", "PYTHONDONTWRITEBYTECODE": "1", "PACKAGE_WORK": as_windows(out)},
    )
    wine.settle()
    (out / "freeze.log").write_text(answer.stdout, "utf-8")
    folder = dist / "videoberatung"
    if answer.returncode != 0 or not (folder / "videoberatung.exe").is_file():
        raise SetUpError(f"PyInstaller failed, see {out / 'freeze.log'}: {answer.stdout[-2000:]}")
    strange = [path.name for path in folder.rglob("*.dll") if path.stem.lower() in (*STAND_INS, "mscms")]
    if strange:
        raise SetUpError(f"libraries for Wine alone were packed: {strange}")
    return folder
