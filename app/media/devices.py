"""Opens, changes and closes the devices of a call, in a thread of its own because systems take their time. Nothing raises outwards.

A device that fails is replaced by black pictures or silence, its trouble is told, and the call goes on.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from app.media import sound_devices
from app.media.cameras import BlackCamera, OpenCvCamera
from app.media.catalogue import FILE_PREFIX, SYNTHETIC_CAMERA, SYNTHETIC_LOUDSPEAKER, SYNTHETIC_MICROPHONE
from app.media.playout import PlayoutBuffer
from app.media.ports import DeviceChoice, DeviceKind, DeviceTrouble
from app.media.routers import PictureRouter, SoundRouter
from app.media.running import DeviceError, RunningDevice
from app.media.sound_devices import PortAudioLoudspeaker, PortAudioMicrophone
from app.media.synthetic import SyntheticCamera, SyntheticLoudspeaker, SyntheticMicrophone

log = structlog.get_logger(__name__)

Vanished = Callable[[DeviceTrouble], None]
SOUND = (DeviceKind.MICROPHONE, DeviceKind.LOUDSPEAKER)


@dataclass(frozen=True, slots=True)
class DeviceOpener:
    """Knows which class stands behind an id."""

    pictures: PictureRouter
    sound: SoundRouter
    playout: PlayoutBuffer

    def make(self, kind: DeviceKind, wanted: str | None, vanished: Vanished) -> RunningDevice:
        """The device, not yet started. None gives the one that stands for none."""
        if kind is DeviceKind.CAMERA:
            return self._camera(wanted, vanished)
        if kind is DeviceKind.MICROPHONE:
            if wanted is None or wanted == SYNTHETIC_MICROPHONE:
                return SyntheticMicrophone(self.sound, silent=wanted is None)
            return PortAudioMicrophone(self.sound, wanted, vanished)
        if wanted is None or wanted == SYNTHETIC_LOUDSPEAKER:
            return SyntheticLoudspeaker(self.playout)
        return PortAudioLoudspeaker(self.playout, wanted, vanished)

    def _camera(self, wanted: str | None, vanished: Vanished) -> RunningDevice:
        if wanted is None:
            return BlackCamera(self.pictures)
        if wanted == SYNTHETIC_CAMERA:
            return SyntheticCamera(self.pictures)
        if wanted.startswith(FILE_PREFIX):
            return OpenCvCamera(self.pictures, wanted.removeprefix(FILE_PREFIX), vanished, film=True)
        return OpenCvCamera(self.pictures, int(wanted or 0) if wanted.isdigit() or not wanted else wanted, vanished)


class DeviceSet:
    """Which devices run. All commands return at once, and are carried out in order."""

    def __init__(self, opener: DeviceOpener, trouble: Callable[[DeviceKind, DeviceTrouble], None]) -> None:
        self._opener = opener
        self._trouble = trouble
        self._running: dict[DeviceKind, tuple[str | None, RunningDevice]] = {}
        self._failed: set[DeviceKind] = set()
        self._choice = DeviceChoice(None, None, None)
        self._camera_on = True
        self._jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="devices", daemon=True)
        self._thread.start()

    def choose(self, choice: DeviceChoice) -> None:
        """Run these from now on. One that runs already is left alone, one that failed is tried again."""
        self._choice = choice
        self._jobs.put(self._forget_failed)
        self._jobs.put(self._apply_all)

    def set_camera(self, on: bool) -> None:
        """Off closes the device, so that its own light goes out."""
        self._camera_on = on
        self._jobs.put(self._apply_all)

    def running(self, kind: DeviceKind) -> RunningDevice | None:
        """The device that runs at the moment."""
        return self._running.get(kind, (None, None))[1]

    def close(self) -> None:
        """Close all and wait. May be called twice."""
        self._jobs.put(None)
        self._thread.join()

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()
        for _, device in self._running.values():
            device.close()
        self._running.clear()

    def _apply_all(self) -> None:
        choice = self._choice
        wanted = {
            DeviceKind.LOUDSPEAKER: choice.loudspeaker,
            DeviceKind.MICROPHONE: choice.microphone,
            DeviceKind.CAMERA: choice.camera if self._camera_on else None,
        }
        changed = [kind for kind in wanted if kind not in self._running or self._running[kind][0] != wanted[kind]]
        for kind in changed:
            self._stop(kind)
        if any(kind in changed and _real(wanted[kind]) for kind in SOUND) and not self._sound_runs():
            sound_devices.refresh()
        for kind in changed:
            self._run(kind, wanted[kind])

    def _forget_failed(self) -> None:
        for kind in self._failed:
            self._stop(kind)
        self._failed.clear()

    def _sound_runs(self) -> bool:
        return any(kind in self._running and _real(self._running[kind][0]) for kind in SOUND)

    def _run(self, kind: DeviceKind, wanted: str | None) -> None:
        device = self._opener.make(kind, wanted, lambda trouble: self._jobs.put(lambda: self._lost(kind, device, trouble)))
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


def _real(wanted: str | None) -> bool:
    return wanted is not None and not wanted.startswith("synthetic:")
