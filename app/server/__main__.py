"""`videoberatung-server`: the server alone. Settings from `VB_*`, or with `--embedded` from one line of JSON on stdin."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import asdict

import structlog

from app import __version__
from app.server import logs
from app.server.files import allow_files
from app.server.headers import MAX_INSIDE
from app.server.key_file import KeyFileError
from app.server.memory import give_back
from app.server.ports import StateUnavailable
from app.server.serving import PortTaken, serving
from app.server.settings import Settings, SettingsError, from_environment, from_line
from app.texts import CatalogueError

log = structlog.get_logger(__name__)

MAX_LINE_BYTES = 64 * 1024
FILES = MAX_INSIDE + 4000
"""Descriptors of a full public listener, of workstations and of everything else. With fewer it works, and lets fewer in."""


def main(arguments: Sequence[str] | None = None) -> int:
    """0 after an orderly end, 2 for settings or a database that cannot be used, 3 for a port that is taken."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    chosen = _parser(with_others=given[:1] != ["serve"]).parse_args(given)
    if "run" in chosen:
        return int(chosen.run(chosen))
    logs.configure(sys.stderr)
    return _server(chosen)


def _parser(with_others: bool) -> argparse.ArgumentParser:
    """`with_others` loads the commands that a server which serves has no use for."""
    parser = argparse.ArgumentParser(prog="videoberatung-server")
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("serve")
    serve.add_argument("--embedded", action="store_true", help="one line of JSON on stdin, end with stdin")
    commands.add_parser("check-config")
    if with_others:
        from app.server.enrolment import command as enrolment

        enrolment.add_to(commands)
    return parser


def _server(chosen: argparse.Namespace) -> int:
    try:
        if chosen.command == "serve" and chosen.embedded:
            import app.server.state.sql  # noqa: F401 - while the program that started us is still loading, and has no plan for us yet

            line = sys.stdin.buffer.readline(MAX_LINE_BYTES)
            return asyncio.run(_serve(from_line(line), _when_stdin_ends)) if line else 0  # our program came to nothing
        settings = from_environment(os.environ)
        return asyncio.run(_serve(settings, _never)) if chosen.command == "serve" else 0
    except (SettingsError, KeyFileError, CatalogueError) as error:
        return _failed("settings", str(error), 2)
    except StateUnavailable as error:
        return _failed("database", str(error), 2)
    except PortTaken as error:
        return _failed("port-taken", str(error), 3)
    except OSError as error:
        return _failed("database", f"data_dir: {type(error).__name__}", 2)


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
        sys.stdout.write(json.dumps({"ready": asdict(ready)}) + "\n")
        sys.stdout.flush()
        log.info("ready", version=__version__, port=ready.public_port)
        watch(stop)
        give_back()
        await stopped.wait()
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
