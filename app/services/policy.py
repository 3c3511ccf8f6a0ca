"""What IT prescribes: the registry on Windows, one file elsewhere. It stands above the environment and whatever a person chose.

On Windows the installer may have been told something, too (`/SERVER=`): that holds where no policy says otherwise.

Imports nothing of `app`, and of others the standard library only: it is read before anything else is loaded.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

POLICY_FILE = Path("/etc/videoberatung/policy.json")
POLICY_KEY = r"Software\Policies\Videoberatung"
"""Below HKEY_LOCAL_MACHINE: only administrators write there."""
PRESET_KEY = r"Software\Videoberatung\Preset"
"""What the installer was told, for this person or for everybody at this computer."""
PROFILE = "profile"
PROFILE_VARIABLE = "VB_PROFILE"

Policy = Mapping[str, Any]
"""Name -> value, as JSON has it or the registry (text and whole numbers)."""


class PolicyError(Exception):
    """What is prescribed cannot be read. For IT."""


def read_policy(file: Path = POLICY_FILE) -> Policy:
    """Empty where nothing is prescribed. What cannot be read is logged and counts as nothing: the program has to start."""
    try:
        return _from_registry() if sys.platform == "win32" else _from_file(file)
    except PolicyError as error:
        _warn("policy.not_readable", error=str(error))
        return {}


def read_policy_strictly(file: Path | None = None) -> Policy:
    """The same for who wants to know: `file`, or what holds on this computer. Raises PolicyError."""
    if file is not None:
        return _from_file(file)
    return _from_registry() if sys.platform == "win32" else _from_file(POLICY_FILE)


def profile_folder(policy: Policy, command_line: Path | None, environment: Mapping[str, str]) -> Path | None:
    """Where the profile is to lie: by policy, else by the command line, else by the environment's `VB_PROFILE`; None leaves it to the
    operating system.

    `~` and variables (`%USERNAME%`, `$USER`) are filled in, so that one policy gives each person a folder of their own.
    """
    prescribed = policy.get(PROFILE)
    if prescribed is not None and not (isinstance(prescribed, str) and prescribed.strip()):
        _warn("policy.not_understood", name=PROFILE)
        prescribed = None
    if prescribed is None and command_line is not None:
        return command_line
    chosen = prescribed or environment.get(PROFILE_VARIABLE)
    return Path(os.path.expandvars(chosen)).expanduser().absolute() if chosen else None


def _from_file(file: Path) -> Policy:
    try:
        read = json.loads(file.read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as error:
        raise PolicyError(type(error).__name__) from error
    if not isinstance(read, dict):
        raise PolicyError(type(read).__name__)
    return read


def _from_registry() -> Policy:
    if sys.platform != "win32":
        return {}
    import winreg

    everybody, person = winreg.HKEY_LOCAL_MACHINE, winreg.HKEY_CURRENT_USER
    return {**_values_of(person, PRESET_KEY), **_values_of(everybody, PRESET_KEY), **_values_of(everybody, POLICY_KEY)}


def _values_of(root: int, name: str) -> Policy:
    """Empty where there is no such key. Raises PolicyError."""
    if sys.platform != "win32":
        return {}
    import winreg

    try:
        with winreg.OpenKey(root, name, access=winreg.KEY_READ | winreg.KEY_WOW64_64KEY) as key:
            return {name: value for name, value, _ in (winreg.EnumValue(key, index) for index in range(winreg.QueryInfoKey(key)[1]))}
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise PolicyError(type(error).__name__) from error


def _warn(event: str, **values: str) -> None:
    """Whoever only looks does not load what writes logs."""
    import structlog

    structlog.get_logger(__name__).warning(event, **values)
