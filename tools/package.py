"""`make package`: freezes program and server, makes .deb, .rpm and tar.zst, and prints sizes and hashes. For Linux, on Debian 12.

Everything goes to `build/package`. It runs in the virtual environment that `tools.set_up package` makes there, and imports the standard
library and `tools` only. Who gives the packages out says so in VB_PACKAGER ("Name <address>"), and sets VB_RELEASE=1.
"""

from __future__ import annotations

import argparse
import datetime
import gzip
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from string import Template
from typing import Any, TypeVar

from tools.package_licences import Inside, cyclonedx, notices, read_table, refused
from tools.package_needs import LOADED_BY_NAME, Needs, binaries
from tools.set_up import PACKAGE_VENV, ROOT

T = TypeVar("T")
OUT = ROOT / "build/package/linux"
PAPERS = ROOT / "packaging/linux"
NAMES = ("videoberatung", "videoberatung-server")
RELEASE = os.environ.get("VB_RELEASE") == "1"
"""Pressed as small as it goes, which takes minutes more."""
LIMIT_MB = 180
"""Of each package of a release but the .rpm, which nfpm presses less."""
WHOLE = {
    "videoberatung": """The package as a whole is given out under the GNU General
Public License, version 3 or later, which the appendix of the EUPL allows,
because it carries FFmpeg with x264 and x265. On Debian systems the text of that
licence is in /usr/share/common-licenses/GPL-3.""",
    "videoberatung-server": "It holds for the package as a whole, too.",
}
"""Under which licence, as its copyright file says it."""
FORBIDDEN = ("*.h", "*.hpp", "*faker*", "test_*.py", "conftest.py")
"""Names that nothing in the folder may have."""


def version() -> str:
    """The product's, read and not imported."""
    return next(line.split('"')[1] for line in (ROOT / "app/__init__.py").read_text("utf-8").splitlines() if line.startswith("__version__"))


def made_at() -> datetime.datetime:
    """The time of the newest commit: two builds of it are the same."""
    answer = _do(["git", "-C", str(ROOT), "log", "-1", "--format=%ct"], capture_output=True, text=True)
    return datetime.datetime.fromtimestamp(int(answer.stdout), datetime.UTC)


def freeze(when: datetime.datetime) -> None:
    """PyInstaller's two folders in `dist/`."""
    OUT.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "SOURCE_DATE_EPOCH": f"{when.timestamp():.0f}", "PYTHONHASHSEED": "1", "PACKAGE_WORK": str(OUT)}
    for name in ("PYTHONPYCACHEPREFIX", "PYTHONPATH"):
        environment.pop(name, None)
    options = ["--noconfirm", "--clean", "--log-level", "ERROR", "--distpath", str(OUT / "dist"), "--workpath", str(OUT / "work")]
    command = [str(PACKAGE_VENV / "bin/python"), "-m", "PyInstaller", *options, "packaging/freeze/videoberatung.spec"]
    _do(["nice", "-n", "10", *command], cwd=ROOT, env=environment)


def strip_symbols() -> int:
    """Debugging symbols that the wheels' makers left in; gives the bytes won.

    Not in the folders `*.libs`: those libraries were rewritten (patchelf), and stripping breaks some of them.
    """
    files = [path for name in NAMES for path in binaries(OUT / "dist" / name) if not any(part.endswith(".libs") for part in path.parts)]
    before = sum(path.stat().st_size for path in files)
    for path in files:
        _do(["strip", "--strip-unneeded", "--preserve-dates", str(path)], capture_output=True)
    return before - sum(path.stat().st_size for path in files)


def write_contents(when: datetime.datetime) -> list[str]:
    """What is inside, for machines and for people, in the folders themselves; gives what must not be given out."""
    table, found = read_table(), []
    for name in NAMES:
        folder = OUT / "dist" / name
        parts = Inside(folder, (OUT / f"modules-{name}.txt").read_text("utf-8").split(), table).parts()
        (folder / "THIRD-PARTY.txt").write_text(notices(parts, table), "utf-8")
        (folder / "contents.cdx.json").write_text(cyclonedx(name, version(), parts, f"{when:%Y-%m-%dT%H:%M:%SZ}"), "utf-8")
        found += [f"{name}: {problem}" for problem in refused(parts, table)]
        _do([str(PACKAGE_VENV / "bin/python"), "-c", _VALIDATE, str(folder / "contents.cdx.json")])
    return found


