"""The commands of `videoberatung-server` around workstations: `enrol`, `workstations`, `revoke`, `rotate`. For IT, on the server.

A code goes to stdout once and nowhere else, and stdout gets nothing else; every sentence goes to stderr. Nothing secret is taken from the
command line.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from app.command_line import Commands
from app.domain.enrolment import VALID_S
from app.paths import RESOURCES
from app.server import logs
from app.server.checkup.command import NO_ENVIRONMENT, add_source, explained, settings_of
from app.server.enrolment.desk import EnrolmentDesk
from app.server.enrolment.opening import home_of, open_workstation_store
from app.server.enrolment.ports import Way, Workstation
from app.server.identity import KEY_FILE, Identity
from app.server.key_file import KeyFileError
from app.server.ports import StateUnavailable
from app.server.settings import Settings, database_url_beside
from app.server.state.opening import open_fanout
from app.server.system_log import system_log
from app.texts import Texts
from app.wire.fields import Label, SiteId

DONE, NOT_DONE, UNUSABLE = 0, 1, 2
SHORTEST_ID = 6
"""Symbols of a workstation's id that have to be named."""


class CannotDo(Exception):
    """With the sentence for who asked."""


@dataclass(frozen=True, slots=True)
class Told:
    """How answers leave."""

    texts: Texts
    as_json: bool

    def say(self, key: str, **values: object) -> None:
        """A sentence."""
        sys.stderr.write(self.texts(key, **values) + "\n")

    def hand_out(self, text: str, **fields: object) -> None:
        """What was asked for: the text alone, or an object with all fields."""
        sys.stdout.write((json.dumps(fields, ensure_ascii=False, indent=2) if self.as_json else text) + "\n")
        sys.stdout.flush()


def add_to(commands: Commands) -> None:
    """The four commands beside `serve`."""
    texts = commands.texts
    enrol = commands.add("enrol", texts("commands.enrol-on-server"))
    site = _checked(SiteId, texts("commands.enrol.site-rule"))
    label = _checked(Label, texts("commands.enrol.label-rule"))
    enrol.add_argument("--site", required=True, type=site, metavar=texts("commands.id"), help=texts("commands.enrol.site"))
    enrol.add_argument("--label", type=label, metavar=texts("commands.name"), help=texts("commands.enrol.label"))
    listed = commands.add("workstations", texts("commands.workstations"))
    revoke = commands.add("revoke", texts("commands.revoke"))
    rotate = commands.add("rotate", texts("commands.rotate"))
    for parser in (revoke, rotate):
        parser.add_argument("id", metavar=texts("commands.id"), help=texts("commands.workstation-id", symbols=SHORTEST_ID))
    for parser in (enrol, listed, revoke, rotate):
        parser.set_defaults(run=run)
        add_source(parser)
        parser.add_argument("--json", action="store_true", help=texts("commands.json"))


def run(chosen: argparse.Namespace) -> int:
    """Any of them; gives the exit status. Its answers are sentences and stdout is for what was asked, so events go to the system's log."""
    logs.configure(system_log())
    texts = Texts.load(RESOURCES / "i18n", chosen.language, "enrolment")
    try:
        return asyncio.run(answer(settings_of(chosen), chosen))
    except NO_ENVIRONMENT as error:
        said = explained(error, chosen)
    except KeyFileError as error:
        said = texts("enrolment.key", why=error)
    except StateUnavailable as error:
        said = texts("enrolment.database", why=error)
    except OSError as error:
        said = texts("enrolment.folder", why=type(error).__name__)
    sys.stderr.write(f"{said}\n")
    return UNUSABLE


async def answer(settings: Settings, chosen: argparse.Namespace) -> int:
    """Do what was asked. Raises KeyFileError, StateUnavailable, OSError."""
    told = Told(Texts.load(RESOURCES / "i18n", chosen.language, "enrolment"), chosen.json)
    try:
        async with _desk(settings, told.texts) as desk:
            await _COMMANDS[chosen.command](desk, settings, chosen, told)
    except CannotDo as error:
        sys.stderr.write(f"{error}\n")
        return NOT_DONE
    return DONE


@contextlib.asynccontextmanager
async def _desk(settings: Settings, texts: Texts) -> AsyncIterator[EnrolmentDesk]:
    url = database_url_beside(settings, "workstations")
    if url is None:
        raise CannotDo(texts("enrolment.memory"))
    _check_person(Path(settings.data_dir), texts)
    store = await open_workstation_store(settings)
    try:
        yield EnrolmentDesk(store, home_of(settings, settings.public_url or ""), time.time)
    finally:
        await store.close()


def _check_person(data: Path, texts: Texts) -> None:
    """Files that another person makes here could not be read by the server. Raises CannotDo."""
    if not (data / KEY_FILE).is_file():
        raise CannotDo(texts("enrolment.no-server", folder=data))
    if os.name == "posix" and data.stat().st_uid != os.geteuid():
        raise CannotDo(texts("enrolment.other-person", person=_name_of(data)))


def _name_of(data: Path) -> str:
    try:
        return data.owner()
    except (KeyError, OSError):
        return str(data.stat().st_uid)


