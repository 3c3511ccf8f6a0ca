"""A simulated screen to show: for the demonstration and for training, and what tests measure with. No real screen is touched.

1920x1080, five pictures a second: the picture clock of `app.media.clock` at the top, a table of figures in small print, a window that
glides to another place now and then, and a pattern of black and white cells of 6x6 pixels that a machine can read. The cells carry
the number of a page, which turns every two seconds, and noise that follows from it; so a reader knows what each cell should be.
"""

from __future__ import annotations

import threading
import time

import cv2
import numpy as np
import numpy.typing as npt

from app.media.clock import draw_clock, unix_ms
from app.media.frames import from_i420_rows
from app.media.ports import FrameSlot, I420Frame
from app.media.priority import Urgency, raise_priority

WIDTH, HEIGHT, RATE = 1920, 1080, 5
PAGE_MS = 2000
CELL = 6
ROWS, COLUMNS = 32, 128
"""Of the pattern."""
PLACE_X, PLACE_Y = 96, 780
"""Of its upper left corner."""
_NUMBER_BITS = 16
_MOVE_MS, _GLIDE_MS = 8000, 1000
_DARK, _LIGHT = 16, 235

Bits = npt.NDArray[np.bool_]
"""(ROWS, COLUMNS); True is light."""


def pattern(page: int) -> Bits:
    """The cells of a page, 0 to 65535: the number, highest bit first, then the low bits of xorshift32 begun with the number plus one."""
    state, bits = page + 1, [bool(page >> (_NUMBER_BITS - 1 - place) & 1) for place in range(_NUMBER_BITS)]
    while len(bits) < ROWS * COLUMNS:
        state ^= state << 13 & 0xFFFFFFFF
        state ^= state >> 17
        state ^= state << 5 & 0xFFFFFFFF
        bits.append(bool(state & 1))
    return np.array(bits).reshape(ROWS, COLUMNS)


def read_pattern(y_plane: npt.NDArray[np.uint8]) -> tuple[int, float]:
    """The page number in a picture of any size of this screen, and the share of cells that are not what they should be, 0 to 1."""
    height, width = y_plane.shape
    rows = ((PLACE_Y + CELL * (np.arange(ROWS) + 0.5)) * height / HEIGHT).astype(int)
    columns = ((PLACE_X + CELL * (np.arange(COLUMNS) + 0.5)) * width / WIDTH).astype(int)
    seen = y_plane[np.ix_(rows, columns)] > (_DARK + _LIGHT) // 2
    page = int("".join("1" if bit else "0" for bit in seen.reshape(-1)[:_NUMBER_BITS]), 2)
    return page, float(np.mean(seen != pattern(page)))


class Desktop:
    """Draws the pictures."""

    def __init__(self) -> None:
        picture = np.full((HEIGHT, WIDTH, 3), (214, 205, 196), np.uint8)
        cv2.rectangle(picture, (60, 130), (1080, 1040), (255, 255, 255), -1)
        for row in range(26):
            figures = "   ".join(f"{(row * 977 + column * 6151) % 9973 / 10:7.1f}" for column in range(8))
            place = (90, 170 + 23 * row)
            cv2.putText(picture, f"{row + 1:3}  {figures}", place, cv2.FONT_HERSHEY_SIMPLEX, 0.5, (30, 30, 30), 1, cv2.LINE_AA)
        self._ground = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2YUV_I420), np.uint8)
        self._page = -1
        self._cells = np.empty((0, 0), np.uint8)

    def draw(self, ms: int) -> npt.NDArray[np.uint8]:
        """The picture of Unix time `ms` as I420 rows (height * 3 / 2, width)."""
        rows = self._ground.copy()
        luma = rows[:HEIGHT]
        page = ms // PAGE_MS & 0xFFFF
        if page != self._page:
            self._page = page
            light = np.where(pattern(page), _LIGHT, _DARK).astype(np.uint8)
            self._cells = np.kron(light, np.ones((CELL, CELL), np.uint8))
        luma[PLACE_Y : PLACE_Y + ROWS * CELL, PLACE_X : PLACE_X + COLUMNS * CELL] = self._cells
        self._window(rows, ms)
        draw_clock(luma, ms)
        return rows

    def _window(self, rows: npt.NDArray[np.uint8], ms: int) -> None:
        """It stands, then glides: up and down in turn, on the right side."""
        turn, since = divmod(ms, _MOVE_MS)
        way = min(1.0, since / _GLIDE_MS)
        top = int(160 + 500 * (way if turn % 2 else 1 - way)) & ~1
        luma, chroma = rows[:HEIGHT], rows[HEIGHT:].reshape(2, HEIGHT // 2, WIDTH // 2)
        luma[top : top + 360, 1180:1860] = 232
        luma[top : top + 40, 1180:1860] = 90
        chroma[0, top // 2 : top // 2 + 20, 590:930] = 160
        text = time.strftime("%H:%M:%S", time.localtime(ms / 1000))
        cv2.putText(luma, text, (1230, top + 220), cv2.FONT_HERSHEY_SIMPLEX, 3, 40, 6, cv2.LINE_AA)


class SyntheticScreen:
    """Implements `ScreenSource` with a thread of its own; `start` and `stop` may come from any thread."""

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None
        self._ended = threading.Event()

    def start(self, slot: FrameSlot[I420Frame]) -> None:
        """See `ScreenSource`."""
        self.stop()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(slot, self._ended), name="synthetic-screen", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """See `ScreenSource`. May be called twice; the slot is empty afterwards."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self._ended.set()
            thread.join()

    def _run(self, slot: FrameSlot[I420Frame], ended: threading.Event) -> None:
        raise_priority(Urgency.PICTURE)
        desktop, due = Desktop(), time.monotonic()
        while not ended.wait(max(0.0, due - time.monotonic())):
            captured = time.monotonic()
            slot.put(from_i420_rows(desktop.draw(unix_ms()), captured))
            due = max(due + 1 / RATE, captured)
        slot.clear()
