"""Screens and windows as a source of pictures, for the port `ScreenSource`. Imports Qt, numpy and media ports; QtMultimedia late.

Windows come before screens, so that nothing is shown by habit that nobody meant to show, and the program's own are not offered:
they hold the client's picture. Everything here runs on the Qt thread.
"""

from __future__ import annotations

import enum
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication, QImage

from app.media.ports import FrameSlot, I420Frame

Rgba = npt.NDArray[np.uint8]
"""(height, width, 4): red, green, blue, anything."""

LEAST_PAUSE_S = 0.1
"""Between two pictures: texts and forms need no more, and each one costs the Qt thread some milliseconds."""


class ScreenTrouble(enum.Enum):
    """What can be wrong; the value is the catalogue key of the sentence."""

    REFUSED = "app.screen.refused"
    """The system or the person does not allow it."""
    GONE = "app.screen.gone"
    """The window was closed, the screen unplugged, or there is nothing to show."""
    FAILED = "app.screen.failed"


class ScreenError(Exception):
    """Nothing can be captured. For the person: `trouble`."""

    def __init__(self, trouble: ScreenTrouble) -> None:
        super().__init__(trouble.name)
        self.trouble = trouble


@dataclass(frozen=True, slots=True)
class Shown:
    """One thing that may be shown."""

    name: str
    """The window's title or the screen's name, as the system has it."""
    is_window: bool
    handle: Any
    """Qt's own: QCapturableWindow or QScreen."""


class QtScreenSource(QObject):
    """Implements `ScreenSource` with Qt's capture. `choose` says what is shown; without it the first window of the list is."""

    trouble = Signal(ScreenTrouble)
    """Capturing has ended by itself or never began."""

    def __init__(self, convert: Callable[[Rgba], I420Frame]) -> None:
        """`convert` makes planes of a picture with even sides."""
        super().__init__()
        self._convert = convert
        self._taken_at = 0.0
        self._chosen: Shown | None = None
        self._shown: Shown | None = None
        self._slot: FrameSlot[I420Frame] | None = None
        self._session: Any = None
        self._capture: Any = None
        self._sink: Any = None

    def choices(self) -> Sequence[Shown]:
        """What can be shown now, the default first: windows of other programs, then whole screens."""
        from PySide6.QtMultimedia import QWindowCapture

        own = _own_names()
        windows = [w for w in QWindowCapture.capturableWindows() if w.isValid() and letters_of(w.description()) not in own]
        screens = QGuiApplication.screens()
        return [*(Shown(w.description(), True, w) for w in windows), *(Shown(s.name(), False, s) for s in screens)]

    def choose(self, shown: Shown) -> None:
        """Show that from the next `start` on."""
        self._chosen = shown

    def start(self, slot: FrameSlot[I420Frame]) -> None:
        """See `ScreenSource`. Raises ScreenError where there is nothing to show; later trouble comes by the signal."""
        self.stop()
        shown = self._chosen or next(iter(self.choices()), None)
        if shown is None or (shown.is_window and not shown.handle.isValid()):
            raise ScreenError(ScreenTrouble.GONE)
        self._slot, self._shown = slot, shown
        self._connect(shown)
        self._capture.start()

    def stop(self) -> None:
        """See `ScreenSource`. May be called twice; the slot is empty afterwards."""
        slot, self._slot = self._slot, None
        if self._capture is not None:
            self._capture.stop()
            self._session.setVideoSink(None)
            for part in (self._session, self._capture, self._sink):
                part.deleteLater()
            self._capture = self._session = self._sink = None
        if slot is not None:
            slot.clear()

    def _connect(self, shown: Shown) -> None:
        from PySide6.QtMultimedia import QMediaCaptureSession, QScreenCapture, QVideoSink, QWindowCapture

        self._session, self._sink = QMediaCaptureSession(self), QVideoSink(self)
        self._session.setVideoSink(self._sink)
        if shown.is_window:
            self._capture = QWindowCapture(self)
            self._capture.setWindow(shown.handle)
            self._session.setWindowCapture(self._capture)
        else:
            self._capture = QScreenCapture(self)
            self._capture.setScreen(shown.handle)
            self._session.setScreenCapture(self._capture)
        self._capture.errorOccurred.connect(self._fail)
        self._sink.videoFrameChanged.connect(self._take)

    def _take(self, picture: Any) -> None:
        now = time.monotonic()
        if self._slot is None or now - self._taken_at < LEAST_PAUSE_S:
            return
        rows = rgba_of(picture.toImage())
        if rows is not None:
            self._taken_at = now
            self._slot.put(self._convert(rows))

    def _fail(self, error: Any, _text: str) -> None:
        """The text is in the system's words and may hold a window's title: it goes nowhere."""
        shown = self._shown
        if self._slot is None or shown is None:
            return
        self.stop()
        gone = shown.is_window and not shown.handle.isValid()
        self.trouble.emit(ScreenTrouble.GONE if gone else trouble_of(error.name))


def _own_names() -> set[str]:
    """Under what names the program's own windows stand in Qt's list: by their titles, and by number where Qt cannot read the title."""
    shown = [window for window in QGuiApplication.topLevelWindows() if window.isVisible()]
    return {name for window in shown for name in (letters_of(window.title()), letters_of(f"Window 0x{window.winId():x}"))}


def letters_of(title: str) -> str:
    """What survives of a title under X11, where Qt reads it in another encoding than it writes it: plain letters and digits, without
    the marks that switch encodings (X11 Compound Text Encoding, section 3)."""
    return re.sub(r"\x1b[%-/][ -/]*[0-~]|[^A-Za-z0-9]", "", title)


def trouble_of(error: str) -> ScreenTrouble:
    """What the name of Qt's error (`QWindowCapture.Error`, `QScreenCapture.Error`) means to a person."""
    known = {"CapturingNotSupported": ScreenTrouble.REFUSED, "NotFound": ScreenTrouble.GONE}
    return known.get(error, ScreenTrouble.FAILED)


def rgba_of(image: QImage) -> Rgba | None:
    """A copy of the picture's bytes; an odd last column or row is left out. None for one smaller than 2x2."""
    width, height = image.width() & ~1, image.height() & ~1
    if width < 2 or height < 2:
        return None
    plain = image.convertToFormat(QImage.Format.Format_RGBX8888)
    rows = np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), plain.bytesPerLine() // 4, 4)
    return rows[:height, :width].copy()
