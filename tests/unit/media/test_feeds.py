"""Encoder threads."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import AsyncIterator

import numpy as np
import pytest

from app.media.budget import MAX_CAMERA_BPS, MIN_BPS, SOUND_BPS, Budget, Wishes, useful_bps
from app.media.feeds import Feed, PictureFeed, SoundFeed
from app.media.frames import black, from_i420_rows
from app.media.opus import OpusDecoder
from app.media.ports import PictureLimit
from app.media.routers import BLOCK, PictureRouter, SoundRouter
from app.media.synthetic import Landscape


@pytest.fixture
def pictures() -> PictureRouter:
    return PictureRouter()


@pytest.fixture
async def feed(pictures: PictureRouter) -> AsyncIterator[PictureFeed]:
    feed = PictureFeed(pictures)
    feed.start()
    yield feed
    await closed(feed)


async def closed(feed: Feed) -> None:
    feed.close()
    await feed.closed()
    assert not feed._thread.is_alive()


def put(router: PictureRouter, ms: int, at: float, size: tuple[int, int] = (320, 180)) -> None:
    router.put(from_i420_rows(Landscape(*size).draw(ms), at))


def is_key(data: bytes) -> bool:
    return data[0] & 1 == 0


async def test_a_picture_is_encoded_with_its_time(pictures: PictureRouter, feed: PictureFeed) -> None:
    began = time.monotonic()
    times = []
    for number in range(3):
        put(pictures, number, began + number / 10)
        unit = await feed.next()
        assert unit.captured_at == began + number / 10
        times.append(unit.rtp_time)
    assert [late - early for early, late in itertools.pairwise(times)] == pytest.approx([9000, 9000], abs=1)
    assert (feed.frames, feed.size) == (3, (320, 180))


async def test_a_wanted_key_frame_comes_once(pictures: PictureRouter, feed: PictureFeed) -> None:
    keys = []
    for number in range(6):
        if number == 3:
            feed.want_key_frame()
        put(pictures, number * 33, time.monotonic())
        keys.append(is_key((await feed.next()).data))
    assert keys == [True, False, False, True, False, False]


async def test_another_size_is_followed(pictures: PictureRouter, feed: PictureFeed) -> None:
    put(pictures, 0, time.monotonic())
    await feed.next()
    put(pictures, 0, time.monotonic(), (640, 360))
    unit = await feed.next()
    assert is_key(unit.data)
    assert feed.size == (640, 360)


async def test_a_limit_needs_no_key_frame_and_is_bounded(pictures: PictureRouter, feed: PictureFeed) -> None:
    keys, began = 0, time.monotonic()
    for number, limit in enumerate((99_000_000, 400_000, 1_500_000, 10, 2_500_000)):
        feed.limit(limit)
        put(pictures, number * 33, began + number / 2)
        keys += is_key((await feed.next()).data)
        assert feed._encoder is not None
        assert MIN_BPS <= feed._encoder.bitrate <= useful_bps(320 * 180)
    assert keys == 1
    assert feed._encoder.bitrate == useful_bps(320 * 180)


async def test_a_wish_is_obeyed_at_once_and_costs_one_key_frame(pictures: PictureRouter) -> None:
    wishes = Wishes()
    feed = PictureFeed(pictures, Budget(wishes))
    feed.start()
    seen = []
    for number in range(12):
        if number == 4:
            wishes.limit = PictureLimit(height=90, kbps=400)
        put(pictures, number, number / 30)
        unit = await feed.next()
        assert feed._encoder is not None
        seen.append((is_key(unit.data), feed.size, feed._encoder.bitrate))
    await closed(feed)
    assert [key for key, _, _ in seen] == [number in (0, 4) for number in range(12)]
    assert {size for _, size, _ in seen[4:]} == {(160, 90)}
    assert {bitrate for _, _, bitrate in seen[4:]} == {400_000 - SOUND_BPS}


@pytest.mark.parametrize(("line", "limited"), [(2_500_000, False), (500_000, False), (250_000, True)])
def test_a_narrow_line_is_called_so_and_a_wish_is_not(line: int, limited: bool) -> None:
    wishes = Wishes()
    wishes.limit = PictureLimit(height=360, kbps=400)
    budget = Budget(wishes)
    budget.told(line)
    assert budget.network_limited is limited


def test_a_line_that_loses_what_is_sent_is_narrow() -> None:
    budget = Budget()
    budget.told(1_000_000)
    for second in range(6):
        assert not budget.network_limited or second > 1
        budget.reported(0.4, float(second))
    assert budget.network_limited


@pytest.mark.parametrize(
    ("size", "bps"), [((640, 360), 800_000), ((640, 480), 1_000_000), ((960, 540), 1_000_000), ((1280, 720), MAX_CAMERA_BPS)]
)
async def test_a_small_picture_takes_no_more_than_makes_it_better(
    pictures: PictureRouter, feed: PictureFeed, size: tuple[int, int], bps: int
) -> None:
    feed.limit(10_000_000)
    put(pictures, 0, 0.0, size)
    await feed.next()
    assert feed._encoder is not None
    assert feed._encoder.bitrate == bps


async def test_when_nobody_takes_them_pictures_do_not_pile_up(pictures: PictureRouter, feed: PictureFeed) -> None:
    put(pictures, 0, time.monotonic())
    first = await feed.next()
    for number in range(50):
        put(pictures, number, time.monotonic())
    last = time.monotonic()
    pictures.put(black(320, 180))
    units = [await feed.next()]
    while units[-1].captured_at < last:
        units.append(await feed.next())
    assert first.captured_at < units[0].captured_at
    assert len(units) <= 4


async def test_sound_is_encoded_in_steps_of_20_ms_with_its_loudness() -> None:
    router = SoundRouter()
    feed = SoundFeed(router)
    feed.start()
    for _ in range(4):
        router.write(np.full(BLOCK, 16384, np.int16))
    units = [await feed.next() for _ in range(2)]
    assert [unit.rtp_time for unit in units] == [0, 960]
    assert units[0].level_dbov == 6
    assert len(OpusDecoder().decode(units[0].data)) == 960
    for _ in range(2):
        router.write(np.zeros(BLOCK, np.int16))
    assert (await feed.next()).level_dbov == 127
    await closed(feed)
    assert router._pipes == ()


async def test_a_warm_encoder_still_begins_with_a_key_frame(pictures: PictureRouter) -> None:
    put(pictures, 0, time.monotonic())
    feed = PictureFeed(pictures)
    feed.prepare()
    feed.start()
    first = await feed.next()
    put(pictures, 33, time.monotonic())
    second = await feed.next()
    assert [is_key(unit.data) for unit in (first, second)] == [True, False]
    assert second.rtp_time > first.rtp_time
    assert feed.frames == 2
    await closed(feed)


async def test_warm_but_never_used_it_ends(pictures: PictureRouter) -> None:
    feed = PictureFeed(pictures)
    feed.prepare()
    await closed(feed)


async def test_closed_before_it_began_it_leaves_no_thread() -> None:
    before = threading.active_count()
    for feed in (PictureFeed(PictureRouter()), SoundFeed(SoundRouter())):
        feed.close()
        feed.close()
    assert threading.active_count() == before
