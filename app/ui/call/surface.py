"""Where a picture is shown. A surface is a widget that is given a slot and has the signal `painted`; this one draws with the processor.

Imports Qt, numpy and the media ports.

A surface repaints only when its slot holds a picture that it has not shown, at most once for each, and does nothing at all while
hidden. Which surface a machine gets is decided in `surface_choice`.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHideEvent, QImage, QPainter, QPaintEvent, QRegion, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.media.ports import FrameSlot, I420Frame

Scaler = Callable[[I420Frame, int, int], npt.NDArray[np.uint8]]
"""(picture, width, height, both even) -> (height, width, 4) bytes blue, green, red, 255, valid until the next call:
`app.media.scaling.Painter.paint`. Each surface has one of its own."""

STAGE = QColor("#0c1215")
"""Behind pictures, in every theme."""
OWN_EVERY = 3
"""One's own picture is small and nobody talks to it: 10 of 30 a second will do."""


def fitted(picture: QSize, room: QSize) -> QRect:
    """The largest rectangle of the picture's shape inside `room`, in the middle; its sides are even and at least 2."""
    size = picture.scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
    width, height = max(2, size.width() & ~1), max(2, size.height() & ~1)
    return QRect((room.width() - width) // 2, (room.height() - height) // 2, width, height)


class SlotWatch:
    """What every surface shares: hears of new pictures on the writer's thread and says so at most once until they were looked at."""

    def __init__(self, slot: FrameSlot[I420Frame], tell: Callable[[], None], every: int = 1) -> None:
        """`tell` is called on the writer's thread. Of `every` pictures one is told; the end of pictures always is."""
        self._slot = slot
        self._tell = tell
        self._every = every
        self._told = False
        self._shown = -1
        self._unwatch: Callable[[], None] | None = None

    def start(self) -> None:
        """Listen; the newest picture counts as new."""
        if self._unwatch is None:
            self._shown = -1
            self._unwatch = self._slot.watch(self._hear)
            self._hear()

    def stop(self) -> None:
        """Hear nothing more."""
        if self._unwatch is not None:
            self._unwatch()
            self._unwatch = None
            self._told = False

    def look(self) -> tuple[bool, I420Frame | None]:
        """(was not looked at before, the newest picture)."""
        self._told = False
        number, frame = self._slot.newest()
        fresh, self._shown = number != self._shown, number
        return fresh, frame

    def _hear(self) -> None:
        if self._told:
            return
        number, frame = self._slot.newest()
        if frame is None or self._shown < 0 or number % self._every == 0:
            self._told = True
            self._tell()


class PaintedSurface(QWidget):
    """Scales to the target's size, then copies the picture onto the window."""

    painted = Signal(object)
    """The `I420Frame` that now stands on the window; once for each."""
    _new = Signal()

    def __init__(self, slot: FrameSlot[I420Frame], scale: Scaler, mirrored: bool = False) -> None:
        """`mirrored` is for one's own picture, as in a looking glass; every second picture is enough of it."""
        super().__init__()
        self._watch = SlotWatch(slot, self._new.emit, OWN_EVERY if mirrored else 1)
        self._scale = scale
        self._mirrored = mirrored
        self._pixels: npt.NDArray[np.uint8] | None = None
        self._image = QImage()
        self._frame: I420Frame | None = None
        self._new.connect(self.update, Qt.ConnectionType.QueuedConnection)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def has_picture(self) -> bool:
        """True while a picture stands there."""
        return self._frame is not None

    def paintEvent(self, event: QPaintEvent) -> None:
        fresh, frame = self._watch.look()
        target = QSize(round(self.width() * self.devicePixelRatioF()), round(self.height() * self.devicePixelRatioF()))
        painter = QPainter(self)
        if frame is None:
            painter.fillRect(self.rect(), STAGE)
        else:
            self._paint(painter, frame, fresh, target)
        painter.end()
        changed = frame is not self._frame
        self._frame = frame
        if changed:
            self.painted.emit(frame)

    def _paint(self, painter: QPainter, frame: I420Frame, fresh: bool, target: QSize) -> None:
        place = fitted(QSize(frame.width, frame.height), target)
        if fresh or self._image.size() != place.size():
            self._convert(frame, place.size())
        ratio = self.devicePixelRatioF()
        painter.scale(1 / ratio, 1 / ratio)
        for bar in QRegion(QRect(QPoint(), target)) - QRegion(place):  # type: ignore[attr-defined]  # the stubs do not know it
            painter.fillRect(bar, STAGE)
        painter.drawImage(place.topLeft(), self._image)

    def _convert(self, frame: I420Frame, size: QSize) -> None:
        pixels = self._scale(frame, size.width(), size.height())
        # Whole pixels are turned round, not bytes: thirty times as quick.
        self._pixels = np.ascontiguousarray(pixels.view(np.uint32)[:, ::-1]).view(np.uint8) if self._mirrored else pixels
        height, width = pixels.shape[:2]
        self._image = QImage(self._pixels.data, width, height, width * 4, QImage.Format.Format_RGB32)

    def showEvent(self, event: QShowEvent) -> None:
        self._watch.start()
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self._watch.stop()
        super().hideEvent(event)
