"""Two screens at once against real Chromium: ours is readable there, the browser's is readable here, and both end cleanly."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page

from app.media.engine import AiortcEngine
from app.media.ports import Call, CallState, DeviceChoice
from app.media.synthetic_screen import SyntheticScreen, read_pattern
from tests.support.media_peer import Diary, picture

READABLE = 0.01
"""Share of cells of 6x6 pixels that may be wrong: a letter of small print has strokes of one or two of them."""
SEEN = f"() => {{ const seen = readScreen(screenVideo); return seen !== null && seen.wrong <= {READABLE} ? seen : null; }}"


@pytest.fixture
async def diary() -> Diary:
    return Diary()


@pytest.fixture
async def call(page: Page, diary: Diary) -> AsyncIterator[Call]:
    engine = AiortcEngine()
    engine.start()
    call = engine.open_call(diary, DeviceChoice("synthetic:camera", "synthetic:microphone", "synthetic:loudspeaker"), [])

    async def answer(epoch: int, sdp: str) -> str:
        return await asyncio.wrap_future(call.take_offer(epoch, sdp))

    await page.expose_function("answer", answer)
    await page.expose_function("trickle", lambda epoch, candidate, mid: call.add_candidate(epoch, candidate, mid, None))
    yield call
    await asyncio.get_running_loop().run_in_executor(None, engine.close)


async def test_screens_are_readable_both_ways_and_go_when_they_end(page: Page, call: Call, diary: Diary) -> None:
    await page.evaluate("offerCall(1)")
    await diary.until(lambda d: (1, CallState.CONNECTED) in d.states)
    assert not call.carries_screen

    began = time.monotonic()
    call.share_screen(SyntheticScreen())
    await page.evaluate("offerCall(2, drawnScreen(4711))")
    await diary.until(lambda d: (2, CallState.CONNECTED) in d.states)
    assert call.carries_screen
    await page.evaluate("watchScreen()")
    seen = await (await page.wait_for_function(SEEN)).json_value()
    print(f"readable in the browser after {time.monotonic() - began:.1f} s: {seen}")
    assert (seen["width"], seen["height"]) == (1920, 1080)

    frame = await picture(call.remote_screen, lambda frame: read_pattern(frame.y) == (4711, pytest.approx(0, abs=READABLE)))
    print(f"readable here after {time.monotonic() - began:.1f} s: {frame.width}x{frame.height}, {read_pattern(frame.y)[1]:.2%} wrong")
    await page.wait_for_function("seen.clocks.at(-1) !== null && document.querySelector('video').videoHeight === 180")
    first = seen["page"]
    await page.wait_for_function(f"(() => {{ const seen = ({SEEN})(); return seen !== null && seen.page !== {first}; }})()")
    await picture(call.remote_picture, lambda frame: frame.width >= 320)

    call.share_screen(None)
    await page.wait_for_function("document.querySelector('video').videoHeight > 180")
    await page.evaluate("clearInterval(drawing)")
    await page.evaluate("offerCall(3)")
    await diary.until(lambda d: (3, CallState.CONNECTED) in d.states)
    assert not call.carries_screen
    assert call.remote_screen.newest()[1] is None
