"""The command `videoberatung purge`: what the program keeps of one person on this computer goes for ever, folder and keys.

For somebody who leaves, and for the removal of the program. A part of the composition root. What a team or a mail server has stays there.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from app.command_line import CommandLine, texts_for
from app.paths import RESOURCES
from app.services.key_remains import Forget, forget_all
from app.services.policy import profile_folder, read_policy
from app.services.profile import Profile
from app.services.system_lock import Held, SystemLock
from app.texts import Texts

LOCK = "program.lock"
"""As `app.ui.alone` takes it."""


def main(argv: Sequence[str], forget: Forget = forget_all, environment: Mapping[str, str] = os.environ) -> int:
    """0 if nothing is left, 1 if something could not be deleted, 2 where the program runs or `--yes` is missing."""
    options = _parser(texts_for(argv)).parse_args(argv)
    texts = Texts.load(RESOURCES / "i18n", options.language, "app")
    folder = profile_folder(read_policy(), options.profile, environment) or Profile.of_this_person().folder
    if not options.yes:
        print(texts("app.purge.ask", folder=str(folder)))
        return 2
    if _runs(folder):
        print(texts("app.purge.runs"), file=sys.stderr)
        return 2
    gone = all([_keys_gone(forget), _folder_gone(folder)])
    print(texts("app.purge.done") if gone else texts("app.purge.left", folder=str(folder)))
    return 0 if gone else 1


def _parser(texts: Texts) -> CommandLine:
    parser = CommandLine(texts, prog="videoberatung purge", description=texts("commands.purge"))
    parser.add_argument("--yes", action="store_true", help=texts("commands.purge.yes"))
    parser.add_profile()
    parser.add_language(texts("commands.language"))
    return parser


def _runs(folder: Path) -> bool:
    if not folder.is_dir():
        return False
    try:
        SystemLock(folder / LOCK).release()
    except Held:
        return True
    except OSError:
        return False  # not to be written: deleting tells
    return False


def _keys_gone(forget: Forget) -> bool:
    try:
        forget()
    except OSError:
        return False
    return True


def _folder_gone(folder: Path) -> bool:
    shutil.rmtree(folder, ignore_errors=True)
    return not folder.exists()
