"""One picture as JPEG bytes, for the simulated camera of the demonstration's browser and for benchmarks. Our own drawings only: nothing
that a call received ever comes here. OpenCV and numpy."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

QUALITY = 85


def jpeg(rows: npt.NDArray[np.uint8]) -> bytes:
    """I420 rows (height * 3 / 2, width) as a JPEG with 4:2:0 chroma. Raises ValueError for a shape that is no picture."""
    if rows.ndim != 2 or rows.shape[0] % 3 or rows.shape[1] % 2:
        raise ValueError("not a picture in I420 rows")
    _, data = cv2.imencode(".jpg", cv2.cvtColor(rows, cv2.COLOR_YUV2BGR_I420), [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    return bytes(data)
