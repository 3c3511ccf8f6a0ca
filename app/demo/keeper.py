"""Starts a program in a process group of its own, prints its number, and ends the whole group when stdin ends or the program does.

So nothing outlives whoever asked, however that ended: a killed process closes its pipes too, and a signal to all of them ends the keeper
last. Run as a script; standard library only.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence


def main(command: Sequence[str]) -> int:
    """Gives the program's exit status."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)  # a handler, not SIG_IGN, which the program would inherit
    own_group = os.name == "posix"
    program = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=sys.stderr, start_new_session=own_group)
    print(program.pid, flush=True)
    threading.Thread(target=_end_with_stdin, args=(program,), daemon=True).start()
    status = program.wait()
    _end(program)
    return abs(status)


def _end_with_stdin(program: subprocess.Popen[bytes]) -> None:
    sys.stdin.buffer.read()
    _end(program)


def _end(program: subprocess.Popen[bytes]) -> None:
    """Kill what is left of it."""
    if os.name == "posix":
        with contextlib.suppress(ProcessLookupError):
            os.killpg(program.pid, signal.SIGKILL)
    else:
        program.kill()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
