"""How much longer the packed program takes to its window than the unpacked one: `python -m tools.package_start [--rounds 7]`.

Both run in turn in one go, each with a profile of its own that has been used before, under one Xvfb without a window manager. The time
goes from the start of the process to the first window that X maps (`xev`). Both are of the same Python and the same libraries: the
unpacked one is `python -m app` of the environment that the packages are made in, its modules compiled. Gives 1 for a ratio of medians
above the goal.
Standard library and `tools` only.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tools.set_up import PACKAGE_VENV, ROOT

GOAL = 1.3
"""At most that many times the unpacked start."""
PACKED = ROOT / "build/package/linux/dist/videoberatung/videoberatung"
PATIENCE_S = 120.0
COMMANDS: Mapping[str, Sequence[str]] = {"unpacked": (str(PACKAGE_VENV / "bin/python"), "-m", "app"), "packed": (str(PACKED),)}


@contextlib.contextmanager
def screen() -> Iterator[str]:
    """An Xvfb; gives its display."""
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x800x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    try:
        with os.fdopen(read) as answer:
            yield f":{answer.readline().strip()}"
    finally:
        server.terminate()
        server.wait()


@contextlib.contextmanager
def watch(display: str) -> Iterator[Iterator[str]]:
    """The lines of `xev` on what happens to windows of that display."""
    command = ["timeout", f"{PATIENCE_S:.0f}", "stdbuf", "-oL", "xev", "-root", "-event", "substructure"]
    with subprocess.Popen(command, env={**os.environ, "DISPLAY": display}, stdout=subprocess.PIPE, text=True) as xev:
        try:
            yield iter(xev.stdout or ())
        finally:
            xev.terminate()


def seconds_to_window(command: Sequence[str], folder: Path, display: str) -> float:
    """One start and end; seconds from the start of the process to its window."""
    options = ["--simulated-devices", "--profile", str(folder / "profile"), "--language", "de"]
    environment = {**os.environ, "DISPLAY": display, "HOME": str(folder), "XDG_RUNTIME_DIR": str(folder), "QT_QPA_PLATFORM": "xcb"}
    with watch(display) as events, (folder / "log").open("ab") as log:
        began = time.monotonic()
        program = subprocess.Popen([*command, *options], cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            return _mapped(events) - began
        finally:
            program.terminate()
            program.wait(PATIENCE_S)


def _mapped(events: Iterator[str]) -> float:
    """When the first window was mapped that a window manager would have managed; on this clock."""
    mapping = False
    for line in events:
        if mapping and ", override NO" in line:
            return time.monotonic()
        mapping = line.startswith("MapNotify") or (mapping and line.startswith(" "))
    raise EOFError("xev ended")


def measure(rounds: int) -> dict[str, list[float]]:
    """Seconds of each round; the first two of each, which begin a profile and warm the files, are not counted."""
    taken: dict[str, list[float]] = {name: [] for name in COMMANDS}
    with tempfile.TemporaryDirectory() as place, screen() as display:
        for number in range(rounds + 2):
            for name in sorted(COMMANDS, reverse=number % 2 == 0):
                folder = Path(place, name)
                folder.mkdir(exist_ok=True, mode=0o700)
                seconds = seconds_to_window(COMMANDS[name], folder, display)
                if number >= 2:
                    taken[name].append(round(seconds, 3))
    return taken


def main() -> int:
    """Prints the figures as JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7, help="of each; default: %(default)s")
    taken = measure(parser.parse_args().rounds)
    medians = {name: statistics.median(seconds) for name, seconds in taken.items()}
    ratios = [packed / unpacked for packed, unpacked in zip(taken["packed"], taken["unpacked"], strict=True)]
    ratio = medians["packed"] / medians["unpacked"]
    print(
        json.dumps(
            {"seconds": taken, "medians": medians, "ratio": round(ratio, 3), "each": [round(one, 3) for one in sorted(ratios)]}, indent=2
        )
    )
    return 1 if ratio > GOAL else 0


if __name__ == "__main__":
    sys.exit(main())
