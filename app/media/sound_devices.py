"""Microphone and loudspeaker through PortAudio: one callback stream each, 48 kHz mono, blocks of 10 ms. No asyncio.

In the callbacks nothing is allocated that lasts, nothing is logged and nobody is waited for. PortAudio's list of devices is frozen
when it starts, so it is started anew before a stream is opened, unless there is one already.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import sounddevice
import structlog

from app.media.opus import SAMPLE_RATE
from app.media.playout import PlayoutBuffer
from app.media.ports import Device, DeviceKind, DeviceTrouble
from app.media.routers import BLOCK, SoundRouter
from app.media.running import DeviceError
from app.media.turns import SoundSystem

log = structlog.get_logger(__name__)

PREFIX = "sound:"
_DEVICE_BUSY = -9985
"""paDeviceUnavailable (portaudio.h)."""
_CHANNELS = {DeviceKind.MICROPHONE: "max_input_channels", DeviceKind.LOUDSPEAKER: "max_output_channels"}
_DEFAULT = {DeviceKind.MICROPHONE: "default_input_device", DeviceKind.LOUDSPEAKER: "default_output_device"}


class PortAudioCatalogue:
    """DeviceCatalogue of microphones and loudspeakers; knows no cameras."""

    def __init__(self, system: SoundSystem) -> None:
        self._system = system

    def devices(self, kind: DeviceKind) -> Sequence[Device]:
        """Those of the preferred sound system, the default first."""
        if kind not in _CHANNELS:
            return ()
        with self._system.turn():
            return _listed(kind)


class PortAudioMicrophone:
    """Writes its blocks into the router."""

    def __init__(self, router: SoundRouter, device: str, vanished: Callable[[DeviceTrouble], None], system: SoundSystem) -> None:
        self._router = router
        self._line = _Line(DeviceKind.MICROPHONE, device, vanished, system)

    def start(self) -> None:
        """Open and begin. Raises DeviceError."""
        self._line.open(sounddevice.InputStream, self._take)

    def close(self) -> None:
        """End."""
        self._line.close()

    def _take(self, data: np.ndarray, frames: int, times: Any, status: Any) -> None:
        self._router.write(data[:, 0])


class PortAudioLoudspeaker:
    """Plays what the playout buffer holds."""

    def __init__(self, playout: PlayoutBuffer, device: str, vanished: Callable[[DeviceTrouble], None], system: SoundSystem) -> None:
        self._playout = playout
        self._line = _Line(DeviceKind.LOUDSPEAKER, device, vanished, system)

    def start(self) -> None:
        """Open and begin. Raises DeviceError."""
        self._line.open(sounddevice.OutputStream, self._give)

    def close(self) -> None:
        """End."""
        self._line.close()

    def _give(self, data: np.ndarray, frames: int, times: Any, status: Any) -> None:
        self._playout.read(data[:, 0])


class _Line:
    """One PortAudio stream."""

    def __init__(self, kind: DeviceKind, device: str, vanished: Callable[[DeviceTrouble], None], system: SoundSystem) -> None:
        self._kind, self._device, self._vanished, self._system = kind, device, vanished, system
        self._stream: sounddevice._StreamBase | None = None
        self._closing = False

    def open(self, make: Callable[..., Any], callback: Callable[..., None]) -> None:
        with self._system.turn():
            self._system.renew()
            self._open(make, callback)

    def _open(self, make: Callable[..., Any], callback: Callable[..., None]) -> None:
        number = _find(self._kind, self._device)
        try:
            self._stream = make(
                samplerate=SAMPLE_RATE,
                blocksize=BLOCK,
                channels=1,
                dtype="int16",
                latency="low",
                device=number,
                callback=callback,
                finished_callback=self._finished,
            )
            self._system.opened()
            self._stream.start()
        except sounddevice.PortAudioError as error:
            self.close()
            log.warning("sound_not_opened", kind=self._kind.value, error=type(error).__name__)
            busy = len(error.args) > 1 and error.args[1] == _DEVICE_BUSY
            raise DeviceError(DeviceTrouble.BUSY if busy else DeviceTrouble.NOT_FOUND) from error

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


def _listed(kind: DeviceKind) -> Sequence[Device]:
    api = _preferred_api()
    if api is None:
        return ()
    default = api[_DEFAULT[kind]]
    numbers = sorted((n for n in api["devices"] if _info(n)[_CHANNELS[kind]] > 0), key=lambda n: n != default)
    return tuple(Device(kind, PREFIX + _info(n)["name"], _info(n)["name"], is_default=n == default) for n in numbers)


def _info(number: int) -> Any:
    return sounddevice.query_devices(number)


def _preferred_api() -> Any | None:
    """On Windows WASAPI (shared, low delay); elsewhere the first that has a default device. None if there is no sound at all."""
    apis = [api for api in sounddevice.query_hostapis() if api["devices"]]
    wasapi = [api for api in apis if "WASAPI" in api["name"]]
    usable = wasapi + [api for api in apis if api["default_output_device"] >= 0 or api["default_input_device"] >= 0] + apis
    return usable[0] if usable else None


def _find(kind: DeviceKind, device: str) -> int:
    """PortAudio's number of a device; an empty name is the default. Raises DeviceError."""
    api = _preferred_api()
    if api is not None and not device and api[_DEFAULT[kind]] >= 0:
        return int(api[_DEFAULT[kind]])
    for number in api["devices"] if api is not None else ():
        info = _info(number)
        if info[_CHANNELS[kind]] > 0 and device in (PREFIX + info["name"], info["name"]):
            return int(number)
    raise DeviceError(DeviceTrouble.NOT_FOUND)
