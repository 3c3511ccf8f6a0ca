"""Pictures as planes: making, placing and converting `I420Frame`. numpy and PyAV; no devices, no network."""

from __future__ import annotations

import time

import av
import numpy as np
import numpy.typing as npt

from app.media.ports import I420Frame


def from_i420_rows(rows: npt.NDArray[np.uint8], captured_at: float) -> I420Frame:
    """Cut one buffer of (height * 3 / 2, width) bytes, as OpenCV's COLOR_BGR2YUV_I420 gives it, into planes without copying.

    Width and height must be even.
    """
    height, width = rows.shape[0] * 2 // 3, rows.shape[1]
    quarter = height * width // 4
    flat = rows.reshape(-1)
    u = flat[height * width : height * width + quarter].reshape(height // 2, width // 2)
    v = flat[height * width + quarter :].reshape(height // 2, width // 2)
    return I420Frame(y=rows[:height], u=u, v=v, captured_at=captured_at)


def black(width: int, height: int) -> I420Frame:
    """A black picture, captured now."""
    rows = np.empty((height * 3 // 2, width), np.uint8)
    rows[:height] = 16
    rows[height:] = 128
    return from_i420_rows(rows, time.monotonic())


def from_av(frame: av.VideoFrame) -> I420Frame:
    """Planes of a decoded yuv420p picture, without copying: they keep the decoder's memory alive."""
    y, u, v = (_plane(plane) for plane in frame.planes)
    return I420Frame(y=y, u=u, v=v, captured_at=time.monotonic())


def to_av(frame: I420Frame) -> av.VideoFrame:
    """A PyAV picture with a copy of the planes (0.1 ms for 1280x720)."""
    picture = av.VideoFrame(frame.width, frame.height, "yuv420p")
    for plane, source in zip(picture.planes, (frame.y, frame.u, frame.v), strict=True):
        np.copyto(_plane(plane), source)
    return picture


def _plane(plane: av.video.plane.VideoPlane) -> npt.NDArray[np.uint8]:
    rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
    return rows[: plane.height, : plane.width]
