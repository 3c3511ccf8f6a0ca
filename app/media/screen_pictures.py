"""Pictures of a screen as planes. OpenCV and numpy; no Qt: `app.ui.screens` gets `from_rgba` from the composition root."""

from __future__ import annotations

import time

import cv2
import numpy as np
import numpy.typing as npt

from app.media.frames import from_i420_rows
from app.media.ports import I420Frame


def from_rgba(picture: npt.NDArray[np.uint8]) -> I420Frame:
    """A copy of (height, width, 4) bytes in the order R, G, B, anything. Width and height must be even."""
    rows = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGBA2YUV_I420), np.uint8)
    return from_i420_rows(rows, time.monotonic())
