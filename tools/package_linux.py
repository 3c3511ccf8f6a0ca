"""The packages for Linux of `make package`: freezes program and server, makes .deb, .rpm and tar.zst. On Debian 12.

Everything goes to `build/package/linux`. It runs in the virtual environment that `tools.set_up package` makes, and imports the standard
library and `tools` only. Who gives the packages out says so in VB_PACKAGER ("Name <address>"), and sets VB_RELEASE=1.
"""

from __future__ import annotations

import datetime
import gzip
import json
import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from string import Template

from tools import package_rpm
from tools.package_licences import LINUX
from tools.package_needs import LOADED_BY_NAME, Needs, binaries
from tools.package_parts import LIMIT_MB, RELEASE, do, forbidden, megabytes, timed, version, write_contents, write_hashes
from tools.set_up import PACKAGE_VENV, ROOT

OUT = ROOT / "build/package/linux"
PAPERS = ROOT / "packaging/linux"
PYINSTALLER = {"PYTHONHASHSEED": "1", "PYINSTALLER_ZLIB_COMPRESSION_LEVEL": "0"}
"""Modules lie in the program's file as they are: the package presses them better, and the start has less to do."""
XZ = ("xz", "--threads=2", "--x86", "--lzma2=preset=6e,dict=64MiB")
"""The filter for x86 first. Two threads on any machine, because the number changes the bytes."""
NAMES = ("videoberatung", "videoberatung-server")
WHOLE = {
    "videoberatung": """The package as a whole is given out under the GNU General
Public License, version 3 or later, which the appendix of the EUPL allows,
because it carries FFmpeg with x264 and x265. On Debian systems the text of that
licence is in /usr/share/common-licenses/GPL-3.""",
    "videoberatung-server": "It holds for the package as a whole, too.",
}
"""Under which licence, as its copyright file says it."""


def freeze(when: datetime.datetime) -> None:
    """PyInstaller's two folders in `dist/`."""
    OUT.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, **PYINSTALLER, "SOURCE_DATE_EPOCH": f"{when.timestamp():.0f}", "PACKAGE_WORK": str(OUT)}
    for name in ("PYTHONPYCACHEPREFIX", "PYTHONPATH"):
        environment.pop(name, None)
    options = ["--noconfirm", "--clean", "--log-level", "ERROR", "--distpath", str(OUT / "dist"), "--workpath", str(OUT / "work")]
    command = [str(PACKAGE_VENV / "bin/python"), "-m", "PyInstaller", *options, "packaging/freeze/videoberatung.spec"]
    do(["nice", "-n", "10", *command], cwd=ROOT, env=environment)


def strip_symbols() -> int:
    """Debugging symbols that the wheels' makers left in; gives the bytes won.

    Not in the folders `*.libs`: those libraries were rewritten (patchelf), and stripping breaks some of them.
    """
    files = [path for name in NAMES for path in binaries(OUT / "dist" / name) if not any(part.endswith(".libs") for part in path.parts)]
    before = sum(path.stat().st_size for path in files)
    for path in files:
        do(["strip", "--strip-unneeded", "--preserve-dates", str(path)], capture_output=True)
    return before - sum(path.stat().st_size for path in files)


def fill(source: Path, target: Path, values: Mapping[str, str]) -> None:
    """One paper with its places filled in; packed if `target` ends with .gz."""
    text = Template(source.read_text("utf-8")).substitute(values).encode()
    target.write_bytes(gzip.compress(text, 9, mtime=0) if target.suffix == ".gz" else text)


def write_papers(when: datetime.datetime) -> None:
    """Manual pages, metadata, copyright and changelog in `papers/`, and nfpm's two files."""
    papers = OUT / "papers"
    papers.mkdir(exist_ok=True)
    packager = os.environ.get("VB_PACKAGER", "Videoberatung <it@example.org>")
    values = {"version": version(), "date": f"{when:%Y-%m-%d}"}
    fill(PAPERS / "org.example.Videoberatung.metainfo.xml", papers / "org.example.Videoberatung.metainfo.xml", values)
    fill(PAPERS / "videoberatung.1", papers / "videoberatung.1.gz", values)
    fill(PAPERS / "videoberatung-server.8", papers / "videoberatung-server.8.gz", values)
    shutil.copytree(ROOT / "packaging/server/examples", papers / "examples", dirs_exist_ok=True)
    for name in NAMES:
        eupl = (ROOT / "LICENSE").read_text("utf-8")
        fill(PAPERS / "copyright", papers / f"{name}.copyright", {**values, "package": name, "eupl": eupl, "whole": WHOLE[name]})
        signed = f" -- {packager}  {when:%a, %d %b %Y %H:%M:%S} +0000\n"
        entry = f"{name} ({version()}) unstable; urgency=medium\n\n  * See CHANGELOG.md.\n\n{signed}"
        (papers / f"{name}.changelog.gz").write_bytes(gzip.compress(entry.encode(), 9, mtime=0))
        _write_nfpm(name, when, packager)


