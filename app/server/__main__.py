"""`videoberatung-server`: the server alone. Settings from `VB_*`, or with `--embedded` from one line of JSON on stdin."""

from __future__ import annotations

import asyncio
import enum
import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import asdict

import structlog

from app import __version__
from app.command_line import CommandLine, Commands, texts_for
from app.server import logs, notify
from app.server.files import allow_files
from app.server.headers import MAX_INSIDE
from app.server.key_file import KeyFileError
from app.server.lines import check_lines
from app.server.memory import give_back
from app.server.ports import StateAway, StateUnavailable
from app.server.serving import PortTaken, serving
from app.server.settings import Settings, SettingsError, from_environment, from_line
from app.texts import CatalogueError, Texts

log = structlog.get_logger(__name__)

MAX_LINE_BYTES = 64 * 1024
SERVE = "serve"
FILES = MAX_INSIDE + 4000
"""Descriptors of a full public listener, of workstations and of everything else. With fewer it works, and lets fewer in."""


class Status(enum.IntEnum):
    """How the process ends, for the service manager: 2 gets no better by itself, 4 may."""

    DONE = 0
    UNUSABLE = 2
    PORT_TAKEN = 3
    DATABASE_AWAY = 4


def main(arguments: Sequence[str] | None = None) -> int:
    """Gives a `Status`, or that of another command."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    chosen = _parser(texts_for(given), with_others=given[:1] != [SERVE]).parse_args(given)
    logs.configure(sys.stderr)
    if chosen.command == SERVE and chosen.embedded:
        import app.server.state.sql  # noqa: F401 - while the program that started us is still loading, and has no plan for us yet

        line = sys.stdin.buffer.readline(MAX_LINE_BYTES)
        status = _guarded(lambda: asyncio.run(_serve(from_line(line), _when_stdin_ends))) if line else Status.DONE
        return Status.UNUSABLE if status is Status.DATABASE_AWAY else status  # our program waits for no database
    if chosen.command == SERVE:
        status = _guarded(lambda: asyncio.run(_serve(_of_environment(), _never)))
        if status is Status.UNUSABLE:
            _say_everything()
        return status
    return _guarded(lambda: int(chosen.run(chosen)))


def _parser(texts: Texts, with_others: bool) -> CommandLine:
    parser = CommandLine(texts, prog="videoberatung-server", description=texts("commands.server.about"))
    parser.add_argument("--version", action="version", version=__version__, help=texts("commands.version"))
    commands_of(parser, with_others)
    return parser


def commands_of(parser: CommandLine, with_others: bool) -> Commands:
    """`with_others` loads the commands that a server which serves has no use for."""
    commands, texts = Commands(parser, "command"), parser.texts
    serve = commands.add(SERVE, texts("commands.serve"))
    serve.add_argument("--embedded", action="store_true", help=texts("commands.serve.embedded"))
    if with_others:
        from app.server.backup import command as backup
        from app.server.checkup import command as checkup
        from app.server.enrolment import command as enrolment

        for others in (checkup, backup, enrolment):
            others.add_to(commands)
    return commands


def _of_environment() -> Settings:
    settings = from_environment(os.environ)
    check_lines(settings)
    return settings


def _guarded(work: Callable[[], int]) -> int:
    """With every way in which a start may fail."""
    try:
        return work()
    except (SettingsError, KeyFileError, CatalogueError) as error:
        return _failed("settings", str(error), Status.UNUSABLE)
    except StateAway as error:
        return _failed("database", str(error), Status.DATABASE_AWAY)
    except StateUnavailable as error:
        return _failed("database", str(error), Status.UNUSABLE)
    except PortTaken as error:
        return _failed("port-taken", str(error), Status.PORT_TAKEN)
    except OSError as error:
        return _failed("database", f"data_dir: {type(error).__name__}", Status.UNUSABLE)


def _say_everything() -> None:
    """The line of failure names the first reason; here stand all that can be seen without asking anybody."""
    from app.server.checkup.command import say_errors

    say_errors(os.environ)


def _failed(code: str, detail: str, status: int) -> int:
    """Instead of the ready line: a stable code and what it is about."""
    sys.stdout.write(json.dumps({"failed": {"code": code, "detail": detail}}) + "\n")
    sys.stdout.flush()
    return status


async def _serve(settings: Settings, watch: Callable[[Callable[[], None]], None]) -> int:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()

    def stop(*_: object) -> None:
        loop.call_soon_threadsafe(stopped.set)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    files = allow_files(FILES)
    if files is not None and files < FILES and watch is _never:
        log.warning("few-files", count=files)
    async with serving(settings) as ready:
        sys.stdout.write(json.dumps({"ready": {name: value for name, value in asdict(ready).items() if value is not None}}) + "\n")
        sys.stdout.flush()
        log.info("ready", version=__version__, port=ready.public_port)
        notify.tell(notify.READY)
        watch(stop)
        give_back()
        await stopped.wait()
        notify.tell(notify.STOPPING)
    log.info("stopped")
    return 0


def _when_stdin_ends(stop: Callable[[], None]) -> None:
    """The desktop program holds the other end of the pipe: when it is gone, so are we.

    A thread, because Windows cannot await a pipe; and it reads below Python's buffer, whose lock it would hold when we end otherwise.
    """

    def wait() -> None:
        while os.read(sys.stdin.fileno(), 4096):
            pass
        stop()

    threading.Thread(target=wait, name="stdin", daemon=True).start()


def _never(stop: Callable[[], None]) -> None:
    """A server of its own ends by a signal."""


if __name__ == "__main__":
    sys.exit(main())
