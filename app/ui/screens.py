"""Screens and windows as a source of pictures, for the port `ScreenSource`. Imports Qt, numpy and media ports; QtMultimedia late.

Windows come before screens, so that nothing is shown by habit that nobody meant to show, and the program's own are not offered:
they hold the client's picture. Qt captures on the Qt thread; `start` and `stop` may be called on any (a call has a thread of its own).
"""

from __future__ import annotations

import enum
import re
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, Qt, QThread, Signal, SignalInstance
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


class Screens(Protocol):
    """A `ScreenSource` that a person chooses from. To be made and used on the Qt thread, but for `start` and `stop`."""

    trouble: SignalInstance
    """(ScreenTrouble) Capturing has ended by itself or never began."""

    @property
    def has_previews(self) -> bool:
        """False where the system itself asks the person at each start."""
        ...

    def choices(self) -> Sequence[Shown]:
        """What can be shown now, the default first: windows of other programs, then whole screens."""
        ...

    def choose(self, shown: Shown) -> None:
        """Show that from the next `start` on."""
        ...

    def start(self, slot: FrameSlot[I420Frame]) -> None:
        """See `ScreenSource`. On the Qt thread it raises ScreenError where there is nothing to show; otherwise `trouble` tells it."""
        ...

    def stop(self) -> None:
        """See `ScreenSource`. May be called twice; the slot is empty afterwards."""
        ...


class QtScreenSource(QObject):
    """Implements `Screens` with Qt's capture. Without a choice the first window of the list is shown."""

    trouble = Signal(ScreenTrouble)
    _start_wanted = Signal(object)
    _stop_wanted = Signal()

    def __init__(self, convert: Callable[[Rgba], I420Frame]) -> None:
        """`convert` makes planes of a picture with even sides."""
        super().__init__()
        self._convert = convert
        self._taken_at = 0.0
        self._chosen: Shown | None = None
        self._shown: Shown | None = None
        self._slot: FrameSlot[I420Frame] | None = None
        self._putting = threading.Lock()
        """Held while a picture is put: none comes after the end."""
        self._bench: ThreadPoolExecutor | None = None
        self._at_work: Future[None] | None = None
        """A large screen takes longer to convert than the window may stand still."""
        self._session: Any = None
        self._capture: Any = None
        self._sink: Any = None
        self._start_wanted.connect(self._start_told, Qt.ConnectionType.QueuedConnection)
        self._stop_wanted.connect(self._stop, Qt.ConnectionType.QueuedConnection)

    @property
    def has_previews(self) -> bool:
        """See `Screens`. Wayland's portal asks the person."""
        return QGuiApplication.platformName() != "wayland"

    def choices(self) -> Sequence[Shown]:
        """See `Screens`."""
        from PySide6.QtMultimedia import QWindowCapture

        own = _own_names()
        windows = [w for w in QWindowCapture.capturableWindows() if w.isValid() and letters_of(w.description()) not in own]
        screens = QGuiApplication.screens()
        return [*(Shown(w.description(), True, w) for w in windows), *(Shown(s.name(), False, s) for s in screens)]

    def choose(self, shown: Shown) -> None:
        """See `Screens`."""
        self._chosen = shown

    def start(self, slot: FrameSlot[I420Frame]) -> None:
        """See `Screens`."""
        if self._is_at_home:
            self._start(slot)
        else:
            self._start_wanted.emit(slot)

    def stop(self) -> None:
        """See `Screens`."""
        if self._is_at_home:
            self._stop()
        else:
            self._stop_wanted.emit()

    @property
    def _is_at_home(self) -> bool:
        return QThread.currentThread() is self.thread()

    def _start_told(self, slot: FrameSlot[I420Frame]) -> None:
        try:
            self._start(slot)
        except ScreenError as error:
            self.trouble.emit(error.trouble)

    def _start(self, slot: FrameSlot[I420Frame]) -> None:
        self._stop()
        shown = self._chosen or next(iter(self.choices()), None)
        if shown is None or (shown.is_window and not shown.handle.isValid()):
            raise ScreenError(ScreenTrouble.GONE)
        self._slot, self._shown = slot, shown
        self._bench = ThreadPoolExecutor(max_workers=1, thread_name_prefix="screen-pictures")
        self._connect(shown)
        self._capture.start()

    def _stop(self) -> None:
        with self._putting:
            slot, self._slot = self._slot, None
        if self._capture is not None:
            self._capture.stop()
            self._session.setVideoSink(None)
            for part in (self._session, self._capture, self._sink):
                part.deleteLater()
            self._capture = self._session = self._sink = None
        if self._bench is not None:
            self._bench.shutdown(wait=False, cancel_futures=True)
            self._bench = self._at_work = None
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
        if self._slot is None or self._bench is None or now - self._taken_at < LEAST_PAUSE_S:
            return
        if self._at_work is not None and not self._at_work.done():
            return
        self._taken_at = now
        self._at_work = self._bench.submit(self._put, picture, self._slot)

    def _put(self, picture: Any, slot: FrameSlot[I420Frame]) -> None:
        """On the bench's thread."""
        rows = rgba_of_picture(picture)
        frame = self._convert(rows) if rows is not None else None
        with self._putting:
            if frame is not None and self._slot is slot:
                slot.put(frame)

    def _fail(self, error: Any, _text: str) -> None:
        """The text is in the system's words and may hold a window's title: it goes nowhere."""
        shown = self._shown
        if self._slot is None or shown is None:
            return
        self._stop()
        gone = shown.is_window and not shown.handle.isValid()
        self.trouble.emit(ScreenTrouble.GONE if gone else trouble_of(error.name))


