"""Memory over a conversation of two hours, as fast as the computer carries it: every picture and every packet that two hours have.

Real in it: routers, encoders, packets, encryption, a socket, repair, decoders, the buffer before the loudspeaker; both ends in one process,
so what either keeps is seen. Not in it: two hours of clock time (what grows with time alone), devices, the window. `make soak` does the
two hours; `make test` ten seconds of them.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc
import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import psutil
import pytest

from app.media.call import AiortcCall
from app.media.engine import AiortcEngine
from app.media.frames import from_i420_rows
from app.media.playout import PlayoutBuffer
from app.media.ports import CallState, DeviceChoice, FrameSlot, I420Frame
from app.media.routers import BLOCK, PictureRouter, SoundRouter
from app.media.synthetic import Landscape
from tests.support.media_peer import Diary, Peer
from tests.support.soak import rounds

PICTURES = 300
"""Ten seconds; 720 times as many are two hours."""
BLOCKS_PER_PICTURE = 100 / 30
TWO_HOURS = 2 * 3600 * 30
MOST_MB = 10.0
LOST_AFTER_S = 0.2
LOOKS = 40
WARM = 0.25
"""Share of the run after which caches and pools have their size."""
MB = 1024 * 1024


class Pump(threading.Thread):
    """Puts a picture with its sound in at one end, and waits for it at the other."""

    def __init__(self, pictures: PictureRouter, sound: SoundRouter, seen: FrameSlot[I420Frame], number: int) -> None:
        super().__init__(name="pump", daemon=True)
        self._pictures, self._sound, self._seen, self._number = pictures, sound, seen, number
        landscape = Landscape(320, 180)
        self._frames = [from_i420_rows(landscape.draw(ms), 0.0) for ms in range(0, 2000, 33)]
        self._blocks = np.random.default_rng(1).integers(-3000, 3000, (64, BLOCK)).astype(np.int16)
        self._arrived = threading.Event()
        self.done = 0
        self.shown = 0
        seen.watch(self._arrived.set)

    def run(self) -> None:
        owed, first = 0.0, self._seen.newest()[0]
        while self.done < self._number:
            self.done += 1
            self._arrived.clear()
            frame = self._frames[self.done % len(self._frames)]
            self._pictures.put(replace(frame, captured_at=time.monotonic()))
            owed += BLOCKS_PER_PICTURE
            while owed >= 1:
                owed -= 1
                self._sound.write(self._blocks[self.done % len(self._blocks)])
            self._arrived.wait(LOST_AFTER_S)
        self.shown = self._seen.newest()[0] - first


class Drain(threading.Thread):
    """Stands for the loudspeaker."""

    def __init__(self, playout: PlayoutBuffer) -> None:
        super().__init__(name="drain", daemon=True)
        self._playout = playout
        self.ended = threading.Event()

    def run(self) -> None:
        out = np.zeros(BLOCK, np.int16)
        while not self.ended.wait(0.001):
            if self._playout.delay_ms() > 40:
                self._playout.read(out)


@pytest.fixture
def engine() -> Iterator[AiortcEngine]:
    engine = AiortcEngine()
    engine.start()
    yield engine
    engine.close()


@pytest.mark.timeout(0)
async def test_two_hours_of_media_leave_no_memory_behind(engine: AiortcEngine) -> None:
    diary, peer = Diary(), Peer()
    call = engine.open_call(diary, DeviceChoice(None, None, None), [])
    camera, microphone = peer._devices
    for device in peer._devices:
        await asyncio.to_thread(device.close)
    peer._devices = ()
    await peer.take_answer(await asyncio.wrap_future(call.take_offer(1, await peer.offer())))
    await diary.until(lambda d: (1, CallState.CONNECTED) in d.states)
    number = rounds(PICTURES)
    pumps = [Pump(call._pictures, call._sound, peer.seen, number), Pump(camera._router, microphone._router, call.remote_picture, number)]
    looks = await _watched(call, peer, pumps)
    await peer.close()

    grown, per_two_hours = looks[-1][1] - looks[int(len(looks) * WARM)][1], _slope(looks) * TWO_HOURS
    late = looks[int(len(looks) * WARM)][1]
    print(f"\n{number} pictures each way, {number / TWO_HOURS:.1%} of two hours: {looks[-1][1]:.1f} MB, {grown:+.2f} MB from {late:.1f} MB")
    print("MB at each eighth: " + ", ".join(f"{mb:.1f}" for _, mb in looks[:: LOOKS // 8]))
    print(f"slope: {per_two_hours:+.2f} MB in two hours; shown {[pump.shown for pump in pumps]}")
    assert all(pump.shown > 0.9 * number for pump in pumps), "media was carried"
    assert grown < MOST_MB
    if number >= TWO_HOURS:
        assert per_two_hours < MOST_MB


async def _watched(call: AiortcCall, peer: Peer, pumps: list[Pump]) -> list[tuple[int, float]]:
    """Pictures so far and resident memory in MB, all along."""
    drain, looks = Drain(call._playout), []
    for thread in (drain, *pumps):
        thread.start()
    number = pumps[0]._number
    while any(pump.is_alive() for pump in pumps):
        done = min(pump.done for pump in pumps)
        if done >= len(looks) * number / LOOKS:
            looks.append((done, _resident_mb()))
        peer.sound.clear()
        await asyncio.sleep(0.02)
    drain.ended.set()
    drain.join()
    return looks


def _resident_mb() -> float:
    """What is really held: garbage and the allocator's own reserve are given back before."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    return float(psutil.Process().memory_info().rss) / MB


def _slope(looks: list[tuple[int, float]]) -> float:
    """MB for each picture, by least squares over what comes after the warm-up."""
    late = np.array(looks[int(len(looks) * WARM) :], float)
    return float(np.polyfit(late[:, 0], late[:, 1], 1)[0])
