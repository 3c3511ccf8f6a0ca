"""The process of the embedded server, before anybody watches it. Imports the standard library only.

It can be started first of all: it loads what it needs while its program still does, and then waits for its plan on stdin.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
"""Where `app` lies."""
END_WITHIN_S = 5.0
LEAN = {"MALLOC_ARENA_MAX": "1"}
"""For glibc: one heap for the few threads of the server (mallopt(3)); 0.5 MB less. Others do not look at it."""


def server_command() -> list[str]:
    """How this program starts the server: the same program when packed by an installer, otherwise the module."""
    program = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "app.server"]
    return [*program, "serve", "--embedded"]


def spawn(command: Sequence[str]) -> subprocess.Popen[bytes]:
    """Start it, with pipes for its plan, its ready line and its log. It ends when its stdin does. Raises OSError."""
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        env={**os.environ, **LEAN},
        start_new_session=True,  # Ctrl+C in a terminal ends the program, and the program ends the child
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )


@contextlib.contextmanager
def early_server() -> Iterator[subprocess.Popen[bytes] | None]:
    """The server's process from here on, for an EmbeddedServer to take over; None if it could not be started, which that one tells.

    Where nobody took it over, because the program came to nothing, it is ended with the block.
    """
    try:
        child = spawn(server_command())
    except OSError:
        yield None
        return
    try:
        yield child
    finally:
        end(child)
        for pipe in (child.stdout, child.stderr):
            pipe.close()  # type: ignore[union-attr]


def end(child: subprocess.Popen[bytes]) -> bool:
    """Close its stdin and wait for it, at most 5 s, then kill it. False if it had to be killed."""
    if child.poll() is not None:
        return True
    with contextlib.suppress(OSError, ValueError):
        child.stdin.close()  # type: ignore[union-attr]
    try:
        child.wait(END_WITHIN_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
        return False
    return True
