"""The engine against real Chromium: what the page gets, and what we get of it."""

from __future__ import annotations

import asyncio

from playwright.async_api import Page

from app.media.clock import PERIOD_MS
from app.media.engine import AiortcEngine
from app.media.ports import CallState, DeviceChoice
from tests.support.media_peer import SIZES, Diary, picture


async def test_a_whole_call_and_a_second_epoch(page: Page) -> None:
    engine, diary = AiortcEngine(), Diary()
    engine.start()
    call = engine.open_call(diary, DeviceChoice("synthetic:camera", "synthetic:microphone", "synthetic:loudspeaker"), [])

    async def answer(epoch: int, sdp: str) -> str:
        return await asyncio.wrap_future(call.take_offer(epoch, sdp))

    await page.expose_function("answer", answer)
    await page.expose_function("trickle", lambda epoch, candidate, mid: call.add_candidate(epoch, candidate, mid, None))

    await page.evaluate("offerCall(1)")
    await diary.until(lambda d: (1, CallState.CONNECTED) in d.states and (1, "from the browser") in d.heard)
    assert call.talk("from the program")
    await page.wait_for_function("seen.heard.includes('from the program')")

    await page.wait_for_function("seen.clocks.filter((clock) => clock !== null).length > 30")
    delays = await page.evaluate(f"(() => {{ const c = seen.clocks.at(-1); return c === null ? 0 : (Date.now() - c) % {PERIOD_MS}; }})()")
    assert delays < 30_000
    figures = await page.evaluate("figures()")
    assert (figures["video_in"]["frameWidth"], figures["video_in"]["frameHeight"]) in SIZES
    assert figures["video_in"]["keyFramesDecoded"] <= 6, "no key frame for each change of the bit rate"
    await page.wait_for_function("figures().then((f) => f.audio_in.totalAudioEnergy > 0)")

    frame = await picture(call.remote_picture, lambda frame: frame.width >= 320)
    assert frame.y.std() > 1
    await picture(call.remote_picture, lambda frame: call.stats().extra.get("heard_level", 0) > 0.01)

    transport = await page.evaluate("seen.connection.getStats().then((all) => [...all.values()].find((one) => one.type === 'transport'))")
    assert transport["tlsVersion"] in ("FEFD", "FEFC"), "DTLS 1.2 or 1.3"
    assert "GCM" in transport["dtlsCipher"]
    assert transport["srtpCipher"] in ("SRTP_AEAD_AES_256_GCM", "SRTP_AEAD_AES_128_GCM", "SRTP_AES128_CM_HMAC_SHA1_80"), (
        "the browser chooses"
    )

    await page.evaluate("offerCall(2)")
    await diary.until(lambda d: (2, CallState.CONNECTED) in d.states)
    number, _ = call.remote_picture.newest()
    await picture(call.remote_picture, lambda frame: call.remote_picture.newest()[0] > number + 2)
    assert diary.prints[1] != diary.prints[2]
    await asyncio.get_running_loop().run_in_executor(None, engine.close)
    assert diary.states[-1] == (2, CallState.CLOSED)
