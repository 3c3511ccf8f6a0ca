"""The command `videoberatung enrol`: makes this person's workstation known to the agency's server, for IT's roll-out. Without a window.

A part of the composition root. The code is read from stdin and from nowhere else; it is shown and kept nowhere.
"""

from __future__ import annotations

import asyncio
import getpass
import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.command_line import CommandLine, texts_for
from app.domain.enrolment import PREFIX
from app.paths import RESOURCES
from app.services.agency.address import AddressError, control_url, origin
from app.services.agency.choice import agency_choice, prescribed_address
from app.services.agency.door import Enrol, Enrolment
from app.services.agency.enrolling import enrol
from app.services.agency.ports import NotEnrolled
from app.services.agency.settings import AgencyServer
from app.services.keys import KeyStore, choose_key_store
from app.services.policy import Policy, profile_folder, read_policy
from app.services.profile import Profile, ProfileError
from app.services.settings_keeper import SettingsKeeper
from app.services.tasks import Tasks
from app.texts import Texts

LONGEST_LINE = 4096


@dataclass(frozen=True, slots=True)
class Around:
    """What tests put in its place."""

    keys: Callable[[], KeyStore] = choose_key_store
    policy: Callable[[], Policy] = read_policy
    enrol: Enrol = enrol


def main(argv: Sequence[str], around: Around | None = None) -> int:
    """0 when the workstation is known, 1 when it was not enrolled, 2 for a line that cannot be understood."""
    around = around or Around()
    options, left = _parser(texts_for(argv)).parse_known_args([part for part in argv if not _looks_like_code(part)])
    texts = Texts.load(RESOURCES / "i18n", options.language, "app")
    if left or any(map(_looks_like_code, argv)):
        return _refused(texts("app.enrolling.code-not-here"), 2)
    policy = around.policy()
    prescribed = prescribed_address(policy)
    if options.server is None and prescribed is None:
        return _refused(texts("app.enrolling.address-missing"), 2)
    if prescribed is not None and not _is_the_same(options.server, prescribed):
        return _refused(texts("app.enrolling.prescribed", address=origin(prescribed)), 2)
    try:
        profile = _profile(policy, options.profile)
        server = asyncio.run(_enrolled(profile, prescribed, options.server or "", _code(texts), around))
    except ProfileError as error:
        return _refused(texts(error.key, **error.values), 1)
    except NotEnrolled as error:
        return _refused(texts(f"app.agency.trouble.{error.trouble.value}", **error.values), 1)
    _tell(server, texts, options.json)
    return 0


def _parser(texts: Texts) -> CommandLine:
    parser = CommandLine(texts, prog="videoberatung enrol", description=texts("commands.enrol-here"), allow_abbrev=False)
    parser.add_argument("--server", metavar=texts("commands.address"), help=texts("commands.enrol-here.server"))
    parser.add_profile()
    parser.add_argument("--json", action="store_true", help=texts("commands.json"))
    parser.add_language(texts("commands.language"))
    return parser


def _looks_like_code(part: str) -> bool:
    return f"{PREFIX}-" in part.upper().replace(" ", "-")


def _is_the_same(written: str | None, prescribed: str) -> bool:
    try:
        return written is None or control_url(written) == prescribed
    except AddressError:
        return False


def _code(texts: Texts) -> str:
    """What stands in the first line of stdin; from a person it is asked without showing it."""
    if sys.stdin.isatty():
        return getpass.getpass(texts("app.enrolling.ask"), sys.stderr)
    return sys.stdin.readline(LONGEST_LINE)


def _profile(policy: Policy, chosen: Path | None) -> Profile:
    folder = profile_folder(policy, chosen, os.environ)
    return Profile.of_this_person() if folder is None else Profile(folder)


async def _enrolled(profile: Profile, prescribed: str | None, address: str, code: str, around: Around) -> AgencyServer:
    """Raises NotEnrolled, ProfileError."""
    tasks = Tasks(_unforeseen)
    try:
        choice = agency_choice(profile.load(), prescribed)
        keys = await asyncio.to_thread(around.keys)
        return await Enrolment(choice, keys, SettingsKeeper(profile, tasks), around.enrol).connect(address, code)
    finally:
        await tasks.close()


def _unforeseen(_: str, error: BaseException) -> None:
    raise error


def _tell(server: AgencyServer, texts: Texts, as_json: bool) -> None:
    address = origin(server.url)
    if as_json:
        print(json.dumps({"server": address, "site": server.site, "label": server.label}, ensure_ascii=False, indent=2))
    else:
        print(texts("app.enrolling.done", label=server.label, site=server.site, address=address))


def _refused(sentence: str, status: int) -> int:
    sys.stderr.write(sentence + "\n")
    return status