# ---- the commands


async def _enrol(desk: EnrolmentDesk, settings: Settings, chosen: argparse.Namespace, told: Told) -> None:
    label = chosen.label or settings.site_labels.get(chosen.site)
    if label is None:
        raise CannotDo(told.texts("enrolment.no-label", site=chosen.site))
    await _give_out(desk, settings, told, chosen.site, label, None)


async def _rotate(desk: EnrolmentDesk, settings: Settings, chosen: argparse.Namespace, told: Told) -> None:
    former = await _named(desk, chosen.id, told.texts)
    if former.revoked_at is not None:
        raise CannotDo(told.texts("enrolment.revoked-before", id=former.id))
    await _give_out(desk, settings, told, former.site, former.label, former)


async def _give_out(desk: EnrolmentDesk, settings: Settings, told: Told, site: str, label: str, former: Workstation | None) -> None:
    identity = Identity.load_or_create(Path(settings.data_dir))
    code = await desk.offer(identity.public_key, site, label, None if former is None else former.key)
    until = _time(int(time.time()) + VALID_S)
    replaces = None if former is None else former.id
    told.hand_out(code.text, code=code.text, site=site, label=label, until=until, replaces=replaces)
    told.say("enrolment.given", site=site, label=label)
    if former is not None:
        told.say("enrolment.replaces", id=former.id)


async def _list(desk: EnrolmentDesk, _: Settings, __: argparse.Namespace, told: Told) -> None:
    now = int(time.time())
    rows = [_row(one, now) for one in await desk.known()]
    told.hand_out(_table(rows, told.texts), workstations=rows)


async def _revoke(desk: EnrolmentDesk, settings: Settings, chosen: argparse.Namespace, told: Told) -> None:
    named = await _named(desk, chosen.id, told.texts)
    revoked = await desk.revoke(named.key)
    if revoked is None:
        raise CannotDo(told.texts("enrolment.unknown"))
    with contextlib.suppress(StateUnavailable):  # without a broker the servers see it with their next sweep
        await _hint(desk, settings, revoked.key)
    told.hand_out(revoked.id, **_row(revoked, int(time.time())))
    told.say("enrolment.revoked", label=revoked.label, site=revoked.site)


async def _hint(desk: EnrolmentDesk, settings: Settings, key: str) -> None:
    fanout = await open_fanout(settings, time.time)
    try:
        await desk.tell_to_look(fanout, key)
    finally:
        await fanout.close()


_COMMANDS: Mapping[str, Callable[[EnrolmentDesk, Settings, argparse.Namespace, Told], Any]] = {
    "enrol": _enrol,
    "workstations": _list,
    "revoke": _revoke,
    "rotate": _rotate,
}


async def _named(desk: EnrolmentDesk, beginning: str, texts: Texts) -> Workstation:
    """The one workstation whose id begins so. Raises CannotDo."""
    wanted = beginning.strip().lower()
    if len(wanted) < SHORTEST_ID:
        raise CannotDo(texts("enrolment.short", symbols=SHORTEST_ID))
    found = [one for one in await desk.known() if one.id.startswith(wanted)]
    if len(found) > 1:
        raise CannotDo(texts("enrolment.several", ids=", ".join(one.id for one in found)))
    if not found:
        raise CannotDo(texts("enrolment.unknown"))
    if found[0].way is Way.CONFIGURED:
        raise CannotDo(texts("enrolment.configured"))
    return found[0]


# ---- how it looks

_COLUMNS = ("id", "site", "label", "way", "state", "since")


def _row(one: Workstation, now: int) -> dict[str, str | None]:
    state = "revoked" if one.revoked_at is not None else "valid" if one.holds(now) else "expired"
    return {
        "id": one.id,
        "site": one.site,
        "label": one.label,
        "way": one.way.value,
        "state": state,
        "since": _time(one.since) if one.since else None,
        "until": None if one.until is None else _time(one.until),
        "revoked_at": None if one.revoked_at is None else _time(one.revoked_at),
    }


def _table(rows: Sequence[Mapping[str, str | None]], texts: Texts) -> str:
    if not rows:
        return texts("enrolment.none")
    lines = [[texts(f"enrolment.head.{name}") for name in _COLUMNS], *(_cells(row, texts) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(_COLUMNS))]
    return "\n".join("  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip() for line in lines)


def _cells(row: Mapping[str, str | None], texts: Texts) -> list[str]:
    said = {
        **row,
        "id": (row["id"] or "")[:12],
        "way": texts(f"enrolment.way.{row['way']}"),
        "state": texts(f"enrolment.state.{row['state']}"),
    }
    return [said[name] or "" for name in _COLUMNS]


def _time(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")


def _checked(kind: Any, rule: str) -> Callable[[str], str]:
    """A parser of an argument that has to be of this type of the wire; `rule` says what is allowed."""

    def read(text: str) -> str:
        try:
            return str(msgspec.convert(text, kind))
        except msgspec.ValidationError:
            raise argparse.ArgumentTypeError(rule) from None

    return read
