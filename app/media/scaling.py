"""Pictures in another size: as planes for the encoder, or as BGRA bytes of exactly the widget's size, so that the window copies them 1:1.

No Qt. The layout of BGRA is that of QImage.Format_RGB32 on little-endian machines: B, G, R, 255 for each pixel, rows without gaps.
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


def resized(frame: I420Frame, width: int, height: int) -> I420Frame:
    """The picture in that size (even numbers), in memory of its own."""
    y = np.empty((height, width), np.uint8)
    u, v = np.empty((2, height // 2, width // 2), np.uint8)
    for source, target in ((frame.y, y), (frame.u, u), (frame.v, v)):
        _scale(source, target)
    return I420Frame(y=y, u=u, v=v, captured_at=frame.captured_at)


def _scale(source: npt.NDArray[np.uint8], target: npt.NDArray[np.uint8]) -> None:
    if source.shape == target.shape:
        np.copyto(target, source)
        return
    height, width = target.shape
    # Halving as long as it goes, then the four neighbours: as smooth as averaging all of it, at a twentieth of the time for small pictures.
    while source.shape[1] >= 2 * width and source.shape[0] >= 2 * height:
        source = halved(source)
    cv2.resize(source, (width, height), dst=target, interpolation=cv2.INTER_LINEAR)


def halved(plane: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Each 2x2 pixels averaged; an odd row or column is left out. Twenty times as quick as any other share (OpenCV's vector code)."""
    height, width = plane.shape[0] // 2, plane.shape[1] // 2
    return np.asarray(cv2.resize(plane[: 2 * height, : 2 * width], (width, height), interpolation=cv2.INTER_AREA), np.uint8)
