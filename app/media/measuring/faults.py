"""Which fault of the table a device's trouble is. No device here."""

from __future__ import annotations

from app.domain.checks import Fault
from app.media.ports import DeviceKind, DeviceTrouble

_FAULTS = {
    (DeviceKind.CAMERA, DeviceTrouble.NOT_FOUND): Fault.CAMERA_NONE,
    (DeviceKind.CAMERA, DeviceTrouble.BUSY): Fault.CAMERA_BUSY,
    (DeviceKind.CAMERA, DeviceTrouble.VANISHED): Fault.CAMERA_ENDED,
    (DeviceKind.MICROPHONE, DeviceTrouble.NOT_FOUND): Fault.MIC_NONE,
    (DeviceKind.MICROPHONE, DeviceTrouble.BUSY): Fault.MIC_BUSY,
    (DeviceKind.MICROPHONE, DeviceTrouble.VANISHED): Fault.MIC_ENDED,
    (DeviceKind.LOUDSPEAKER, DeviceTrouble.NOT_FOUND): Fault.SPEAKER_NONE,
    (DeviceKind.LOUDSPEAKER, DeviceTrouble.BUSY): Fault.SPEAKER_BUSY,
    (DeviceKind.LOUDSPEAKER, DeviceTrouble.VANISHED): Fault.SPEAKER_NONE,
}


def fault_of(kind: DeviceKind, trouble: DeviceTrouble) -> Fault | None:
    """None for what is no trouble any more, and for silence, of which the figures tell."""
    return _FAULTS.get((kind, trouble))
