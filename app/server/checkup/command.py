"""The command itself: gathers everything, says it in sentences or as JSON. Imports nothing of a running server."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from app.command_line import CommandLine, Commands
from app.paths import RESOURCES
from app.server.checkup.doubts import doubts
from app.server.checkup.files import files, settings_file
from app.server.checkup.findings import Finding, Level
from app.server.checkup.given import PREFIX, Given, NoSettingsFile, read_file
from app.server.checkup.reach import reach
from app.server.settings import Settings, SettingsError, from_environment
from app.texts import FIRST_LANGUAGE, Texts

ALL_WELL, DOUBTFUL, WRONG = 0, 1, 2


class NoSuchUser(Exception):
    """Nobody of this name is here, or we may not be them."""


class NotUsable(Exception):
    """A server would not start with these settings; the text names the first of them and no value."""


NO_ENVIRONMENT = (NoSettingsFile, NoSuchUser, NotUsable)


def add_to(commands: Commands) -> None:
    """`check-config`."""
    texts = commands.texts
    parser = commands.add("check-config", texts("commands.check-config"), epilog=texts("commands.check-config.status"))
    parser.set_defaults(run=run)
    add_source(parser)
    parser.add_argument("--offline", action="store_true", help=texts("commands.check-config.offline"))
    parser.add_argument("--strict", action="store_true", help=texts("commands.check-config.strict"))
    parser.add_argument("--json", action="store_true", help=texts("commands.json"))


def add_source(parser: CommandLine) -> None:
    """Where the settings come from, who looks, and in which language it is said."""
    texts = parser.texts
    parser.add_argument("--file", type=Path, metavar=texts("commands.file"), help=texts("commands.source.file"))
    parser.add_argument("--user", metavar=texts("commands.name"), help=texts("commands.source.user"))
    parser.add_language(texts("commands.language"))


def environment_of(options: argparse.Namespace) -> dict[str, str]:
    """The settings' variables; from now on this process belongs to the user that was named. Raises NoSettingsFile,
    NoSuchUser."""
    environment = _environment(options.file)
    if options.user:
        become(options.user)
    return environment


def settings_of(options: argparse.Namespace) -> Settings:
    """The settings, as a server would have them. Raises one of NO_ENVIRONMENT."""
    environment = environment_of(options)
    try:
        return from_environment(environment)
    except SettingsError as error:
        raise NotUsable(str(error)) from None


def explained(error: Exception, options: argparse.Namespace) -> str:
    """Why there are no settings."""
    texts = Texts.load(RESOURCES / "i18n", options.language, "running")
    if isinstance(error, NotUsable):
        return texts("running.check.not-usable", why=error)
    if isinstance(error, NoSuchUser):
        return texts("running.check.no-user", user=error)
    return texts("running.check.no-file", file=options.file, why=error)


def run(options: argparse.Namespace) -> int:
    """Gives the exit status."""
    texts = Texts.load(RESOURCES / "i18n", options.language, "running")
    try:
        before = list(settings_file(options.file)) if options.file else []
        environment = environment_of(options)
    except NO_ENVIRONMENT as error:
        print(explained(error, options), file=sys.stderr)
        return WRONG
    found = [*before, *findings(environment, offline=options.offline)]
    tell(found, texts, as_json=options.json)
    if any(one.level is Level.ERROR for one in found):
        return WRONG
    return DOUBTFUL if found and options.strict else ALL_WELL


def _environment(file: Path | None) -> dict[str, str]:
    if file is None:
        return dict(os.environ)
    return {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)} | read_file(file)


def become(user: str) -> None:
    """This process belongs to somebody else from now on. Raises NoSuchUser."""
    try:
        import pwd  # not on Windows

        entry = pwd.getpwnam(user)
        if os.geteuid() != entry.pw_uid:
            os.setgroups(os.getgrouplist(user, entry.pw_gid))
            os.setgid(entry.pw_gid)
            os.setuid(entry.pw_uid)
    except (ImportError, KeyError, PermissionError):
        raise NoSuchUser(user) from None


def findings(environment: Mapping[str, str], *, offline: bool) -> list[Finding]:
    """Everything, what is wrong first."""
    given = Given(environment)
    unusable = {one.setting for one in given.findings if one.level is Level.ERROR}
    found = [*given.findings, *(one for one in doubts(given.settings) if one.setting not in unusable)]
    if environment.get("VB_DATA_DIR"):
        found += files(given.settings, environment)
    if not offline:
        found += reach(given.settings)
    return sorted(found, key=lambda one: one.level is not Level.ERROR)


def sentence(found: Finding, texts: Texts) -> str:
    """What it says, with its variable in front."""
    said = texts(found.key, **found.values)
    return f"{found.setting}: {said}" if found.setting else said


def tell(found: Sequence[Finding], texts: Texts, *, as_json: bool) -> None:
    """To standard output."""
    if as_json:
        print(json.dumps(_as_json(found, texts), ensure_ascii=False, indent=2))
        return
    titles = {Level.ERROR: texts("running.check.level.error"), Level.DOUBT: texts("running.check.level.doubt")}
    for one in found:
        print(f"{titles[one.level]}  {sentence(one, texts)}")
    errors = sum(one.level is Level.ERROR for one in found)
    if found:
        print(texts("running.check.sum", errors=errors, doubts=len(found) - errors))
    else:
        print(texts("running.check.well"))


def say_errors(environment: Mapping[str, str]) -> None:
    """To standard error, for a server that does not start."""
    texts = Texts.load(RESOURCES / "i18n", FIRST_LANGUAGE, "running")
    for one in findings(environment, offline=True):
        if one.level is Level.ERROR:
            print(sentence(one, texts), file=sys.stderr)


def _as_json(found: Sequence[Finding], texts: Texts) -> dict[str, object]:
    worst = "error" if any(one.level is Level.ERROR for one in found) else "doubt" if found else "ok"
    said = [
        {
            "level": one.level.value,
            "code": one.key.rpartition(".")[2],
            "setting": one.setting or None,
            "sentence": texts(one.key, **one.values),
        }
        for one in found
    ]
    return {"outcome": worst, "findings": said}