def _write_nfpm(name: str, when: datetime.datetime, packager: str) -> None:
    needs = Needs(OUT / "dist" / name)
    desktop = name == "videoberatung"
    also = LOADED_BY_NAME if desktop else ()
    service = [] if desktop else ["systemd | systemd-standalone-sysusers", "systemd | systemd-standalone-tmpfiles", "passwd"]
    values = {
        "version": version(),
        "maintainer": json.dumps(packager, ensure_ascii=False),
        "vendor": json.dumps(packager.partition("<")[0].strip(), ensure_ascii=False),
        "mtime": f"{when:%Y-%m-%dT%H:%M:%SZ}",
        "deb_depends": json.dumps([*needs.debian(also), *service]),
        "rpm_depends": json.dumps([*needs.rpm(also), *([] if desktop else ["systemd"])]),
        "deb_compression": "none" if RELEASE else "gzip",
        "dist": (OUT / "dist").relative_to(ROOT).as_posix(),
        "papers": (OUT / "papers").relative_to(ROOT).as_posix(),
    }
    fill(PAPERS / f"nfpm-{name}.yaml", OUT / f"nfpm-{name}.yaml", values)


def _date(folder: Path, when: datetime.datetime) -> None:
    """Everything in it is of that time: nfpm takes the files' own for a whole tree."""
    for path in (folder, *folder.rglob("*")):
        os.utime(path, (when.timestamp(), when.timestamp()), follow_symlinks=False)


def make_packages(when: datetime.datetime) -> list[Path]:
    """The .deb and .rpm of both, and the tar.zst."""
    for folder in (OUT / "papers", *(OUT / "dist" / name for name in NAMES)):
        _date(folder, when)
    nfpm = str(PACKAGE_VENV / "bin/nfpm")
    made = []
    for name in NAMES:
        for kind, file in (("deb", f"{name}_{version()}_amd64.deb"), ("rpm", f"{name}-{version()}.x86_64.rpm")):
            do([nfpm, "package", "--config", str(OUT / f"nfpm-{name}.yaml"), "--packager", kind, "--target", str(OUT / file)], cwd=ROOT)
            if RELEASE:
                press(OUT / file)
            made.append(OUT / file)
        made.append(_tar(name, when))
    return made


def press(package: Path) -> None:
    """By xz, whose every filter dpkg and rpm read."""
    if package.suffix == ".rpm":
        package_rpm.press(package, ["nice", "-n", "10", *XZ, "--stdout"])
    else:
        _press_deb(package)


def _press_deb(deb: Path) -> None:
    """One that nfpm did not compress."""
    with tempfile.TemporaryDirectory(dir=OUT) as folder:
        members = do(["ar", "t", str(deb)], capture_output=True, text=True).stdout.split()
        do(["ar", "x", "--output", folder, str(deb)])
        do(["nice", "-n", "10", *XZ, f"{folder}/data.tar"])
        deb.unlink()
        do(["ar", "qcD", str(deb), *(f"{name}.xz" if name == "data.tar" else name for name in members)], cwd=folder)


def _tar(name: str, when: datetime.datetime) -> Path:
    """The folder alone, for a system without packages of ours."""
    file = OUT / f"{name}-{version()}-linux-x86_64.tar.zst"
    fixed = [
        "--sort=name",
        "--owner=0",
        "--group=0",
        "--numeric-owner",
        f"--mtime=@{when.timestamp():.0f}",
        "--pax-option=delete=atime,delete=ctime",
    ]
    do(["tar", "-C", str(OUT / "dist"), *fixed, "-I", f"zstd {'-19 --long=27' if RELEASE else '-9'} -T2", "-cf", str(file), name])
    return file


def problems(made: Sequence[Path]) -> list[str]:
    """What must not be given out."""
    large = [file for file in made if RELEASE and megabytes(file) > LIMIT_MB]
    found = [f"{file.name}: {megabytes(file)} MB, {LIMIT_MB} allowed" for file in large]
    return found + [sentence for name in NAMES for sentence in forbidden(OUT / "dist" / name)]


def build(when: datetime.datetime, *, frozen: bool) -> list[str]:
    """Everything; `frozen` takes the folders of an earlier run. Gives what must not be given out."""
    if not frozen:
        shutil.rmtree(OUT, ignore_errors=True)
        timed("frozen", lambda: freeze(when))
        timed("symbols taken out", strip_symbols)
    found = timed("contents listed", lambda: [sentence for name in NAMES for sentence in write_contents(OUT, name, when, LINUX)])
    timed("papers written", lambda: write_papers(when))
    made = timed("packed", lambda: make_packages(when))
    write_hashes(OUT, made)
    return found + problems(made)
