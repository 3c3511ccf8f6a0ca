#!/usr/bin/python3
"""The browser of this machine for a program in Wine: what `packaging/windows/wine/chromium.c` starts. Standard library only.

Names of places become this machine's. While Wine's stand-in for the browser's network is suspended, so is the real one.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

LOOK_EVERY_S = 0.05
SUSPENDED_S = 0.5
"""Without a beat for so long."""
GONE_S = 90.0
"""The same: nobody is there any more, and the browser ends."""
NETWORK = "network.mojom.NetworkService"
_PLACE = re.compile(r"^(--[\w-]+=)?([A-Za-z]:\\.*)$")


def translated(word: str) -> str:
    """An option as this machine's browser takes it."""
    found = _PLACE.match(word)
    if found is None:
        return word
    answer = subprocess.run(["winepath", "-u", found[2]], capture_output=True, text=True, check=True)
    return f"{found[1] or ''}{answer.stdout.strip()}"


def network_process(browser: int) -> int | None:
    """The number of the process that does all the browser's traffic."""
    found = subprocess.run(
        ["pgrep", "--parent", str(browser), "--full", NETWORK], capture_output=True, text=True, check=False
    ).stdout.split()
    return int(found[0]) if found else None


def follow(browser: subprocess.Popen[bytes], beat: Path) -> None:
    """Until the browser ends."""
    still = False
    while browser.poll() is None:
        age = time.time() - beat.stat().st_mtime
        if age > GONE_S:
            browser.kill()
        elif still != (age > SUSPENDED_S) and (network := network_process(browser.pid)) is not None:
            still = not still
            os.kill(network, signal.SIGSTOP if still else signal.SIGCONT)
        time.sleep(LOOK_EVERY_S)


def main() -> int:
    """The browser's own exit status."""
    beat, done = Path(os.environ["VB_BROWSER_BEAT_HERE"]), Path(os.environ["VB_BROWSER_DONE_HERE"])
    with Path(os.environ["VB_BROWSER_LOG_HERE"]).open("ab") as log:
        words = ["/usr/bin/chromium", *map(translated, sys.argv[1:])]
        with subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=log, stderr=log) as browser:
            follow(browser, beat)
    done.touch()
    return browser.returncode


if __name__ == "__main__":
    sys.exit(main())
