"""What shall be wrong with the simulated devices: one object, which a trainer's panel switches while a check or a conversation runs.

No devices here. It answers for every fault of a camera, a microphone or a loudspeaker; all others are the concern of the simulated network.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from app.domain.checks import Fault
from app.media.ports import DeviceKind, DeviceTrouble

OPENING: dict[DeviceKind, dict[Fault, DeviceTrouble]] = {
    DeviceKind.CAMERA: {
        Fault.CAMERA_NONE: DeviceTrouble.NOT_FOUND,
        Fault.CAMERA_DENIED: DeviceTrouble.BUSY,
        Fault.CAMERA_BLOCKED: DeviceTrouble.BUSY,
        Fault.CAMERA_BUSY: DeviceTrouble.BUSY,
        Fault.CAMERA_ENDED: DeviceTrouble.VANISHED,
    },
    DeviceKind.MICROPHONE: {
        Fault.MIC_NONE: DeviceTrouble.NOT_FOUND,
        Fault.MIC_DENIED: DeviceTrouble.BUSY,
        Fault.MIC_BLOCKED: DeviceTrouble.BUSY,
        Fault.MIC_BUSY: DeviceTrouble.BUSY,
        Fault.MIC_ENDED: DeviceTrouble.VANISHED,
    },
    DeviceKind.LOUDSPEAKER: {Fault.SPEAKER_NONE: DeviceTrouble.NOT_FOUND, Fault.SPEAKER_BUSY: DeviceTrouble.BUSY},
}
"""Those with which a device does not open, and one that runs ends; and what a call hears of it."""
_DELIVERED = frozenset(
    {
        Fault.CAMERA_FROZEN,
        Fault.CAMERA_DARK,
        Fault.CAMERA_BACKLIGHT,
        Fault.CAMERA_SLOW,
        Fault.CAMERA_WRONG,
        Fault.MIC_SILENT,
        Fault.MIC_QUIET,
        Fault.MIC_CLIPPING,
        Fault.MIC_HUM,
        Fault.MIC_WRONG,
        Fault.SPEAKER_WRONG,
        Fault.SPEAKER_ECHO,
    }
)
"""Those of a device that runs."""
SIMULATED = _DELIVERED.union(*OPENING.values())
"""All that can be switched here."""


class SimulatedFaults:
    """Every method from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._on: frozenset[Fault] = frozenset()
        self._watchers: tuple[Callable[[], None], ...] = ()

    def watch(self, changed: Callable[[], None]) -> None:
        """Call it after each switch, on the thread that switches."""
        self._watchers = (*self._watchers, changed)

    def switch(self, fault: Fault, on: bool) -> None:
        """From now on. Raises ValueError for a fault that is none of a simulated device's."""
        if fault not in SIMULATED:
            raise ValueError(f"{fault.value} is not simulated by devices")
        with self._lock:
            self._on = self._on | {fault} if on else self._on - {fault}
        self._tell()

    def clear(self) -> None:
        """Nothing is wrong any more."""
        with self._lock:
            self._on = frozenset()
        self._tell()

    def all_on(self) -> frozenset[Fault]:
        """What is wrong now."""
        return self._on

    def on(self, fault: Fault) -> bool:
        """Whether this one is."""
        return fault in self._on

    def opening(self, kind: DeviceKind) -> Fault | None:
        """Why a device of that kind cannot be opened now, or ended."""
        return next((fault for fault in OPENING[kind] if fault in self._on), None)

    def _tell(self) -> None:
        for changed in self._watchers:
            changed()
