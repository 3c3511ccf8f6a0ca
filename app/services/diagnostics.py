"""What IT gets when something goes wrong: versions, kinds of devices, policy, log, last crash. A person reads all of it before it is kept.

Nothing of a person is in it: no name, number, address, title, device's name or path; of settings only those that cannot hold any.
Imports the profile, the policy and the log's files.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import json
import locale
import os
import platform
import sys
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from app import __version__
from app.logs import harmless
from app.services.log_files import lines_of
from app.services.policies import RULES, Kind, Rule, prescribe
from app.services.policy import Policy
from app.services.profile import Profile, ProfileError

LIBRARIES = (
    *("PySide6", "aiortc", "aioice", "av", "livekit", "numpy", "opencv-python-headless", "sounddevice"),
    *("cryptography", "websockets", "keyring"),
)
MOST_LINES = 2000
SESSION = ("XDG_SESSION_TYPE", "XDG_CURRENT_DESKTOP", "SESSIONNAME", "QT_QPA_PLATFORM")
"""Variables that say on what kind of screen the program runs; `SESSIONNAME` begins with RDP or ICA in remote sessions."""
_PLAIN = (Kind.NUMBER, Kind.SWITCH, Kind.CHOICE)


@dataclass(frozen=True, slots=True)
class Part:
    """One file of the bundle."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What only the running program knows."""

    devices: Mapping[str, int]
    """Kind -> how many there are."""
    facts: Mapping[str, str]
    """Of Qt and the server, words of our own."""


class Diagnostics:
    """Gathers when it is asked."""

    def __init__(self, profile: Profile, policy: Policy, seen: Seen | None = None) -> None:
        """`seen` is None where no window runs."""
        self._profile = profile
        self._policy = policy
        self._seen = seen or Seen({}, {})

    def gather(self) -> Sequence[Part]:
        """Reads files; for a thread of its own. Raises nothing: what cannot be read is said in its place."""
        return [
            Part("program.json", _json({**_program(), **self._seen.facts})),
            Part("devices.json", _json(dict(self._seen.devices))),
            Part("settings.json", _json(self._settings())),
            Part("log.txt", "\n".join(harmless(line) for line in lines_of(self._profile.folder / "logs", MOST_LINES)) + "\n"),
            Part("crash.json", self._last_crash()),
        ]

    def _settings(self) -> dict[str, Any]:
        try:
            own = self._profile.peek()
        except ProfileError as error:
            return {"unreadable": error.key}
        found = prescribe(own, self._policy)
        return {
            "prescribed": sorted(found.locked),
            "refused": sorted(found.refused),
            "unknown": len(found.unknown),
            "in force": {rule.name: _plain(getattr(found.settings, rule.name), rule) for rule in RULES if rule.setting},
        }

    def _last_crash(self) -> str:
        crashes = sorted((self._profile.folder / "crashes").glob("crash-*.json"))
        if crashes:
            with contextlib.suppress(OSError):
                return crashes[-1].read_text("utf-8", "replace")
        return "{}\n"


def save(parts: Sequence[Part], file: Path) -> None:
    """As one ZIP archive, whole or not at all. Raises OSError."""
    fresh = file.with_name(f"{file.name}.part")
    try:
        with zipfile.ZipFile(fresh, "w", zipfile.ZIP_DEFLATED) as archive:
            for part in parts:
                archive.writestr(part.name, part.text)
        fresh.replace(file)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise


def _program() -> dict[str, str]:
    return {
        "version": __version__,
        "installed": "package" if getattr(sys, "frozen", False) else "checkout",
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()} {platform.version()} {platform.machine()}",
        "processors": str(os.cpu_count()),
        "locale": str(locale.getlocale()[0]),
        **{name: os.environ[name] for name in SESSION if name in os.environ},
        **{name: importlib.metadata.version(name) for name in LIBRARIES if _is_there(name)},
    }


def _is_there(name: str) -> bool:
    with contextlib.suppress(importlib.metadata.PackageNotFoundError):
        importlib.metadata.version(name)
        return True
    return False


def _plain(value: object, rule: Rule) -> object:
    """The value where it is one of ours or a number; of a text only whether there is one."""
    if rule.kind in _PLAIN or rule.choices:
        return msgspec.to_builtins(value)
    return "set" if value else "not set"


def _json(what: Mapping[str, Any]) -> str:
    return json.dumps(what, indent=2, ensure_ascii=False) + "\n"
