"""Run in a process of its own by the sound test: the microphone goes between its opening and its start, where PortAudio itself hangs.

Prints as JSON what became of it, and whether another microphone opens afterwards. A thread is left behind; the process ends all the same.
"""

from __future__ import annotations

import json

from app.media.processing import SoundProcessor
from app.media.routers import SoundPipe, SoundRouter
from app.media.running import DeviceError
from app.media.sound_devices import PortAudioMicrophone
from app.media.turns import SoundSystem
from tests.support.pulse import plug, pull


class PulledSystem(SoundSystem):
    """As if somebody pulled the plug in the worst moment."""

    def opened(self) -> None:
        super().opened()
        pull()


def main() -> None:
    """One that goes, one that stays."""
    router, pipe = SoundRouter(), SoundPipe()
    router.attach(pipe)
    processor = SoundProcessor(router)
    result = {"first": "started"}
    try:
        PortAudioMicrophone(processor, "", lambda trouble: None, PulledSystem()).start()
    except DeviceError as error:
        result["first"] = error.trouble.value
    plug("loop")
    second = PortAudioMicrophone(processor, "", lambda trouble: None, SoundSystem(lambda: None))
    second.start()
    result["second"] = "delivers" if pipe.read(20) is not None else "silent"
    second.close()
    print(json.dumps(result))


if __name__ == "__main__":
    main()
