"""A display where there is none: starts Xvfb for this process and ends it. Imports nothing of `app`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

SCREEN = "1600x1000x24"
END_S = 5.0

_BUS = "DBUS_SESSION_BUS_ADDRESS"
"""Without a value, libdbus starts a bus of its own for a new display (dbus-launch), which outlives it for a while. The virtual display
has none: nothing of the demonstration reaches a person's desktop."""


class DisplayMissing(Exception):
    """No display and no Xvfb to make one. The person is told by the catalogue's `demo.error.no-display`."""


@contextmanager
def some_display(virtual: bool = False) -> Iterator[bool]:
    """Have a display for the block; gives True if it is a virtual one. With `virtual`, a real one is not used. Raises DisplayMissing.

    To be entered before Qt is loaded, which reads DISPLAY once.
    """
    if not sys.platform.startswith("linux") or (not virtual and (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))):
        yield False
        return
    if shutil.which("Xvfb") is None:
        raise DisplayMissing
    reader, writer = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writer), "-screen", "0", SCREEN, "-nolisten", "tcp"],
        pass_fds=(writer,),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(writer)
    before = {name: os.environ.get(name) for name in ("DISPLAY", "QT_QPA_PLATFORM", "WAYLAND_DISPLAY", _BUS)}
    try:
        with os.fdopen(reader) as pipe:
            number = pipe.readline().strip()  # empty if Xvfb ended instead
        if not number:
            raise DisplayMissing
        os.environ["DISPLAY"] = f":{number}"
        os.environ["QT_QPA_PLATFORM"] = "xcb"
        os.environ.pop("WAYLAND_DISPLAY", None)
        os.environ[_BUS] = "disabled:"
        yield True
    finally:
        _restore(before)
        _end(server)


def _restore(before: dict[str, str | None]) -> None:
    for name, value in before.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


def _end(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    try:
        server.wait(END_S)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
