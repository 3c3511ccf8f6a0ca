"""The command `videoberatung diagnostics`: the same bundle that the window saves, for a program that does not start. For IT.

A part of the composition root. Without a file it is printed, to be read first.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from app.command_line import CommandLine, texts_for
from app.paths import RESOURCES
from app.services.diagnostics import Diagnostics, save
from app.services.policy import profile_folder, read_policy
from app.services.profile import Profile
from app.texts import Texts


def main(argv: Sequence[str]) -> int:
    """0 when it was written, 1 for a file that cannot be."""
    options = _parser(texts_for(argv)).parse_args(argv)
    texts = Texts.load(RESOURCES / "i18n", options.language, "app")
    policy = read_policy()
    folder = profile_folder(policy, options.profile, os.environ)
    parts = Diagnostics(Profile.of_this_person() if folder is None else Profile(folder), policy).gather()
    if options.output is None:
        for part in parts:
            print(f"---- {part.name}\n{part.text}")
        return 0
    try:
        save(parts, options.output)
    except OSError:
        print(texts("app.diagnostics.not-saved", file=str(options.output)), file=sys.stderr)
        return 1
    print(texts("app.diagnostics.saved", file=str(options.output)))
    return 0


def _parser(texts: Texts) -> CommandLine:
    parser = CommandLine(texts, prog="videoberatung diagnostics", description=texts("commands.diagnostics"))
    parser.add_argument("--output", type=Path, metavar=texts("commands.file"), help=texts("commands.diagnostics.output"))
    parser.add_profile()
    parser.add_language(texts("commands.language"))
    return parser
