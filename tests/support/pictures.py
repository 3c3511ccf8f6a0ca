"""Small pictures for tests."""

from __future__ import annotations

import numpy as np

from app.media.ports import I420Frame


def grey(level: int, width: int = 8, height: int = 6) -> I420Frame:
    """One even picture."""
    chroma = np.full(((height + 1) // 2, (width + 1) // 2), 128, np.uint8)
    return I420Frame(np.full((height, width), level, np.uint8), chroma, chroma, captured_at=float(level))
