"""The command `videoberatung diagnostics`: the same bundle that the window saves, for a program that does not start. For IT.

A part of the composition root. Without a file it is printed, to be read first.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from app.command_line import CommandLine, texts_for
from app.media.ports import DeviceKind
from app.paths import RESOURCES
from app.services.diagnostics import Diagnostics, Seen, save
from app.services.policy import profile_folder, read_policy
from app.services.profile import Profile
from app.texts import Texts

CAMERAS = Path("/sys/class/video4linux")
"""Where Linux lists what gives pictures; a camera has several entries, and `index` 0 once."""


def counted(cameras: Path = CAMERAS) -> dict[str, int]:
    """Kind -> how many devices there are, as far as they can be seen without a window: cameras under Linux only. What fails is left out."""
    found: dict[str, int] = {}
    try:
        from app.media.catalogue import SoundCatalogue
        from app.media.turns import SoundSystem

        if cameras.is_dir() or sys.platform == "linux":
            found[DeviceKind.CAMERA.value] = sum(file.read_text("ascii").strip() == "0" for file in cameras.glob("*/index"))
        sound = SoundCatalogue(SoundSystem())
        for kind in (DeviceKind.MICROPHONE, DeviceKind.LOUDSPEAKER):
            found[kind.value] = len(sound.devices(kind))
    except Exception as error:  # whatever ails a device must not keep IT from the rest
        print(f"devices: {type(error).__name__}", file=sys.stderr)
    return found


def main(argv: Sequence[str], count: Callable[[], Mapping[str, int]] = counted) -> int:
    """0 when it was written, 1 for a file that cannot be."""
    options = _parser(texts_for(argv)).parse_args(argv)
    texts = Texts.load(RESOURCES / "i18n", options.language, "app")
    policy = read_policy()
    folder = profile_folder(policy, options.profile, os.environ)
    profile = Profile.of_this_person() if folder is None else Profile(folder)
    parts = Diagnostics(profile, policy, Seen(count(), {})).gather()
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
