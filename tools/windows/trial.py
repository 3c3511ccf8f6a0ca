"""One Windows to try an installer out in: runs programs with their whole exit code, and lists what is on its disk and in its registry.

Imports the standard library and `tools` only.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.windows.wine import Wine, as_windows

ASK = """
import subprocess, sys
words = sys.argv[1:]
print(f"exit code {subprocess.run(words if len(words) > 1 else words[0]).returncode}")
"""
"""For Windows' Python: this system keeps eight bits of an exit code, Windows thirty-two."""
READ = """
import json, sys, winreg
root = {"HKLM": winreg.HKEY_LOCAL_MACHINE, "HKCU": winreg.HKEY_CURRENT_USER}[sys.argv[1]]
try:
    key = winreg.OpenKey(root, sys.argv[2], access=winreg.KEY_READ | winreg.KEY_WOW64_64KEY)
    print(json.dumps({name: value for name, value, _ in (winreg.EnumValue(key, at) for at in range(winreg.QueryInfoKey(key)[1]))}))
except FileNotFoundError:
    print("{}")
"""
_CODE = re.compile(r"^exit code (-?\d+)\s*$", re.MULTILINE)
LOOKED_AT = ("Program Files", "Program Files (x86)", "ProgramData", "users")
HIVES = {"system.reg": "HKLM", "user.reg": "HKCU"}
_SECTION = re.compile(r"^\[(.+)\] \d+$")
_VALUE = re.compile(r'^(@|"(?:[^"\\]|\\.)*")=')
NOISE = re.compile(
    r"\\Software\\Wine\\|\\Explorer\\(MenuOrder|FileExts|SessionInfo)|\\Installer\\(Rollback|InProgress)|\\Control Panel\\"
    r"|\\Volatile Environment|\\Print\\|\\AppModel\\|\\Direct3D\\|\\DirectInput\\|\\Tracing\\"
    r"|\\Installer\\(UserData\\S-1-5-18\\)?(Features|Products|UpgradeCodes|Components)$"  # Windows Installer's own, empty ones
    r"|^users/[^/]+/(Desktop|Documents|Downloads|Music|Pictures|Videos|AppData/Roaming/Microsoft/Windows/Templates)$",
    re.IGNORECASE,
)
"""What Wine and Windows write down for themselves."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Of a program."""

    code: int
    text: str


@dataclass(frozen=True, slots=True)
class Listing:
    """What is there."""

    files: frozenset[str]
    keys: frozenset[str]

    def since(self, before: Listing) -> Listing:
        """What was added."""
        return Listing(self.files - before.files, self.keys - before.keys)

    def lines(self) -> list[str]:
        """For people."""
        return [*sorted(self.files), *sorted(self.keys)]


class Trial:
    """One Windows, made anew."""

    def __init__(self, prefix: Path, python: Path, home: Path, person: str) -> None:
        """`person` is the user's name; `home` is where this system's Wine would put documents."""
        self.wine = Wine(prefix)
        self._python = str(python / "python.exe")
        self._variables = {"HOME": str(home), "USER": person, "LOGNAME": person, "USERNAME": person}
        home.mkdir(parents=True, exist_ok=True)

    def make(self) -> None:
        """With nothing of ours in it."""
        os.environ |= self._variables
        self.wine.make()

    def run(self, *command: str, variables: Mapping[str, str] | None = None, minutes: float = 10, settled: bool = True) -> Answer:
        """To its end, and (`settled`) that of everything in this Windows. One word alone is a whole line, as `/D=` with blanks needs it."""
        text = self.wine.run([self._python, "-c", ASK, *command], {**self._variables, **(variables or {})}, minutes).stdout
        if settled:
            self.wine.settle()
        found = _CODE.search(text)
        return Answer(int(found[1]) & 0xFFFFFFFF if found else -1, _CODE.sub("", text))

    def script(self, name: str, lines: Sequence[str]) -> str:
        """A batch file at the top of the disk; variables that begin with QT_ reach a program only from inside."""
        (self.wine.disk / name).write_bytes("\r\n".join(["@echo off", "chcp 65001 >nul", *lines, ""]).encode())
        return f"C:\\{name}"

    def start(self, *command: str, variables: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
        """A program that goes on running."""
        return self.wine.start(list(command), {**self._variables, **(variables or {})})

    def listing(self) -> Listing:
        """Now."""
        files, keys = ([entry for entry in entries if not NOISE.search(entry)] for entries in (self._files(), self._keys()))
        return Listing(frozenset(files), frozenset(keys))

    def _files(self) -> list[str]:
        found = []
        for top in LOOKED_AT:
            for place, folders, names in os.walk(self.wine.disk / top):
                folders[:] = [name for name in folders if not Path(place, name).is_symlink()]
                found += [Path(place, name).relative_to(self.wine.disk).as_posix() for name in (*names, *folders)]
        return found

    def _keys(self) -> list[str]:
        found = []
        for file, root in HIVES.items():
            section = ""
            for line in (self.wine.prefix / file).read_text("utf-8", "replace").splitlines():
                if begun := _SECTION.match(line):
                    section = f"{root}\\{begun[1]}".replace("\\\\", "\\")
                    found.append(section)
                elif value := _VALUE.match(line):
                    found.append(f"{section} : {value[1]}")
        return found

    def registry(self, key: str) -> dict[str, str]:
        """The values of a key such as `HKLM\\Software\\X`, as text; empty where there is none."""
        text = self.run(self._python, "-X", "utf8", "-c", READ, *key.split("\\", 1)).text
        return {str(name): str(value) for name, value in json.loads(text[text.index("{") : text.rindex("}") + 1]).items()}

    def drive(self, letter: str, folder: Path) -> None:
        """A folder of this machine as a drive."""
        link = self.wine.prefix / f"dosdevices/{letter}:"
        link.unlink(missing_ok=True)
        link.symlink_to(folder)

    @property
    def shortcuts(self) -> list[str]:
        """Names of the shortcuts on the disk."""
        return sorted(path.name for path in self.wine.disk.rglob("*.lnk"))


def here(path: Path) -> str:
    """A file of this machine, for a program in it."""
    return as_windows(path)
