"""Run in a process of its own by the sound test: a call over a real sound system while its devices come and go. Prints JSON.

The other side plays bursts of a tone. What our loudspeaker plays our microphone hears, so that in headphones (no echo cancelling) the
bursts come back to the other side, and without headphones they do not. Waits for each thing to happen; fails after half a minute.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from PySide6.QtWidgets import QApplication

from app.media.catalogue import SoundCatalogue
from app.media.devices import Hardware
from app.media.engine import AiortcEngine
from app.media.ports import CallState, DeviceChoice, DeviceKind, DeviceTrouble
from app.media.turns import SoundSystem
from app.ui import qt_loop
from app.ui.devices import DeviceLists, QtDeviceCatalogue
from tests.support.media_peer import PATIENCE_S, Diary, Peer
from tests.support.pulse import in_use, plug, pull

MICROPHONE, LOUDSPEAKER = DeviceKind.MICROPHONE, DeviceKind.LOUDSPEAKER
HEADSET = "sound:ALSA:headset"
LOOK_EVERY_S = 0.07
"""No part of the half second in which the bursts come, or else every look might fall between two of them."""
HEARD, GONE = 0.1, 0.03
"""Peaks of full scale: the bursts are played with 0.27; an echo that is cancelled lies far below, also on a busy machine."""


async def main() -> int:
    """The steps, in order."""
    system, diary = SoundSystem(), Diary()
    engine = AiortcEngine(hardware=Hardware(system))
    engine.start()
    plugged: list[DeviceKind] = []
    lists = watch_plugs(system, engine, plugged)
    call = engine.open_call(diary, DeviceChoice(None, "", "", headphones=True), [])
    peer = Peer()
    try:
        await told(diary, [(MICROPHONE, DeviceTrouble.SILENT)])
        await peer.take_answer(await asyncio.wrap_future(call.take_offer(1, await peer.offer())))
        await diary.until(lambda d: (1, CallState.CONNECTED) in d.states)
        await told(diary, [(MICROPHONE, DeviceTrouble.RETURNED)])
        await until(lambda: loudness(peer) > HEARD)
        await until(lambda: call.stats().remote_level > 0.02)

        call.choose_devices(DeviceChoice(None, "", "", headphones=False))
        await until(lambda: loudness(peer) < GONE)
        call.choose_devices(DeviceChoice(None, HEADSET, HEADSET, headphones=True))
        await until(lambda: in_use("headset") and not in_use("loop") and loudness(peer) > HEARD)

        diary.troubles.clear()
        pull()
        await told(diary, [(kind, DeviceTrouble.VANISHED) for kind in (MICROPHONE, LOUDSPEAKER)])
        await until(lambda: loudness(peer) < GONE)
        plug("loop")
        await told(diary, [(kind, DeviceTrouble.RETURNED) for kind in (MICROPHONE, LOUDSPEAKER)])
        await until(lambda: in_use("loop"))
        plugged.clear()
        plug("headset")
        await until(lambda: in_use("headset") and not in_use("loop") and loudness(peer) > HEARD)
        await until(lambda: LOUDSPEAKER in plugged)
        print(json.dumps(summary(diary)))
    finally:
        lists.close()
        call.close()
        engine.close()
        await peer.close()
    return 0


def watch_plugs(system: SoundSystem, engine: AiortcEngine, plugged: list[DeviceKind]) -> DeviceLists:
    """What the program does: Qt tells the engine of plugging in and out."""
    catalogue = QtDeviceCatalogue(SoundCatalogue(system))
    catalogue.plugged.connect(engine.devices_changed)
    catalogue.plugged.connect(plugged.append)
    lists = DeviceLists(catalogue, catalogue.changed)
    lists.warm()
    return lists


def summary(diary: Diary) -> dict[str, Any]:
    """What a person would have noticed."""
    return {
        "states": [state.value for _, state in diary.states],
        "troubles": sorted(f"{kind.value} {trouble.value}" for kind, trouble in diary.troubles),
    }


async def told(diary: Diary, troubles: list[tuple[DeviceKind, DeviceTrouble]]) -> None:
    """Until all of these were told."""
    await diary.until(lambda d: all(trouble in d.troubles for trouble in troubles))


async def until(holds: Callable[[], bool]) -> None:
    """Look again and again, because levels send no word."""
    assert await asyncio.to_thread(watched, holds)


def watched(holds: Callable[[], bool]) -> bool:
    """Whether it came to hold in time."""
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(LOOK_EVERY_S)
    return True


def loudness(peer: Peer) -> float:
    """Peak of what the other side heard in its last second, 0 to 1."""
    last = peer.sound[-50:]
    return float(np.abs(np.concatenate(last).astype(int)).max()) / 32768 if len(last) == 50 else 0.0


if __name__ == "__main__":
    sys.exit(qt_loop.run(QApplication(["sound-call", "-platform", "offscreen"]), main))