_VALIDATE = """
import pathlib, sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
problem = JsonStrictValidator(SchemaVersion.V1_6).validate_str(pathlib.Path(sys.argv[1]).read_text("utf-8"))
sys.exit(f"package: {sys.argv[1]}: {str(problem.data.message)[-300:]}" if problem else 0)
"""
"""For the packager's environment, which has the standard's schema."""


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


def make_packages(when: datetime.datetime) -> list[Path]:
    """The .deb and .rpm of both, and the tar.zst."""
    nfpm = str(PACKAGE_VENV / "bin/nfpm")
    made = []
    for name in NAMES:
        for kind, file in (("deb", f"{name}_{version()}_amd64.deb"), ("rpm", f"{name}-{version()}.x86_64.rpm")):
            _do([nfpm, "package", "--config", str(OUT / f"nfpm-{name}.yaml"), "--packager", kind, "--target", str(OUT / file)], cwd=ROOT)
            if kind == "deb" and RELEASE:
                press(OUT / file)
            made.append(OUT / file)
        made.append(_tar(name, when))
    return made


def press(deb: Path) -> None:
    """A .deb that is not compressed, by xz on both cores; `-T2` on any machine, because the number changes the bytes."""
    with tempfile.TemporaryDirectory(dir=OUT) as folder:
        members = _do(["ar", "t", str(deb)], capture_output=True, text=True).stdout.split()
        _do(["ar", "x", "--output", folder, str(deb)])
        _do(["nice", "-n", "10", "xz", "-6", "-T2", f"{folder}/data.tar"])
        deb.unlink()
        _do(["ar", "qcD", str(deb), *(f"{name}.xz" if name == "data.tar" else name for name in members)], cwd=folder)


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
    _do(["tar", "-C", str(OUT / "dist"), *fixed, "-I", f"zstd -{19 if RELEASE else 9} -T2", "-cf", str(file), name])
    return file


def problems(made: Sequence[Path]) -> list[str]:
    """What must not be given out."""
    large = [file for file in made if RELEASE and file.suffix != ".rpm" and _megabytes(file) > LIMIT_MB]
    found = [f"{file.name}: {_megabytes(file)} MB, {LIMIT_MB} allowed" for file in large]
    for name in NAMES:
        found += [f"{path.relative_to(OUT)} must not be in it" for pattern in FORBIDDEN for path in (OUT / "dist" / name).rglob(pattern)]
    return found


def write_hashes(made: Sequence[Path]) -> None:
    """SHA256SUMS, and the same with sizes for whoever looks on."""
    lines = [f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}" for file in made]
    (OUT / "SHA256SUMS").write_text("\n".join(lines) + "\n", "utf-8")
    for file, line in zip(made, lines, strict=True):
        print(f"package: {_megabytes(file):6} MB  {line}")


def _megabytes(file: Path) -> float:
    return round(file.stat().st_size / 1e6, 1)


def _do(command: Sequence[str], **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(list(command), check=True, **options)


def _timed(what: str, work: Callable[[], T]) -> T:
    began = time.monotonic()
    result = work()
    print(f"package: {what}, {time.monotonic() - began:.0f} s", flush=True)
    return result


def main() -> int:
    """Gives 1 for a package that must not be given out."""
    parser = argparse.ArgumentParser(description=textwrap.dedent(__doc__ or "").splitlines()[0])
    parser.add_argument("--frozen", action="store_true", help="take the folders of an earlier run")
    options = parser.parse_args()
    when = made_at()
    if not options.frozen:
        shutil.rmtree(OUT, ignore_errors=True)
        _timed("frozen", lambda: freeze(when))
        _timed("symbols taken out", strip_symbols)
    found = _timed("contents listed", lambda: write_contents(when))
    _timed("papers written", lambda: write_papers(when))
    made = _timed("packed", lambda: make_packages(when))
    write_hashes(made)
    found += problems(made)
    for problem in found:
        print(f"package: {problem}", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
