"""The command `videoberatung check`: the list of device checks without a window, for IT's scripts. No Qt.

A part of the composition root. Exit status 0 all well, 1 a problem, 2 the check could not be made. Nobody is asked anything: what only a
person can tell is unknown, and no fault.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from app.command_line import CommandLine, texts_for
from app.domain.checks import Fault, FaultTable
from app.media.ports import DeviceChoice
from app.paths import RESOURCES
from app.services.agency.choice import agency_choice, prescribed_address
from app.services.checks.check_list import CheckList, Length, Question
from app.services.checks.record import CheckRecord
from app.services.checks.simulated import Simulation, can_be_simulated
from app.services.checks.which_server import WhichServer, which_server
from app.services.checks.wording import CheckWording
from app.services.papers.check import check_paper
from app.services.policies import settings_in_force
from app.services.policy import profile_folder, read_policy
from app.services.profile import Profile, ProfileError, Settings
from app.texts import Texts
from app.wire.messages import IceServer

ALL_WELL, PROBLEM, COULD_NOT_RUN = 0, 1, 2
LIST = "list"
LOGGED = {"event", "level", "timestamp", "logger", "error", "where", "step", "trouble", "returned"}
"""What may stand in a log line of the check."""


class CouldNotRun(Exception):
    """The sentence for the person."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is checked against."""

    settings: Settings
    ice_servers: tuple[IceServer, ...]
    server: WhichServer


def main(argv: Sequence[str]) -> int:
    """Gives the exit status."""
    options = _parser(texts_for(argv)).parse_args(argv)
    table = FaultTable.parse((RESOURCES / "web" / "faults.json").read_bytes())
    if LIST in options.simulate:
        print("\n".join(fault.value for fault in can_be_simulated(table)))
        return ALL_WELL
    texts = Texts.load(RESOURCES / "i18n", options.language, "app")
    try:
        faults = _faults(options.simulate, table, texts)
        around = _surroundings(options, texts)
        record = asyncio.run(_check(options, table, faults, around))
        server = WhichServer.OWN if faults else around.server
        _tell(record, options, CheckWording(texts, table, server), texts)
    except CouldNotRun as error:
        print(texts("app.check.could-not", why=str(error)), file=sys.stderr)
        return COULD_NOT_RUN
    return ALL_WELL if record.result.ok else PROBLEM


def _parser(texts: Texts) -> CommandLine:
    status = texts("commands.check.status")
    parser = CommandLine(texts, prog="videoberatung check", description=texts("commands.check"), epilog=status)
    file = texts("commands.file")
    parser.add_argument("--json", action="store_true", help=texts("commands.check.json"))
    parser.add_argument("--pdf", type=Path, metavar=file, help=texts("commands.check.pdf"))
    parser.add_argument("--short", action="store_true", help=texts("commands.check.short"))
    parser.add_argument("--simulate", action="append", default=[], metavar=texts("commands.fault"), help=texts("commands.check.simulate"))
    parser.add_profile()
    parser.add_argument("--ice-servers", type=Path, metavar=file, help=texts("commands.check.ice-servers"))
    parser.add_language(texts("commands.language"))
    return parser


def _faults(named: Sequence[str], table: FaultTable, texts: Texts) -> list[Fault]:
    known = {fault.value: fault for fault in can_be_simulated(table)}
    for name in named:
        if name not in known:
            raise CouldNotRun(texts("app.check.no-such-fault", fault=name))
    return [known[name] for name in named]


def _surroundings(options: argparse.Namespace, texts: Texts) -> Surroundings:
    policy = read_policy()
    folder = profile_folder(policy, options.profile, os.environ)
    if options.profile is not None and folder is not None and not folder.is_dir():
        raise CouldNotRun(texts("app.check.no-profile", folder=str(folder)))
    profile = Profile.of_this_person() if folder is None else Profile(folder)
    try:
        settings = settings_in_force(profile.peek(), policy)
    except ProfileError as error:
        raise CouldNotRun(texts(error.key, **error.values)) from error
    server = which_server(settings, agency_choice(settings, prescribed_address(policy)))
    if options.ice_servers is None:
        return Surroundings(settings, (), server)
    try:
        servers = msgspec.json.decode(options.ice_servers.read_bytes(), type=tuple[IceServer, ...])
    except (OSError, msgspec.DecodeError, UnicodeError) as error:
        raise CouldNotRun(texts("app.check.no-ice", file=str(options.ice_servers))) from error
    return Surroundings(settings, servers, server)


async def _check(options: argparse.Namespace, table: FaultTable, faults: Sequence[Fault], around: Surroundings) -> CheckRecord:
    length = Length.SHORT if options.short else Length.FULL
    if faults:
        simulation = Simulation(table)
        simulation.provoke(*faults)
        checks = CheckList(simulation.probes(), table, DeviceChoice(), length, simulation.pause)
        await checks.run_all()
        for question in Question if length is Length.FULL else ():
            checks.answer(question, simulation.person(question))
        return CheckRecord(checks.result(), length, int(time.time()))
    from app.check_probes import real_probes

    async with real_probes(around.settings, around.ice_servers) as probes:
        return CheckRecord(await CheckList(probes, table, around.settings.devices.choice(), length).run_all(), length, int(time.time()))


def _tell(record: CheckRecord, options: argparse.Namespace, wording: CheckWording, texts: Texts) -> None:
    if options.pdf is not None:
        try:
            options.pdf.write_bytes(check_paper(record.as_paper(wording, texts)))
        except OSError as error:
            raise CouldNotRun(texts("app.check.no-file", file=str(options.pdf))) from error
    if options.json:
        print(json.dumps(record.as_json(wording), ensure_ascii=False, indent=2))
        return
    for line in wording.lines(record.result):
        said = texts("app.check.line", part=wording.part(line.part), outcome=wording.outcome(line.outcome), sentence=line.sentence)
        print(f"{said} {texts('app.check.next', action=line.action)}" if line.action else said)
    verdict = record.result.verdict
    first = [texts("app.check.next", action=wording.next_action(verdict))] if verdict.fault is not None else []
    print(" ".join([wording.verdict(verdict), *first]))
