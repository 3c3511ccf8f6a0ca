"""What the packages of every system have in common: version, time, what is inside, sizes and hashes. Standard library and `tools` only."""

from __future__ import annotations

import datetime
import hashlib
import os
import re
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from tools.package_licences import Inside, System, cyclonedx, notices, read_table, refused
from tools.set_up import PACKAGE_VENV, ROOT

T = TypeVar("T")
RELEASE = os.environ.get("VB_RELEASE") == "1"
"""Pressed as small as it goes, which takes minutes more."""
LIMIT_MB = 180
"""Of a package of a release."""
FORBIDDEN = ("*.h", "*.hpp", "*faker*", "test_*.py", "conftest.py")
"""Names that nothing in the folder may have."""
TESTING = re.compile(r"(tests|tools|app\.bench|pytest|_pytest|hypothesis|faker|schemathesis|playwright)(\.|$)")
"""Modules that nothing that is given out may hold."""
_VALIDATE = """
import pathlib, sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
problem = JsonStrictValidator(SchemaVersion.V1_6).validate_str(pathlib.Path(sys.argv[1]).read_text("utf-8"))
sys.exit(f"package: {sys.argv[1]}: {str(problem.data.message)[-300:]}" if problem else 0)
"""
"""For the packager's environment, which has the standard's schema."""


def version() -> str:
    """The product's, read and not imported."""
    return next(line.split('"')[1] for line in (ROOT / "app/__init__.py").read_text("utf-8").splitlines() if line.startswith("__version__"))


def made_at() -> datetime.datetime:
    """The time of the newest commit: two builds of it are the same."""
    answer = do(["git", "-C", str(ROOT), "log", "-1", "--format=%ct"], capture_output=True, text=True)
    return datetime.datetime.fromtimestamp(int(answer.stdout), datetime.UTC)


def write_contents(out: Path, name: str, when: datetime.datetime, system: System) -> list[str]:
    """What is inside of `out/dist/NAME`, for machines and for people, in the folder itself; gives what must not be given out."""
    table, folder = read_table(), out / "dist" / name
    modules = (out / f"modules-{name}.txt").read_text("utf-8").split()
    parts = Inside(folder, modules, table, system).parts()
    (folder / "THIRD-PARTY.txt").write_text(notices(parts, table), "utf-8")
    (folder / "contents.cdx.json").write_text(cyclonedx(name, version(), parts, f"{when:%Y-%m-%dT%H:%M:%SZ}"), "utf-8")
    do([str(PACKAGE_VENV / "bin/python"), "-c", _VALIDATE, str(folder / "contents.cdx.json")])
    return [f"{name}: {problem}" for problem in (*refused(parts, table), *only_for_tests(modules))]


def only_for_tests(modules: Sequence[str]) -> list[str]:
    """Of the modules inside, those that are for tests and developers."""
    return [f"module {module} must not be in it" for module in modules if TESTING.match(module)]


def forbidden(folder: Path) -> list[str]:
    """Files of the folder that no package may have."""
    return [f"{path.relative_to(folder)} must not be in it" for pattern in FORBIDDEN for path in folder.rglob(pattern)]


def write_hashes(out: Path, made: Sequence[Path]) -> None:
    """SHA256SUMS, and the same with sizes for whoever looks on."""
    lines = [f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}" for file in made]
    (out / "SHA256SUMS").write_text("\n".join(lines) + "\n", "utf-8")
    for file, line in zip(made, lines, strict=True):
        print(f"package: {megabytes(file):6} MB  {line}")


def megabytes(file: Path) -> float:
    """With one place behind the point."""
    return round(file.stat().st_size / 1e6, 1)


def do(command: Sequence[str], **options: Any) -> subprocess.CompletedProcess[str]:
    """Raises CalledProcessError."""
    return subprocess.run(list(command), check=True, **options)


def timed(what: str, work: Callable[[], T]) -> T:
    """Does it and says how long it took."""
    began = time.monotonic()
    result = work()
    print(f"package: {what}, {time.monotonic() - began:.0f} s", flush=True)
    return result
