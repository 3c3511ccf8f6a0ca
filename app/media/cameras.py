"""Cameras through OpenCV, and the black picture that stands for a camera that is off. Each runs in a thread of its own.

A device and a film go through the same code. OpenCV may block for seconds; nobody but the device's own thread waits for it.
"""

from __future__ import annotations

import re
import sys
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
from app.media.running import DeviceError, DeviceThread

log = structlog.get_logger(__name__)

WIDTH, HEIGHT, RATE = 1280, 720, 30
"""What a device is asked for; it may give something else."""
BLACK_EVERY_S = 0.5
STILL_S = 3.0
"""A camera that gives no picture for so long has stopped: in poor light cameras go down to 5 pictures a second, and less is no film."""
FIRST_S = 10.0
"""The same for its first picture: drivers under Windows are known to take several seconds to begin."""


class OpenCvCamera:
    """A device (number or /dev/videoN) or a film, which plays over and over at its own speed."""

    def __init__(self, router: PictureRouter, source: int | str, vanished: Callable[[DeviceTrouble], None], film: bool = False) -> None:
        self._router = router
        self._source = source
        self._vanished = vanished
        self._film = film
        self._ended = threading.Event()
        self._capture: cv2.VideoCapture | None = None
        self._due_at = 0.0
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
        self._due_at = time.monotonic() + FIRST_S
        self._thread.start()

    def close(self) -> None:
        """End and wait; a device that hangs is left to its own thread after 1 s."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join(1)

    def health(self, now: float) -> DeviceTrouble | None:
        """See `RunningDevice`: VANISHED when pictures stay away."""
        return DeviceTrouble.VANISHED if now > self._due_at else None

    def _exists(self) -> bool:
        """Whether there is such a device at all; where the system names no files for them only opening can tell."""
        if isinstance(self._source, int):
            return sys.platform != "linux" or Path(f"/dev/video{self._source}").exists()
        return Path(self._source).exists()

    def _run(self) -> None:
        capture = self._capture
        if capture is None:
            return
        raise_priority(Urgency.PICTURE)
        pause = 1 / (capture.get(cv2.CAP_PROP_FPS) or RATE) if self._film else 0.0
        due = time.monotonic()
        while not self._ended.is_set():
            good, picture = capture.read()
            if self._ended.is_set():
                break  # the picture was long in coming, and another device has taken over
            if not good and self._film:
                capture.release()
                capture.open(self._source)  # not every kind of film can be wound back
                good, picture = capture.read()
            if not good:
                log.warning("camera_ended")
                self._vanished(DeviceTrouble.VANISHED)
                break
            self._due_at = time.monotonic() + STILL_S
            self._router.put(to_i420(np.asarray(picture, np.uint8)))
            due = max(due + pause, time.monotonic() - 1)
            if pause:
                self._ended.wait(max(0.0, due - time.monotonic()))
        capture.release()


class BlackCamera(DeviceThread):
    """Two black pictures a second in the size of the last real one, so that the other side sees no frozen face."""

    def __init__(self, router: PictureRouter) -> None:
        super().__init__("black-camera")
        self._router = router

    def _run(self) -> None:
        self._router.own.clear()
        width, height = self._router.size or (WIDTH, HEIGHT)
        while not self._ended.is_set():
            self._router.put(black(width, height), show=False)
            self._ended.wait(BLACK_EVERY_S)


def camera_source(device: str) -> int | str:
    """What OpenCV opens for a device's id: `/dev/v4l/by-id/…` or `/dev/videoN`, elsewhere `N:NAME`; empty is the first camera."""
    path = re.fullmatch(r"/dev/video(\d+)", str(Path(device).resolve()) if device.startswith("/dev/") else "")
    number = re.match(r"(\d+)(:|$)", device or "0")
    found = path or number
    return int(found[1]) if found else device


def to_i420(picture: npt.NDArray[np.uint8]) -> I420Frame:
    """OpenCV's BGR (height, width, 3) as planes, captured now; an odd last row or column is left out."""
    height, width = picture.shape[0] & ~1, picture.shape[1] & ~1
    rows = cv2.cvtColor(picture[:height, :width], cv2.COLOR_BGR2YUV_I420)
    return from_i420_rows(np.asarray(rows, np.uint8), time.monotonic())
