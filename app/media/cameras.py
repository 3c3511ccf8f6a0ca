"""Cameras through OpenCV, and the black picture that stands for a camera that is off. Each runs in a thread of its own.

A device and a film go through the same code. OpenCV may block for seconds; nobody but the device's own thread waits for it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import structlog

from app.media.frames import black, from_i420_rows
from app.media.ports import DeviceTrouble, I420Frame
from app.media.priority import Urgency, raise_priority
from app.media.routers import PictureRouter
from app.media.running import DeviceError

log = structlog.get_logger(__name__)

WIDTH, HEIGHT, RATE = 1280, 720, 30
"""What a device is asked for; it may give something else."""
BLACK_EVERY_S = 0.5


class OpenCvCamera:
    """A device (number or /dev/videoN) or a film, which plays over and over at its own speed."""

    def __init__(self, router: PictureRouter, source: int | str, vanished: Callable[[DeviceTrouble], None], film: bool = False) -> None:
        self._router = router
        self._source = source
        self._vanished = vanished
        self._film = film
        self._ended = threading.Event()
        self._capture: cv2.VideoCapture | None = None
        self._thread = threading.Thread(target=self._run, name="camera", daemon=True)

    def start(self) -> None:
        """Open and begin. Raises DeviceError."""
        if not self._exists():
            raise DeviceError(DeviceTrouble.NOT_FOUND)
        capture = cv2.VideoCapture(self._source)
        if not capture.isOpened():
            capture.release()
            raise DeviceError(DeviceTrouble.BUSY)
        if not self._film:
            capture.set(cv2.CAP_PROP_FOURCC, int.from_bytes(b"MJPG", "little"))
            for setting, value in ((cv2.CAP_PROP_FRAME_WIDTH, WIDTH), (cv2.CAP_PROP_FRAME_HEIGHT, HEIGHT), (cv2.CAP_PROP_FPS, RATE)):
                capture.set(setting, value)
            capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        self._capture = capture
        self._thread.start()

    def close(self) -> None:
        """End and wait; a device that hangs is left to its own thread after 1 s."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join(1)

    def _exists(self) -> bool:
        """Whether there is such a device at all; where the system names no files for them only opening can tell."""
        path = Path(f"/dev/video{self._source}") if isinstance(self._source, int) else Path(self._source)
        return path.exists() or (isinstance(self._source, int) and not Path("/dev").is_dir())

    def _run(self) -> None:
        capture = self._capture
        if capture is None:
            return
        raise_priority(Urgency.PICTURE)
        pause = 1 / (capture.get(cv2.CAP_PROP_FPS) or RATE) if self._film else 0.0
        due = time.monotonic()
        while not self._ended.is_set():
            good, picture = capture.read()
            if not good and self._film:
                capture.release()
                capture.open(self._source)  # not every kind of film can be wound back
                good, picture = capture.read()
            if not good:
                log.warning("camera_ended")
                self._vanished(DeviceTrouble.VANISHED)
                break
            self._router.put(to_i420(np.asarray(picture, np.uint8)))
            due = max(due + pause, time.monotonic() - 1)
            if pause:
                self._ended.wait(max(0.0, due - time.monotonic()))
        capture.release()


class BlackCamera:
    """Two black pictures a second in the size of the last real one, so that the other side sees no frozen face."""

    def __init__(self, router: PictureRouter) -> None:
        self._router = router
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="black-camera", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def close(self) -> None:
        """End and wait."""
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        self._router.own.clear()
        width, height = self._router.size or (WIDTH, HEIGHT)
        while not self._ended.is_set():
            self._router.put(black(width, height), show=False)
            self._ended.wait(BLACK_EVERY_S)


def to_i420(picture: npt.NDArray[np.uint8]) -> I420Frame:
    """OpenCV's BGR (height, width, 3) as planes, captured now; an odd last row or column is left out."""
    height, width = picture.shape[0] & ~1, picture.shape[1] & ~1
    rows = cv2.cvtColor(picture[:height, :width], cv2.COLOR_BGR2YUV_I420)
    return from_i420_rows(np.asarray(rows, np.uint8), time.monotonic())
