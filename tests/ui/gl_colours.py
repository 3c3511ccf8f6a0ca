"""Run under a display: paints pure colours with the OpenGL surface and prints what stands in its frame buffer, as JSON."""

from __future__ import annotations

import json
import sys

import numpy as np
from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from app.media.ports import FrameSlot, I420Frame
from app.ui.call.gl_surface import GlSurface


def painted(surface: GlSurface, slot: FrameSlot[I420Frame], yuv: list[int]) -> tuple[int, ...]:
    """Show one colour, wait until it stands there, read it back."""
    loop = QEventLoop()
    surface.painted.connect(loop.quit)
    QTimer.singleShot(10_000, loop.quit)
    y, u, v = yuv
    slot.put(I420Frame(np.full((72, 128), y, np.uint8), np.full((36, 64), u, np.uint8), np.full((36, 64), v, np.uint8), 0.0))
    loop.exec()
    return surface.grabFramebuffer().pixelColor(128, 100).getRgb()[:3]


def main() -> None:
    application = QApplication([])
    slot: FrameSlot[I420Frame] = FrameSlot()
    surface = GlSurface(slot)
    surface.resize(256, 200)
    surface.show()
    print(json.dumps([painted(surface, slot, yuv) for yuv in json.load(sys.stdin)]))
    surface.close()
    surface.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    application.processEvents()


main()
