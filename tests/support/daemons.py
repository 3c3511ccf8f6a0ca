"""Debian's daemons for tests: as root each runs as its own user, on a socket in a folder of its own, and ends with the test run."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

STARTS_WITHIN_S = 30.0


class DaemonMissing(Exception):
    """What to install, for the person at the keyboard."""


@contextlib.contextmanager
def folder_of(user: str) -> Iterator[Path]:
    """An empty folder that belongs to the user; its path is short enough for a socket's name (107 bytes)."""
    folder = Path(tempfile.mkdtemp(prefix="vb-", dir="/tmp"))
    if os.geteuid() == 0:
        entry = pwd.getpwnam(user)
        os.chown(folder, entry.pw_uid, entry.pw_gid)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Daemon:
    """One process that may be ended, killed and started again by the test."""

    def __init__(self, user: str, command: list[str], log: Path, answers: Callable[[], bool]) -> None:
        self._user = user if os.geteuid() == 0 else None
        self._command = command
        self._log = log
        self._answers = answers
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns once it answers. One that was killed may still be dying, so that the first tries fail."""
        deadline = time.monotonic() + STARTS_WITHIN_S
        process = self._process = self._started()
        while process.poll() is not None or not self._answers():
            if time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(self._log.read_text("utf-8", "replace")[-4000:])
            time.sleep(0.02)
            if process.poll() is not None:
                process = self._process = self._started()

    def _started(self) -> subprocess.Popen[bytes]:
        group = pwd.getpwnam(self._user).pw_gid if self._user else None
        with self._log.open("ab") as log:
            return subprocess.Popen(
                self._command, user=self._user, group=group, extra_groups=[] if group else None, stdout=log, stderr=log, cwd="/"
            )

    def kill(self) -> None:
        """As a power cut would, as far as one process can show it."""
        self.stop(signal.SIGKILL)

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """It is there, and says nothing."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)

    def stop(self, with_signal: signal.Signals = signal.SIGINT) -> None:
        """Returns once it is gone."""
        if self._process is not None:
            self._process.send_signal(with_signal)
            self._process.wait(STARTS_WITHIN_S)
            self._process = None


def installed(path: str, package: str) -> str:
    """The program's path. Raises DaemonMissing."""
    found = shutil.which(path)
    if found is None:
        raise DaemonMissing(f"Please install it: sudo apt-get install --no-install-recommends {package}")
    return found
