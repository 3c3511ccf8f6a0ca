"""Run in a process of its own by the sound test: plays a tone through our loudspeaker, listens through our microphone, prints both as JSON.

PortAudio reads the sound system's settings once for each process, so the test cannot do this itself.
"""

from __future__ import annotations

import json
import sys
import threading
import time

import numpy as np

from app.media.catalogue import SoundCatalogue
from app.media.opus import FRAME, SAMPLE_RATE
from app.media.playout import PlayoutBuffer
from app.media.ports import DeviceKind, DeviceTrouble
from app.media.processing import Processing, ProcessingError, SoundProcessor
from app.media.routers import SoundPipe, SoundRouter
from app.media.sound_devices import PortAudioLoudspeaker, PortAudioMicrophone
from app.media.turns import SoundSystem

TONE_HZ = 600


def main() -> None:
    """Play and listen until the tone was heard for half a second, at most 20 s."""
    system = SoundSystem()
    catalogue = SoundCatalogue(system)
    listed = {kind.value: [device.name for device in catalogue.devices(kind)] for kind in DeviceKind}
    troubles: list[DeviceTrouble] = []
    playout, router, pipe = PlayoutBuffer(), SoundRouter(), SoundPipe()
    router.attach(pipe)
    processor = SoundProcessor(router, as_it_is)
    loudspeaker = PortAudioLoudspeaker(playout, processor, "", troubles.append, system)
    microphone = PortAudioMicrophone(processor, "", troubles.append, system)
    loudspeaker.start()
    microphone.start()
    ended = threading.Event()
    player = threading.Thread(target=play, args=(playout, ended))
    player.start()
    heard = listen(pipe)
    level = router.level()
    ended.set()
    player.join()
    loudspeaker.close()
    microphone.close()
    print(json.dumps({"devices": listed, "heard_hz": heard, "level": level, "troubles": [trouble.value for trouble in troubles]}))


def as_it_is(cancel_echo: bool) -> Processing:
    """A tone that comes back is an echo and would be taken out."""
    raise ProcessingError("not wanted here")


def play(playout: PlayoutBuffer, ended: threading.Event) -> None:
    """20 ms of tone every 20 ms, as they come from the line."""
    number, began = 0, time.monotonic()
    while not ended.wait(max(0.0, began + number * 0.02 - time.monotonic())):
        n = np.arange(FRAME) + number * FRAME
        playout.write((9000 * np.sin(2 * np.pi * TONE_HZ * n / SAMPLE_RATE)).astype(np.int16))
        number += 1


def listen(pipe: SoundPipe) -> float | None:
    """The strongest frequency of the first half second in which something is heard throughout."""
    blocks: list[np.ndarray] = []
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        read = pipe.read(1)
        if read is None or np.abs(read[1].astype(int)).max() < 1000:
            blocks.clear()
        else:
            blocks.append(read[1])
        if len(blocks) == 50:
            sound = np.concatenate(blocks).astype(np.float32)
            return float(np.argmax(np.abs(np.fft.rfft(sound * np.hanning(len(sound)))))) * SAMPLE_RATE / len(sound)
    return None


if __name__ == "__main__":
    sys.exit(main())
