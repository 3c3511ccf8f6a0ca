"""`videoberatung bench lips`: how long after the lips the voice comes, both ways, between the engine and one Chromium page.

Both sides show the picture clock and let a tone begin at every half second of Unix time. Measured is where pictures are shown and where
sound is handed to the device; what the device itself adds (10 to 30 ms) comes on top on both sides.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from app.bench.chromium_engine import PLAIN_HOSTS, answer_ourselves
from app.demo.browser import Browser
from app.media.catalogue import SYNTHETIC_CAMERA, SYNTHETIC_LOUDSPEAKER, SYNTHETIC_MICROPHONE
from app.media.clock import delay_ms, read_clock, unix_ms
from app.media.engine import AiortcEngine
from app.media.ports import Call, CallState, DeviceChoice, DeviceKind, DeviceTrouble
from app.media.synthetic import BURST_EVERY_S
from app.wire.safety_words import Fingerprints

ADDRESS = "https://lips.invalid/"
PAGE = b'<!doctype html><title>lips</title><video id="remote-video" autoplay playsinline muted></video>'
SETTLE_S = 3.0
START_S = 30.0
_HERE = Path(__file__).parent
SCRIPTS = (_HERE.parent / "demo" / "page_probe.js", _HERE / "lips.js")


@dataclass(frozen=True, slots=True)
class Way:
    """One direction; medians in ms."""

    picture_ms: float | None
    """Age of the picture when it is shown."""
    sound_ms: float | None
    """Age of the sound when it is played."""
    voice_after_lips_ms: float | None


class Listener:
    """Waits for the connection."""

    def __init__(self) -> None:
        self._loop, self.connected = asyncio.get_running_loop(), asyncio.Event()

    def call_state(self, epoch: int, state: CallState) -> None:
        if state is CallState.CONNECTED:
            self._loop.call_soon_threadsafe(self.connected.set)

    def call_doubted(self, epoch: int) -> None: ...

    def call_fingerprints(self, epoch: int, prints: Fingerprints) -> None: ...

    def call_talk_open(self, epoch: int) -> None: ...

    def call_talk(self, epoch: int, text: str) -> None: ...

    def call_device_trouble(self, kind: DeviceKind, trouble: DeviceTrouble) -> None: ...


async def measure(seconds: float) -> dict[str, Any]:
    """Both ways in one call, after it has settled."""
    engine, listener = AiortcEngine(), Listener()
    engine.start()
    call = engine.open_call(listener, DeviceChoice(SYNTHETIC_CAMERA, SYNTHETIC_MICROPHONE, SYNTHETIC_LOUDSPEAKER), [])
    try:
        async with Browser([PLAIN_HOSTS, "--autoplay-policy=no-user-gesture-required"]) as browser:
            page = await browser.new_page([path.read_text("utf-8") for path in SCRIPTS])
            await answer_ourselves(page, ADDRESS, PAGE)
            await page.open(ADDRESS)
            answer = await asyncio.wrap_future(call.take_offer(1, await page.evaluate("__lips.offer()")))
            await page.evaluate(f"__lips.answer({json.dumps(answer)})")
            await asyncio.wait_for(listener.connected.wait(), START_S)
            await asyncio.sleep(SETTLE_S)
            await page.evaluate("__probe.drain() && __lips.bursts.splice(0)")
            shown, heard = await _watch(call, seconds)
            waiting_ms = call.stats().audio_delay_ms
            readings, bursts = await page.evaluate("__probe.drain()"), await page.evaluate("__lips.bursts")
    finally:
        await asyncio.to_thread(engine.close)
    there = _way([delay_ms(int(one["value"]), int(one["at"])) for one in readings], [_age(ms / 1000) for ms in bursts])
    return {"to_client": asdict(there), "from_client": asdict(_way(shown, heard)), "waiting_ms": round(waiting_ms, 1)}


async def _watch(call: Call, seconds: float) -> tuple[list[float], list[float]]:
    """Ages in ms of what arrives at our side: pictures as they are decoded, bursts as they are played."""
    shown: list[float] = []
    heard: dict[float, float] = {}

    def look() -> None:
        _, frame = call.remote_picture.newest()
        value = None if frame is None else read_clock(frame.y)
        if value is not None:
            shown.append(float(delay_ms(value, unix_ms())))

    unwatch = call.remote_picture.watch(look)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        await asyncio.sleep(0.1)
        burst = call.stats().extra.get("heard_burst_at")
        if burst is not None:
            heard[burst] = _age(burst)
    unwatch()
    return shown, list(heard.values())[1:]


def _age(burst_at: float) -> float:
    """ms since the half second in which the burst was made; up to 500."""
    return burst_at % BURST_EVERY_S * 1000


def _way(pictures: Sequence[float], sounds: Sequence[float]) -> Way:
    picture = round(statistics.median(pictures), 1) if pictures else None
    sound = round(statistics.median(sounds), 1) if sounds else None
    return Way(picture, sound, None if picture is None or sound is None else round(sound - picture, 1))


def run(seconds: float, write_to: Path) -> int:
    """Measure, print, write as JSON."""
    report = asyncio.run(measure(seconds))
    write_to.write_text(json.dumps(report, indent=2) + "\n", "utf-8")
    for name in ("to_client", "from_client"):
        way = report[name]
        print(f"{name:<12} picture {way['picture_ms']} ms, sound {way['sound_ms']} ms, voice after lips {way['voice_after_lips_ms']} ms")
    return 0
