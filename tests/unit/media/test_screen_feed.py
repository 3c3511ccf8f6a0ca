"""The shown screen's encoder thread."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator

import av
import numpy as np
import pytest

from app.media.budget import Budget, Wishes
from app.media.frames import from_i420_rows
from app.media.routers import PictureRouter
from app.media.screen_feed import LONGEST_SPREAD_S, REFINE_PAUSE_S, ScreenFeed
from app.media.synthetic_screen import HEIGHT, Desktop, read_pattern


@pytest.fixture
def router() -> PictureRouter:
    return PictureRouter()


@pytest.fixture
async def feed(router: PictureRouter) -> AsyncIterator[ScreenFeed]:
    wishes = Wishes()
    wishes.sharing = True
    budget = Budget(wishes)
    budget.told(3_000_000)
    feed = ScreenFeed(router, budget)
    feed.start()
    yield feed
    feed.close()
    await feed.closed()
    assert not feed._thread.is_alive()


def put(router: PictureRouter, ms: int) -> float:
    captured_at = time.monotonic()
    router.put(from_i420_rows(Desktop().draw(ms), captured_at), show=False)
    return captured_at


def decoded(decoder: av.VideoCodecContext, data: bytes) -> np.ndarray:
    (frame,) = decoder.decode(av.Packet(data))
    return np.asarray(frame.to_ndarray()[: frame.height], np.uint8)


async def test_the_first_picture_is_readable_and_repeats_make_it_sharper(router: PictureRouter, feed: ScreenFeed) -> None:
    captured_at = put(router, 10_000)
    decoder = av.CodecContext.create("vp8", "r")
    first = await feed.next()
    assert first.data[0] & 1 == 0, "a key frame"
    assert first.captured_at == captured_at
    assert 0 < first.spread_s <= LONGEST_SPREAD_S
    luma = decoded(decoder, first.data)
    assert read_pattern(luma) == (5, pytest.approx(0, abs=0.01))
    source = Desktop().draw(10_000)[:HEIGHT].astype(int)
    repeats = [await feed.next() for _ in range(4)]
    assert all(unit.data[0] & 1 for unit in repeats), "no key frame for what stands still"
    assert repeats[1].captured_at - repeats[0].captured_at >= 0.9 * REFINE_PAUSE_S
    better = [decoded(decoder, unit.data) for unit in repeats][-1]
    assert np.abs(better - source).mean() < np.abs(luma - source).mean()


async def test_a_screen_that_stands_still_still_gives_a_key_frame(router: PictureRouter, feed: ScreenFeed) -> None:
    put(router, 0)
    await feed.next()
    feed.want_key_frame()
    units = [await feed.next() for _ in range(3)]
    assert any(unit.data[0] & 1 == 0 for unit in units)


async def test_nothing_is_sent_when_nothing_is_shown_and_a_later_screen_begins_again(router: PictureRouter, feed: ScreenFeed) -> None:
    put(router, 0)
    await feed.next()
    router.clear()
    while not feed._units.empty():
        await feed.next()
    router.put(from_i420_rows(np.full((300, 400), 128, np.uint8), time.monotonic()), show=False)
    sizes = set()
    while (400, 200) not in sizes:
        await feed.next()
        sizes.add(feed.size)


async def test_a_larger_screen_is_sent_as_1920_wide(router: PictureRouter, feed: ScreenFeed) -> None:
    router.put(from_i420_rows(np.full((1600 * 3 // 2, 2560), 128, np.uint8), time.monotonic()), show=False)
    await feed.next()
    assert feed.size == (1728, 1080)
