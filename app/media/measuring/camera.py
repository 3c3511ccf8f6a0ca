"""The camera that a check looks through."""

from __future__ import annotations

import time

from app.domain.check_rules import CameraFigures
from app.domain.checks import Fault
from app.media.cameras import camera_source
from app.media.catalogue import is_hardware
from app.media.devices import Hardware
from app.media.measuring.faults import fault_of
from app.media.measuring.opening import Turns
from app.media.measuring.permissions import refusal
from app.media.measuring.pictures import PictureMeter
from app.media.playout import PlayoutBuffer
from app.media.ports import DeviceKind, DeviceTrouble, FrameSlot, I420Frame
from app.media.routers import PictureRouter, SoundRouter

KIND = DeviceKind.CAMERA


class MeasuredCamera:
    """Implements `CameraProbe`."""

    def __init__(self, hardware: Hardware, device: str) -> None:
        self._hardware, self._device, self._turns = hardware, device, Turns(hardware)
        self._router, self._meter = PictureRouter(), PictureMeter()
        self._running = hardware.opener(self._router, SoundRouter(), PlayoutBuffer()).make(KIND, device, self._vanished)
        self._trouble: Fault | None = None
        self._closed = False
        self._unwatch = self._router.own.watch(self._take)

    @property
    def slot(self) -> FrameSlot[I420Frame]:
        """See `CameraProbe`."""
        return self._router.own

    async def open(self) -> None:
        """Open it, or know why not."""
        self._trouble = refusal(KIND, camera_source(self._device)) if is_hardware(self._device) else None
        if self._trouble is None:
            trouble = await self._turns.start(self._running)
            self._trouble = trouble and self._fault(trouble)

    def figures(self) -> CameraFigures:
        """See `CameraProbe`."""
        now = time.monotonic()
        return self._meter.figures(now, None if self._closed else self._trouble or self._stopped(now))

    async def close(self) -> None:
        """See `CameraProbe`."""
        if not self._closed:
            self._closed = True
            self._unwatch()
            await self._turns.close(self._running)
            self._router.own.clear()
            self._meter.forget()

    def _take(self) -> None:
        frame = self._router.own.newest()[1]
        if frame is not None:
            self._meter.take(frame, time.monotonic())

    def _stopped(self, now: float) -> Fault | None:
        """Pictures stay away. One that never gave any is held by another program: some drivers open all the same."""
        if self._running.health(now) is not DeviceTrouble.VANISHED:
            return None
        return self._fault(DeviceTrouble.VANISHED if self._meter.begun else DeviceTrouble.BUSY)

    def _vanished(self, trouble: DeviceTrouble) -> None:
        self._trouble = self._fault(trouble)

    def _fault(self, trouble: DeviceTrouble) -> Fault | None:
        simulated = None if is_hardware(self._device) else self._hardware.faults.opening(KIND)
        return simulated or fault_of(KIND, trouble)
