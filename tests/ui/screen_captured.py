"""Run under a display: captures a window of another program and a screen with `QtScreenSource` and prints what it saw, as JSON.

There is no window manager under Xvfb, so this names the windows on the root window as one would (EWMH, _NET_CLIENT_LIST).
"""

from __future__ import annotations

import ctypes
import json
import subprocess
import sys
from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QTimer
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from app.media.ports import FrameSlot, I420Frame
from app.media.screen_pictures import from_rgba
from app.ui.screens import QtScreenSource, ScreenError, ScreenTrouble

OTHER = """
import sys
from PySide6.QtWidgets import QApplication, QWidget
application = QApplication([])
window = QWidget()
window.setWindowTitle("Formular")
window.setStyleSheet("background: #ff0000")
window.setGeometry(40, 40, 301, 201)
window.show()
application.processEvents()
print(int(window.winId()), flush=True)
application.exec()
"""
_XA_WINDOW = 33
"""Predefined atom (X11 protocol, Xatom.h)."""


def name_windows(*windows: int) -> None:
    """Write _NET_CLIENT_LIST as a window manager does."""
    x11 = ctypes.CDLL("libX11.so.6")
    x11.XOpenDisplay.restype = ctypes.c_void_p
    x11.XDefaultRootWindow.restype = x11.XInternAtom.restype = ctypes.c_ulong
    display = ctypes.c_void_p(x11.XOpenDisplay(None))
    root = ctypes.c_ulong(x11.XDefaultRootWindow(display))
    atom = ctypes.c_ulong(x11.XInternAtom(display, b"_NET_CLIENT_LIST", 0))
    x11.XChangeProperty(display, root, atom, ctypes.c_ulong(_XA_WINDOW), 32, 0, (ctypes.c_ulong * len(windows))(*windows), len(windows))
    x11.XCloseDisplay(display)


def until(what: str, happened: Callable[[], bool]) -> None:
    """Let Qt work until it happened; ends the process with `what` after 12 s."""
    loop, look, late = QEventLoop(), QTimer(), QTimer()
    look.timeout.connect(lambda: loop.quit() if happened() else None)
    late.timeout.connect(lambda: sys.exit(f"it did not happen: {what}"))
    look.start(20)
    late.start(12_000)
    loop.exec()


def seen(slot: FrameSlot[I420Frame]) -> dict[str, object]:
    """The newest picture's size and the planes' values at its middle."""
    frame = slot.newest()[1]
    assert frame is not None
    h, w = frame.height // 4, frame.width // 4
    return {
        "size": [frame.width, frame.height],
        "planes": [list(plane.shape) for plane in (frame.y, frame.u, frame.v)],
        "yuv": [int(np.median(plane)) for plane in (frame.y[h:-h, w:-w], frame.u, frame.v)],
    }


def main() -> None:
    application = QApplication([])
    own = QWidget()
    own.setWindowTitle("Gespräch – Videoberatung")
    own.setPalette(QPalette(QColor("blue")))
    own.show()
    other = subprocess.Popen([sys.executable, "-c", OTHER], stdout=subprocess.PIPE, text=True)
    assert other.stdout is not None
    name_windows(int(own.winId()), int(other.stdout.readline()))
    said: dict[str, object] = {}
    slot: FrameSlot[I420Frame] = FrameSlot()
    source = QtScreenSource(from_rgba)
    troubles: list[ScreenTrouble] = []
    source.trouble.connect(troubles.append)
    choices = source.choices()
    said["choices"] = [[shown.name, shown.is_window] for shown in choices]
    source.start(slot)
    until("window", lambda: slot.newest()[1] is not None and seen(slot)["yuv"][0] > 60)
    said["window"] = seen(slot)
    source.choose(next(shown for shown in choices if not shown.is_window))
    source.start(slot)
    until("screen", lambda: slot.newest()[1] is not None)
    said["screen"] = seen(slot)["size"]
    source.choose(choices[0])
    source.start(slot)
    until("window again", lambda: slot.newest()[1] is not None)
    other.kill()
    other.communicate()
    until("window gone", lambda: bool(troubles))
    said["troubles"] = [trouble.name for trouble in troubles]
    said["empty afterwards"] = slot.newest()[1] is None
    try:
        source.start(slot)
    except ScreenError as error:
        said["gone"] = error.trouble.name
    source.stop()
    source.stop()
    own.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    application.processEvents()
    print(json.dumps(said))


main()
