"""Opens, changes and closes the devices of a call, in a thread of its own because systems take their time. Never raises outwards."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Protocol

import structlog

from app.media.playout import PlayoutBuffer
from app.media.ports import DeviceChoice, DeviceKind, DeviceTrouble
from app.media.routers import PictureRouter, SoundRouter
from app.media.synthetic import SyntheticCamera, SyntheticLoudspeaker, SyntheticMicrophone

log = structlog.get_logger(__name__)


class RunningDevice(Protocol):
    """A camera, microphone or loudspeaker."""

    def start(self) -> None:
        """Begin; raises DeviceError if it cannot be opened."""
        ...

    def close(self) -> None:
        """End and wait for its thread."""
        ...


class DeviceError(Exception):
    """A device that does not open. Becomes a DeviceTrouble."""

    def __init__(self, trouble: DeviceTrouble) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble


class DeviceSet:
    """Which devices run. All commands return at once."""

    def __init__(
        self,
        pictures: PictureRouter,
        sound: SoundRouter,
        playout: PlayoutBuffer,
        trouble: Callable[[DeviceKind, DeviceTrouble], None],
    ) -> None:
        self._pictures, self._sound, self._playout = pictures, sound, playout
        self._trouble = trouble
        self._running: dict[DeviceKind, tuple[str | None, RunningDevice | None]] = {}
        self._camera_on = True
        self._choice = DeviceChoice(None, None, None)
        self._jobs: queue.SimpleQueue[bool] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="devices", daemon=True)
        self._thread.start()

    def choose(self, choice: DeviceChoice) -> None:
        """Run these from now on."""
        self._choice = choice
        self._jobs.put(True)

    def set_camera(self, on: bool) -> None:
        """Off also means the device's own light is off."""
        self._camera_on = on
        self._jobs.put(True)

    def close(self) -> None:
        """Close all and wait. May be called twice."""
        self._jobs.put(False)
        self._thread.join()

    def _work(self) -> None:
        while self._jobs.get():
            self._apply(DeviceKind.LOUDSPEAKER, self._choice.loudspeaker)
            self._apply(DeviceKind.MICROPHONE, self._choice.microphone)
            self._apply(DeviceKind.CAMERA, self._choice.camera if self._camera_on else None)
        for _, device in self._running.values():
            if device is not None:
                device.close()

    def _apply(self, kind: DeviceKind, wanted: str | None) -> None:
        if kind in self._running and self._running[kind][0] == wanted:
            return
        _, old = self._running.pop(kind, (None, None))
        if old is not None:
            old.close()
        try:
            device = self._open(kind, wanted)
            if device is not None:
                device.start()
            self._running[kind] = (wanted, device)
        except DeviceError as error:
            log.warning("device_not_opened", kind=kind.value, trouble=error.trouble.value)
            self._trouble(kind, error.trouble)

    def _open(self, kind: DeviceKind, wanted: str | None) -> RunningDevice | None:
        if kind is DeviceKind.CAMERA:
            return SyntheticCamera(self._pictures)
        if kind is DeviceKind.MICROPHONE:
            return SyntheticMicrophone(self._sound, silent=wanted is None)
        return SyntheticLoudspeaker(self._playout)
