"""The engine against unchanged aiortc in another process: our changes keep to the standards."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from app.media.clock import delay_ms, read_clock, unix_ms
from app.media.engine import AiortcEngine
from app.media.ports import CallState, DeviceChoice
from tests.support.media_peer import SIZES, Diary, picture

ROOT = Path(__file__).resolve().parents[3]


class Stranger:
    """The other process."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.told: list[dict[str, Any]] = []

    async def until(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The next line that is wanted."""
        assert self._process.stdout is not None
        async with asyncio.timeout(60):
            while line := await self._process.stdout.readline():
                self.told.append(json.loads(line))
                if wanted(self.told[-1]):
                    return self.told[-1]
        raise AssertionError(self.told)

    def order(self, **values: Any) -> None:
        """One line to it."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(values).encode() + b"\n")


@pytest.fixture
async def stranger() -> AsyncIterator[Stranger]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.support.stock_peer", cwd=ROOT, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    stranger = Stranger(process)
    yield stranger
    stranger.order(end=True)
    await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode == 0


async def test_pictures_sound_and_talk_both_ways(stranger: Stranger) -> None:
    engine, diary = AiortcEngine(), Diary()
    engine.start()
    call = engine.open_call(diary, DeviceChoice("synthetic:camera", "synthetic:microphone", "synthetic:loudspeaker"), [])
    offer = (await stranger.until(lambda line: "offer" in line))["offer"]
    stranger.order(answer=await asyncio.wrap_future(call.take_offer(1, offer)))
    await diary.until(lambda d: (1, CallState.CONNECTED) in d.states and 1 in d.talk_open)

    seen = await stranger.until(lambda line: line.get("clock") is not None)
    assert seen["width"] in {width for width, _ in SIZES}
    assert delay_ms(seen["clock"], unix_ms()) < 30_000
    await stranger.until(lambda line: line.get("tone") == pytest.approx(600, abs=15))

    frame = await picture(call.remote_picture, lambda frame: read_clock(frame.y) is not None)
    assert (frame.width, frame.height) == (640, 360)
    await picture(call.remote_picture, lambda frame: call.stats().extra.get("heard_tone_hz") == pytest.approx(1000, abs=5))

    call.talk("hin")
    await stranger.until(lambda line: line.get("heard") == "hin")
    stranger.order(say="her")
    await diary.until(lambda d: (1, "her") in d.heard)
    await asyncio.get_running_loop().run_in_executor(None, engine.close)
