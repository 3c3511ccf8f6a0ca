"""Says what this machine lacks for `make run` or `make test`, and fails if it lacks anything. Imports the standard library only.

It looks at abilities, not at package names, so it holds on every distribution: a check that cannot be made here is a lack as well.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path

from tools.set_up import Level, level_for_run


@dataclass(frozen=True)
class Check:
    """One ability of the machine."""

    name: str
    """A few words for the list."""
    holds: Callable[[], bool]
    """Tries it out; must leave nothing behind."""
    way_out: str
    """A sentence for the person: what to do when it does not hold."""


def _command(name: str, why: str) -> Check:
    return Check(f"command {name}", lambda: shutil.which(name) is not None, f"Please install {name}: {why}.")


def _library(name: str, why: str) -> Check:
    def loads() -> bool:
        try:
            ctypes.CDLL(name)
        except OSError:
            return False
        return True

    return Check(f"library {name}", loads, f"Please install {name}: {why}.")


def _file(path: str, why: str) -> Check:
    return Check(path, Path(path).exists, f"{path} is missing: {why}.")


def shared_memory_works() -> bool:
    """Takes a piece of POSIX shared memory and gives it back."""
    try:
        memory = SharedMemory(create=True, size=1 << 20)
    except OSError:
        return False
    memory.close()
    memory.unlink()
    return True


def network_namespaces_work() -> bool:
    """Makes a network namespace with a pair of virtual cards in it and takes it away again."""
    name = f"preflight{os.getpid()}"
    if shutil.which("ip") is None:
        return False
    made = _quiet("ip", "netns", "add", name)
    try:
        return made and _quiet("ip", "-n", name, "link", "add", "name", "near", "type", "veth", "peer", "name", "far")
    finally:
        if made:
            _quiet("ip", "netns", "delete", name)


def postgresql_is_there() -> bool:
    """Debian keeps its programs off the PATH."""
    return Path("/usr/lib/postgresql/15/bin/initdb").exists()


def _quiet(*command: str) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


PROGRAM = [
    _library("libEGL.so.1", "Qt needs it even without a display"),
    _library("libxcb-cursor.so.0", "Qt's window needs it"),
    _library("libportaudio.so.2", "microphone and loudspeaker need it"),
]
DEMO = [
    _command("Xvfb", "the demonstration and the tests open their windows on it"),
    _command("chromium", "it is the client's browser"),
    Check("shared memory", shared_memory_works, "Please mount a tmpfs at /dev/shm: Chromium needs it."),
]
TEST = [
    _command("pulseaudio", "the sound tests start one of their own"),
    _command("pactl", "the sound tests speak to their PulseAudio with it"),
    _file("/usr/lib/ladspa/delay.so", "the test of a device check's echo delays sound with it (ladspa-sdk)"),
    _library("libatomic.so.1", "the driver of the tests' browsers needs it"),
    _command("redis-server", "the tests of several servers start one of their own"),
    _command("nginx", "the servers' examples are tried behind it"),
    _command("caddy", "the servers' examples are tried behind it"),
    _command("haproxy", "the servers' examples are tried behind it"),
    _command("promtool", "the alert rules are read by it (prometheus)"),
    _command("systemd-analyze", "the servers' units are read by it (systemd)"),
    _command("turnserver", "the tests of the relay start one of their own (coturn)"),
    _command("nft", "the tests of the relay let one way through with it (nftables)"),
    _command("certutil", "the browsers of the tests trust an authority of their own by it (libnss3-tools)"),
    _command("osslsigncode", "the tests of the packages sign with it"),
    Check("PostgreSQL 15", postgresql_is_there, "Please install postgresql: the tests of the agency's server start one of their own."),
    _command("firefox-esr", "the page is tried in a second browser"),
    _command("dbus-run-session", "the accessibility tests need a session bus"),
    _file("/usr/lib/python3/dist-packages/pyatspi", "the accessibility tests read the window with python3-pyatspi"),
    Check("root", lambda: os.geteuid() == 0, "Please start the tests as root (sudo make test): they build network namespaces."),
    Check(
        "network namespaces",
        network_namespaces_work,
        "Please allow them (CAP_SYS_ADMIN, CAP_NET_ADMIN): the recovery tests cut real networks.",
    ),
]


def checks(level: Level) -> list[Check]:
    """What the machine must be able to do at this level."""
    return [*PROGRAM, *(DEMO if level is not Level.PROGRAM else []), *(TEST if level is Level.TEST else [])]


def report(to_try: list[Check]) -> bool:
    """Tries each check, prints a line for each lack, and a closing line. True if nothing is lacking."""
    lacking = [check for check in to_try if not check.holds()]
    for check in lacking:
        print(f"preflight: LACKING {check.name}. {check.way_out}", file=sys.stderr)
    if not lacking:
        print(f"preflight: all {len(to_try)} checks hold")
    return not lacking


def main() -> int:
    """The command line: `preflight run` or `preflight test`."""
    parser = argparse.ArgumentParser(description="Says what this machine lacks.")
    parser.add_argument("purpose", choices=["run", "test"])
    level = Level.TEST if parser.parse_args().purpose == "test" else level_for_run(os.environ)
    return 0 if report(checks(level)) else 1


if __name__ == "__main__":
    sys.exit(main())
