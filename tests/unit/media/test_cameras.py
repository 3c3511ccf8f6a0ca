"""Films and missing cameras through the same OpenCV code as a real camera."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import cv2
import numpy as np
import pytest

from app.media.cameras import STILL_S, BlackCamera, OpenCvCamera, to_i420
from app.media.clock import read_clock
from app.media.frames import black
from app.media.ports import DeviceTrouble
from app.media.routers import PictureRouter
from app.media.running import DeviceError
from app.media.synthetic import Landscape

TIMES = (1000, 2000, 3000)


@pytest.fixture
def film(tmp_path: Path) -> str:
    """Three pictures as YUV4MPEG2, which is a line of text before each picture's planes."""
    path = tmp_path / "film.y4m"
    pictures = (Landscape(320, 180).draw(ms).tobytes() for ms in TIMES)
    path.write_bytes(b"YUV4MPEG2 W320 H180 F100:1 Ip A1:1 C420mpeg2\n" + b"".join(b"FRAME\n" + p for p in pictures))
    return str(path)


@pytest.fixture
def motion_jpeg(tmp_path: Path) -> str:
    """Three JPEG pictures, one after the other."""
    path = tmp_path / "film.mjpeg"
    pictures = (cv2.cvtColor(Landscape(320, 180).draw(ms), cv2.COLOR_YUV2BGR_I420) for ms in TIMES)
    path.write_bytes(b"".join(bytes(cv2.imencode(".jpg", picture)[1]) for picture in pictures))
    return str(path)


def seen_times(path: str, count: int) -> list[int | None]:
    router, number, seen = PictureRouter(), 0, []
    camera = OpenCvCamera(router, path, lambda trouble: None, film=True)
    camera.start()
    for _ in range(count):
        number, frame = router.wait_newer(number, 10)
        assert frame is not None
        assert (frame.width, frame.height) == (320, 180)
        seen.append(read_clock(frame.y))
    camera.close()
    return seen


def test_a_film_plays_over_and_over(film: str) -> None:
    seen = seen_times(film, 8)
    assert set(seen) == set(TIMES)


def test_so_does_motion_jpeg(motion_jpeg: str) -> None:
    assert set(seen_times(motion_jpeg, 8)) <= {*TIMES}


@pytest.mark.parametrize("source", ["/nowhere/film.y4m", 77])
def test_a_missing_one_is_not_found(source: str | int) -> None:
    with pytest.raises(DeviceError) as caught:
        OpenCvCamera(PictureRouter(), source, lambda trouble: None).start()
    assert caught.value.trouble is DeviceTrouble.NOT_FOUND


def test_one_that_does_not_open_is_busy(tmp_path: Path) -> None:
    path = tmp_path / "video"
    path.write_bytes(b"nothing that anybody could show")
    with pytest.raises(DeviceError) as caught:
        OpenCvCamera(PictureRouter(), str(path), lambda trouble: None).start()
    assert caught.value.trouble is DeviceTrouble.BUSY


def test_one_that_ends_is_told(film: str) -> None:
    told: list[DeviceTrouble] = []
    ended = threading.Event()

    def tell(trouble: DeviceTrouble) -> None:
        told.append(trouble)
        ended.set()

    camera = OpenCvCamera(PictureRouter(), film, tell)
    camera.start()
    assert ended.wait(10)
    camera.close()
    assert told == [DeviceTrouble.VANISHED]


def test_one_that_stops_without_a_word_is_noticed(tmp_path: Path) -> None:
    pipe, frozen, over = tmp_path / "camera.y4m", threading.Event(), threading.Event()
    os.mkfifo(pipe)

    def deliver() -> None:
        with pipe.open("wb") as out:
            picture = b"FRAME\n" + Landscape(320, 180).draw(0).tobytes()
            out.write(b"YUV4MPEG2 W320 H180 F100:1 Ip A1:1 C420mpeg2\n" + picture * 40)
            out.flush()
            frozen.set()
            over.wait(30)

    driver = threading.Thread(target=deliver)
    driver.start()
    router, told = PictureRouter(), list[DeviceTrouble]()
    camera = OpenCvCamera(router, str(pipe), told.append, film=True)
    camera.start()
    assert frozen.wait(10)
    number = 0
    while (newer := router.wait_newer(number, 0.5))[1] is not None:
        number = newer[0]
        assert camera.health(time.monotonic()) is None
    assert number > 0
    assert camera.health(time.monotonic() + STILL_S) is DeviceTrouble.VANISHED
    camera.close()
    assert told == []
    over.set()
    driver.join()


def test_black_stands_in_the_size_of_the_last_picture() -> None:
    router = PictureRouter()
    router.put(black(320, 180))
    camera = BlackCamera(router)
    camera.start()
    _, frame = router.wait_newer(1, 10)
    camera.close()
    assert frame is not None
    assert (frame.width, frame.height) == (320, 180)
    assert (frame.y == 16).all()
    assert router.own.newest()[1] is None


def test_an_odd_edge_is_left_out() -> None:
    frame = to_i420(np.full((121, 163, 3), 255, np.uint8))
    assert (frame.width, frame.height, frame.u.shape) == (162, 120, (60, 81))
    assert int(frame.y.mean()) == 235
