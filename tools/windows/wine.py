"""A Windows to build with and to try out in: Debian's Wine, in a folder of its own. Standard library only.

What Wine lacks and our libraries name stands in `packaging/windows/wine`; it is compiled into that folder and never packed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tools.set_up import ROOT

SOURCES = ROOT / "packaging/windows/wine"
STAND_INS = ("icuuc", "bcryptprimitives")
"""Their names may stand nowhere in a package."""
COMPILER = "x86_64-w64-mingw32-gcc"
LIKE = "win10"
"""The Windows it says to be; as 7, Python finds no handles (`init_sys_streams`)."""
OVERRIDES = "mscoree=;mshtml=;winemenubuilder.exe=d"
"""Neither .NET nor a browser is fetched, and no shortcut appears in the menu of this machine."""
MINUTES = 60


class Wine:
    """One Windows with its own disk and registry."""

    def __init__(self, prefix: Path) -> None:
        self.prefix = prefix
        self.disk = prefix / "drive_c"

    def make(self) -> None:
        """Anew; what was there before goes."""
        shutil.rmtree(self.prefix, ignore_errors=True)
        self.prefix.parent.mkdir(parents=True, exist_ok=True)
        self._own(["wineboot", "--init"])
        self._own(["winecfg", "-v", LIKE])
        for name in STAND_INS:
            target = self.disk / f"windows/system32/{name}.dll"
            subprocess.run([COMPILER, "-O2", "-shared", "-s", "-o", str(target), str(SOURCES / f"{name}.c"), "-ladvapi32"], check=True)
        self.settle()

    def run(
        self, command: Sequence[str], variables: Mapping[str, str] | None = None, minutes: float = MINUTES, **options: Any
    ) -> subprocess.CompletedProcess[str]:
        """A program of Windows, to its end; its two outputs together, as text. Raises TimeoutExpired.

        Its output goes through a pipe: to a file, a program with a console would not start (Wine 8).
        """
        return subprocess.run(
            ["nice", "-n", "10", "wine", *command],
            env=self.environment(variables),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=minutes * 60,
            text=True,
            encoding="utf-8",
            errors="replace",
            check=False,
            **options,
        )

    def start(self, command: Sequence[str], variables: Mapping[str, str] | None = None, **options: Any) -> subprocess.Popen[str]:
        """The same, but it goes on running."""
        return subprocess.Popen(
            ["nice", "-n", "10", "wine", *command],
            env=self.environment(variables),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            **options,
        )

    def settle(self) -> None:
        """Wait until every program in it has ended and its registry is on the disk."""
        subprocess.run(["wineserver", "--wait"], env=self.environment(), check=False)

    def environment(self, variables: Mapping[str, str] | None = None) -> dict[str, str]:
        """What a program sees. Nothing of this checkout's own Python."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "QT_", "VB_"))}
        own = {"WINEPREFIX": str(self.prefix), "WINEDEBUG": "-all", "WINEDLLOVERRIDES": OVERRIDES, "LANG": "C.UTF-8"}
        return {**kept, **own, **(variables or {})}

    def _own(self, command: Sequence[str]) -> None:
        subprocess.run(list(command), env=self.environment(), stdin=subprocess.DEVNULL, capture_output=True, timeout=600, check=False)


def as_windows(path: Path) -> str:
    """A path of this machine as a program in Wine sees it."""
    return "Z:" + str(path.resolve()).replace("/", "\\")
