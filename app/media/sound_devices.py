"""Microphone and loudspeaker through PortAudio: one callback stream each, 48 kHz mono, blocks of 10 ms. No asyncio.

In the callbacks nothing is allocated that lasts, nothing is logged and nobody is waited for. PortAudio's list of devices is frozen
when it starts, so it is started anew before a stream is opened, unless there is one already; `Hardware` starts it anew in mid-call.
An id is `sound:HOST API:NAME`, for which PortAudio has no better word; the second device of one name has `#2` at its end.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

import numpy as np
import sounddevice
import structlog

from app.media.opus import SAMPLE_RATE, Pcm
from app.media.playout import PlayoutBuffer
from app.media.ports import Device, DeviceKind, DeviceTrouble
from app.media.processing import SoundProcessor
from app.media.routers import BLOCK
from app.media.running import DeviceError
from app.media.turns import SoundSystem

log = structlog.get_logger(__name__)

PREFIX = "sound:"
_DEVICE_BUSY = -9985
"""paDeviceUnavailable (portaudio.h)."""
STILL_S = 2.0
"""A stream that calls nobody for so long is gone: it should call 100 times a second. Some systems end no stream of a device that was
pulled out. The same figure as for a silent line (PROTOCOL.md, section 5)."""
SILENT_S = 5.0
"""Nothing but zeros for so long is no quiet room, whose noise reaches the last bits of any converter, but a switch on the device, or
a system that keeps the microphone to itself."""
START_S = 3.0
"""PortAudio's own start returns after some tenths of a second, or never where an ALSA device goes in that very moment."""
BELIEVABLE_S = 0.5
"""A sound system that tells of more delay than that, or of less than none, does not know it."""
UNHURRIED_S = 0.1
"""Latency of a stream that nobody talks over: a check shall measure the device, not how busy the computer is."""
_CHANNELS = {DeviceKind.MICROPHONE: "max_input_channels", DeviceKind.LOUDSPEAKER: "max_output_channels"}
_DEFAULT = {DeviceKind.MICROPHONE: "default_input_device", DeviceKind.LOUDSPEAKER: "default_output_device"}


class Listener(Protocol):
    """Takes what a microphone hears: the processor of a call, or a device check, which wants it as it is."""

    @property
    def wants_sound(self) -> bool:
        """The person's own switch is on."""
        ...

    def begin(self) -> None:
        """The microphone begins. On the thread that opens it, like `end`."""
        ...

    def end(self) -> None:
        """It has ended."""
        ...

    def captured(self, block: Pcm, at: float) -> None:
        """480 samples whose first one was captured at `at` (`time.monotonic()`). In the callback; the memory is the callback's."""
        ...


class PortAudioMicrophone:
    """Gives its blocks to a listener."""

    def __init__(
        self,
        listener: Listener,
        device: str,
        vanished: Callable[[DeviceTrouble], None],
        system: SoundSystem,
        latency: float | str = "low",
    ) -> None:
        """`latency`: seconds, or a word that PortAudio knows."""
        self._listener, self._latency = listener, latency
        self._line = SoundLine(DeviceKind.MICROPHONE, device, vanished, system)
        self._sounded_at = 0.0
        self._begun = False

    def start(self) -> None:
        """Open and begin. Raises DeviceError."""
        self._sounded_at = time.monotonic()
        self._line.open(sounddevice.InputStream, self._take, latency=self._latency)
        self._listener.begin()
        self._begun = True

    def close(self) -> None:
        """End. May be called twice."""
        self._line.close()
        if self._begun:
            self._begun = False
            self._listener.end()

    def health(self, now: float) -> DeviceTrouble | None:
        """See `RunningDevice`. A microphone that the person switched off may be silent."""
        return self._line.health(now) or (DeviceTrouble.SILENT if now - self._sounded_at > SILENT_S else None)

    def _take(self, data: np.ndarray, frames: int, times: Any, status: Any) -> None:
        now = self._line.called()
        if data.any() or not self._listener.wants_sound:
            self._sounded_at = now
        self._listener.captured(data[:, 0], now - self._line.delay(times.currentTime - times.inputBufferAdcTime))


class PortAudioLoudspeaker:
    """Plays what the playout buffer holds, and lets the processor hear it."""

    def __init__(
        self,
        playout: PlayoutBuffer,
        processor: SoundProcessor,
        device: str,
        vanished: Callable[[DeviceTrouble], None],
        system: SoundSystem,
    ) -> None:
        self._playout, self._processor = playout, processor
        self._line = SoundLine(DeviceKind.LOUDSPEAKER, device, vanished, system)

    def start(self) -> None:
        """Open and begin. Raises DeviceError."""
        self._playout.begin()
        self._line.open(sounddevice.OutputStream, self._give)

    def close(self) -> None:
        """Fade out and end."""
        if self._line.runs:
            self._playout.hush()
            time.sleep(self._line.latency_s + 2 * BLOCK / SAMPLE_RATE)  # until the fading block was heard
        self._line.close()

    def health(self, now: float) -> DeviceTrouble | None:
        """See `RunningDevice`."""
        return self._line.health(now)

    def _give(self, data: np.ndarray, frames: int, times: Any, status: Any) -> None:
        now = self._line.called()
        block = data[:, 0]
        self._playout.read(block)
        self._processor.played(block, now + self._line.delay(times.outputBufferDacTime - times.currentTime))


