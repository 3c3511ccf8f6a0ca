"""Shows an address in the person's own browser. Imports the standard library only; waits on a thread."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import webbrowser
from collections.abc import Mapping

STAYS_S = 3.0
"""`xdg-open` that still runs then has become the browser itself, or waits for it."""
_LIBRARIES = "LD_LIBRARY_PATH"


async def open_browser(address: str) -> bool:
    """False where there is no browser."""
    return await asyncio.to_thread(_opened, address)


def _opened(address: str) -> bool:
    tool = shutil.which("xdg-open") if sys.platform == "linux" else None
    if tool is not None and _stays_or_succeeds([tool, address], environment_of_others(os.environ)):
        return True
    return webbrowser.open(address)


def environment_of_others(ours: Mapping[str, str]) -> dict[str, str]:
    """What a program that is not ours is started with: a frozen program looks for libraries in its own folder, others must not."""
    theirs = {name: value for name, value in ours.items() if name not in (_LIBRARIES, f"{_LIBRARIES}_ORIG")}
    before = ours.get(f"{_LIBRARIES}_ORIG") if getattr(sys, "frozen", False) else ours.get(_LIBRARIES)
    return theirs if before is None else {**theirs, _LIBRARIES: before}


def _stays_or_succeeds(command: list[str], environment: Mapping[str, str]) -> bool:
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, env=dict(environment), stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True)
    try:
        return process.wait(STAYS_S) == 0
    except subprocess.TimeoutExpired:
        return True
