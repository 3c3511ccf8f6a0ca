"""What stands in the environment or in its file: names that nobody reads, values that cannot be used, contradictions."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from pathlib import Path

from app.server.checkup.findings import Finding, doubtful, variable, wrong
from app.server.settings import URLS, Settings, SettingsError, contradictions, read_environment, variables

PREFIX = "VB_"
_STAND_IN = {"VB_DATA_DIR": "/"}
"""So that the others can be looked at where it is missing."""


class NoSettingsFile(Exception):
    """The file of settings cannot be read; the text says why."""


def read_file(path: Path) -> dict[str, str]:
    """The variables of a file as systemd reads it (systemd.exec(5), EnvironmentFile=), without its rarer escapes. Raises NoSettingsFile."""
    try:
        lines = path.read_text("utf-8").replace("\\\n", "").splitlines()
    except (OSError, UnicodeError) as error:
        raise NoSettingsFile(type(error).__name__) from None
    pairs = (line.strip().split("=", 1) for line in lines if line.strip() and line.strip()[0] not in "#;" and "=" in line)
    return {name.strip(): _unquoted(value.strip()) for name, value in pairs}


def _unquoted(value: str) -> str:
    quoted = len(value) >= 2 and value[0] == value[-1] and value[0] in "'\""
    return value[1:-1] if quoted else value


class Given:
    """The settings as far as they can be used, and what is wrong with the rest."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.findings: list[Finding] = [*_unknown(environment), *_twice(environment)]
        usable = dict(environment)
        for setting in sorted({*variables().values()}):
            own = {name: environment[name] for name, of in variables().items() if of == setting and name in environment}
            why = _why_not(own, environment)
            if why is not None:
                self.findings.append(wrong("running.check.value", _shown(own, setting), why=why))
                for name in own:
                    del usable[name]
        if not environment.get("VB_DATA_DIR"):
            self.findings.append(wrong("running.check.no-data-dir", "VB_DATA_DIR"))
            usable |= _STAND_IN
        self.settings: Settings = read_environment(usable)
        self.findings += [wrong(one.key, variable(one.setting), **one.values) for one in contradictions(self.settings)]


def _why_not(own: Mapping[str, str], environment: Mapping[str, str]) -> str | None:
    """Why one setting cannot be used, all others left aside; it names no value."""
    folder = {name: environment[name] for name in ("CREDENTIALS_DIRECTORY",) if name in environment}
    try:
        read_environment({**_STAND_IN, **folder, **own})
    except SettingsError as error:
        return str(error).partition(" - at `$")[0]
    return None


def _shown(own: Mapping[str, str], setting: str) -> str:
    return next(iter(own), f"{PREFIX}{setting.upper()}")


def _unknown(environment: Mapping[str, str]) -> Iterator[Finding]:
    known = variables()
    for name in sorted(environment):
        if not name.startswith(PREFIX) or name in known:
            continue
        like = difflib.get_close_matches(name, known, 1)
        if like:
            yield doubtful("running.check.unknown-like", name, like=like[0])
        else:
            yield doubtful("running.check.unknown", name)


def _twice(environment: Mapping[str, str]) -> Iterator[Finding]:
    for name in URLS:
        url = f"{PREFIX}{name.upper()}_URL"
        if environment.get(url) and environment.get(f"{url}_FILE"):
            yield doubtful("running.check.twice", url, file=f"{url}_FILE")