def _own_names() -> set[str]:
    """Under what names the program's own windows stand in Qt's list: by their titles, and by number where Qt cannot read the title."""
    shown = [window for window in QGuiApplication.topLevelWindows() if window.isVisible()]
    names = {name for window in shown for name in (letters_of(window.title()), letters_of(f"Window 0x{window.winId():x}"))}
    return names - {""}  # a title without Latin letters says nothing of anybody else's


def letters_of(title: str) -> str:
    """What survives of a title under X11, where Qt reads it in another encoding than it writes it: plain letters and digits, without
    the marks that switch encodings (X11 Compound Text Encoding, section 3)."""
    return re.sub(r"\x1b[%-/][ -/]*[0-~]|[^A-Za-z0-9]", "", title)


def trouble_of(error: str) -> ScreenTrouble:
    """What the name of Qt's error (`QWindowCapture.Error`, `QScreenCapture.Error`) means to a person."""
    known = {"CapturingNotSupported": ScreenTrouble.REFUSED, "NotFound": ScreenTrouble.GONE}
    return known.get(error, ScreenTrouble.FAILED)


def rgba_of_picture(picture: Any) -> Rgba | None:
    """`rgba_of` a `QVideoFrame`.

    Not by its `toImage` where that is not needed: that one keeps a graphics context of the calling thread until the thread ends, and
    ends the process with a fault where the display was closed before (Qt 6.11, X11).
    """
    from PySide6.QtMultimedia import QVideoFrame, QVideoFrameFormat

    layout = QVideoFrameFormat.imageFormatFromPixelFormat(picture.pixelFormat())
    if layout is QImage.Format.Format_Invalid or not picture.map(QVideoFrame.MapMode.ReadOnly):
        return rgba_of(picture.toImage())
    try:
        return rgba_of(QImage(picture.bits(0), picture.width(), picture.height(), picture.bytesPerLine(0), layout))
    finally:
        picture.unmap()


def rgba_of(image: QImage) -> Rgba | None:
    """A copy of the picture's bytes; an odd last column or row is left out. None for one smaller than 2x2."""
    width, height = image.width() & ~1, image.height() & ~1
    if width < 2 or height < 2:
        return None
    plain = image.convertToFormat(QImage.Format.Format_RGBX8888)
    rows = np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), plain.bytesPerLine() // 4, 4)
    return rows[:height, :width].copy()
