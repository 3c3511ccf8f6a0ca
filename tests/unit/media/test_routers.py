"""Between devices and encoders."""

from __future__ import annotations

import threading

import numpy as np

from app.media.frames import black
from app.media.opus import Pcm
from app.media.routers import BLOCK, PictureRouter, SoundPipe, SoundRouter


def block(value: int) -> Pcm:
    return np.full(BLOCK, value, np.int16)


def test_the_newest_picture_is_given_once() -> None:
    router = PictureRouter()
    first, second = black(32, 24), black(32, 24)
    router.put(first)
    router.put(second)
    number, picture = router.wait_newer(0, 0)
    assert (number, picture) == (2, second)
    assert router.wait_newer(number, 0) == (2, None)
    assert router.own.newest()[1] is second


def test_a_waiting_encoder_wakes() -> None:
    router = PictureRouter()
    seen: list[object] = []
    waiting = threading.Thread(target=lambda: seen.append(router.wait_newer(0, 5)[1]))
    waiting.start()
    picture = black(32, 24)
    router.put(picture)
    waiting.join(5)
    assert seen == [picture]


def test_the_black_picture_is_not_shown_as_the_own() -> None:
    router = PictureRouter()
    router.put(black(32, 24), show=False)
    assert router.own.newest()[1] is None
    assert router.size == (32, 24)


def test_sound_comes_in_order_with_its_time() -> None:
    pipe = SoundPipe()
    for value in range(3):
        pipe.write(block(value))
    read = [pipe.read(0) for _ in range(3)]
    assert [(number, int(pcm[0])) for number, pcm, _ in filter(None, read)] == [(0, 0), (1, 1), (2, 2)]
    assert pipe.read(0) is None


def test_a_late_reader_loses_the_oldest_and_keeps_the_time() -> None:
    pipe = SoundPipe()
    for value in range(100):
        pipe.write(block(value))
    first = pipe.read(0)
    assert first is not None
    assert (first[0], int(first[1][0])) == (98, 98)
    assert [block.number for block in filter(None, (pipe.read(0), pipe.read(0)))] == [99]


def test_lost_blocks_count_in_the_time_but_not_in_the_order() -> None:
    router, pipe = SoundRouter(), SoundPipe()
    router.attach(pipe)
    router.write(block(1))
    router.skip(7)
    router.write(block(2))
    read = [pipe.read(0), pipe.read(0)]
    assert [(number, int(pcm[0])) for number, pcm, _ in filter(None, read)] == [(0, 1), (8, 2)]


def test_every_pipe_hears_until_it_is_taken_off() -> None:
    router, one, two = SoundRouter(), SoundPipe(), SoundPipe()
    router.attach(one)
    router.attach(two)
    router.write(block(1))
    router.detach(one)
    router.write(block(2))
    assert [one.read(0) is not None, one.read(0) is not None] == [True, False]
    assert [two.read(0) is not None, two.read(0) is not None] == [True, True]


def test_switched_off_there_is_silence() -> None:
    router, pipe = SoundRouter(), SoundPipe()
    router.attach(pipe)
    router.on = False
    router.write(block(16384))
    read = pipe.read(0)
    assert read is not None
    assert not read[1].any()
    assert router.level() == 0.0
    router.on = True
    router.write(block(16384))
    assert router.level() == 0.5