class SoundLine:
    """One PortAudio stream."""

    def __init__(self, kind: DeviceKind, device: str, vanished: Callable[[DeviceTrouble], None], system: SoundSystem) -> None:
        self._kind, self._device, self._vanished, self._system = kind, device, vanished, system
        self._stream: sounddevice._StreamBase | None = None
        self._closing = False
        self._called_at = 0.0
        self.latency_s = 0.0
        """What PortAudio expects of the stream, where it cannot tell of a single block."""

    @property
    def runs(self) -> bool:
        """The stream is open and calls."""
        return self._stream is not None and bool(self._stream.active)

    def open(self, make: Callable[..., Any], callback: Callable[..., None], channels: int = 1, latency: float | str = "low") -> None:
        """With so many channels, or as many as the device has. Raises DeviceError."""
        with self._system.turn():
            self._system.renew()
            self._open(make, callback, channels, latency)

    def _open(self, make: Callable[..., Any], callback: Callable[..., None], channels: int, latency: float | str) -> None:
        number = _find(self._kind, self._device)
        try:
            self._stream = make(
                samplerate=SAMPLE_RATE,
                blocksize=BLOCK,
                channels=1 if channels == 1 else self._channels(number, channels),
                dtype="int16",
                latency=latency,
                device=number,
                extra_settings=_settings(),
                callback=callback,
                finished_callback=self._finished,
            )
            self._system.opened()
            self.latency_s = min(float(self._stream.latency), BELIEVABLE_S)
            self._called_at = time.monotonic()
            self._start(self._stream)
        except sounddevice.PortAudioError as error:
            self.close()
            log.warning("sound_not_opened", kind=self._kind.value, error=type(error).__name__)
            busy = len(error.args) > 1 and error.args[1] == _DEVICE_BUSY
            raise DeviceError(DeviceTrouble.BUSY if busy else DeviceTrouble.NOT_FOUND) from error

    def _channels(self, number: int, wanted: int) -> int:
        return min(wanted, int(sounddevice.query_devices(number)[_CHANNELS[self._kind]]))

    def _start(self, stream: sounddevice._StreamBase) -> None:
        """On a thread of its own, which is left behind if it hangs: with its stream, that nobody can close any more."""
        failed: list[sounddevice.PortAudioError] = []

        def start() -> None:
            try:
                stream.start()
            except sounddevice.PortAudioError as error:
                failed.append(error)

        starting = threading.Thread(target=start, name="sound-start", daemon=True)
        starting.start()
        starting.join(START_S)
        if starting.is_alive():
            self._closing, self._stream = True, None
            self._system.leave_behind(stream)
            log.warning("sound_start_hangs", kind=self._kind.value)
            raise DeviceError(DeviceTrouble.NOT_FOUND)
        if failed:
            raise failed[0]

    def called(self) -> float:
        """In each callback; gives the time. Ends the stream if it was given up."""
        if self._closing:
            raise sounddevice.CallbackAbort
        self._called_at = time.monotonic()
        return self._called_at

    def delay(self, told_s: float) -> float:
        """What PortAudio tells of a block, seconds, if it can be true, or else what it expects of the stream."""
        return told_s if 0 < told_s < BELIEVABLE_S else self.latency_s

    def health(self, now: float) -> DeviceTrouble | None:
        return DeviceTrouble.VANISHED if now - self._called_at > STILL_S else None

    def _finished(self) -> None:
        if not self._closing:
            self._vanished(DeviceTrouble.VANISHED)

    def close(self) -> None:
        self._closing = True
        with self._system.turn():
            if self._stream is not None:
                self._stream.close(ignore_errors=True)
                self._stream = None
                self._system.closed()


def listed(kind: DeviceKind) -> Sequence[Device]:
    """Those of the preferred sound system, the default first. To be called in a turn of the sound system."""
    api = _preferred_api()
    if api is None:
        return ()
    found = [Device(kind, id_, name, is_default=number == api[_DEFAULT[kind]]) for number, id_, name in _named(api, kind)]
    return sorted(found, key=lambda device: not device.is_default)


def _named(api: Any, kind: DeviceKind) -> Iterator[tuple[int, str, str]]:
    """PortAudio's number, our id and the name of each device of that kind."""
    seen: dict[str, int] = {}
    for number in api["devices"]:
        info = sounddevice.query_devices(number)
        if info[_CHANNELS[kind]] > 0:
            name = info["name"]
            seen[name] = seen.get(name, 0) + 1
            again = f"#{seen[name]}" if seen[name] > 1 else ""
            yield int(number), f"{PREFIX}{api['name']}:{name}{again}", name


def _preferred_api() -> Any | None:
    """On Windows WASAPI (shared, low delay); elsewhere the first that has a default device. None if there is no sound at all."""
    apis = [api for api in sounddevice.query_hostapis() if api["devices"]]
    wasapi = [api for api in apis if "WASAPI" in api["name"]]
    usable = wasapi + [api for api in apis if api["default_output_device"] >= 0 or api["default_input_device"] >= 0] + apis
    return usable[0] if usable else None


def _settings() -> Any | None:
    """WASAPI takes no other rate than the system's mixer has unless it is asked to convert."""
    api = _preferred_api()
    return sounddevice.WasapiSettings(auto_convert=True) if api is not None and "WASAPI" in api["name"] else None


def _find(kind: DeviceKind, device: str) -> int:
    """PortAudio's number of a device; an empty id is the default. Raises DeviceError."""
    api = _preferred_api()
    if api is None:
        raise DeviceError(DeviceTrouble.NOT_FOUND)
    if not device and api[_DEFAULT[kind]] >= 0:
        return int(api[_DEFAULT[kind]])
    for number, id_, _ in _named(api, kind):
        if id_ == device:
            return number
    raise DeviceError(DeviceTrouble.NOT_FOUND)
