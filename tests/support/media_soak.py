"""Carries a conversation's media as fast as the computer does and prints what memory was held meanwhile, as JSON.

    python -m tests.support.media_soak PICTURES

A process of its own, so that nothing else is counted. Used by `tests/e2e/media/test_memory.py`.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc
import json
import sys
import threading
import time
from dataclasses import replace

import numpy as np
import psutil

from app.media.call import AiortcCall
from app.media.engine import AiortcEngine
from app.media.frames import from_i420_rows
from app.media.playout import PlayoutBuffer
from app.media.ports import CallState, DeviceChoice, FrameSlot, I420Frame
from app.media.routers import BLOCK, PictureRouter, SoundRouter
from app.media.synthetic import Landscape
from tests.support.media_peer import Diary, Peer

BLOCKS_PER_PICTURE = 100 / 30
LOST_AFTER_S = 0.2
LOOKS = 40
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


async def _carry(engine: AiortcEngine, number: int) -> dict[str, list[object]]:
    """`number` pictures with their sound, each way."""
    diary, peer = Diary(), Peer()
    call = engine.open_call(diary, DeviceChoice(None, None, None), [])
    camera, microphone = peer._devices
    for device in peer._devices:
        await asyncio.to_thread(device.close)
    peer._devices = ()
    await peer.take_answer(await asyncio.wrap_future(call.take_offer(1, await peer.offer())))
    await diary.until(lambda d: (1, CallState.CONNECTED) in d.states)
    pumps = [Pump(call._pictures, call._sound, peer.seen, number), Pump(camera._router, microphone._router, call.remote_picture, number)]
    looks = await _watched(call, peer, pumps)
    await peer.close()
    return {"looks": list(looks), "shown": [pump.shown for pump in pumps]}


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


if __name__ == "__main__":
    engine = AiortcEngine()
    engine.start()
    carried = asyncio.run(_carry(engine, int(sys.argv[1])))
    engine.close()
    print(json.dumps(carried))
