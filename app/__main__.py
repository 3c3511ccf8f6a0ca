"""The command line: `videoberatung`, the same as `python -m app`. Each command imports what it needs when it is asked for."""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from importlib.util import find_spec
from pathlib import Path

from app import PRODUCT_NAME, __version__
from app.command_line import NOT_UNDERSTOOD, CommandLine, texts_for
from app.texts import Texts


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; gives the exit status. Raises SystemExit for a line that cannot be understood."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    command = _COMMANDS.get(arguments[0]) if arguments else None
    return command(arguments[1:]) if command is not None else _window(arguments)


def _window(argv: Sequence[str]) -> int:
    options = _parser(texts_for(argv)).parse_args(argv)
    if options.version:
        print(_versions() if options.json else f"{PRODUCT_NAME} {__version__}")
        return 0
    if options.training:
        return _train(options.language)
    if options.autostart and not _wanted_at_sign_in(options.profile):
        return 0
    from app.services.agency.early import works_with_agency
    from app.services.policy import profile_folder, read_policy
    from app.services.server_process import early_server

    policy = read_policy()
    folder = profile_folder(policy, options.profile, os.environ)
    elsewhere = works_with_agency({} if options.simulated_devices else policy, folder)
    with nullcontext() if elsewhere else early_server() as server:  # first of all: both load what they need at the same time
        from app.application import Options, run_window

        return run_window(Options(folder, options.simulated_devices, options.language), server)


def _wanted_at_sign_in(folder: Path | None) -> bool:
    """The system starts every person's program at sign-in; whether it stays is theirs, or their agency's, to say."""
    from app.services.policies import settings_in_force
    from app.services.policy import profile_folder, read_policy
    from app.services.profile import Profile, ProfileError

    policy = read_policy()
    chosen = profile_folder(policy, folder, os.environ)
    try:
        return settings_in_force((Profile.of_this_person() if chosen is None else Profile(chosen)).peek(), policy).autostart
    except ProfileError:
        return True  # the window says what is wrong


def _train(language: str | None) -> int:
    from app.services.server_process import early_server

    with early_server() as server:
        from app.training import run_training

        return run_training(language, server)


def _parser(texts: Texts) -> CommandLine:
    others = texts("commands.window.others", names=", ".join(name for name in _COMMANDS if name != "bench" or _has_benchmarks()))
    parser = CommandLine(texts, prog="videoberatung", description=texts("commands.window.about"), epilog=others)
    parser.add_profile()
    parser.add_argument("--simulated-devices", action="store_true", help=texts("commands.window.simulated-devices"))
    parser.add_argument("--training", action="store_true", help=texts("commands.window.training"))
    parser.add_argument("--language", choices=("de", "en"), help=texts("commands.window.language"))
    parser.add_argument("--autostart", action="store_true", help=texts("commands.window.autostart"))
    parser.add_argument("--version", action="store_true", help=texts("commands.version"))
    parser.add_argument("--json", action="store_true", help=texts("commands.window.json"))
    return parser


def _versions() -> str:
    """Our version and those of what it stands on, without importing any of it."""
    from importlib import metadata

    named = {name: metadata.version(name) for name in ("PySide6", "aiortc", "av", "numpy", "qasync")}
    return json.dumps({"version": __version__, "python": platform.python_version(), "libraries": named}, indent=2)


def _demo(argv: Sequence[str]) -> int:
    from app.demo.__main__ import main as demo

    return demo(argv)


def _bench(argv: Sequence[str]) -> int:
    if not _has_benchmarks():
        print(texts_for(argv)("commands.bench.absent"), file=sys.stderr)
        return NOT_UNDERSTOOD
    from app.bench.__main__ import main as bench

    return bench(argv)


def _has_benchmarks() -> bool:
    """They are not packed."""
    return find_spec("app.bench") is not None


def _serve(argv: Sequence[str]) -> int:
    from app.server.__main__ import main as server

    return server(["serve", *argv])


def _mail_texts(argv: Sequence[str]) -> int:
    from app.mail_texts import main as mail_texts

    return mail_texts(argv)


def _check(argv: Sequence[str]) -> int:
    from app.check import LOGGED
    from app.check import main as check
    from app.logs import configure

    configure(sys.stderr, LOGGED)
    return check(argv)


def _evaluate(argv: Sequence[str]) -> int:
    from app.evaluation import main as evaluate

    return evaluate(argv)


def _evaluate_keys(argv: Sequence[str]) -> int:
    from app.evaluation import keys

    return keys(argv)


def _enrol(argv: Sequence[str]) -> int:
    import io

    from app.enrolling import main as enrol
    from app.logs import configure

    configure(io.StringIO(), ())  # the answer is a sentence, for whoever asked
    return enrol(argv)


def _policy(argv: Sequence[str]) -> int:
    from app.prescribing import main as policy

    return policy(argv)


def _diagnostics(argv: Sequence[str]) -> int:
    from app.diagnosing import main as diagnostics

    return diagnostics(argv)


def _purge(argv: Sequence[str]) -> int:
    from app.purging import main as purge

    return purge(argv)


_COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {
    "demo": _demo,
    "bench": _bench,
    "serve": _serve,
    "mail-texts": _mail_texts,
    "check": _check,
    "enrol": _enrol,
    "policy": _policy,
    "diagnostics": _diagnostics,
    "purge": _purge,
    "evaluate": _evaluate,
    "evaluate-keys": _evaluate_keys,
}
if getattr(sys, "frozen", False):
    del _COMMANDS["bench"]  # measures a checkout, against libraries that no installer carries


if __name__ == "__main__":
    sys.exit(main())
