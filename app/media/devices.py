"""Opens, changes and closes the devices of a call, on one thread for all calls because systems take their time.

Nothing raises outwards: a device that fails is replaced by black pictures or silence, its trouble is told, and the call goes on.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import structlog

from app.media.cameras import BlackCamera, OpenCvCamera
from app.media.catalogue import FILE_PREFIX, SYNTHETIC_CAMERA, SYNTHETIC_LOUDSPEAKER, SYNTHETIC_MICROPHONE
from app.media.playout import PlayoutBuffer
from app.media.ports import DeviceChoice, DeviceKind, DeviceTrouble
from app.media.routers import PictureRouter, SoundRouter
from app.media.running import DeviceError, RunningDevice
from app.media.sound_devices import PortAudioLoudspeaker, PortAudioMicrophone
from app.media.synthetic import SyntheticCamera, SyntheticLoudspeaker, SyntheticMicrophone
from app.media.turns import DeviceTurns, SoundSystem

log = structlog.get_logger(__name__)

Vanished = Callable[[DeviceTrouble], None]


class Opener(Protocol):
    """Makes devices."""

    def make(self, kind: DeviceKind, wanted: str | None, vanished: Vanished) -> RunningDevice:
        """The device, not yet started. None gives the one that stands for none. `vanished` is called on any thread if it ends by itself."""
        ...


@dataclass(frozen=True, slots=True)
class DeviceOpener:
    """Knows which class stands behind an id."""

    pictures: PictureRouter
    sound: SoundRouter
    playout: PlayoutBuffer
    system: SoundSystem

    def make(self, kind: DeviceKind, wanted: str | None, vanished: Vanished) -> RunningDevice:
        """See `Opener`."""
        if kind is DeviceKind.CAMERA:
            return self._camera(wanted, vanished)
        if kind is DeviceKind.MICROPHONE:
            if wanted is None or wanted == SYNTHETIC_MICROPHONE:
                return SyntheticMicrophone(self.sound, silent=wanted is None)
            return PortAudioMicrophone(self.sound, wanted, vanished, self.system)
        if wanted is None or wanted == SYNTHETIC_LOUDSPEAKER:
            return SyntheticLoudspeaker(self.playout)
        return PortAudioLoudspeaker(self.playout, wanted, vanished, self.system)

    def _camera(self, wanted: str | None, vanished: Vanished) -> RunningDevice:
        if wanted is None:
            return BlackCamera(self.pictures)
        if wanted == SYNTHETIC_CAMERA:
            return SyntheticCamera(self.pictures)
        if wanted.startswith(FILE_PREFIX):
            return OpenCvCamera(self.pictures, wanted.removeprefix(FILE_PREFIX), vanished, film=True)
        return OpenCvCamera(self.pictures, int(wanted or 0) if wanted.isdigit() or not wanted else wanted, vanished)


class Hardware:
    """What all calls of a process share."""

    def __init__(self, system: SoundSystem | None = None) -> None:
        """`system` is also the catalogue's, where there is one."""
        self.turns = DeviceTurns()
        self._system = system or SoundSystem()

    def opener(self, pictures: PictureRouter, sound: SoundRouter, playout: PlayoutBuffer) -> Opener:
        """For the devices of one call."""
        return DeviceOpener(pictures, sound, playout, self._system)


class DeviceSet:
    """Which devices of a call run. Commands return at once, and are carried out after those that any call gave before."""

    def __init__(self, opener: Opener, trouble: Callable[[DeviceKind, DeviceTrouble], None], turns: DeviceTurns) -> None:
        self._opener = opener
        self._trouble = trouble
        self._turns = turns
        self._running: dict[DeviceKind, tuple[str | None, RunningDevice]] = {}
        self._failed: set[DeviceKind] = set()
        self._choice = DeviceChoice(None, None, None)
        self._camera_on = True
        self._closing = False
        self._free = threading.Event()

    def choose(self, choice: DeviceChoice) -> None:
        """Run these from now on. One that runs already is left alone, one that failed is tried again."""
        self._choice = choice
        self._turns.put(self._forget_failed)
        self._turns.put(self._apply_all)

    def set_camera(self, on: bool) -> None:
        """Off closes the device, so that its own light goes out."""
        self._camera_on = on
        self._turns.put(self._apply_all)

    def running(self, kind: DeviceKind) -> RunningDevice | None:
        """The device that runs at the moment."""
        return self._running.get(kind, (None, None))[1]

    def begin_closing(self) -> None:
        """Close all for good, before anything that any call asks for after this; returns at once. May be called twice."""
        self._closing = True
        self._turns.put(self._close_all)

    def close(self) -> None:
        """Close all for good and wait until it is free. May be called twice."""
        self.begin_closing()
        self._free.wait()

    def _close_all(self) -> None:
        for kind in tuple(self._running):
            self._stop(kind)
        self._free.set()

    def _apply_all(self) -> None:
        if self._closing:
            return
        choice = self._choice
        wanted = {
            DeviceKind.LOUDSPEAKER: choice.loudspeaker,
            DeviceKind.MICROPHONE: choice.microphone,
            DeviceKind.CAMERA: choice.camera if self._camera_on else None,
        }
        changed = [kind for kind in wanted if kind not in self._running or self._running[kind][0] != wanted[kind]]
        for kind in changed:
            self._stop(kind)
        for kind in changed:
            self._run(kind, wanted[kind])

    def _forget_failed(self) -> None:
        for kind in self._failed:
            self._stop(kind)
        self._failed.clear()

    def _run(self, kind: DeviceKind, wanted: str | None) -> None:
        device = self._opener.make(kind, wanted, lambda trouble: self._turns.put(lambda: self._lost(kind, device, trouble)))
        try:
            device.start()
        except DeviceError as error:
            self._replace(kind, wanted, error.trouble)
        else:
            self._running[kind] = (wanted, device)

    def _replace(self, kind: DeviceKind, wanted: str | None, trouble: DeviceTrouble) -> None:
        """Let the device that stands for none run in the place of one that failed."""
        self._tell(kind, trouble)
        self._failed.add(kind)
        device = self._opener.make(kind, None, lambda trouble: None)
        device.start()
        self._running[kind] = (wanted, device)

    def _lost(self, kind: DeviceKind, device: RunningDevice, trouble: DeviceTrouble) -> None:
        """A device ended by itself. Choosing it again tries again."""
        if self.running(kind) is device:
            wanted = self._running[kind][0]
            self._stop(kind)
            self._replace(kind, wanted, trouble)

    def _stop(self, kind: DeviceKind) -> None:
        _, device = self._running.pop(kind, (None, None))
        if device is not None:
            device.close()

    def _tell(self, kind: DeviceKind, trouble: DeviceTrouble) -> None:
        log.warning("device_trouble", kind=kind.value, trouble=trouble.value)
        self._trouble(kind, trouble)
