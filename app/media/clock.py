"""The picture clock: a strip in the picture that carries the millisecond of capture, so that anybody can measure a delay.

numpy only. The strip spans the full width at the top, its height is a twelfth of the picture's, and it is cut into 24 equal cells.
Luma 235 means 1, luma 16 means 0. The cells, from left to right: 1, 0 (so that no plain picture is taken for a clock), sixteen bits
of the Unix time in milliseconds modulo 65536 (highest first), six bits of that value modulo 61. A reader looks at the middle of
each cell and takes luma above 126 for 1.
"""

from __future__ import annotations

import time

import numpy as np
import numpy.typing as npt

CELLS = 24
PERIOD_MS = 65536
"""The clock repeats after about 65 s; delays are meant modulo this."""

_SHARE_OF_HEIGHT = 12
_CHECK = 61
_BLACK, _WHITE, _THRESHOLD = 16, 235, 126


def unix_ms() -> int:
    """Unix time in whole milliseconds."""
    return time.time_ns() // 1_000_000


def draw_clock(y_plane: npt.NDArray[np.uint8], ms: int) -> None:
    """Draw `ms` (Unix milliseconds, any size) into the luma plane (height, width) in place. Width at least 24, height at least 12."""
    value = ms % PERIOD_MS
    word = (0b10 << 22) | (value << 6) | (value % _CHECK)
    height, width = y_plane.shape
    edges = [cell * width // CELLS for cell in range(CELLS + 1)]
    row = np.empty(width, np.uint8)
    for cell in range(CELLS):
        row[edges[cell] : edges[cell + 1]] = _WHITE if (word >> (CELLS - 1 - cell)) & 1 else _BLACK
    y_plane[: height // _SHARE_OF_HEIGHT] = row


def read_clock(y_plane: npt.NDArray[np.uint8]) -> int | None:
    """The milliseconds modulo 65536, or None where no clock is drawn, or it is too damaged to be believed."""
    height, width = y_plane.shape
    if width < CELLS or height < _SHARE_OF_HEIGHT:
        return None
    middle = height // _SHARE_OF_HEIGHT // 2
    word = 0
    for cell in range(CELLS):
        column = (2 * cell + 1) * width // (2 * CELLS)
        word = (word << 1) | int(y_plane[middle, column] > _THRESHOLD)
    value = (word >> 6) & 0xFFFF
    if word >> 22 != 0b10 or word & 0x3F != value % _CHECK:
        return None
    return value


def delay_ms(shown: int, now_ms: int) -> int:
    """How long ago the clock showed `shown` (modulo 65536), seen at Unix time `now_ms`: 0 to 65535 ms."""
    return (now_ms - shown) % PERIOD_MS
