"""Pictures for painting: an I420Frame as BGRA bytes of exactly the size of the widget, so that the window copies it 1:1. No Qt.

The layout is that of QImage.Format_RGB32 on little-endian machines: B, G, R, 255 for each pixel, rows without gaps.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from app.media.ports import I420Frame

Bgra = npt.NDArray[np.uint8]
"""(height, width, 4), C-contiguous."""


class Painter:
    """Keeps its buffers from picture to picture; one for each surface, used by one thread."""

    def __init__(self) -> None:
        self._rows = np.empty((0, 0), np.uint8)
        self._out = np.empty((0, 0, 4), np.uint8)

    def paint(self, frame: I420Frame, width: int, height: int) -> Bgra:
        """The picture in that size (even numbers). The result is overwritten by the next call.

        Planes are scaled before they become colours: a third of the work at half the size.
        """
        if self._rows.shape != (height * 3 // 2, width):
            self._rows = np.empty((height * 3 // 2, width), np.uint8)
            self._out = np.empty((height, width, 4), np.uint8)
        chroma = self._rows[height:].reshape(2, height // 2, width // 2)
        _scale(frame.y, self._rows[:height])
        _scale(frame.u, chroma[0])
        _scale(frame.v, chroma[1])
        cv2.cvtColor(self._rows, cv2.COLOR_YUV2BGRA_I420, dst=self._out)
        return self._out


def _scale(source: npt.NDArray[np.uint8], target: npt.NDArray[np.uint8]) -> None:
    if source.shape == target.shape:
        np.copyto(target, source)
        return
    height, width = target.shape
    # Averaging when much smaller, else the four neighbours: neither flickers and both are quick.
    way = cv2.INTER_AREA if source.shape[1] >= 2 * width else cv2.INTER_LINEAR
    cv2.resize(source, (width, height), dst=target, interpolation=way)
