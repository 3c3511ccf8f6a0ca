"""Where Windows says that a program lies: its list "App Paths", which browsers enter themselves into; their folders are in no PATH.

Standard library only.
"""

from __future__ import annotations

import sys

APP_PATHS = r"Software\Microsoft\Windows\CurrentVersion\App Paths"


def registered_program(name: str) -> str | None:
    """The path of `NAME.exe`, of this person or of everybody; None where there is none, and on other systems."""
    if sys.platform != "win32":
        return None
    import winreg

    for root in (winreg.HKEY_CURRENT_USER, winreg.HKEY_LOCAL_MACHINE):
        try:
            with winreg.OpenKey(root, rf"{APP_PATHS}\{name}", access=winreg.KEY_READ | winreg.KEY_WOW64_64KEY) as key:
                return str(winreg.QueryValueEx(key, "")[0]).strip('"')
        except OSError:
            continue
    return None
